"""Promising money back: a row, its reserve and its ledger lines, with the change that causes it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from naksha.money import rupees
from naksha.queue import tell
from payments import invoices, payable
from payments.errors import InvalidState, RefundNotPossible
from payments.models import Payment, PaymentAttempt, Refund
from payments.services import ledger
from payments.services.telling import say_changed

log = structlog.get_logger(__name__)


def _tell(refund: Refund) -> None:
    from payments import tasks

    tell(tasks.send_refund, str(refund.pk))


def request_refund(
    *, payable_kind: str, payable_id: UUID, amount_paise: int, reason: str, actor: User | None, key: str
) -> list[Refund]:
    """Promise ``amount_paise`` back out of what the payable has paid, in the caller's transaction; sent after commit.

    The caller holds the payable's lock. It may take several rows, for a deposit and a balance were two payments: the
    newest payment gives first. The same ``key`` again returns the rows of the first time. Raises RefundNotPossible
    when less than that is left to give back.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a refund is promised in the transaction that causes it")
    if amount_paise <= 0:
        raise RefundNotPossible(_("There is nothing to refund."))
    payments = list(Payment.objects.select_for_update().for_payable(payable_kind, payable_id).captured().order_by("pk"))
    before = list(Refund.objects.filter(payment__in=payments, key=key, replaces__isnull=True).order_by("created_at"))
    if before:
        if sum(refund.amount_paise for refund in before) != amount_paise:
            raise InvalidState(_("This refund was asked for before, with another amount."))
        return before
    sources = list(
        PaymentAttempt.objects.filter(payment__in=payments, outcome=PaymentAttempt.Outcome.SETTLED)
        .select_related("payment")
        .order_by("-captured_at", "-pk")
    )
    left = sum(attempt.refundable_paise for attempt in sources)
    if amount_paise > left:
        raise RefundNotPossible(
            _("%(asked)s cannot be refunded: %(left)s is left to give back.")
            % {"asked": rupees(amount_paise), "left": rupees(left)}
        )
    made: list[Refund] = []
    wanted = amount_paise
    for attempt in sources:
        part = min(wanted, attempt.refundable_paise)
        if part:
            made.append(promise(attempt, part, cause=Refund.Cause.REQUESTED, reason=reason, actor=actor, key=key))
            wanted -= part
    return made


@dataclass(frozen=True)
class Effect:
    """What giving back a part of one payment does, in paise."""

    amount: int  # the client gets
    fee: int  # of the platform's fee, given up with it
    fee_tax: int
    left: int  # can still be given back after it

    @property
    def yours(self) -> int:
        """What the consultant's earnings are less by."""
        return self.amount - self.fee - self.fee_tax


def effect_of(payment: Payment, amount_paise: int) -> Effect:
    """What :func:`refund_by_hand` would do. Raises RefundNotPossible, as it would."""
    left = payment.refundable_paise
    if not 0 < amount_paise <= left:
        raise RefundNotPossible(_("%(left)s is left to give back.") % {"left": rupees(left)})
    return Effect(
        amount=amount_paise,
        fee=_part(payment.fee_paise, payment, amount_paise),
        fee_tax=_part(payment.fee_tax_paise, payment, amount_paise),
        left=left - amount_paise,
    )


@transaction.atomic
def refund_by_hand(
    *,
    payment: Payment,
    amount_paise: int | None,
    seen_refunding_paise: int,
    reason: str,
    actor: User,
    press: str = "",
    ends: bool | None = None,
) -> Refund:
    """A consultant or an admin gives back part or all of one payment (None: all that is left); what it was for says
    what that ends (payments.payable.ended_by_refund).

    ``press`` names the press of the button: the same one again returns the refund that it made. Any other finds by
    ``seen_refunding_paise``, what the page said was promised already, that it isn't so any more; and by ``ends``,
    whether it said that this ends what was agreed, where it said either. Raises RefundNotPossible, InvalidState.
    """
    owed_for = payable.load_if_there(payment.payable_kind, payment.payable_id)
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    key = f"press:{press}" if press else f"by-hand:{seen_refunding_paise}"
    pressed = payment.refunds.filter(key=key).first() if press else None
    if pressed is not None:
        if amount_paise not in (None, pressed.amount_paise):
            raise InvalidState(_("This refund was asked for before, with another amount."))
        return pressed
    if payment.refunding_paise != seen_refunding_paise:
        raise InvalidState(_("Something went back meanwhile. Look at what is left, and decide again."))
    if amount_paise is None:
        amount_paise = payment.refundable_paise
    effect_of(payment, amount_paise)
    _keep_to(ends, payment, amount_paise)
    attempt = payment.attempts.get(outcome=PaymentAttempt.Outcome.SETTLED)
    attempt.payment = payment
    audit.record(
        actor=actor, action="payment.refunded", subject=payment, reason=reason, data={"amount_paise": amount_paise}
    )
    made = promise(attempt, amount_paise, cause=Refund.Cause.REQUESTED, reason=reason, actor=actor, key=key)
    if owed_for is not None:
        owed_for.refund_promised(made)
    return made


