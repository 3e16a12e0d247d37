from django.urls import path

from dashboard.api import admin

urlpatterns = [
    path("dashboard", admin.Dashboard.as_view()),
    path("stats", admin.Stats.as_view()),
]
