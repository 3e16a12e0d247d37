from django.urls import path

from public.api import views

urlpatterns = [
    path("consultants", views.Directory.as_view()),
    path("consultants/<slug:slug>", views.Profile.as_view()),
    path("consultants/<slug:slug>/availability", views.Availability.as_view()),
    path("consultants/<slug:slug>/slots", views.FreeSlots.as_view()),
    path("consultants/<slug:slug>/reviews", views.Reviews.as_view()),
    path("webinars", views.Webinars.as_view()),
    path("webinars/<uuid:pk>", views.OneWebinar.as_view()),
    # Last: the consultant's own endpoints share this beginning.
    path("consultant/<slug:slug>", views.ProfileByShortName.as_view()),
]
