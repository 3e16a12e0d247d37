"""The sessions that a suspended consultant had recorded (consultants.commitments.Keeper); bookings have their own."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, Sum

from accounts.models import User
from consultants.commitments import Commitment, told_to_clients
from naksha.db import db_now
from payments.models import Payment
from sessions_app.models import Session
from sessions_app.services.machine import may_be_going_on
from sessions_app.services.platform import cancel_by_platform


class RecordedSessions:
    def to_come(self, consultant_id: UUID) -> list[Commitment]:
        now = db_now()
        recorded = Session.objects.filter(
            consultant_id=consultant_id,
            reference__isnull=False,
            status=Session.Status.CONFIRMED,
            ends_at__gt=now,
        )
        paid = (
            Payment.objects.filter(payable_kind=Session.PAYABLE, payable_id__in=recorded.values("pk"))
            .captured()
            .values_list("payable_id")
            .annotate(left=Sum(F("captured_paise") - F("refunding_paise")))
        )
        refunds: dict[UUID, int] = dict(paid)
        return [
            Commitment(session.pk, refunds.get(session.pk, 0))
            for session in recorded.order_by("starts_at")
            if not may_be_going_on(session, now)
        ]

    def undo(self, subject_id: UUID, *, actor: User | None) -> int | None:
        session = Session.objects.select_related("consultant").get(pk=subject_id)
        reason = told_to_clients(session.consultant.display_name)
        return cancel_by_platform(session=session, actor=actor, reason=reason)
