"""Calling a webinar off once its start has come, and finishing by then what was begun in time."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bookings.errors import TooLate
from bookings.models import Booking
from bookings.services import cancel_by_client, cancel_webinar, change, webinars
from bookings.testing import make_webinar, pay
from bookings.tests.test_webinars import seat, taken
from naksha.errors import InvalidState
from notifications.models import OutgoingMail
from payments.models import Refund
from sessions_app.models import Session
from sessions_app.services import bulk
from sessions_app.tests.rooms import clocks_at, logged_in

pytestmark = pytest.mark.django_db
WORDS = "It has begun, so it can’t be called off any more. Refund the payments instead."


@pytest.fixture
def webinar(consultant, fake_gateway):
    """Two have paid for a seat."""
    session = make_webinar(consultant, price_paise=10_000)
    for n in (1, 2):
        pay(fake_gateway, seat(session, n))
    OutgoingMail.objects.all().delete()
    return session


def called_off_and_crashed(webinar, monkeypatch):
    with monkeypatch.context() as crash:
        crash.setattr(webinars, "finish_cancelled", lambda **_: 0)
        cancel_webinar(session=webinar, actor=webinar.consultant.user, reason="I am ill.")


def after_start(webinar):
    return clocks_at(webinar.starts_at + timedelta(minutes=1))


def unchanged(webinar):
    webinar.refresh_from_db()
    held = set(Booking.objects.values_list("status", flat=True))
    return (webinar.status, held, Refund.objects.count()) == (Session.Status.CONFIRMED, {"accepted"}, 0)


def test_after_its_start_it_is_refused_and_nothing_changes(webinar):
    with clocks_at(webinar.starts_at), pytest.raises(TooLate, match="has begun"):
        cancel_webinar(session=webinar, actor=webinar.consultant.user, reason="I am ill.")
    assert unchanged(webinar)
    assert not OutgoingMail.objects.exists()


def test_every_way_to_it_says_so(webinar):
    with after_start(webinar):
        desk = logged_in(webinar.consultant.user)
        page = reverse("bookings:webinar_cancel", args=[webinar.pk])
        assert WORDS in desk.get(page, follow=True).content.decode()
        assert WORDS in desk.post(page, {"reason": "I am ill."}, follow=True).content.decode()
        told = bulk.do(
            consultant=webinar.consultant,
            actor=webinar.consultant.user,
            ids=[webinar.pk],
            act="cancel",
            words=bulk.Words(reason="I am ill."),
        )
        assert [refusal.sentence for refusal in told.refused] == [WORDS]
    assert unchanged(webinar)


def test_called_off_before_its_start_it_is_finished_after_it(webinar, monkeypatch):
    called_off_and_crashed(webinar, monkeypatch)
    with after_start(webinar):
        assert webinars.finish_cancelled() == 2
        assert webinars.finish_cancelled() == 0
        cancel_webinar(session=webinar, actor=webinar.consultant.user, reason="Twice.")
    assert [refund.amount_paise for refund in Refund.objects.all()] == [10_000, 10_000]
    assert taken(webinar) == 0
    assert OutgoingMail.objects.filter(template="booking_cancelled_client").count() == 2


def test_one_booking_that_fails_keeps_no_other_waiting(webinar, monkeypatch, fake_gateway, other_consultant):
    later = make_webinar(other_consultant, days=4, price_paise=20_000)
    pay(fake_gateway, seat(later, 3))
    called_off_and_crashed(webinar, monkeypatch)
    called_off_and_crashed(later, monkeypatch)
    stuck = Booking.objects.filter(session=webinar).order_by("pk").first()
    real = change.cancel_by_consultant

    def dies(*, booking, **rest):
        if booking.pk == stuck.pk:
            raise RuntimeError("the machine stops here")
        return real(booking=booking, **rest)

    with monkeypatch.context() as broken:
        broken.setattr(change, "cancel_by_consultant", dies)
        assert webinars.finish_cancelled() == 2
    assert sorted(Refund.objects.values_list("amount_paise", flat=True)) == [10_000, 20_000]
    assert (webinars.finish_cancelled(), taken(webinar), taken(later)) == (1, 0, 0)


def test_a_guest_who_cancels_before_the_sweep_comes_loses_nothing_by_it(webinar, monkeypatch):
    called_off_and_crashed(webinar, monkeypatch)
    first = Booking.objects.filter(session=webinar).order_by("pk").first()
    with clocks_at(webinar.starts_at - timedelta(minutes=5)):  # by the terms nothing would come back
        with pytest.raises(InvalidState, match="called off"):
            cancel_by_client(booking=first)
        assert webinars.finish_cancelled() == 2
    assert [refund.amount_paise for refund in Refund.objects.all()] == [10_000, 10_000]
