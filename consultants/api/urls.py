from django.urls import path

from consultants.api import offers, profile, terms

urlpatterns = [
    path("consultant/profile", profile.ProfileView.as_view()),
    path("consultant/profile/photo", profile.PhotoView.as_view()),
    path("consultant/slug-availability", profile.SlugView.as_view()),
    path("consultant/services", offers.Services.as_view()),
    path("consultant/services/<uuid:pk>", offers.OneService.as_view()),
    path("consultant/booking-policy", terms.Policy.as_view()),
    path("consultant/bank-account", terms.Bank.as_view()),
]
