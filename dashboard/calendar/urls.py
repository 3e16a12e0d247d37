"""Wired beside the public pages: who fetches a calendar has no login."""

from django.urls import path

import naksha.web.converters  # noqa: F401 - <token:…>
from dashboard.calendar import sharing

app_name = "calendar"
urlpatterns = [path("calendar/<token:token>.ics", sharing.feed, name="feed")]
