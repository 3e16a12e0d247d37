"""Wiring only. ``public`` comes last: its ``/<slug>`` would take every other first path part."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("sessions/", include("sessions_app.chat_urls")),  # what is asked most often is looked for first
    path("admin/", admin.site.urls),
    path("api/v1/", include("sessions_app.api.urls")),  # what apps ask for most
    path("api/v1/", include("accounts.api.urls")),
    path("api/v1/", include("consultants.api.urls")),
    path("api/v1/", include("availability.api.urls")),
    path("api/v1/", include("bookings.api.urls")),
    path("api/v1/", include("payments.api.urls")),
    path("api/v1/", include("public.api.urls")),
    path("api/v1/admin/", include("consultants.api.admin_urls")),
    path("api/v1/", include("dashboard.clients.api.urls")),
    path("api/v1/admin/", include("dashboard.api.admin_urls")),
    path("api/v1/", include("dashboard.api.urls")),
    path("api/v1/", include("quotations.api.urls")),
    path("api/v1/", include("notifications.api.urls")),
    path("api/", include("naksha.api.urls")),
    path("", include("naksha.web.urls")),
    path("", include("dashboard.calendar.urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("dashboard/", include("dashboard.urls")),
    path("dashboard/payments/", include("dashboard.payments.urls")),
    path("dashboard/", include("consultants.urls")),
    path("dashboard/clients/", include("dashboard.clients.urls")),
    path("dashboard/availability/", include("availability.urls")),
    path("payments/", include("payments.urls")),
    path("me/", include("client_area.urls")),
    path("", include("notifications.urls")),
    path("", include("sessions_app.urls")),
    path("", include("dashboard.counting_urls")),
    path("", include("quotations.urls")),
    path("", include("bookings.urls")),
    path("", include("public.urls")),
]

handler400 = "naksha.web.errors.bad_request"
handler500 = "naksha.web.errors.server_error"
