"""Wired beside the public pages, for their visitors have nothing to do with a dashboard."""

from django.urls import path

from dashboard.counting import seen
from dashboard.figures.visits import BOOKING, PAGE

app_name = "counting"
urlpatterns = [
    path("seen/<uuid:pk>/page/", seen, {"place": PAGE}, name="page"),
    path("seen/<uuid:pk>/booking/", seen, {"place": BOOKING}, name="booking"),
]
