"""A suspension beside everybody else who is at the same bookings: each is closed once, by one of them."""

from functools import partial
from typing import Any

import pytest
from django.db import connection

from accounts.models import AuditEntry
from availability.tests.test_races import together
from bookings import commitments
from bookings.models import Booking
from bookings.services import accept, cancel_by_client, change
from bookings.testing import details, make_held, make_paid, make_webinar, pay, payment_of
from consultants.models import Suspension, Undoing
from consultants.services import approval, suspending
from naksha.testing import make_admin, make_consultant, next_slot_start
from notifications.models import OutgoingMail
from payments.models import Payment, Refund
from payments.services import complete, ensure_order
from payments.testing import FakeGateway

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL: SQLite has one writer at a time"),
]
CLOSED = ("booking.cancelled_by_client", "booking.cancelled_by_platform")


def booked(gateway: FakeGateway, count: int) -> tuple[Suspension, list[Booking]]:
    """Paid bookings of a consultant who has just been suspended; the job has not begun."""
    consultant = make_consultant()
    bookings = [
        make_paid(
            gateway,
            consultant,
            starts_at=next_slot_start(2 + n),
            details=details(email=f"p{n}@example.com"),
        )[0]
        for n in range(count)
    ]
    approval.suspend(consultant=consultant, actor=make_admin(), reason="Three complaints.")
    return Suspension.objects.get(consultant=consultant), bookings


def work(suspension: Suspension) -> None:
    suspending.work(suspension_id=suspension.pk)


def closings() -> list[int]:
    """How often each booking was closed."""
    found = list(AuditEntry.objects.filter(action__in=CLOSED).values_list("subject_id", flat=True))
    return [found.count(pk) for pk in set(found)]


def cancelling(bookings: list[Booking]) -> list[Any]:
    return [partial(cancel_by_client, booking=one) for one in bookings]


def test_jobs_and_clients_at_once_close_each_booking_once(fake_gateway: FakeGateway) -> None:
    suspension, bookings = booked(fake_gateway, 6)
    ended = together(*[partial(work, suspension)] * 3, *cancelling(bookings))
    assert ended == {"done": 9}
    suspending.sweep()
    assert closings() == [1] * 6
    assert sum(Refund.objects.values_list("amount_paise", flat=True)) == 6 * 150_000
    assert not Booking.objects.exclude(status="cancelled").exists()
    assert not Undoing.objects.filter(done_at__isnull=True).exists()
    told = OutgoingMail.objects.filter(template__in=["called_off_client", "booking_cancelled_client"])
    assert sorted(told.values_list("to", flat=True)) == [f"p{n}@example.com" for n in range(6)]


def test_without_the_bookings_lock_one_is_closed_twice(fake_gateway: FakeGateway, monkeypatch: Any) -> None:
    def unlocked(booking_id: Any) -> Booking:
        whole = Booking.objects.select_related("consultant__user", "consultant__policy", "service", "client__user")
        return whole.select_related("session").get(pk=booking_id)

    for module in (change, commitments):
        monkeypatch.setattr(module, "locked", unlocked)
    for _round in range(4):
        suspension, bookings = booked(fake_gateway, 6)
        ended = together(partial(work, suspension), *cancelling(bookings))
        failed = Undoing.objects.filter(suspension=suspension, failures__gt=0)
        if set(ended) != {"done"} or failed.exists() or max(closings()) > 1:
            return
    pytest.fail("nothing went wrong without the lock: the race is none")


def test_money_and_answers_that_come_with_the_suspension_leave_nothing_standing(fake_gateway: FakeGateway) -> None:
    consultant, admin = make_consultant(), make_admin()
    held = [
        make_held(consultant, starts_at=next_slot_start(2 + n), details=details(email=f"h{n}@example.com"))[0]
        for n in range(4)
    ]
    asked = []
    for n in range(3):
        typed = details(email=f"r{n}@example.com")
        one, _ = make_held(consultant, starts_at=next_slot_start(8 + n), confirmation="manual", details=typed)
        asked.append(pay(fake_gateway, one))
    webinar = make_webinar(consultant, days=14, price_paise=0, capacity=5)
    orders = [str(ensure_order(payment_of(one).pk).order_id) for one in held]
    answers = [fake_gateway.signed_answer(fake_gateway.pay(order)) for order in orders]
    ended = together(
        partial(approval.suspend, consultant=consultant, actor=admin, reason="Three complaints."),
        *[partial(complete, **one) for one in answers],
        *[partial(accept, booking=one, actor=consultant.user) for one in asked],
    )
    assert ended == {"done": 8}
    suspending.sweep()
    webinar.refresh_from_db()
    assert webinar.status == "cancelled"
    assert not Booking.objects.filter(status__in=Booking.LIVE).exists()
    assert all(one.refunding_paise == one.captured_paise > 0 for one in Payment.objects.all())
