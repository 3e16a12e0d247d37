from django.urls import path

from dashboard import analytics, quoted, views
from dashboard.calendar import blocking, moving, sharing
from dashboard.calendar import views as calendar

app_name = "dashboard"

urlpatterns = [
    path("", views.today, name="today"),
    path("today/board/", views.board, name="board"),
    path("search/", views.search, name="search"),
    path("search/list/", views.found, name="found"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/events/", calendar.events, name="calendar_events"),
    path("calendar/try/", moving.try_move, name="calendar_try"),
    path("calendar/move/", moving.make_move, name="calendar_move"),
    path("calendar/blocks/new/", blocking.new_block, name="new_block"),
    path("calendar/blocks/<uuid:pk>/", blocking.block, name="block"),
    path("calendar/blocks/<uuid:pk>/remove/", blocking.remove_block, name="remove_block"),
    path("calendar/subscribe/", sharing.subscribe, name="subscribe"),
    path("calendar/subscribe/renew/", sharing.renew, name="subscribe_renew"),
    path("calendar/subscribe/close/", sharing.close, name="subscribe_close"),
    path("quotations/lines/<uuid:pk>/session/", quoted.new_session, name="quoted_session"),
    path("analytics/", analytics.analytics, name="analytics"),
    path("analytics/parts/", analytics.parts, name="analytics_parts"),
    path("analytics/days.csv", analytics.days_csv, name="days_csv"),
    path("analytics/chart.csv", analytics.chart_csv, name="chart_csv"),
]
