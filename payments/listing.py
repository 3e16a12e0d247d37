"""Which payments a list shows and in which order. Pages, files and the API ask the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from payments.models import Payment

S = Payment.Status


class Standing(TextChoices):
    """How a payment stands, in the contract's words: a try that is not over is pending."""

    PENDING = "pending", _("Pending")
    PAID = "paid", _("Paid")
    FAILED = "failed", _("Failed")
    REFUNDED = "refunded", _("Refunded")
    PARTIALLY_REFUNDED = "partially_refunded", _("Partly refunded")


STATES: dict[str, tuple[str, ...]] = {
    Standing.PENDING: (S.CREATED, S.AUTHORIZED),
    Standing.PAID: (S.CAPTURED,),
    Standing.FAILED: (S.FAILED,),
    Standing.REFUNDED: (S.REFUNDED,),
    Standing.PARTIALLY_REFUNDED: (S.PARTIALLY_REFUNDED,),
}
STANDING = {state: standing for standing, states in STATES.items() for state in states}


class Way(TextChoices):
    """How somebody pays, as the gateway names it. It may name others, which are shown as they are."""

    UPI = "upi", _("UPI")
    CARD = "card", _("Card")
    NETBANKING = "netbanking", _("Net banking")
    WALLET = "wallet", _("Wallet")
    EMI = "emi", _("EMI")
    PAYLATER = "paylater", _("Pay later")


# What a list can be put in order by: the contract's names. Each with a minus is the other way round.
ORDERS = {
    "createdAt": "created_at",
    "paidAt": "captured_at",
    "amount": "amount_paise",
    "refunded": "refunding_paise",
    "payer": "payer_name",
}
NEWEST = "-createdAt"


def way_words(method: str) -> str:
    return str(Way(method).label) if method in Way.values else method


@dataclass(frozen=True)
class Wanted:
    """What is looked for; empty is all. ``first`` and ``last`` are days of ``zone`` on which a payment was begun."""

    standing: str = ""
    purpose: str = ""
    way: str = ""
    first: date | None = None
    last: date | None = None
    zone: str = "UTC"
    words: str = ""


def chosen(rows: QuerySet[Payment], wanted: Wanted) -> QuerySet[Payment]:
    """Those of ``rows`` that fit."""
    found = rows.within(wanted.first, wanted.last, wanted.zone).about(wanted.words)  # type: ignore[attr-defined]
    if wanted.standing:
        found = found.filter(status__in=STATES[wanted.standing])
    if wanted.purpose:
        found = found.filter(purpose=wanted.purpose)
    if wanted.way:
        found = found.by(wanted.way)
    return found  # type: ignore[no-any-return]
