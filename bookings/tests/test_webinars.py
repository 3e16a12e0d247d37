"""Seats, the waitlist, and calling a webinar off."""

from datetime import timedelta

import pytest
import time_machine

from availability import services as time
from availability.models import Occupancy
from bookings.errors import AlreadyWaiting, OfferOver
from bookings.models import Booking, WaitlistEntry
from bookings.services import (
    abandon,
    cancel_by_client,
    cancel_webinar,
    expire_due,
    hold,
    hold_seat,
    join_waitlist,
    leave,
    offer_days,
    waitlist,
)
from bookings.testing import details, make_held, make_paid, make_webinar, pay
from naksha.testing import make_service, next_slot_start
from notifications.models import OutgoingMail
from payments.models import Refund
from sessions_app.errors import SeatTaken, WebinarClosed, WebinarFull
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


def seat(session, n, **kwargs):
    return hold_seat(session=session, details=details(email=f"p{n}@example.com"), **kwargs)[0]


def taken(session):
    session.refresh_from_db()
    return session.seats_taken


def test_a_free_webinar_gives_a_seat_at_once(consultant):
    session = make_webinar(consultant)
    booking = seat(session, 1)
    assert booking.status == Booking.Status.ACCEPTED
    assert booking.session == session
    assert taken(session) == 1


def test_a_full_webinar_refuses(consultant):
    session = make_webinar(consultant)
    seat(session, 1), seat(session, 2)
    with pytest.raises(WebinarFull):
        seat(session, 3)
    assert taken(session) == 2
    assert Booking.objects.count() == 2


def test_one_person_one_seat(consultant):
    session = make_webinar(consultant)
    seat(session, 1)
    with pytest.raises(SeatTaken):
        seat(session, 1)
    assert taken(session) == 1


def test_a_webinar_that_has_begun_is_closed(consultant):
    session = make_webinar(consultant)
    with time_machine.travel(session.starts_at, tick=False), pytest.raises(WebinarClosed):
        seat(session, 1)


def test_a_held_seat_lapses_and_the_next_may_have_it(consultant):
    session = make_webinar(consultant, price_paise=10_000)
    held = seat(session, 1)
    seat(session, 2)
    with time_machine.travel(held.hold_expires_at + timedelta(seconds=1), tick=False):
        booking = seat(session, 3)
        expire_due()
    held.refresh_from_db()
    assert held.status == Booking.Status.ABANDONED
    assert booking.status == Booking.Status.HELD
    assert taken(session) == 1


def test_a_seat_is_paid_for(consultant, fake_gateway):
    session = make_webinar(consultant, price_paise=10_000)
    booking = pay(fake_gateway, seat(session, 1))
    assert booking.status == Booking.Status.ACCEPTED
    assert booking.seat.status == "taken"
    assert taken(session) == 1


def test_money_for_a_lapsed_seat_takes_one_again_or_goes_back(consultant, fake_gateway):
    session = make_webinar(consultant, price_paise=10_000)
    late, later = seat(session, 1), seat(session, 2)
    with time_machine.travel(late.hold_expires_at + timedelta(seconds=5), tick=False):
        expire_due()
        pay(fake_gateway, seat(session, 3))
        assert pay(fake_gateway, late).status == Booking.Status.ACCEPTED
        assert pay(fake_gateway, later).status == Booking.Status.ABANDONED
    assert taken(session) == 2
    assert Refund.objects.get().payment.payable_id == later.pk


def test_a_freed_seat_is_offered_to_the_first_in_line_and_to_nobody_else(consultant):
    session = make_webinar(consultant)
    first = seat(session, 1)
    seat(session, 2)
    one, _ = join_waitlist(service=session.service, session=session, name="W", email="w1@example.com", timezone="UTC")
    two, _ = join_waitlist(service=session.service, session=session, name="W", email="w2@example.com", timezone="UTC")
    cancel_by_client(booking=first)
    one.refresh_from_db(), two.refresh_from_db()
    assert (one.status, two.status) == ("offered", "waiting")
    assert taken(session) == 2
    with pytest.raises(WebinarFull):
        seat(session, 4)
    assert OutgoingMail.objects.filter(template="waitlist_offer", to="w1@example.com").count() == 1
    booking, _ = hold_seat(session=session, details=details(email="w1@example.com"), offer=one)
    one.refresh_from_db()
    assert booking.status == Booking.Status.ACCEPTED
    assert (one.status, one.booking) == ("booked", booking)
    assert taken(session) == 2