def _keep_to(ends: bool | None, payment: Payment, amount_paise: int) -> None:
    """The payable is locked: what it says now stays so until the refund is promised."""
    says = payable.ended_by_refund(payment, amount_paise)
    if ends is False and says:
        words = _("With this, all that was paid has gone back by now. %(ends)s Look again, and decide.")
        raise InvalidState(words % {"ends": says})
    if ends and not says:
        raise InvalidState(
            _("By now this no longer ends what was agreed: more was paid for it. Look again, and decide.")
        )


def give_back(attempt: PaymentAttempt, *, reason: str) -> Refund:
    """Promise back all of an attempt whose money is of no use, once. The payment's lock is held."""
    cause = Refund.Cause.DUPLICATE if attempt.outcome == attempt.Outcome.DUPLICATE else Refund.Cause.RETURNED
    return promise(attempt, attempt.captured_paise, cause=cause, reason=reason, actor=None, key=cause.value)


def promise(
    attempt: PaymentAttempt,
    amount_paise: int,
    *,
    cause: str,
    reason: str,
    actor: User | None,
    key: str,
    send: bool = True,
) -> Refund:
    """The row, its reserve and its ledger lines. The payment's lock is held; ``attempt.payment`` is as locked."""
    payment = attempt.payment
    refund = Refund(
        payment=payment,
        attempt=attempt,
        cause=cause,
        amount_paise=amount_paise,
        currency=payment.currency,
        reason=reason[:300],
        actor=actor,
        key=key,
    )
    settled = attempt.outcome == PaymentAttempt.Outcome.SETTLED
    if settled:
        refund.fee_paise = _part(payment.fee_paise, payment, amount_paise)
        refund.fee_tax_paise = _part(payment.fee_tax_paise, payment, amount_paise)
    refund.save()
    _reserve(attempt, amount_paise)
    say_changed(payment)
    if settled:
        ledger.post_refund_owed(refund)
        invoices.issue_credit_note(refund)
    if send:
        _tell(refund)
    log.info("refund_promised", refund=str(refund.pk), payment=str(payment.pk), amount_paise=amount_paise, cause=cause)
    return refund


def _part(whole: int, payment: Payment, amount_paise: int) -> int:
    """The share of a fee that goes with ``amount_paise``, so that the parts of a full refund add up to all of it."""
    before, after = payment.refunding_paise, payment.refunding_paise + amount_paise
    total = payment.captured_paise
    return (whole * after * 2 + total) // (2 * total) - (whole * before * 2 + total) // (2 * total)


def _reserve(attempt: PaymentAttempt, amount_paise: int) -> None:
    attempt.refunding_paise += amount_paise
    attempt.save(update_fields=["refunding_paise", "updated_at"])
    if attempt.counts:
        attempt.payment.refunding_paise = attempt.refunding_paise
        attempt.payment.save(update_fields=["refunding_paise", "updated_at"])


def lock(refund_id: UUID) -> tuple[Refund, payable.Payable | None]:
    """The refund as it is now, with what it was paid for: the payable locked first, its payment after."""
    payment = Refund.objects.select_related("payment").get(pk=refund_id).payment
    owed_for = payable.load_if_there(payment.payable_kind, payment.payable_id)
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    refund = Refund.objects.select_related("attempt").get(pk=refund_id)
    refund.payment = refund.attempt.payment = payment
    return refund, owed_for


@transaction.atomic
def send_again(*, refund: Refund, actor: User) -> Refund:
    """Put a new refund in the place of one that failed; what is promised stays the same. Raises InvalidState."""
    failed, _owed_for = lock(refund.pk)
    if failed.status != Refund.Status.FAILED or Refund.objects.filter(replaces=failed).exists():
        raise InvalidState(_("Only a refund that failed, and was not sent again yet, can be sent again."))
    fresh = replacement(failed, actor=actor, cause=failed.cause)
    audit.record(actor=actor, action="refund.sent_again", subject=fresh, reason=failed.last_error)
    _tell(fresh)
    return fresh


def replacement(failed: Refund, *, actor: User | None, cause: str) -> Refund:
    """A row that takes over what ``failed`` had promised. The payment's lock is held."""
    payment = failed.payment
    payment.attention = ""
    payment.save(update_fields=["attention", "updated_at"])
    return Refund.objects.create(
        payment=payment,
        attempt=failed.attempt,
        cause=cause,
        amount_paise=failed.amount_paise,
        fee_paise=failed.fee_paise,
        fee_tax_paise=failed.fee_tax_paise,
        currency=failed.currency,
        reason=failed.reason,
        actor=actor,
        key=f"again:{failed.pk.hex}",
        replaces=failed,
    )
