"""Posting to the ledger. Each function tells one movement, once, inside the transaction that makes it.

Debits are positive, credits negative (docs/decisions: the chart of accounts).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import CharField, UUIDField

from naksha.kept import Kept, Param
from payments.models import LedgerAccount, LedgerEntry, LedgerTransaction, Payment, PaymentAttempt, Refund

if TYPE_CHECKING:
    from uuid import UUID

Code = LedgerAccount.Code
Kind = LedgerTransaction.Kind
Line = tuple[LedgerAccount, int]


_PLATFORMS = Kept(lambda: LedgerAccount.objects.filter(code=Param("code", CharField()), consultant=None))
_OF_ONE = Kept(
    lambda: LedgerAccount.objects.filter(
        code=Param("code", CharField()), consultant_id=Param("consultant", UUIDField())
    )
)


def account(code: str, consultant_id: UUID | None = None) -> LedgerAccount:
    """The account of a code, the consultant's own where there is one for each; made when it is first used."""
    if consultant_id is None:
        return _PLATFORMS.first(code=code) or LedgerAccount.objects.get_or_create(code=code, consultant=None)[0]
    found = _OF_ONE.first(code=code, consultant=consultant_id)
    return found or LedgerAccount.objects.get_or_create(code=code, consultant_id=consultant_id)[0]


def post(
    *, kind: str, payment: Payment, attempt: PaymentAttempt, lines: Iterable[Line], refund: Refund | None = None
) -> LedgerTransaction:
    """Write one balanced transaction; lines of nothing are left out. Raises ValueError if it doesn't sum to zero."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("the ledger is written in the transaction of the change it tells of")
    kept = [(place, amount) for place, amount in lines if amount]
    if len(kept) < 2 or sum(amount for _, amount in kept) != 0:
        raise ValueError(f"a ledger transaction must balance: {[amount for _, amount in kept]}")
    told = LedgerTransaction.objects.create(
        kind=kind, payment=payment, attempt=attempt, refund=refund, currency=payment.currency, entry_count=len(kept)
    )
    LedgerEntry.objects.bulk_create(
        LedgerEntry(transaction=told, account=place, amount_paise=amount) for place, amount in kept
    )
    return told


def post_capture(payment: Payment, attempt: PaymentAttempt) -> None:
    """Money came for the consultant: the gateway holds it, the platform keeps its fee and the GST on that."""
    theirs = attempt.captured_paise - payment.fee_paise - payment.fee_tax_paise
    post(
        kind=Kind.CAPTURE,
        payment=payment,
        attempt=attempt,
        lines=[
            (account(Code.GATEWAY), attempt.captured_paise),
            (account(Code.CONSULTANT, payment.consultant_id), -theirs),
            (account(Code.PLATFORM_FEES), -payment.fee_paise),
            (account(Code.GST_OUTPUT), -payment.fee_tax_paise),
        ],
    )


def post_excess(payment: Payment, attempt: PaymentAttempt) -> None:
    """Money came that has to go back whole: a second payment, or one that came too late."""
    post(
        kind=Kind.EXCESS,
        payment=payment,
        attempt=attempt,
        lines=[(account(Code.GATEWAY), attempt.captured_paise), (account(Code.REFUNDS), -attempt.captured_paise)],
    )


def post_gateway_fee(payment: Payment, attempt: PaymentAttempt) -> None:
    """What the gateway takes for itself, once it says how much. It keeps that when the payment is refunded."""
    fee, tax = attempt.gateway_fee_paise or 0, attempt.gateway_tax_paise or 0
    if not fee or LedgerTransaction.objects.filter(kind=Kind.GATEWAY_FEE, attempt=attempt).exists():
        return
    post(
        kind=Kind.GATEWAY_FEE,
        payment=payment,
        attempt=attempt,
        lines=[
            (account(Code.GATEWAY_FEES), fee - tax),
            (account(Code.GST_INPUT), tax),
            (account(Code.GATEWAY), -fee),
        ],
    )


def post_refund_owed(refund: Refund) -> None:
    """A refund of settled money is promised: the consultant and, for its part of the fee, the platform give it up."""
    payment = refund.payment
    theirs = refund.amount_paise - refund.fee_paise - refund.fee_tax_paise
    post(
        kind=Kind.REFUND_OWED,
        payment=payment,
        attempt=refund.attempt,
        refund=refund,
        lines=[
            (account(Code.CONSULTANT, payment.consultant_id), theirs),
            (account(Code.PLATFORM_FEES), refund.fee_paise),
            (account(Code.GST_OUTPUT), refund.fee_tax_paise),
            (account(Code.REFUNDS), -refund.amount_paise),
        ],
    )


def post_refund_paid(refund: Refund) -> None:
    """The gateway has given the money back."""
    post(
        kind=Kind.REFUND_PAID,
        payment=refund.payment,
        attempt=refund.attempt,
        refund=refund,
        lines=[(account(Code.REFUNDS), refund.amount_paise), (account(Code.GATEWAY), -refund.amount_paise)],
    )
