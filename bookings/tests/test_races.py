"""Many at once on PostgreSQL, through the pages and the services: one time, one booking; one seat, one person.

Each race has a twin with its guard off, which must lose.
"""

import random
import threading
from collections import Counter
from datetime import timedelta

import httpx
import pytest
from django.db import connection, transaction
from django.utils import timezone

from availability.models import Occupancy
from availability.picker import start_text
from availability.tests.test_races import overlaps, together, unguarded  # noqa: F401 - a fixture
from bookings.models import Booking, WaitlistEntry
from bookings.services import (
    accept,
    cancel_by_client,
    cancel_by_consultant,
    decline,
    expire_due,
    hold,
    hold_seat,
    join_waitlist,
    offer_seats,
    reschedule_by_client,
)
from bookings.testing import details, make_held, make_paid, make_webinar, payment_of
from naksha.testing import make_consultant, make_service, next_slot_start
from payments.models import Refund
from payments.services import complete, ensure_order
from sessions_app import seats
from sessions_app.models import Seat, Session

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL: SQLite has one writer at a time"),
]
RIVALS = 50


def mail(n):
    return details(email=f"rival{n}@example.com")


def token_of(page):
    return page.text.split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]


def rivals_by_http(live_server, service, start, count=RIVALS):
    """Each opens the form, then all press at the same moment. Where each of them ended: status and last address."""
    url = f"{live_server.url}/{service.consultant.slug}/book/{service.pk}/details/"
    ready = threading.Barrier(count)
    ended = [None] * count

    def run(n):
        with httpx.Client(follow_redirects=True, timeout=60) as browser:
            token = token_of(browser.get(url, params={"start": start_text(start)}))
            typed = {"name": "Meera Iyer", "email": f"rival{n}@example.com", "phone": "", "nonce": f"form-{n}"}
            ready.wait(60)
            page = browser.post(
                url,
                data={**typed, "start": start_text(start), "csrfmiddlewaretoken": token},
                headers={"Referer": url},
            )
            ended[n] = (page.status_code, "pay" if page.url.path.endswith("/pay/") else "said", page.text)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return ended


def test_fifty_clients_for_one_slot_make_one_booking_and_forty_nine_clear_refusals(live_server, fake_gateway):
    service = make_service(make_consultant())
    ended = rivals_by_http(live_server, service, next_slot_start())
    assert Counter(end[:2] for end in ended) == {(200, "pay"): 1, (409, "said"): RIVALS - 1}
    assert all("That time has just been taken" in text for status, _where, text in ended if status == 409)
    assert Booking.objects.count() == 1
    assert Occupancy.objects.count() == 1


def test_without_the_guards_the_same_clients_book_one_slot_twice(live_server, fake_gateway, unguarded):  # noqa: F811
    for _ in range(4):
        service = make_service(make_consultant())
        rivals_by_http(live_server, service, next_slot_start(), count=16)
        if overlaps(service.consultant):
            return
    pytest.fail("no overlap without the guards: the race is none")


@pytest.mark.parametrize("seed", range(3))
def test_a_storm_of_lengths_moves_answers_and_endings_leaves_no_overlap(fake_gateway, seed):
    dice = random.Random(seed)
    consultant = make_consultant(policy={"slot_interval_minutes": 15, "buffer_after_minutes": 10, "max_reschedules": 9})
    services = [make_service(consultant, minutes=minutes, price_paise=0) for minutes in (15, 30, 60)]
    by_hand = make_service(consultant, minutes=45, price_paise=0, confirmation="manual")
    day = next_slot_start()
    booked = [
        hold(service=services[1], starts_at=day + timedelta(days=1, minutes=60 * n), details=mail(n))[0]
        for n in range(5)
    ]
    asked = [
        hold(service=by_hand, starts_at=day + timedelta(days=2, minutes=75 * n), details=mail(n))[0] for n in range(3)
    ]
    acts = []
    for n in range(16):
        at, service = day + timedelta(minutes=15 * dice.randrange(12)), dice.choice(services)
        acts.append(lambda at=at, s=service, n=n: hold(service=s, starts_at=at, details=mail(100 + n)))
    for _ in range(14):
        at, booking = day + timedelta(minutes=15 * dice.randrange(12)), dice.choice(booked)
        acts.append(lambda at=at, b=booking: reschedule_by_client(booking=b, starts_at=at))
    for booking in asked:
        acts.append(lambda b=booking: accept(booking=b, actor=consultant.user))
        acts.append(lambda b=booking: decline(booking=b, actor=consultant.user, reason="No."))
        acts.append(lambda b=booking: reschedule_by_client(booking=b, starts_at=day))
    acts += [lambda: cancel_by_client(booking=booked[0]), expire_due]
    dice.shuffle(acts)
    ended = together(*acts)
    assert ended["done"] >= 6  # five acts have no rival; of those that want a time in the three hours one gets it
    assert set(ended) <= {"done", "SlotTaken", "NotBookable", "InvalidState", "TooLate"}, ended
    assert overlaps(consultant) == 0
    for booking in Booking.objects.filter(consultant=consultant, status="accepted").select_related("session"):
        held = Occupancy.objects.get(pk=booking.occupancy_id)
        assert held.core_starts_at == booking.starts_at == booking.session.starts_at
    live = Booking.objects.filter(consultant=consultant, status__in=Booking.LIVE).count()
    assert Occupancy.objects.filter(consultant=consultant).count() == live


def test_one_press_of_many_at_once_is_one_booking(fake_gateway):
    service, start = make_service(make_consultant()), next_slot_start()
    ended = together(*[lambda: hold(service=service, starts_at=start, details=mail(1), request_key="the form")] * 12)
    assert ended == {"done": 12}
    assert Booking.objects.count() == 1
    assert Booking.objects.get().links.count() == 12


