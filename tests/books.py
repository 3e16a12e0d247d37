"""What must be true whenever everything has been worked through, whatever died on the way."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F

from availability.models import Occupancy
from availability.slots import free_slots
from bookings.models import Booking
from consultants.models import Service
from notifications.models import OutgoingMail
from payments.models import GatewayEvent, Invoice, Payment, PaymentAttempt, Refund
from payments.services import verify_ledger
from payments.services.checking import verify_with_gateway
from sessions_app.models import Session
from tests.installation import Installation

S = Booking.Status
BOOKED = {"booking_confirmed_client": 1, "booking_confirmed_consultant": 1}
TAKES_TIME = {S.HELD: "hold", S.PENDING: "hold", S.ACCEPTED: "session"}


def overlapping() -> int:
    """Pairs of rows that take the same time of one consultant, counted by the database over all pairs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM availability_occupancy a JOIN availability_occupancy b"
            " ON a.consultant_id = b.consultant_id AND a.id < b.id"
            " AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"
            " WHERE a.kind IN ('hold', 'session', 'block') AND b.kind IN ('hold', 'session', 'block')"
        )
        return int(cursor.fetchone()[0])


def times_agree() -> None:
    """Each booking that takes time has its one row of it, of its own length; no other row is left."""
    assert overlapping() == 0
    booked = {}
    for booking in Booking.objects.filter(status__in=TAKES_TIME, seat__isnull=True).select_related("session"):
        taken = Occupancy.objects.get(pk=booking.occupancy_id)
        assert (taken.kind, taken.core_starts_at, taken.core_ends_at) == (
            TAKES_TIME[booking.status],
            booking.starts_at,
            booking.ends_at,
        )
        if booking.status == S.ACCEPTED:
            assert booking.session is not None
            assert booking.session.status == Session.Status.CONFIRMED
            assert booking.session.starts_at == booking.starts_at
        booked[taken.pk] = booking
    live = set(Occupancy.objects.exclude(kind=Occupancy.Kind.LAPSED).values_list("pk", flat=True))
    assert live == set(booked), "time is taken that no booking has"
    confirmed = Session.objects.filter(status=Session.Status.CONFIRMED)
    assert set(confirmed.values_list("pk", flat=True)) == {
        booking.session_id for booking in booked.values() if booking.session_id
    }


def money_agrees(product: Installation) -> None:
    """The ledger, the rows and the gateway say the same, and nobody was charged twice or paid back twice."""
    assert verify_ledger() == []
    assert verify_with_gateway(Payment.objects.all()) == []
    there = product.gateway.state()
    assert all(count == 1 for count in Counter(order["receipt"] for order in there["orders"]).values())
    captured = [payment for payment in there["payments"] if payment["captured"]]
    charged = Counter(payment["order_id"] for payment in captured)
    assert all(count == 1 for count in charged.values()), "an order was charged twice"
    charged = Counter(payment["notes"]["payment"] for payment in captured)
    assert all(count == 1 for count in charged.values()), "what is owed once was charged twice"
    assert {refund["notes"]["refund"] for refund in there["refunds"]} == {
        str(pk) for pk in Refund.objects.values_list("pk", flat=True)
    }
    assert len(there["refunds"]) == Refund.objects.count()
    for booking in Booking.objects.all():
        settled = Payment.objects.for_payable("booking", booking.pk).filter(
            attempts__outcome=PaymentAttempt.Outcome.SETTLED
        )
        assert booking.paid_paise == sum(payment.captured_paise for payment in settled)
        assert booking.refunded_paise == sum(payment.refunded_paise for payment in settled)
        assert Invoice.objects.filter(payment__in=settled, kind__in=["tax_invoice", "invoice"]).count() <= 1
    assert not Payment.objects.exclude(attention="").exists()


def work_is_done(product: Installation) -> None:
    """No row waits, none is claimed by the dead, and each mail has come, with its one Message-ID."""
    assert set(OutgoingMail.objects.values_list("status", flat=True)) <= {"sent"}
    assert set(GatewayEvent.objects.values_list("status", flat=True)) <= {"done", "ignored"}
    assert set(Refund.objects.values_list("status", flat=True)) <= {"processed"}
    assert set(came(product)) == {mail.pk.hex for mail in OutgoingMail.objects.all()}, "a mail is missing"


def came(product: Installation) -> Counter[str]:
    """How often each mail has come, by the row that its Message-ID names."""
    return Counter(str(mail["Message-ID"])[1:33] for mail in product.mails())


def all_is_well(product: Installation) -> None:
    times_agree()
    money_agrees(product)
    work_is_done(product)


def mails_by_template() -> Counter[str]:
    return Counter(OutgoingMail.objects.values_list("template", flat=True))


def is_free(service: Service, start: datetime) -> bool:
    return start in free_slots(
        consultant=service.consultant,
        minutes=service.minutes,
        first=start.date() - timedelta(days=1),
        last=start.date() + timedelta(days=1),
    )


def ten_minutes_pass() -> None:
    ago = timedelta(minutes=11)
    Booking.objects.update(hold_expires_at=F("hold_expires_at") - ago)
    Occupancy.objects.update(expires_at=F("expires_at") - ago)
