"""Telling a consultant's open pages that their money has moved."""

from __future__ import annotations

from consultants import live
from payments.models import Payment

PAYMENTS = "payments"  # what open pages hear, to fetch their lists again


def say_changed(payment: Payment) -> None:
    """On commit: whoever has this payment, its refunds or its sums on the screen looks again."""
    live.say_changed(payment.consultant_id, PAYMENTS)