def seats_rush(session, count=40):
    return together(*[lambda n=n: hold_seat(session=session, details=mail(n)) for n in range(count)])


def test_seats_never_exceed_the_room():
    session = make_webinar(make_consultant(), capacity=10)
    assert seats_rush(session) == {"done": 10, "WebinarFull": 30}
    session.refresh_from_db()
    assert session.seats_taken == Seat.objects.filter(status="taken").count() == 10


def test_without_the_conditional_update_the_room_overflows(monkeypatch):
    def check_then_write(session_id):
        session = Session.objects.get(pk=session_id)
        if session.seats_taken >= session.capacity:
            raise seats.WebinarFull
        Session.objects.filter(pk=session_id).update(seats_taken=session.seats_taken + 1)

    monkeypatch.setattr(seats, "claim_one", check_then_write)
    for _ in range(5):
        session = make_webinar(make_consultant(), capacity=5)
        seats_rush(session)
        if Seat.objects.filter(session=session, status="taken").count() > 5:
            return
    pytest.fail("the room held: the race is none")


def test_seats_given_back_and_taken_at_once_are_counted_once():
    session = make_webinar(make_consultant(), capacity=5)
    first = [hold_seat(session=session, details=mail(n))[0] for n in range(5)]
    line = [
        join_waitlist(service=session.service, session=session, name="W", email=f"w{n}@example.com", timezone="UTC")[0]
        for n in range(3)
    ]
    acts = [lambda b=booking: cancel_by_client(booking=b) for booking in first * 2]
    acts += [lambda n=n: hold_seat(session=session, details=mail(50 + n)) for n in range(15)]
    ended = together(*acts)
    assert set(ended) <= {"done", "WebinarFull"}, ended
    session.refresh_from_db()
    kept = WaitlistEntry.objects.filter(session=session, status="offered", seat_held=True).count()
    live = Seat.objects.filter(session=session).exclude(status="released").count()
    assert session.seats_taken == live + kept <= 5
    assert kept == len(line)


def test_who_finds_no_seat_keeps_none_from_who_waits():
    """A newcomer who was refused, and is not done yet, while another gives a seat back."""
    session = make_webinar(make_consultant(), capacity=2)
    theirs, _other = (hold_seat(session=session, details=mail(n))[0] for n in range(2))
    waits = {"name": "W", "email": "w@example.com", "timezone": "UTC"}
    entry, _ = join_waitlist(service=session.service, session=session, **waits)
    refused, given_back = threading.Event(), threading.Event()

    def newcomer():
        try:
            with transaction.atomic():
                assert offer_seats(session_id=session.pk) == 0
                refused.set()
                assert given_back.wait(60)
        finally:
            connection.close()

    thread = threading.Thread(target=newcomer)
    thread.start()
    try:
        assert refused.wait(60)
        cancel_by_client(booking=theirs)
        entry.refresh_from_db()
    finally:
        given_back.set()
        thread.join(60)
    assert entry.status == "offered"
    assert entry.seat_held


@pytest.mark.parametrize("n", range(8))
def test_money_the_clock_and_a_rival_meet_at_a_lapsed_hold(fake_gateway, n):
    consultant = make_consultant()
    held, _ = make_held(consultant, starts_at=next_slot_start(days=2 + n))
    payment = ensure_order(payment_of(held).pk)
    answer = fake_gateway.signed_answer(fake_gateway.pay(payment.order_id))
    past = timezone.now() - timedelta(seconds=1)
    Booking.objects.filter(pk=held.pk).update(hold_expires_at=past)
    Occupancy.objects.filter(pk=held.occupancy_id).update(expires_at=past)
    rival = {"service": held.service, "starts_at": held.starts_at}
    ended = together(
        lambda: complete(**answer),
        lambda: complete(**answer),
        expire_due,
        expire_due,
        lambda: hold(**rival, details=mail(1)),
        lambda: hold(**rival, details=mail(2)),
    )
    assert set(ended) <= {"done", "SlotTaken"}, ended
    assert overlaps(consultant) == 0
    held.refresh_from_db()
    payment.refresh_from_db()
    rivals = Booking.objects.filter(consultant=consultant, status="held").count()
    if held.status == "accepted":
        assert (rivals, held.paid_paise, payment.refunding_paise) == (0, 150_000, 0)
    else:
        assert (held.status, rivals, held.paid_paise) == ("abandoned", 1, 0)
        assert payment.refunding_paise == payment.captured_paise == 150_000


@pytest.mark.parametrize("n", range(6))
def test_answers_cancellations_and_deadlines_at_once_have_one_outcome(fake_gateway, n):
    consultant = make_consultant()
    asked, _ = make_paid(fake_gateway, consultant, confirmation="manual", starts_at=next_slot_start(days=3 + n))
    ended = together(
        lambda: accept(booking=asked, actor=consultant.user),
        lambda: decline(booking=asked, actor=consultant.user, reason="No."),
        lambda: cancel_by_client(booking=asked),
        lambda: cancel_by_consultant(booking=asked, actor=consultant.user, reason="No."),
        expire_due,
    )
    assert set(ended) <= {"done", "InvalidState"}, ended
    asked.refresh_from_db()
    refunds = Refund.objects.filter(payment=payment_of(asked))
    assert sum(refund.amount_paise for refund in refunds) == (0 if asked.status == "accepted" else 150_000)
    assert Occupancy.objects.filter(consultant=consultant).exists() == (asked.status == "accepted")
