"""What the dashboard's navigation counts."""

from __future__ import annotations

from typing import Any

from django.db.models import DateTimeField, UUIDField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from bookings.models import Booking
from naksha.kept import Kept, Param

_WAITING = Kept(
    lambda: Booking.objects.filter(
        consultant__user=Param("user", UUIDField()),
        status=Booking.Status.PENDING,
        answer_by__gt=Param("now", DateTimeField()),
    )
)


def waiting(request: HttpRequest) -> dict[str, Any]:
    """``waiting_requests``: how many bookings wait for the consultant's answer; asked only where it is shown."""

    def count() -> int:
        user = getattr(request, "user", None)
        if not isinstance(user, User) or not user.is_consultant:
            return 0
        return _WAITING.count(user=user.pk, now=timezone.now())

    return {"waiting_requests": SimpleLazyObject(count)}
