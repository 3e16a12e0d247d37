from django.urls import path

from availability.api import views

urlpatterns = [
    path("consultant/availability", views.Hours.as_view()),
    path("consultant/availability/<uuid:pk>", views.OneStretch.as_view()),
]
