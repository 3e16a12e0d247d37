"""What a suspended consultant's clients had booked, asked for, held or waited for (consultants.commitments.Keeper)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum

from accounts.models import User
from bookings.models import Booking, WaitlistEntry
from bookings.services import abandon, call_off_date, cancel_by_platform, end_wait
from bookings.services.machine import S, locked
from consultants.commitments import Commitment, told_to_clients
from naksha.db import db_now
from payments.models import Payment
from sessions_app.models import Session
from sessions_app.services.machine import may_be_going_on

W = WaitlistEntry.Status


class Waits:
    """Places on waitlists."""

    def to_come(self, consultant_id: UUID) -> list[Commitment]:
        entries = WaitlistEntry.objects.filter(consultant_id=consultant_id, status__in=[W.WAITING, W.OFFERED])
        return [Commitment(pk, is_meeting=False) for pk in entries.order_by("created_at").values_list("pk", flat=True)]

    def undo(self, subject_id: UUID, *, actor: User | None) -> int | None:
        return 0 if end_wait(entry_id=subject_id) else None


class Bookings:
    """Holds, requests and bookings, seats of webinars among them. What has begun is let to end."""

    def to_come(self, consultant_id: UUID) -> list[Commitment]:
        now = db_now()
        live = Booking.objects.filter(consultant_id=consultant_id, status__in=Booking.LIVE, ends_at__gt=now)
        paid = (
            Payment.objects.filter(payable_kind="booking", payable_id__in=live.values("pk"))
            .captured()
            .values_list("payable_id")
            .annotate(left=Sum(F("captured_paise") - F("refunding_paise")))
        )
        refunds: dict[UUID, int] = dict(paid)
        return [
            Commitment(booking.pk, refunds.get(booking.pk, 0), is_meeting=booking.status != S.HELD)
            for booking in live.select_related("session").order_by("starts_at", "pk")
            if _is_to_come(booking, now)
        ]

    @transaction.atomic
    def undo(self, subject_id: UUID, *, actor: User | None) -> int | None:
        booking = locked(subject_id)
        if not _is_to_come(booking, db_now()):
            return None
        reason = told_to_clients(booking.consultant.display_name)
        if booking.status == S.HELD:
            abandon(booking=booking, reason=reason)
            return 0
        return cancel_by_platform(booking=booking, actor=actor, reason=reason)


def _is_to_come(booking: Booking, now: datetime) -> bool:
    if booking.status not in Booking.LIVE or booking.ends_at <= now:
        return False
    return booking.session is None or not may_be_going_on(booking.session, now)


class WebinarDates:
    """The dates themselves, once the seats are given back."""

    def to_come(self, consultant_id: UUID) -> list[Commitment]:
        now = db_now()
        dates = Session.objects.filter(
            consultant_id=consultant_id,
            kind=Session.Kind.WEBINAR,
            status=Session.Status.CONFIRMED,
            ends_at__gt=now,
        )
        return [
            Commitment(date.pk, is_meeting=False)
            for date in dates.order_by("starts_at")
            if not may_be_going_on(date, now)
        ]

    @transaction.atomic
    def undo(self, subject_id: UUID, *, actor: User | None) -> int | None:
        date = Session.objects.select_for_update(of=("self",)).select_related("consultant").get(pk=subject_id)
        if date.status != Session.Status.CONFIRMED or may_be_going_on(date, db_now()):
            return None
        call_off_date(session=date, actor=actor, reason=told_to_clients(date.consultant.display_name))
        return 0
