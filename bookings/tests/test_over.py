"""The page of a hold whose minutes are over says why the same time can't be had, and says the true reason."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from availability.picker import start_text
from bookings.models import Booking
from bookings.testing import details, hold_seat, make_held, make_webinar
from naksha.testing import next_slot_start
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


def lapse(booking: Any) -> Any:
    return time_machine.travel(booking.hold_expires_at + timedelta(seconds=1), tick=False)


def page_of(client: Any, token: Any) -> Any:
    return client.get(reverse("bookings:pay", args=[token])).content.decode()


def press_again(client: Any, token: Any, start: Any) -> Any:
    response = client.post(reverse("bookings:again", args=[token]), {"start": start_text(start)}, follow=True)
    return response.content.decode()


def test_a_time_that_somebody_else_has(client: Any, consultant: Any, fake_gateway: Any) -> None:
    held, token = make_held(consultant)
    with lapse(held):
        assert "It is still free." in page_of(client, token)
        make_held(consultant, service=held.service, details=details(email="other@example.com"))
        assert "That time is not free any more." in page_of(client, token)
        assert "That time has just been taken." in press_again(client, token, held.starts_at)
    assert Booking.objects.count() == 2


def test_a_time_that_was_never_on_offer_is_not_said_to_be_taken(
    client: Any, consultant: Any, fake_gateway: Any
) -> None:
    held, token = make_held(consultant)
    with lapse(held):
        page = press_again(client, token, next_slot_start() + timedelta(minutes=1))
        assert "That time cannot be booked." in page
        assert "been taken" not in page
        assert "That time cannot be booked." not in page_of(client, token), "it is told once"
    assert Booking.objects.count() == 1


def test_a_service_that_was_closed_meanwhile(client: Any, consultant: Any, fake_gateway: Any) -> None:
    held, token = make_held(consultant)
    type(held.service).objects.update(is_active=False)
    with lapse(held):
        for page in (page_of(client, token), press_again(client, token, held.starts_at)):
            assert "This service can&#x27;t be booked at the moment." in page
            assert "been taken" not in page
            assert "Hold it again" not in page
            assert reverse("bookings:time", args=[consultant.slug, held.service_id]) not in page


def test_a_time_that_has_passed(client: Any, consultant: Any, fake_gateway: Any) -> None:
    held, token = make_held(consultant)
    with time_machine.travel(held.starts_at + timedelta(seconds=1), tick=False):
        assert "that time has passed" in page_of(client, token)


def test_a_seat_in_a_webinar_that_is_full_or_called_off(client: Any, consultant: Any, fake_gateway: Any) -> None:
    session = make_webinar(consultant, price_paise=50_000)
    held, token = hold_seat(session=session, details=details())
    with lapse(held):
        assert "There is still a seat." in page_of(client, token)
        Session.objects.update(seats_taken=session.capacity)
        assert "Every seat is taken now." in page_of(client, token)
        Session.objects.update(status=Session.Status.CANCELLED, seats_taken=0)
        assert "This webinar can&#x27;t be booked any more." in page_of(client, token)