def test_a_seat_is_free_where_the_next_in_line_is_just_leaving(consultant, monkeypatch):
    session = make_webinar(consultant)
    first = seat(session, 1)
    seat(session, 2)
    join_waitlist(service=session.service, session=session, name="W", email="w1@example.com", timezone="UTC")
    with monkeypatch.context() as leaving:
        leaving.setattr(waitlist, "_first", lambda line: None)
        cancel_by_client(booking=first)
    assert taken(session) == 1


def test_a_seat_freed_after_the_line_was_looked_at_is_the_lines_all_the_same(consultant, monkeypatch):
    session = make_webinar(consultant)
    first = seat(session, 1)
    seat(session, 2)
    join_waitlist(service=session.service, session=session, name="W", email="w1@example.com", timezone="UTC")
    with monkeypatch.context() as between:  # the offer finds nothing free, and then the seat is given back
        between.setattr(waitlist, "offer_seats", lambda *, session_id: 0)
        cancel_by_client(booking=first)
        assert taken(session) == 1
        with pytest.raises(WebinarFull):
            seat(session, 3)
    assert taken(session) == 1
    assert not Booking.objects.filter(client__email="p3@example.com").exists()


def test_an_offered_seat_is_not_one_of_another_date(consultant):
    """What is kept for somebody counts on its own date alone: elsewhere it would be a seat that nobody counts."""
    session = make_webinar(consultant)
    other = make_webinar(consultant, service=session.service, days=5)
    first = seat(session, 1)
    seat(session, 2), seat(other, 3), seat(other, 4)
    one, _ = join_waitlist(service=session.service, session=session, name="W", email="w1@example.com", timezone="UTC")
    cancel_by_client(booking=first)
    one.refresh_from_db()
    assert one.status == "offered"
    with pytest.raises(OfferOver):
        hold_seat(session=other, details=details(email="w1@example.com"), offer=one)
    one.refresh_from_db()
    assert (one.status, taken(session), taken(other)) == ("offered", 2, 2)
    assert other.bookings.count() == 2


def test_an_offered_time_is_not_one_of_another_service(consultant):
    start = next_slot_start()
    asked = make_service(consultant)
    rest = time.block(
        consultant_id=consultant.pk, starts_at=start - timedelta(hours=12), ends_at=start + timedelta(hours=12)
    )
    offered, _ = join_waitlist(service=asked, day=start.date(), name="W", email="w@example.com", timezone="UTC")
    time.release(occupancy_id=rest.pk)
    assert offer_days(consultant_id=consultant.pk) == 1
    offered.refresh_from_db()
    other = make_service(consultant, title="Two hours", minutes=120)
    with pytest.raises(OfferOver):
        hold(service=other, starts_at=offered.offer_starts_at, details=details(email="w@example.com"), offer=offered)
    assert Occupancy.objects.filter(pk=offered.occupancy_id).exists()


def test_an_offer_that_lapses_goes_to_the_next(consultant):
    session = make_webinar(consultant)
    first = seat(session, 1)
    seat(session, 2)
    one, _ = join_waitlist(service=session.service, session=session, name="W", email="w1@example.com", timezone="UTC")
    two, _ = join_waitlist(service=session.service, session=session, name="W", email="w2@example.com", timezone="UTC")
    cancel_by_client(booking=first)
    one.refresh_from_db()
    with time_machine.travel(one.offer_expires_at + timedelta(seconds=1), tick=False):
        expire_due()
        one.refresh_from_db(), two.refresh_from_db()
        assert (one.status, two.status) == ("lapsed", "offered")
        with pytest.raises(OfferOver):
            hold_seat(session=session, details=details(email="w1@example.com"), offer=one)
        leave(entry=two)
    assert taken(session) == 1


def test_joining_twice_mails_the_link_again_and_shows_it_to_nobody(consultant):
    session = make_webinar(consultant)
    seat(session, 1), seat(session, 2)
    join_waitlist(service=session.service, session=session, name="W", email="w1@example.com", timezone="UTC")
    with pytest.raises(AlreadyWaiting):
        join_waitlist(service=session.service, session=session, name="X", email="W1@example.com", timezone="UTC")
    assert WaitlistEntry.objects.count() == 1
    assert OutgoingMail.objects.filter(template="waitlist_joined").count() == 2


