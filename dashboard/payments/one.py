"""One payment as its consultant sees it: what happened when, what the gateway says, what the books hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.payments.transactions import counting
from naksha.money import rupees
from payments.listing import way_words
from payments.models import Invoice, LedgerAccount, LedgerEntry, LedgerTransaction, Payment, PaymentAttempt, Refund
from payments.payable import Subject, subjects_of

Code, Kind = LedgerAccount.Code, LedgerTransaction.Kind
Outcome = PaymentAttempt.Outcome
# The gateway's reasons, as one tells somebody who was not the payer. Others are told in the gateway's own words.
WHY = {
    "payment_cancelled": gettext_lazy("The client stopped it."),
    "payment_timed_out": gettext_lazy("It took too long and was given up."),
    "insufficient_fund": gettext_lazy("The account had too little money."),
    "insufficient_funds": gettext_lazy("The account had too little money."),
    "card_declined": gettext_lazy("The bank declined the card."),
    "payment_failed": gettext_lazy("The bank said no."),
    "card_expired": gettext_lazy("The card has expired."),
    "incorrect_otp": gettext_lazy("The code from the bank was not right."),
    "incorrect_cvv": gettext_lazy("The digits on the back of the card were not right."),
    "authentication_failed": gettext_lazy("The bank could not confirm that it was the client."),
    "invalid_vpa": gettext_lazy("There is no such UPI address."),
    "expired": gettext_lazy("Nobody paid within a day."),
}


def why(reason: str, text: str) -> str:
    """What went wrong, in a sentence."""
    return str(WHY.get(reason) or text or _("The bank said no."))


@dataclass(frozen=True)
class Step:
    """Something that happened to the payment. ``tone`` is a badge's."""

    at: datetime
    icon: str
    words: str
    more: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Line:
    """One movement in the books, as the consultant's money sees it; paise, more is plus."""

    at: datetime
    words: str
    client: int
    fee: int
    fee_tax: int
    yours: int

    @property
    def moves(self) -> bool:
        """Whether it changes what is the consultant's."""
        return bool(self.client)


@dataclass(frozen=True)
class Story:
    payment: Payment
    subject: Subject | None
    attempt: PaymentAttempt | None
    attempts: list[PaymentAttempt]
    refunds: list[Refund]
    documents: list[Invoice]
    steps: list[Step]
    lines: list[Line]

    @property
    def on_its_way_paise(self) -> int:
        """Promised back, and not gone yet as far as we know."""
        return self.payment.refunding_paise - self.payment.refunded_paise

    @property
    def failure(self) -> str:
        payment = self.payment
        return why(payment.failure_code, payment.failure_text) if payment.status == Payment.Status.FAILED else ""

    @property
    def totals(self) -> dict[str, int]:
        names = ("client", "fee", "fee_tax", "yours")
        return {name: sum(getattr(line, name) for line in self.lines) for name in names}


def story_of(payment: Payment) -> Story:
    """Six queries, whatever has happened to it."""
    attempts = list(payment.attempts.defer("answer").order_by("created_at"))
    refunds = list(payment.refunds.filter(replaced_by__isnull=True).order_by("created_at").defer("answer"))
    documents = Invoice.objects.for_payable(payment.payable_kind, payment.payable_id).order_by("issued_at", "pk")
    return Story(
        payment=payment,
        subject=subjects_of([payment]).get(payment.pk),
        attempt=counting(attempts),
        attempts=attempts,
        refunds=refunds,
        documents=list(documents),
        steps=sorted(_steps(payment, attempts, refunds), key=lambda step: step.at),
        lines=[_line(told) for told in _movements(payment)],
    )


# --- what happened ----------------------------------------------------------------------------------


