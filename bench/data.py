"""``python -m bench.data``: 200 consultants, and on one of them 500 bookings, 350 of them in the past."""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
CONSULTANTS, BOOKINGS, PAST = 200, 500, 350
LONG_AGO = timedelta(days=120)


def fill() -> dict[str, Any]:
    from django.utils import timezone

    from availability.models import Occupancy
    from availability.slots import free_slots
    from bookings.models import Booking
    from bookings.services import Details, hold
    from naksha.testing import make_consultant, make_service
    from sessions_app.models import Session

    policy = {"slot_interval_minutes": 15, "horizon_days": 90}
    people = [make_consultant(slug=f"consultant-{n:03d}", policy=policy) for n in range(CONSULTANTS)]
    busy, fresh = people[0], people[1]
    free = make_service(busy, title="Ten minutes on the house", price_paise=0)
    for person in people:
        make_service(person)
    today = timezone.localdate()
    open_starts = free_slots(consultant=busy, minutes=30, first=today, last=today + timedelta(days=60))[::2]

    def book(starts: list[Any], first: int) -> list[Booking]:
        made = []
        for n, start in enumerate(starts, first):
            details = Details(
                name=f"Client {n}",
                email=f"client{n}@example.com",
                timezone="Asia/Kolkata",
                phone="+919800000001",
                state_code="27",
                pin_code="411001",
            )
            made.append(hold(service=free, starts_at=start, details=details)[0])
        return made

    past = book(open_starts[:PAST], 0)
    whole = ("starts_at", "ends_at")
    move_back(Session.objects.filter(pk__in=[booking.session_id for booking in past]), *whole)
    move_back(Booking.objects.filter(pk__in=[booking.pk for booking in past]), *whole)
    taken = Occupancy.objects.filter(pk__in=[booking.occupancy_id for booking in past])
    move_back(taken, *whole, "core_starts_at", "core_ends_at")
    open_starts = free_slots(consultant=busy, minutes=30, first=today, last=today + timedelta(days=60))[::3]
    book(open_starts[: BOOKINGS - PAST], PAST)
    return {
        "busy": {"id": str(busy.pk), "slug": busy.slug, "free_service": str(free.pk)},
        "fresh": {"id": str(fresh.pk), "slug": fresh.slug},
        "bookings": Booking.objects.filter(consultant=busy).count(),
    }


def move_back(rows: Any, *columns: str) -> None:
    from django.db.models import F

    rows.update(**{column: F(column) - LONG_AGO for column in columns})


if __name__ == "__main__":
    django.setup()
    json.dump(fill(), sys.stdout)
