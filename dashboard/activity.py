"""What has happened in a practice lately, the newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nlargest
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from bookings.models import Booking
from consultants.models import Consultant
from payments.models import Payment, Refund
from sessions_app.models import Review, Session

LATELY = timedelta(days=90)
APART = timedelta(hours=1)  # a refund saves its payment in the same transaction


@dataclass(frozen=True)
class Event:
    """``kind`` is booking, payment, refund, session or review; ``id`` names its row; ``paise`` with GST."""

    kind: str
    id: UUID
    at: datetime
    title: str
    who: str
    paise: int | None = None


def recent(consultant: Consultant, *, now: datetime, limit: int) -> list[Event]:
    """Of the last 90 days. Five queries."""
    since = now - LATELY
    found: list[Event] = []
    for each in (_bookings, _payments, _refunds, _sessions, _reviews):
        found += each(consultant, since, limit)
    return nlargest(limit, found, key=lambda event: (event.at, str(event.id)))


def _newest(rows: Any, field: str, limit: int) -> Any:
    return rows.order_by(f"-{field}")[:limit]


def _bookings(consultant: Consultant, since: datetime, limit: int) -> Iterator[Event]:
    made = Booking.objects.filter(consultant=consultant, created_at__gt=since).exclude(
        status__in=[Booking.Status.HELD, Booking.Status.ABANDONED]
    )
    for row in _newest(made.select_related("client"), "created_at", limit):
        title = _("Booked: %(title)s") % {"title": row.title}
        yield Event("booking", row.pk, row.created_at, title, row.contact_name or row.client.name)


def _payments(consultant: Consultant, since: datetime, limit: int) -> Iterator[Event]:
    came = Payment.objects.filter(consultant=consultant, captured_at__gt=since, captured_paise__gt=0)
    for row in _newest(came, "captured_at", limit):
        title = _("Paid: %(title)s") % {"title": row.description}
        yield Event("payment", row.pk, row.captured_at, title, row.payer_name, row.captured_paise)


def _refunds(consultant: Consultant, since: datetime, limit: int) -> Iterator[Event]:
    went = Refund.objects.filter(
        payment__consultant=consultant,
        payment__updated_at__gt=since - APART,
        created_at__gt=since,
        replaces__isnull=True,
    )
    for row in _newest(went.select_related("payment"), "created_at", limit):
        title = _("Refund promised: %(title)s") % {"title": row.payment.description}
        yield Event("refund", row.pk, row.created_at, title, row.payment.payer_name, row.amount_paise)


def _sessions(consultant: Consultant, since: datetime, limit: int) -> Iterator[Event]:
    over = Session.objects.filter(
        consultant=consultant,
        starts_at__gt=since,
        ended_at__isnull=False,
        status__in=[Session.Status.COMPLETED, Session.Status.NO_SHOW],
    )
    for row in _newest(over.select_related("client"), "ended_at", limit):
        words = _("Held: %(title)s") if row.status == Session.Status.COMPLETED else _("Missed: %(title)s")
        yield Event(
            "session", row.pk, row.ended_at, words % {"title": row.title}, row.client.name if row.client else ""
        )


def _reviews(consultant: Consultant, since: datetime, limit: int) -> Iterator[Event]:
    given = Review.objects.filter(consultant=consultant, reviewed_at__gt=since, status=Review.Status.PUBLISHED)
    for row in _newest(given, "reviewed_at", limit):
        title = _("%(n)d of 5 stars") % {"n": row.rating}
        yield Event("review", row.pk, row.reviewed_at, title, row.author_name)
