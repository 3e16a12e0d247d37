"""What is offered to whoever moves a booking: its own time does not stand in its way, and everybody else's does."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from availability import slots
from availability.picker import start_text
from bookings.errors import REFUSED
from bookings.models import Booking
from bookings.services import reschedule_by_client
from bookings.testing import details, make_held, make_paid
from naksha.testing import make_consultant, next_slot_start

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def consultant(db: Any) -> Any:
    """Hours from 9:00 to 17:00 on a grid of 15 minutes, with a pause of 10 after each session."""
    return make_consultant(slug="asha-rao", policy={"slot_interval_minutes": 15, "buffer_after_minutes": 10})


@pytest.fixture
def booked(consultant: Any, fake_gateway: Any) -> Any:
    """An hour at 11:00 in two days, and its link."""
    return make_paid(fake_gateway, consultant, minutes=60)


def offered(client: Any, url: Any) -> Any:
    """The starts that the page offers on the day of the booking."""
    page = client.get(url, {"day": f"{next_slot_start():%Y-%m-%d}"}).content.decode()
    return re.findall(r'href="[^"]*start=([^"&]*)"', page)


def texts(starts: Any) -> Any:
    return [start_text(start).replace(":", "%3A") for start in starts]


def move_url(token: Any) -> Any:
    return reverse("bookings:reschedule", args=[token])


def test_times_that_overlap_its_own_are_offered_and_its_own_is_not(client: Any, booked: Any) -> None:
    booking, token = booked
    found = offered(client, move_url(token))
    quarter = timedelta(minutes=15)
    assert set(texts(booking.starts_at + n * quarter for n in (-4, -3, -2, -1, 1, 2, 3, 4))) <= set(found)
    assert texts([booking.starts_at])[0] not in found


def test_what_is_offered_moves_it_and_nothing_else_does(client: Any, booked: Any) -> None:
    """Each start of the grid around it, tried one by one from where it stands."""
    booking, token = booked
    make_held(booking.consultant, service=booking.service, starts_at=booking.starts_at + 2 * HOUR)
    home, found = booking.starts_at, offered(client, move_url(token))
    for minutes in range(-120, 240, 15):
        there = home + timedelta(minutes=minutes)
        if there == home:
            continue
        try:
            reschedule_by_client(booking=booking, starts_at=there)
        except REFUSED:
            moved = False
        else:
            moved = True
            Booking.objects.filter(pk=booking.pk).update(reschedules=0)
            reschedule_by_client(booking=booking, starts_at=home)
            Booking.objects.filter(pk=booking.pk).update(reschedules=0)
        assert moved == (texts([there])[0] in found), there


def test_others_find_that_time_taken(client: Any, booked: Any, consultant: Any) -> None:
    booking, _token = booked
    day = booking.starts_at.date()
    near = booking.starts_at + timedelta(minutes=15)
    assert near not in slots.free_slots(consultant=consultant, minutes=60, first=day, last=day)
    page = reverse("bookings:time", args=[consultant.slug, booking.service_id])
    assert not set(texts([near, booking.starts_at])) & set(offered(client, page))


def test_a_full_day_under_the_daily_limit_offers_its_other_times_to_whom_is_counted(
    client: Any, booked: Any, consultant: Any
) -> None:
    booking, token = booked
    type(consultant.policy).objects.update(daily_limit=1)
    assert texts([booking.starts_at + HOUR])[0] in offered(client, move_url(token))


def test_the_consultant_is_offered_them_too(client: Any, booked: Any, consultant: Any) -> None:
    booking, _token = booked
    client.force_login(consultant.user)
    found = offered(client, reverse("bookings:reschedule_theirs", args=[booking.pk]))
    assert texts([booking.starts_at + timedelta(minutes=15)])[0] in found
    assert texts([booking.starts_at])[0] not in found


def test_a_refused_move_names_near_times_that_overlap_its_own(client: Any, booked: Any) -> None:
    booking, token = booked
    taken = make_held(
        booking.consultant,
        service=booking.service,
        starts_at=booking.starts_at + 2 * HOUR,
        details=details(email="other@example.com"),
    )[0]
    page = client.post(move_url(token), {"start": start_text(taken.starts_at)})
    assert page.status_code == 409
    assert texts([booking.starts_at + timedelta(minutes=15)])[0] in page.content.decode()
