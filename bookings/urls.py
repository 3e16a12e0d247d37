"""Pages of booking."""

from django.urls import path

import naksha.web.converters  # noqa: F401 - <token:…>
from bookings.views import choosing, desk, details, managing, paying, waiting, webinars

app_name = "bookings"


urlpatterns = [
    path("dashboard/bookings/", desk.requests, name="requests"),
    path("dashboard/bookings/list/", desk.requests_list, name="requests_list"),
    path("dashboard/bookings/webinars/", webinars.webinars, name="webinars"),
    path("dashboard/bookings/webinars/list/", webinars.webinars_list, name="webinars_list"),
    path("dashboard/bookings/webinars/<uuid:pk>/", webinars.webinar, name="webinar"),
    path("dashboard/bookings/webinars/<uuid:pk>/parts/", webinars.webinar_parts, name="webinar_parts"),
    path("dashboard/bookings/webinars/<uuid:pk>/cancel/", webinars.cancel_date, name="webinar_cancel"),
    path("dashboard/bookings/<uuid:pk>/", desk.request_, name="request"),
    path("dashboard/bookings/<uuid:pk>/parts/", desk.request_parts, name="request_parts"),
    path("dashboard/bookings/<uuid:pk>/accept/", desk.accept_request, name="accept"),
    path("dashboard/bookings/<uuid:pk>/decline/", desk.decline_request, name="decline"),
    path("dashboard/bookings/<uuid:pk>/cancel/", desk.cancel_booking, name="cancel_theirs"),
    path("dashboard/bookings/<uuid:pk>/reschedule/", desk.move_booking, name="reschedule_theirs"),
    path("dashboard/bookings/<uuid:pk>/link/new/", desk.new_link_page, name="new_link"),
    path("b/find/", managing.find, name="find"),
    path("b/of/<token:token>/", managing.of, name="of"),
    path("b/<token:token>/", managing.manage, name="manage"),
    path("b/<token:token>/parts/", managing.manage_parts, name="manage_parts"),
    path("b/<token:token>/pay/", paying.pay, name="pay"),
    path("b/<token:token>/pay/done/", paying.done, name="pay_done"),
    path("b/<token:token>/pay/again/", paying.again, name="again"),
    path("b/<token:token>/pay/release/", paying.release, name="release"),
    path("b/<token:token>/cancel/", managing.cancel, name="cancel"),
    path("b/<token:token>/reschedule/", managing.reschedule, name="reschedule"),
    path("b/<token:token>/calendar.ics", managing.calendar, name="calendar"),
    path("b/<token:token>/room/", managing.room, name="room"),
    path("b/<token:token>/receipt/", managing.receipt, name="receipt"),
    path("b/<path:broken>/", managing.lost, name="lost"),
    path("w/<token:token>/", waiting.place, name="waitlist"),
    path("w/<token:token>/leave/", waiting.leave, name="waitlist_leave"),
    path("<slug:slug>/book/", choosing.start, name="start"),
    path("<slug:slug>/book/<uuid:service_id>/", choosing.time, name="time"),
    path("<slug:slug>/book/<uuid:service_id>/dates/", choosing.dates, name="dates"),
    path("<slug:slug>/book/<uuid:service_id>/details/", details.details, name="details"),
    path("<slug:slug>/book/<uuid:service_id>/waitlist/", choosing.waitlist, name="waitlist_join"),
]
