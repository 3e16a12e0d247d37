from django.urls import path

from dashboard.api import practice

urlpatterns = [
    path("dashboard/metrics", practice.Metrics.as_view()),
    path("dashboard/charts", practice.Charts.as_view()),
    path("dashboard/recent-activity", practice.RecentActivity.as_view()),
    path("dashboard/summary", practice.Summary.as_view()),
]
