"""Whoever has a page open hears that a booking changed, and a client's line leads to the booking."""

from datetime import UTC, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking
from bookings.services import accept, cancel_by_client, cancel_by_consultant
from bookings.tasks import mail_requests
from bookings.testing import make_paid
from naksha.testing import make_client, make_service
from notifications import live
from notifications.models import Notification, OutgoingMail, QuietHours
from notifications.services import set_quiet_hours

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(monkeypatch):
    """(group, topic) of everything that was pushed."""
    pushed = []
    monkeypatch.setattr(live.live, "push", lambda group, message: pushed.append((group, message["topic"])))
    return pushed


def test_a_booking_and_each_of_its_moves_is_heard_on_both_sides(consultant, client_user, fake_gateway, heard):
    make_client(consultant, email="farhan@example.com", user=client_user)
    by_hand = make_service(consultant, confirmation="manual")
    booking, _ = make_paid(fake_gateway, consultant, service=by_hand)
    both = {(live.group_of(user.pk), "bookings") for user in (consultant.user, client_user)}
    assert both <= set(heard)
    for move in (
        lambda: accept(booking=booking, actor=consultant.user),
        lambda: cancel_by_consultant(booking=booking, actor=consultant.user, reason="I am ill."),
    ):
        heard.clear()
        move()
        assert both <= set(heard)
        assert {group for group, _topic in heard} == {group for group, _topic in both}


def test_a_clients_line_leads_to_the_booking_itself(client, consultant, client_user, stranger, fake_gateway):
    make_client(consultant, email="farhan@example.com", user=client_user)
    booking, _ = make_paid(fake_gateway, consultant)
    line = Notification.objects.get(user=client_user)
    client.force_login(client_user)
    page = client.post(reverse("notifications:open", args=[line.pk]), follow=True)
    assert page.status_code == 200
    assert booking.reference in page.content.decode()
    client.force_login(stranger)
    assert client.get(line.url).status_code == 404


def test_the_consultant_can_go_without_the_mail_of_a_request_but_not_of_a_booking(consultant, fake_gateway):
    by_hand = make_service(consultant, confirmation="manual")
    make_paid(fake_gateway, consultant, service=by_hand)
    request = OutgoingMail.objects.get(template="booking_requested_consultant")
    assert request.kind == "booking"
    accept(booking=consultant.bookings.get(), actor=consultant.user)
    assert not OutgoingMail.objects.exclude(pk=request.pk).exclude(kind="").exists()


# --- a request that comes in the consultant's quiet hours


@pytest.fixture
def at_night(consultant, fake_gateway):
    """A request that came an hour before the end of the consultant's quiet hours, whatever the hour is."""
    now = timezone.now().astimezone(UTC).replace(second=0, microsecond=0)
    begins, ends = (now - timedelta(hours=1)).time(), (now + timedelta(hours=1)).time()
    set_quiet_hours(user=consultant.user, begins=begins, ends=ends, timezone="UTC")
    booking, _ = make_paid(fake_gateway, consultant, service=make_service(consultant, confirmation="manual"))
    return booking


def morning_comes():
    QuietHours.objects.all().delete()
    Booking.objects.filter(request_mail_due_at__isnull=False).update(request_mail_due_at=timezone.now())


def requests_mailed():
    return OutgoingMail.objects.filter(template="booking_requested_consultant").count()


def test_a_request_at_night_is_on_screen_at_once_and_mailed_in_the_morning_once(at_night, consultant):
    assert Notification.objects.filter(user=consultant.user, title="New request").count() == 1
    assert (mail_requests(), requests_mailed()) == (0, 0)
    assert at_night.request_mail_due_at - timezone.now() <= timedelta(hours=1)
    morning_comes()
    assert (mail_requests(), mail_requests(), requests_mailed()) == (1, 0, 1)


def test_no_mail_asks_in_the_morning_for_what_was_withdrawn_or_answered_in_the_night(at_night, consultant):
    cancel_by_client(booking=at_night)
    morning_comes()
    assert (mail_requests(), requests_mailed()) == (0, 0)


def test_quiet_hours_that_were_made_longer_put_it_off_again(at_night):
    Booking.objects.update(request_mail_due_at=timezone.now())
    assert (mail_requests(), requests_mailed()) == (0, 0)
    at_night.refresh_from_db()
    assert at_night.request_mail_due_at > timezone.now()
