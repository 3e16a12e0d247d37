"""The client area: what any login sees as somebody's client."""

from django.urls import path

from client_area.views import data, pages, profile, saved

app_name = "client_area"

urlpatterns = [
    path("", pages.home, name="home"),
    path("parts/", pages.home_parts, name="home_parts"),
    path("sessions/", pages.sessions, name="sessions"),
    path("sessions/list/", pages.sessions_list, name="sessions_list"),
    path("quotations/", pages.quotations, name="quotations"),
    path("quotations/list/", pages.quotations_list, name="quotations_list"),
    path("payments/", pages.payments, name="payments"),
    path("payments/documents/<uuid:pk>/", pages.document, name="document"),
    path("payments/<uuid:pk>/receipt/", pages.receipt, name="receipt"),
    path("reviews/", pages.reviews, name="reviews"),
    path("saved/", saved.saved, name="saved"),
    path("saved/<slug:slug>/", saved.ask, name="ask_to_save"),
    path("saved/<slug:slug>/keep/", saved.keep, name="save"),
    path("saved/<slug:slug>/drop/", saved.drop, name="unsave"),
    path("profile/", profile.profile, name="profile"),
    path("data/", data.data, name="data"),
    path("export/", data.export, name="export"),
    path("delete/", data.leave, name="leave"),
    path("delete/now/", data.leave_now, name="leave_now"),
]
