"""How payments and refunds are shown: ``{% load paid %}``."""

from __future__ import annotations

from django import template

from naksha.money import rupees
from payments.listing import way_words
from payments.models import Payment, Refund

register = template.Library()

_TONES = {
    Payment.Status.CREATED: "",
    Payment.Status.AUTHORIZED: "wait",
    Payment.Status.CAPTURED: "good",
    Payment.Status.PARTIALLY_REFUNDED: "calm",
    Payment.Status.REFUNDED: "calm",
    Payment.Status.FAILED: "bad",
}
_REFUND_TONES = {
    Refund.Status.PENDING: "wait",
    Refund.Status.PROCESSING: "wait",
    Refund.Status.PROCESSED: "good",
    Refund.Status.FAILED: "bad",
}


@register.filter
def payment_tone(payment: Payment) -> str:
    return _TONES[Payment.Status(payment.status)]


@register.filter
def refund_tone(refund: Refund) -> str:
    return _REFUND_TONES[Refund.Status(refund.status)]


@register.filter
def way(method: str) -> str:
    """``upi`` as people write it."""
    return way_words(method)


@register.filter
def signed(paise: int) -> str:
    """With its sign, where it is more or less of something: ``+₹1,500.00``, ``−₹500.00``."""
    return f"{'−' if paise < 0 else '+'}{rupees(abs(paise))}"


@register.filter
def less(paise: int) -> str:
    """What is taken off: ``−₹500.00``, or ``₹0.00``."""
    return signed(-paise) if paise else rupees(0)
