"""Answering, cancelling and moving, on the terms that were frozen."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import AuditEntry
from availability.errors import NotBookable, SlotTaken
from availability.models import Occupancy
from bookings.errors import InvalidState, QuoteChanged, TooLate
from bookings.models import Booking
from bookings.services import (
    accept,
    cancel_by_client,
    cancel_by_consultant,
    decline,
    expire_due,
    quote_cancellation,
    reschedule_by_client,
    reschedule_by_consultant,
)
from bookings.testing import details, make_held, make_paid, payment_of
from naksha.errors import ReasonNeeded
from naksha.testing import next_slot_start
from notifications.models import OutgoingMail
from payments.models import Refund
from payments.services import refund_by_hand, verify_ledger
from payments.testing import work_through
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


def mail(template: str) -> OutgoingMail:
    return OutgoingMail.objects.get(template=template)


@pytest.fixture
def request_(consultant, fake_gateway):
    return make_paid(fake_gateway, consultant, confirmation="manual")[0]


@pytest.fixture
def booked(consultant, fake_gateway):
    return make_paid(fake_gateway, consultant, starts_at=next_slot_start(days=5))[0]


def test_accepting_makes_the_session(request_, consultant):
    booking = accept(booking=request_, actor=consultant.user)
    assert booking.status == Booking.Status.ACCEPTED
    assert booking.session.status == Session.Status.CONFIRMED
    assert Occupancy.objects.get(pk=booking.occupancy_id).kind == Occupancy.Kind.SESSION
    assert AuditEntry.objects.get(action="booking.accepted").actor == consultant.user
    assert "METHOD:REQUEST" in mail("booking_confirmed_client").calendar


def test_accepting_twice_changes_nothing_more(request_, consultant):
    accept(booking=request_, actor=consultant.user)
    accept(booking=request_, actor=consultant.user)
    assert Session.objects.count() == 1
    assert OutgoingMail.objects.filter(template="booking_confirmed_client").count() == 1


def test_declining_refunds_by_itself_and_frees_the_time(request_, consultant):
    booking = decline(booking=request_, actor=consultant.user, reason="I am travelling.")
    assert booking.status == Booking.Status.REJECTED
    refund = Refund.objects.get()
    assert (refund.amount_paise, refund.actor) == (150_000, consultant.user)
    assert not Occupancy.objects.exists()
    assert OutgoingMail.objects.filter(template="booking_declined").count() == 1


def test_declining_needs_a_reason(request_, consultant):
    with pytest.raises(ReasonNeeded):
        decline(booking=request_, actor=consultant.user, reason="  ")
    request_.refresh_from_db()
    assert request_.status == Booking.Status.PENDING
    assert not Refund.objects.exists()


def test_what_is_declined_cannot_be_accepted(request_, consultant):
    decline(booking=request_, actor=consultant.user, reason="No.")
    with pytest.raises(InvalidState):
        accept(booking=request_, actor=consultant.user)


def test_a_hold_cannot_be_accepted(consultant):
    held, _ = make_held(consultant)
    with pytest.raises(InvalidState):
        accept(booking=held, actor=consultant.user)
    held.refresh_from_db()
    assert held.status == Booking.Status.HELD


def test_an_unanswered_request_expires_with_everything_back(request_, consultant):
    with time_machine.travel(request_.answer_by + timedelta(seconds=1), tick=False):
        assert expire_due() == 1
        assert expire_due() == 0
    request_.refresh_from_db()
    assert request_.status == Booking.Status.EXPIRED
    assert Refund.objects.get().amount_paise == 150_000
    assert mail("booking_expired_client")
    assert mail("booking_expired_consultant")


def test_too_late_to_accept(request_, consultant):
    with time_machine.travel(request_.answer_by + timedelta(seconds=1), tick=False), pytest.raises(TooLate):
        accept(booking=request_, actor=consultant.user)
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("hours", "percent", "paise"), [(24, 100, 150_000), (23.9, 50, 75_000), (4, 50, 75_000), (3.9, 0, 0)]
)
def test_the_frozen_terms_say_what_comes_back(booked, hours, percent, paise):
    quote = quote_cancellation(booked, booked.starts_at - timedelta(hours=hours))
    assert (quote.percent, quote.refund_paise, quote.kept_paise) == (percent, paise, 150_000 - paise)


def test_terms_that_change_later_change_nothing_for_what_is_booked(booked, consultant):
    consultant.policy.partial_refund_percent = 0
    consultant.policy.save()
    assert quote_cancellation(booked, booked.starts_at - timedelta(hours=5)).refund_paise == 75_000


def test_a_client_cancels_and_gets_what_was_shown(booked):
    with time_machine.travel(booked.starts_at - timedelta(hours=5), tick=False):
        booking = cancel_by_client(booking=booked, reason="Ill", shown_refund_paise=75_000)
        cancel_by_client(booking=booked, reason="Ill", shown_refund_paise=75_000)
    assert booking.status == Booking.Status.CANCELLED
    assert Refund.objects.get().amount_paise == 75_000
    assert Session.objects.get().status == Session.Status.CANCELLED
    assert not Occupancy.objects.exists()
    assert "METHOD:CANCEL" in mail("booking_cancelled_client").calendar
    assert "SEQUENCE:1" in mail("booking_cancelled_consultant").calendar


def test_a_refund_that_shrank_since_it_was_shown_is_shown_again(booked):
    with time_machine.travel(booked.starts_at - timedelta(hours=5), tick=False), pytest.raises(QuoteChanged):
        cancel_by_client(booking=booked, shown_refund_paise=150_000)
    booked.refresh_from_db()
    assert booked.status == Booking.Status.ACCEPTED
    assert not Refund.objects.exists()


def test_what_has_begun_cannot_be_cancelled(booked, consultant):
    with time_machine.travel(booked.starts_at, tick=False):
        with pytest.raises(TooLate):
            cancel_by_client(booking=booked)
        with pytest.raises(TooLate):
            cancel_by_consultant(booking=booked, actor=consultant.user, reason="x")


def test_the_consultant_cancels_and_everything_comes_back(booked, consultant):
    with time_machine.travel(booked.starts_at - timedelta(hours=1), tick=False):
        cancel_by_consultant(booking=booked, actor=consultant.user, reason="I am ill.")
    assert Refund.objects.get().amount_paise == 150_000


def test_moving_takes_the_new_time_and_frees_the_old(booked):
    there = next_slot_start(days=6)
    booking = reschedule_by_client(booking=booked, starts_at=there)
    assert (booking.starts_at, booking.sequence, booking.reschedules) == (there, 1, 1)
    assert booking.session.starts_at == there
    assert Occupancy.objects.get().core_starts_at == there
    assert "SEQUENCE:1" in mail("booking_moved_client").calendar


def test_moving_to_a_taken_or_unlisted_time_changes_nothing(booked, consultant):
    make_held(
        consultant, service=booked.service, starts_at=next_slot_start(days=6), details=details(email="o@example.com")
    )
    with pytest.raises(SlotTaken):
        reschedule_by_client(booking=booked, starts_at=next_slot_start(days=6))
    with pytest.raises(NotBookable):
        reschedule_by_client(booking=booked, starts_at=next_slot_start(days=6, minute=37))
    before = booked.starts_at
    booked.refresh_from_db()
    assert (booked.starts_at, booked.sequence, booked.reschedules) == (before, 0, 0)


def test_moving_is_limited_by_number_and_by_hours(booked):
    reschedule_by_client(booking=booked, starts_at=next_slot_start(days=6))
    reschedule_by_client(booking=booked, starts_at=next_slot_start(days=7))
    with pytest.raises(TooLate):
        reschedule_by_client(booking=booked, starts_at=next_slot_start(days=8))
    booked.refresh_from_db()
    with time_machine.travel(booked.starts_at - timedelta(hours=3), tick=False), pytest.raises(TooLate):
        reschedule_by_client(booking=booked, starts_at=next_slot_start(days=9))


def test_moving_late_is_no_way_round_the_terms(booked):
    with time_machine.travel(booked.starts_at - timedelta(hours=5), tick=False):
        booking = reschedule_by_client(booking=booked, starts_at=booked.starts_at + timedelta(days=7))
        assert quote_cancellation(booking, timezone.now()).percent == 50


def test_who_was_moved_by_the_consultant_may_leave_for_nothing(booked, consultant):
    booking = reschedule_by_consultant(
        booking=booked, starts_at=booked.starts_at + timedelta(minutes=7), actor=consultant.user
    )
    assert quote_cancellation(booking, booking.starts_at - timedelta(minutes=5)).percent == 100


def test_a_lapsed_hold_is_given_up_and_its_time_is_free(consultant):
    held, _ = make_held(consultant)
    with time_machine.travel(held.hold_expires_at + timedelta(seconds=1), tick=False):
        assert expire_due() == 1
    held.refresh_from_db()
    assert held.status == Booking.Status.ABANDONED
    assert not Occupancy.objects.exists()


def test_money_after_the_hold_takes_the_time_again_where_it_is_free(consultant, fake_gateway):
    from bookings.testing import pay

    held, _ = make_held(consultant)
    with time_machine.travel(held.hold_expires_at + timedelta(minutes=5), tick=False):
        expire_due()
        booking = pay(fake_gateway, held)
    assert booking.status == Booking.Status.ACCEPTED
    assert booking.paid_paise == 150_000
    assert booking.closed_at is None
    assert not Refund.objects.exists()


@pytest.mark.parametrize("swept", [True, False])
def test_money_after_the_hold_goes_back_where_the_time_is_gone(consultant, fake_gateway, swept):
    from bookings.testing import pay

    held, _ = make_held(consultant)
    with time_machine.travel(held.hold_expires_at + timedelta(minutes=5), tick=False):
        if swept:
            expire_due()
        make_held(
            consultant,
            service=held.service,
            starts_at=held.starts_at,  # not two days from now: midnight may lie between
            details=details(email="quick@example.com"),
        )
        booking = pay(fake_gateway, held)
    assert booking.status == Booking.Status.ABANDONED
    assert booking.paid_paise == 0
    assert Refund.objects.get().amount_paise == 150_000
    assert payment_of(held).refunding_paise == 150_000
    assert mail("late_payment_refunded")
    assert not Session.objects.exists()


def test_what_an_admin_gave_back_is_not_asked_for_again_and_cancelling_gives_the_rest(booked, admin_user):
    payment = payment_of(booked)
    refund_by_hand(payment=payment, amount_paise=20_000, seen_refunding_paise=0, reason="Late.", actor=admin_user)
    work_through()
    booked.refresh_from_db()
    assert (booked.status, booked.refunded_paise, booked.balance_paise) == (Booking.Status.ACCEPTED, 20_000, 0)
    cancel_by_client(booking=booked)
    work_through()
    payment.refresh_from_db()
    booked.refresh_from_db()
    assert (payment.status, booked.refunded_paise) == ("refunded", booked.paid_paise)
    assert verify_ledger() == []
