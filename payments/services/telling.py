"""Telling a consultant's open pages that their money has moved."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from consultants.models import Consultant
from notifications.live import changed_for
from payments.models import Payment

PAYMENTS = "payments"  # what open pages hear, to fetch their lists again


@lru_cache(maxsize=4096)
def _login_of(consultant_id: UUID) -> UUID:
    """A consultant is one login's for good, so it is asked once."""
    login: UUID = Consultant.objects.values_list("user_id", flat=True).get(pk=consultant_id)
    return login


def say_changed(payment: Payment) -> None:
    """On commit: whoever has this payment, its refunds or its sums on the screen looks again."""
    changed_for(_login_of(payment.consultant_id), PAYMENTS)