def test_calling_a_webinar_off_refunds_everybody(consultant, fake_gateway):
    session = make_webinar(consultant, price_paise=10_000)
    pay(fake_gateway, seat(session, 1))
    held = seat(session, 2)
    cancel_webinar(session=session, actor=consultant.user, reason="I am ill.")
    session.refresh_from_db(), held.refresh_from_db()
    assert session.status == Session.Status.CANCELLED
    assert held.status == Booking.Status.ABANDONED
    assert Refund.objects.get().amount_paise == 10_000
    assert taken(session) == 0
    assert not Occupancy.objects.exists()


def test_what_a_crash_left_of_a_called_off_webinar_is_finished_by_the_sweep(consultant, fake_gateway, monkeypatch):
    from bookings.services import webinars

    session = make_webinar(consultant, price_paise=10_000)
    pay(fake_gateway, seat(session, 1))
    seat(session, 2)
    monkeypatch.setattr(webinars, "finish_cancelled", lambda **_: 0)
    cancel_webinar(session=session, actor=consultant.user, reason="I am ill.")
    monkeypatch.undo()
    assert webinars.finish_cancelled() == 2
    assert webinars.finish_cancelled() == 0
    assert Refund.objects.get().amount_paise == 10_000
    assert taken(session) == 0


def test_seats_kept_for_the_line_are_given_back_when_it_is_called_off(consultant):
    session = make_webinar(consultant)
    first = seat(session, 1)
    seat(session, 2)
    join_waitlist(service=session.service, session=session, name="W", email="w1@example.com", timezone="UTC")
    cancel_by_client(booking=first)
    cancel_webinar(session=session, actor=consultant.user, reason="I am ill.")
    assert taken(session) == 0
    assert WaitlistEntry.objects.get().status == "lapsed"


def full_day(consultant, fake_gateway):
    """One hour of work on the day, and it is booked."""
    consultant.weekly_hours.update(start_minute=660, end_minute=690)
    return make_paid(fake_gateway, consultant)[0]


def test_a_freed_time_of_a_full_day_is_offered_with_a_hold(consultant, fake_gateway):
    booked = full_day(consultant, fake_gateway)
    day = booked.starts_at.date()
    entry, _ = join_waitlist(service=booked.service, day=day, name="W", email="w@example.com", timezone="UTC")
    assert offer_days(consultant_id=consultant.pk) == 0
    cancel_by_client(booking=booked)
    assert offer_days(consultant_id=consultant.pk) == 1
    entry.refresh_from_db()
    assert (entry.status, entry.offer_starts_at) == ("offered", booked.starts_at)
    assert Occupancy.objects.get().pk == entry.occupancy_id
    booking, _ = hold(
        service=booked.service, starts_at=booked.starts_at, details=details(email="w@example.com"), offer=entry
    )
    entry.refresh_from_db()
    assert (entry.status, entry.booking) == ("booked", booking)
    assert Occupancy.objects.get().pk == booking.occupancy_id


def test_a_lapsed_offer_of_a_day_frees_the_time(consultant, fake_gateway):
    booked = full_day(consultant, fake_gateway)
    entry, _ = join_waitlist(
        service=booked.service, day=booked.starts_at.date(), name="W", email="w@example.com", timezone="UTC"
    )
    cancel_by_client(booking=booked)
    offer_days(consultant_id=consultant.pk)
    entry.refresh_from_db()
    with time_machine.travel(entry.offer_expires_at + timedelta(seconds=1), tick=False):
        expire_due()
    assert not Occupancy.objects.exists()


def test_letting_a_hold_go_offers_the_seat(consultant):
    session = make_webinar(consultant, price_paise=10_000)
    held = seat(session, 1)
    seat(session, 2)
    entry, _ = join_waitlist(service=session.service, session=session, name="W", email="w@example.com", timezone="UTC")
    abandon(booking=held)
    entry.refresh_from_db()
    assert entry.status == "offered"


def test_a_personal_service_cannot_be_booked_as_a_webinar(consultant):
    from bookings.errors import NotOpen

    booking, _ = make_held(consultant, price_paise=0, starts_at=next_slot_start(days=4))
    with pytest.raises((NotOpen, WebinarClosed)):
        seat(booking.session, 2)
    with pytest.raises(NotOpen):
        hold(
            service=make_service(consultant, kind="webinar", capacity=5),
            starts_at=next_slot_start(),
            details=details(),
        )
