"""The product's addresses, and what they are measured against."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path
from django.utils import timezone

from availability.slots import free_slots
from consultants.models import Consultant


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


def one_query(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return HttpResponse(str(cursor.fetchone()[0]))


def month(request: HttpRequest, consultant_id: UUID) -> JsonResponse:
    """The month of free slots, computed anew each time."""
    consultant = Consultant.objects.get(pk=consultant_id)
    today = timezone.localdate()
    found = free_slots(consultant=consultant, minutes=30, first=today, last=today + timedelta(days=30))
    return JsonResponse({"starts": [start.isoformat() for start in found]})


urlpatterns = [
    path("bench/empty/", empty),
    path("bench/query/", one_query),
    path("bench/month/<uuid:consultant_id>/", month),
    path("", include("naksha.urls")),
]
handler400 = "naksha.web.errors.bad_request"
handler500 = "naksha.web.errors.server_error"
