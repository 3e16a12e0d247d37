"""What a booking says of itself once its session has begun, was held or was missed."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking
from bookings.testing import make_held, make_paid
from sessions_app.models import Session
from sessions_app.services import complete, mark_no_show, start
from sessions_app.testing import wait_in

pytestmark = pytest.mark.django_db
ENDS = {
    "in_progress": ("In progress", "Your session is under way"),
    "completed": ("Completed", "This session is over"),
    "no_show": ("No-show", "This session was missed"),
}


@pytest.fixture
def booked(consultant):
    """A free booking whose session began 20 minutes ago and has 20 to go, and its link."""
    booking, token = make_held(consultant, price_paise=0, minutes=40)
    return begun(booking), token


def begun(booking):
    start = timezone.now() - timedelta(minutes=20)
    Session.objects.filter(pk=booking.session_id).update(starts_at=start, ends_at=start + timedelta(minutes=40))
    Booking.objects.filter(pk=booking.pk).update(starts_at=start, ends_at=start + timedelta(minutes=40))
    booking.refresh_from_db()
    return booking


def become(booking, status):
    act = {"in_progress": start, "completed": complete, "no_show": mark_no_show}[status]
    act(session=wait_in(booking.session), actor=booking.consultant.user)


@pytest.mark.parametrize("status", ENDS)
def test_every_page_of_a_booking_says_how_its_session_stands(client, consultant, booked, status):
    booking, token = booked
    become(booking, status)
    badge, title = ENDS[status]
    words = client.get(reverse("bookings:manage", args=[token])).content.decode()
    assert badge in words
    assert re.search(rf"<h1[^>]*>{title}</h1>", words)
    assert "Confirmed" not in words
    assert "Into your calendar" not in words
    client.force_login(consultant.user)
    for page in (
        reverse("bookings:request", args=[booking.pk]),
        reverse("bookings:requests_list") + ("" if status == "in_progress" else "?show=past"),
    ):
        assert f"{badge}<" in client.get(page).content.decode()


@pytest.mark.parametrize("status", ["completed", "no_show"])
def test_one_that_ended_early_is_past_and_no_longer_confirmed(client, consultant, booked, status):
    become(booked[0], status)
    client.force_login(consultant.user)
    assert "Farhan" not in client.get(reverse("bookings:requests_list")).content.decode()
    assert "Farhan" in client.get(reverse("bookings:requests_list"), {"show": "past"}).content.decode()


def test_one_that_runs_over_its_time_is_not_past(client, consultant, booked):
    booking, token = booked
    become(booking, "in_progress")
    over = timezone.now() - timedelta(minutes=1)
    for row in (Session.objects, Booking.objects):
        row.update(ends_at=over)
    assert "Your session is under way" in client.get(reverse("bookings:manage", args=[token])).content.decode()
    client.force_login(consultant.user)
    assert "In progress<" in client.get(reverse("bookings:requests_list")).content.decode()
    assert "Farhan" not in client.get(reverse("bookings:requests_list"), {"show": "past"}).content.decode()


def test_before_its_start_it_is_confirmed(client, consultant):
    token = make_held(consultant, price_paise=0)[1]
    words = client.get(reverse("bookings:manage", args=[token])).content.decode()
    assert "Confirmed<" in words
    assert "Into your calendar" in words


def test_no_balance_is_asked_for_on_any_page_after_a_no_show(client, consultant, fake_gateway, client_user):
    booking, _token = make_paid(fake_gateway, consultant, deposit_paise=50_000)
    booking.client.user = client_user
    booking.client.save()
    begun(booking)
    owed = "₹1,000.00"
    pages = [
        (consultant.user, reverse("dashboard:board")),
        (client_user, "/me/"),
        (client_user, "/me/sessions/?show=past"),
    ]
    client.force_login(consultant.user)
    assert f"owes {owed}" in client.get(pages[0][1]).content.decode()
    client.force_login(client_user)
    assert owed in client.get("/me/").content.decode()
    become(booking, "no_show")
    for user, page in pages:
        client.force_login(user)
        words = client.get(page).content.decode()
        assert "owes" not in words
        assert "left to pay" not in words
        assert "Balance due" not in words