def _steps(payment: Payment, attempts: list[PaymentAttempt], refunds: list[Refund]) -> list[Step]:
    sum_ = {"sum": rupees(payment.amount_paise)}
    steps = [Step(payment.created_at, "file-text", _("%(sum)s asked for") % sum_)]
    for attempt in attempts:
        steps += _tries(attempt)
    if payment.expired_at is not None:
        steps.append(Step(payment.expired_at, "clock", _("Closed, for nobody had paid within a day")))
    elif payment.status == Payment.Status.FAILED and payment.failed_at and not _has_failed_try(attempts):
        steps.append(
            Step(payment.failed_at, "x", _("Not paid"), why(payment.failure_code, payment.failure_text), "bad")
        )
    for refund in refunds:
        steps += _of_refund(refund)
    return steps


def _has_failed_try(attempts: list[PaymentAttempt]) -> bool:
    return any(attempt.status == PaymentAttempt.Status.FAILED for attempt in attempts)


def _tries(attempt: PaymentAttempt) -> list[Step]:
    told: dict[str, Any] = {"sum": rupees(attempt.amount_paise), "way": way_words(attempt.method) or _("the gateway")}
    if attempt.captured_at is not None:
        words = {
            Outcome.RETURNED: _("%(sum)s came by %(way)s, too late: all of it goes back"),
            Outcome.DUPLICATE: _("%(sum)s came by %(way)s a second time: all of it goes back"),
        }.get(Outcome(attempt.outcome), _("%(sum)s paid by %(way)s"))
        return [Step(attempt.captured_at, "check", words % told, tone="good")]
    if attempt.status == PaymentAttempt.Status.FAILED:
        wrong = why(attempt.error_reason, attempt.error_description)
        return [Step(attempt.answered_at, "x", _("A try by %(way)s failed") % told, wrong, "bad")]
    if attempt.status == PaymentAttempt.Status.AUTHORIZED:
        return [Step(attempt.answered_at, "clock", _("The bank has promised %(sum)s by %(way)s") % told, tone="wait")]
    return [Step(attempt.answered_at, "clock", _("A try by %(way)s was begun") % told)]


def _of_refund(refund: Refund) -> list[Step]:
    told = {"sum": rupees(refund.amount_paise)}
    steps = [Step(refund.created_at, "undo-2", _("%(sum)s promised back") % told, refund.reason)]
    if refund.processed_at is not None:
        steps.append(Step(refund.processed_at, "check", _("%(sum)s has gone back") % told, tone="good"))
    elif refund.failed_at is not None:
        more = _("It stays promised; Naksha finds out why and sends it again.")
        steps.append(Step(refund.failed_at, "x", _("The refund of %(sum)s failed") % told, more, "bad"))
    elif refund.sent_at is not None:
        steps.append(Step(refund.sent_at, "clock", _("%(sum)s is on its way, 5 to 7 working days") % told, tone="wait"))
    return steps


# --- the books --------------------------------------------------------------------------------------


def _movements(payment: Payment) -> list[LedgerTransaction]:
    entries = LedgerEntry.objects.annotate_code()  # type: ignore[attr-defined]
    told = payment.ledger_transactions.order_by("occurred_at", "pk")
    return list(told.prefetch_related(Prefetch("entries", entries, to_attr="coded")))


def _line(told: LedgerTransaction) -> Line:
    amounts: dict[str, int] = {entry.code: entry.amount_paise for entry in told.coded}  # type: ignore[attr-defined]
    yours = -amounts.get(Code.CONSULTANT, 0)
    fee, fee_tax = amounts.get(Code.PLATFORM_FEES, 0), amounts.get(Code.GST_OUTPUT, 0)
    told_sum = {"sum": rupees(abs(amounts.get(Code.GATEWAY, 0)))}
    words = {
        Kind.CAPTURE: _("Your client paid"),
        Kind.EXCESS: _("%(sum)s came without being owed, and is set aside to go back"),
        Kind.GATEWAY_FEE: _("The gateway kept %(sum)s with its GST, at Naksha’s cost"),
        Kind.REFUND_OWED: _("Promised back to your client"),
        Kind.REFUND_PAID: _("%(sum)s left for your client, as promised"),
    }[Kind(told.kind)]
    return Line(
        at=told.occurred_at,
        words=words % told_sum,
        client=yours - fee - fee_tax,
        fee=fee,
        fee_tax=fee_tax,
        yours=yours,
    )
