"""Links to documents that need no login. A link's signature is its key: show it to the parties of the payment only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from naksha.money import rupees
from payments.models import Invoice, Payment

RECEIPT_SALT = "payments.receipt"


@dataclass(frozen=True)
class Paper:
    """A document as PDF: what it is called, and its link (a path)."""

    label: str
    url: str


def receipt_url(payment: Payment) -> str:
    """A link to the payment's receipt, as things stand when it is opened."""
    return reverse("payments:receipt", args=[signing.Signer(salt=RECEIPT_SALT).sign(payment.pk.hex)])


def papers(payable_kind: str, payable_id: UUID, payments: Iterable[Payment] | None = None) -> list[Paper]:
    """Invoices, notes and receipts of what was paid for, the oldest first. ``payments`` are its captured ones, where
    the caller has them already."""
    issued = Invoice.objects.for_payable(payable_kind, payable_id).order_by("issued_at", "created_at")
    found = [Paper(f"{invoice.title} {invoice.number}", invoice.get_absolute_url()) for invoice in issued]
    if payments is None:
        payments = Payment.objects.for_payable(payable_kind, payable_id).captured().order_by("captured_at")
    receipts = [Paper(_("Receipt of %(sum)s") % {"sum": rupees(p.captured_paise)}, receipt_url(p)) for p in payments]
    return found + receipts
