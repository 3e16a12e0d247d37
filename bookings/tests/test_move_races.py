"""A booking that is moved into its own time and past its end, while others book what follows it, on PostgreSQL.

The race has a twin with its guards off, which must lose.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from availability.tests.test_races import overlaps, together, unguarded  # noqa: F401 - a fixture
from bookings.models import Booking
from bookings.services import hold, reschedule_by_client
from bookings.testing import details
from naksha.testing import make_consultant, make_service, next_slot_start

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL: SQLite has one writer at a time"),
]


def mail(n: Any) -> Any:
    return details(email=f"rival{n}@example.com")


def movers_and_rivals() -> Any:
    """Somebody moves by a quarter of an hour into the end of their own time and beyond, while others book the time
    right after it: the two can't both be."""
    consultant = make_consultant(policy={"slot_interval_minutes": 15})
    service = make_service(consultant, minutes=60, price_paise=0)
    start = next_slot_start()
    booking, _token = hold(service=service, starts_at=start, details=mail(0))
    there, after = start + timedelta(minutes=15), start + timedelta(minutes=60)
    acts = [lambda n=n: hold(service=service, starts_at=after, details=mail(n)) for n in range(1, 8)]
    ended = together(*acts[:4], lambda: reschedule_by_client(booking=booking, starts_at=there), *acts[4:])
    booking.refresh_from_db()
    return consultant, ended, booking.starts_at == there


def test_a_move_into_its_own_time_and_a_rival_for_what_follows_never_overlap(fake_gateway: Any) -> None:
    for _ in range(6):
        consultant, ended, moved = movers_and_rivals()
        assert ended == {"done": 1, "SlotTaken": 7}, ended
        assert overlaps(consultant) == 0
        assert Booking.objects.filter(consultant=consultant).count() == (1 if moved else 2)


def test_without_the_guards_the_move_and_its_rivals_overlap(fake_gateway: Any, unguarded: Any) -> None:  # noqa: F811
    for _ in range(12):
        consultant, _ended, _moved = movers_and_rivals()
        if overlaps(consultant):
            return
    pytest.fail("no overlap without the guards: the race is none")
