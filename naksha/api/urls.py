"""The document of the API, and the page to read it on. The endpoints themselves are wired in naksha.urls."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from naksha.api.browse import docs
from naksha.api.errors import not_found

urlpatterns = [
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    path("docs", docs, name="docs"),
    re_path("", not_found),  # last: an unknown address costs no page
]
