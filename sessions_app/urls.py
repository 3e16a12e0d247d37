"""Pages of sessions. Ids open nothing: each view asks who is there (sessions_app.access)."""

from django.urls import path

import naksha.web.converters  # noqa: F401 - <token:…>
from sessions_app.views import by_client, changing, desk, paying, reviews, room, saved, several, table

app_name = "sessions"

urlpatterns = [
    path("dashboard/sessions/", table.sessions, name="list"),
    path("dashboard/sessions/list/", table.rows, name="rows"),
    path("dashboard/sessions/export.csv", table.export, name="export"),
    path("dashboard/sessions/clients/", table.clients, name="clients"),
    path("dashboard/sessions/several/", several.several, name="several"),
    path("dashboard/sessions/views/", saved.views, name="views"),
    path("dashboard/sessions/views/list/", saved.views_list, name="views_list"),
    path("dashboard/sessions/views/<uuid:pk>/rename/", saved.rename, name="view_rename"),
    path("dashboard/sessions/views/<uuid:pk>/first/", saved.show_first, name="view_first"),
    path("dashboard/sessions/views/<uuid:pk>/delete/", saved.delete, name="view_delete"),
    path("dashboard/sessions/new/", desk.new, name="new"),
    path("dashboard/sessions/<uuid:pk>/", desk.session, name="desk"),
    path("dashboard/sessions/<uuid:pk>/parts/", desk.parts, name="desk_parts"),
    path("dashboard/sessions/<uuid:pk>/acts/", desk.acts, name="acts"),
    path("dashboard/sessions/<uuid:pk>/how/", desk.how, name="how"),
    path("dashboard/sessions/<uuid:pk>/link/new/", changing.new_link, name="new_link"),
    path("sessions/<uuid:pk>/start/", changing.start_session, name="start"),
    path("sessions/<uuid:pk>/complete/", changing.complete_session, name="complete"),
    path("sessions/<uuid:pk>/no-show/", changing.no_show, name="no_show"),
    path("sessions/<uuid:pk>/not-held/", changing.not_held, name="not_held"),
    path("sessions/<uuid:pk>/client/held/", by_client.held, name="held"),
    path("sessions/<uuid:pk>/cancel/", changing.cancel_session, name="cancel"),
    path("sessions/<uuid:pk>/move/", changing.move, name="move"),
    path("sessions/<uuid:pk>/client/cancel/", by_client.cancel, name="cancel_mine"),
    path("sessions/<uuid:pk>/client/move/", by_client.move, name="move_mine"),
    path("sessions/<uuid:pk>/ask/", changing.ask, name="ask"),
    path("sessions/<uuid:pk>/paid-elsewhere/", changing.elsewhere, name="paid_elsewhere"),
    path("sessions/<uuid:pk>/not-paid-elsewhere/", changing.not_elsewhere, name="not_paid_elsewhere"),
    path("sessions/<uuid:pk>/pay/", paying.pay_by_room, name="pay_by_room"),
    path("s/<token:token>/pay/", paying.pay, name="pay"),
    path("s/<token:token>/pay/done/", paying.done, name="pay_done"),
    path("s/<token:token>/", room.enter, name="enter"),
    path("sessions/<uuid:pk>/", room.room, name="room"),
    path("sessions/<uuid:pk>/parts/", room.parts, name="parts"),
    path("sessions/<uuid:pk>/join/", room.join, name="join"),
    path("sessions/<uuid:pk>/left/", room.left, name="left"),
    path("sessions/<uuid:pk>/notes/", room.notes, name="notes"),
    path("sessions/<uuid:pk>/review/", reviews.review, name="review"),
    path("dashboard/reviews/", reviews.reviews, name="reviews"),
    path("dashboard/reviews/list/", reviews.reviews_list, name="reviews_list"),
    path("dashboard/reviews/<uuid:pk>/reply/", reviews.answer, name="review_reply"),
]
