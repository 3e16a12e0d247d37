"""The offers of a suspended consultant that wait for an answer (consultants.commitments.Keeper).

What was accepted stays as it is: whether work that was paid for has been done, nobody here can know. Nothing more can
be paid for it meanwhile, and an admin refunds it by hand.
"""

from __future__ import annotations

from uuid import UUID

from accounts.models import User
from consultants.commitments import Commitment
from quotations.models import Quotation
from quotations.services import withdraw_by_platform


class OpenQuotations:
    def to_come(self, consultant_id: UUID) -> list[Commitment]:
        found = Quotation.objects.filter(consultant_id=consultant_id, status__in=Quotation.OPEN).order_by("lapses_at")
        return [Commitment(pk, is_meeting=False) for pk in found.values_list("pk", flat=True)]

    def undo(self, subject_id: UUID, *, actor: User | None) -> int | None:
        return withdraw_by_platform(quotation_id=subject_id, actor=actor)
