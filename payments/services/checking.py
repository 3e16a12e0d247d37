"""Whether the books are right: the ledger against itself, against the rows, and against the gateway."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import BigIntegerField, Count, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from payments.gateway import get_gateway
from payments.models import LedgerAccount, LedgerEntry, LedgerTransaction, Payment, PaymentAttempt, Refund

Code = LedgerAccount.Code
Kind = LedgerTransaction.Kind


@dataclass(frozen=True)
class Fault:
    what: str
    row: str
    detail: str

    def __str__(self) -> str:
        return f"{self.what}: {self.row}: {self.detail}"


def verify_ledger() -> list[Fault]:
    """Everything that is wrong in the books; an empty list is good. Reads only, in a fixed number of queries."""
    return [*_unbalanced(), *_attempts(), *_payments(), *_refunds()]


def _unbalanced() -> Iterator[Fault]:
    sums = LedgerTransaction.objects.annotate(total=Coalesce(Sum("entries__amount_paise"), 0), lines=Count("entries"))
    for told in sums.filter(~Q(total=0) | ~Q(lines=F("entry_count"))):
        yield Fault("unbalanced", str(told.pk), f"{told.lines} of {told.entry_count} entries, sum {told.total}")


def _held(code: str) -> Coalesce:
    """The balance of an account of ``code`` over the ledger transactions of one attempt."""
    entries = LedgerEntry.objects.filter(account__code=code, transaction__attempt=OuterRef("pk"))
    total = entries.order_by().values("transaction__attempt").annotate(total=Sum("amount_paise")).values("total")
    return Coalesce(Subquery(total, output_field=BigIntegerField()), Value(0), output_field=BigIntegerField())


def _promised() -> Coalesce:
    live = Refund.objects.filter(attempt=OuterRef("pk"), replaced_by__isnull=True)
    total = live.order_by().values("attempt").annotate(total=Sum("amount_paise")).values("total")
    return Coalesce(Subquery(total, output_field=BigIntegerField()), Value(0), output_field=BigIntegerField())


def _gone() -> Coalesce:
    gone = Refund.objects.filter(attempt=OuterRef("pk"), status=Refund.Status.PROCESSED)
    total = gone.order_by().values("attempt").annotate(total=Sum("amount_paise")).values("total")
    return Coalesce(Subquery(total, output_field=BigIntegerField()), Value(0), output_field=BigIntegerField())


def _attempts() -> Iterator[Fault]:
    seen = PaymentAttempt.objects.annotate(
        held=_held(Code.GATEWAY),
        owed_back=_held(Code.REFUNDS),
        promised=_promised(),
        gone=_gone(),
        expected=F("captured_paise") - F("refunded_paise"),
        fees=_held(Code.GATEWAY_FEES) + _held(Code.GST_INPUT),
    )
    wrong = (
        ~Q(held=F("expected") - F("fees"))
        | ~Q(owed_back=F("refunded_paise") - F("refunding_paise"))
        | ~Q(promised=F("refunding_paise"))
        | ~Q(gone=F("refunded_paise"))
    )
    for attempt in seen.filter(wrong):
        yield Fault(
            "attempt",
            str(attempt),
            f"captured {attempt.captured_paise}, refunded {attempt.refunded_paise} of {attempt.refunding_paise}; "
            f"the ledger holds {attempt.held}, charges {attempt.fees}, owes {-attempt.owed_back}; "
            f"refund rows say {attempt.gone} of {attempt.promised}",
        )


def _payments() -> Iterator[Fault]:
    counted = Q(attempts__outcome__in=[PaymentAttempt.Outcome.SETTLED, PaymentAttempt.Outcome.RETURNED])
    sums = Payment.objects.annotate(
        came=Coalesce(Sum("attempts__captured_paise", filter=counted), 0),
        promised=Coalesce(Sum("attempts__refunding_paise", filter=counted), 0),
        gone=Coalesce(Sum("attempts__refunded_paise", filter=counted), 0),
    )
    wrong = ~Q(came=F("captured_paise")) | ~Q(promised=F("refunding_paise")) | ~Q(gone=F("refunded_paise"))
    for payment in sums.filter(wrong):
        yield Fault("payment", str(payment.pk), f"attempts say {payment.came}, {payment.gone} of {payment.promised}")


def _refunds() -> Iterator[Fault]:
    told = Refund.objects.annotate(
        owed=Count("ledger_transactions", filter=Q(ledger_transactions__kind=Kind.REFUND_OWED)),
        paid=Count("ledger_transactions", filter=Q(ledger_transactions__kind=Kind.REFUND_PAID)),
    )
    processed = Q(status=Refund.Status.PROCESSED)
    promised_by_itself = Q(attempt__outcome=PaymentAttempt.Outcome.SETTLED, replaces__isnull=True)
    wrong = (processed & ~Q(paid=1)) | (~processed & ~Q(paid=0)) | (promised_by_itself & ~Q(owed=1))
    for refund in told.filter(wrong):
        yield Fault("refund", str(refund.pk), f"{refund.status}: promised {refund.owed} times, paid {refund.paid}")


def verify_with_gateway(payments: Iterable[Payment]) -> list[Fault]:
    """What our books and the gateway's say differently of these payments. Asks it; raises GatewayUnavailable."""
    faults: list[Fault] = []
    gateway = get_gateway()
    for payment in payments:
        if not payment.order_id:
            continue
        ours = {
            attempt.gateway_payment_id: (attempt.captured_paise, attempt.refunded_paise)
            for attempt in payment.attempts.exclude(outcome="")
        }
        theirs = {
            answer.id: (
                answer.amount_paise,
                sum(refund.amount_paise for refund in gateway.fetch_refunds(answer.id) if refund.status == "processed"),
            )
            for answer in gateway.order_payments(payment.order_id)
            if answer.captured
        }
        faults += [
            Fault("gateway", name, f"here {ours.get(name)}, there {theirs.get(name)} (captured, refunded)")
            for name in sorted(ours.keys() | theirs.keys())
            if ours.get(name) != theirs.get(name)
        ]
    return faults
