"""What has happened in a practice lately, the newest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nlargest
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
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
    found: list[Event] = []
    for rows, field, event in _sources(consultant, now):
        found += [event(row) for row in rows.order_by(f"-{field}", "-pk")[:limit]]
    return nlargest(limit, found, key=lambda event: (event.at, str(event.id)))


def count(consultant: Consultant, *, now: datetime) -> int:
    """How many there are of these in all. Five queries."""
    return sum(rows.count() for rows, _field, _event in _sources(consultant, now))


def _sources(consultant: Consultant, now: datetime) -> list[tuple[QuerySet[Any], str, Callable[[Any], Event]]]:
    """The rows of each kind, the field that says when it happened, and what is told of one."""
    since = now - LATELY
    bookings = Booking.objects.filter(consultant=consultant, created_at__gt=since).exclude(
        status__in=[Booking.Status.HELD, Booking.Status.ABANDONED]
    )
    payments = Payment.objects.filter(consultant=consultant, captured_at__gt=since, captured_paise__gt=0)
    refunds = Refund.objects.filter(
        payment__consultant=consultant,
        payment__updated_at__gt=since - APART,
        created_at__gt=since,
        replaces__isnull=True,
    )
    sessions = Session.objects.filter(
        consultant=consultant,
        starts_at__gt=since,
        ended_at__isnull=False,
        status__in=[Session.Status.COMPLETED, Session.Status.NO_SHOW],
    )
    reviews = Review.objects.filter(consultant=consultant, reviewed_at__gt=since, status=Review.Status.PUBLISHED)
    return [
        (bookings.select_related("client"), "created_at", _booked),
        (payments, "captured_at", _paid),
        (refunds.select_related("payment"), "created_at", _refunded),
        (sessions.select_related("client"), "ended_at", _over),
        (reviews, "reviewed_at", _reviewed),
    ]


def _booked(row: Booking) -> Event:
    title = _("Booked: %(title)s") % {"title": row.title}
    return Event("booking", row.pk, row.created_at, title, row.contact_name or row.client.name)


def _paid(row: Any) -> Event:
    title = _("Paid: %(title)s") % {"title": row.description}
    return Event("payment", row.pk, row.captured_at, title, row.payer_name, row.captured_paise)


def _refunded(row: Refund) -> Event:
    title = _("Refund promised: %(title)s") % {"title": row.payment.description}
    return Event("refund", row.pk, row.created_at, title, row.payment.payer_name, row.amount_paise)


def _over(row: Any) -> Event:
    words = _("Held: %(title)s") if row.status == Session.Status.COMPLETED else _("Missed: %(title)s")
    return Event("session", row.pk, row.ended_at, words % {"title": row.title}, row.client.name if row.client else "")


def _reviewed(row: Any) -> Event:
    return Event("review", row.pk, row.reviewed_at, _("%(n)d of 5 stars") % {"n": row.rating}, row.author_name)
