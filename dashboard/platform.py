"""How the platform is doing, in numbers: for the admin's home and the API. A fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from accounts.models import AuditEntry, User
from bookings.models import Booking
from consultants.models import Consultant
from notifications.models import OutgoingMail
from payments.models import GatewayEvent, Payment, Refund
from sessions_app.models import Session

DAYS = 30
RECENT = 12


@dataclass(frozen=True)
class Numbers:
    """What waits, and the last :data:`DAYS` days. Money in paise."""

    applications: int
    refunds_open: int
    refunds_failed: int
    mails_failed: int
    gateway_calls_failed: int
    consultants_public: int
    consultants_approved: int
    new_accounts: int
    bookings_made: int
    bookings_pending: int
    sessions_to_come: int
    payments: int
    paid_paise: int
    refunded_paise: int
    fee_paise: int


def numbers() -> Numbers:
    """Eight queries."""
    since = timezone.now() - timedelta(days=DAYS)
    consultants = Consultant.objects.aggregate(
        waiting=Count("pk", filter=Q(status=Consultant.Status.SUBMITTED)),
        approved=Count("pk", filter=Q(status=Consultant.Status.APPROVED)),
        public=Count(
            "pk",
            filter=Q(status=Consultant.Status.APPROVED, is_listed=True, profile_completed_at__isnull=False),
        ),
    )
    refunds = Refund.objects.aggregate(
        open=Count("pk", filter=Q(status__in=[Refund.Status.PENDING, Refund.Status.PROCESSING])),
        failed=Count("pk", filter=Q(status=Refund.Status.FAILED, replaced_by__isnull=True)),
    )
    money = Payment.objects.filter(captured_paise__gt=0, created_at__gte=since).aggregate(
        captured=Sum("captured_paise"), refunded=Sum("refunded_paise"), fee=Sum("fee_paise"), count=Count("pk")
    )
    bookings = Booking.objects.filter(created_at__gte=since).aggregate(
        made=Count("pk", filter=~Q(status__in=[Booking.Status.HELD, Booking.Status.ABANDONED])),
        pending=Count("pk", filter=Q(status=Booking.Status.PENDING)),
    )
    to_come = [Session.Status.CONFIRMED, Session.Status.IN_PROGRESS]
    return Numbers(
        applications=consultants["waiting"],
        refunds_open=refunds["open"],
        refunds_failed=refunds["failed"],
        mails_failed=OutgoingMail.objects.filter(status=OutgoingMail.Status.FAILED).count(),
        gateway_calls_failed=GatewayEvent.objects.filter(status=GatewayEvent.Status.FAILED).count(),
        consultants_public=consultants["public"],
        consultants_approved=consultants["approved"],
        new_accounts=User.objects.filter(date_joined__gte=since).count(),
        bookings_made=bookings["made"],
        bookings_pending=bookings["pending"],
        sessions_to_come=Session.objects.filter(status__in=to_come, ends_at__gte=timezone.now()).count(),
        payments=money["count"],
        paid_paise=money["captured"] or 0,
        refunded_paise=money["refunded"] or 0,
        fee_paise=money["fee"] or 0,
    )


def recent() -> QuerySet[AuditEntry]:
    """The last lines of the trail."""
    return AuditEntry.objects.order_by("-created_at")[:RECENT]


def totals() -> dict[str, Any]:
    """Everything there is, by its state; money in paise. Five queries."""
    money = Payment.objects.filter(captured_paise__gt=0).aggregate(
        captured=Sum("captured_paise"), refunded=Sum("refunded_paise"), fee=Sum("fee_paise"), count=Count("pk")
    )
    return {
        "users": _by(User.objects.all(), "role", User.Role.values),
        "consultants": _by(Consultant.objects.all(), "status", Consultant.Status.values),
        "bookings": _by(Booking.objects.all(), "status", Booking.Status.values),
        "sessions": _by(Session.objects.all(), "status", Session.Status.values),
        "payments": {
            "count": money["count"],
            "captured_paise": money["captured"] or 0,
            "refunded_paise": money["refunded"] or 0,
            "fee_paise": money["fee"] or 0,
        },
    }


def _by(rows: QuerySet[Any], field: str, values: Iterable[str]) -> dict[str, int]:
    found = dict(rows.order_by().values_list(field).annotate(n=Count("pk")))
    return {value: found.get(value, 0) for value in values}
