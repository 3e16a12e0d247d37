"""What the gateway says about an order, recorded: the one way in which money moves here.

Whoever hears of a payment first (the browser, a webhook, the reconciler) comes through here; the others find it done.
The gateway is asked first, with no transaction open. Then, in one transaction: the payable is locked, the payment is
locked and read again, the answer is matched against what is owed, and state, ledger and payable move together.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from naksha.db import refuse_transaction
from naksha.money import share
from payments import invoices, payable
from payments.errors import GatewayRefused, GatewayUnavailable, PaymentMismatch, SignatureInvalid
from payments.gateway import GatewayPayment, get_gateway
from payments.models import Payment, PaymentAttempt
from payments.services import ledger, refunds, sending
from payments.services.telling import say_changed

log = structlog.get_logger(__name__)

BASIS = 10_000
EARLIEST = datetime.min.replace(tzinfo=UTC)
SOON = timedelta(minutes=1)
FIRST_LOOK_AFTER_PAID = timedelta(hours=1)
# Parts of the gateway's answer that are the payer's business, not ours to keep.
PERSONAL = frozenset({"email", "contact", "card", "card_id", "vpa", "upi", "bank", "wallet", "acquirer_data", "notes"})


def complete(*, order_id: str, gateway_payment_id: str, signature: str) -> Payment:
    """The payer's browser is back with a signed answer. Already settled: returns quietly.

    The payment that is returned need not be paid: its bank may still think (``is_paid`` says). Raises SignatureInvalid
    and PaymentMismatch (nothing has moved), GatewayUnavailable (the reconciler asks again in a minute).
    """
    refuse_transaction("a payment is completed")
    payment = Payment.objects.of_order(order_id)
    if payment is None or not get_gateway().verify_checkout(order_id, gateway_payment_id, signature):
        log.warning("payment_answer_forged", order=order_id[:40], known=payment is not None)
        raise SignatureInvalid
    attempt = payment.attempts.filter(gateway_payment_id=gateway_payment_id).first()
    if attempt is not None and attempt.outcome:
        return payment
    try:
        return record_answers(payment.pk, [get_gateway().fetch_payment(gateway_payment_id)])
    except GatewayUnavailable:
        Payment.objects.filter(pk=payment.pk, captured_paise=0).update(check_at=timezone.now() + SOON)
        raise
    except GatewayRefused as error:
        log.error("payment_unknown_to_gateway", payment=str(payment.pk), error=error.description)
        raise PaymentMismatch from error


def give_up(payment_id: UUID, *, code: str, text: str) -> Payment:
    """The payer's app says that its try came to nothing. The gateway is asked first; only where it knows of no money
    is the payment marked as failed, and it may still be paid. Raises GatewayUnavailable."""
    refuse_transaction("a payment is given up")
    payment = ask_and_record(payment_id)
    if payment.status not in (Payment.Status.CREATED, Payment.Status.FAILED):
        return payment
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        if payment.status in (Payment.Status.CREATED, Payment.Status.FAILED):
            mark_failed(payment, code=code, text=text)
    return payment


def ask_and_record(payment_id: UUID) -> Payment:
    """Ask the gateway about every attempt at the payment's order and record the answers. Raises GatewayUnavailable."""
    payment = Payment.objects.get(pk=payment_id)
    if not payment.order_id:
        return payment
    return record_answers(payment_id, get_gateway().order_payments(payment.order_id))


def record_answers(payment_id: UUID, answers: Iterable[GatewayPayment]) -> Payment:
    """Record each answer, the oldest first; capture what is authorised and wanted. Raises PaymentMismatch at the end
    if one of them is not of this order, its amount and its currency; that one has moved nothing."""
    mismatch: PaymentMismatch | None = None
    for answer in sorted(answers, key=lambda answer: (answer.created_at or EARLIEST, answer.id)):
        try:
            record(payment_id, answer)
        except PaymentMismatch as error:
            mismatch = error
    if mismatch:
        raise mismatch
    return Payment.objects.get(pk=payment_id)


def record(payment_id: UUID, answer: GatewayPayment) -> None:
    if answer.status == "authorized":
        answer = _capture(payment_id, answer)
    if answer.status == "captured" or (answer.status == "refunded" and answer.captured):
        settle(payment_id, answer)
    else:
        note(payment_id, answer)
    sending.ask_if_behind(answer)


def _capture(payment_id: UUID, answer: GatewayPayment) -> GatewayPayment:
    """Take what the bank has only promised, unless the payment has been settled by another attempt.

    It is taken even when the time was lost meanwhile: a refund reaches the payer sooner than a promise that lapses.
    """
    note(payment_id, answer)
    if Payment.objects.get(pk=payment_id).is_paid:
        return answer
    try:
        return get_gateway().capture(payment_id=answer.id, amount_paise=answer.amount_paise, currency=answer.currency)
    except GatewayRefused as error:
        # Most likely somebody captured it between our question and this. Its own word decides.
        log.warning("capture_refused", payment=str(payment_id), attempt=answer.id, error=error.description)
        return get_gateway().fetch_payment(answer.id)


def _match(payment: Payment, answer: GatewayPayment) -> None:
    owed = (payment.order_id, payment.amount_paise, payment.currency)
    if (answer.order_id, answer.amount_paise, answer.currency) != owed:
        log.error(
            "payment_mismatch",
            payment=str(payment.pk),
            attempt=answer.id,
            order=answer.order_id,
            amount_paise=answer.amount_paise,
            currency=answer.currency,
        )
        raise PaymentMismatch


def _attempt(payment: Payment, answer: GatewayPayment) -> PaymentAttempt:
    """The attempt's row, as the answer has it. The payment's lock is held, so nobody else writes it."""
    _match(payment, answer)
    attempt = PaymentAttempt.objects.filter(gateway_payment_id=answer.id).first() or PaymentAttempt(
        payment=payment,
        gateway_payment_id=answer.id,
        status=PaymentAttempt.Status(answer.status),
        amount_paise=answer.amount_paise,
        currency=answer.currency,
    )
    if attempt.payment_id != payment.pk:
        raise PaymentMismatch
    # Answers can overtake each other: what was captured stays so.
    if not attempt.outcome or answer.status in ("captured", "refunded"):
        attempt.status = PaymentAttempt.Status(answer.status)
    attempt.method = answer.method
    attempt.error_code = answer.error_code[:80]
    attempt.error_reason = answer.error_reason[:80]
    attempt.error_description = answer.error_description[:300]
    if answer.fee_paise is not None:
        attempt.gateway_fee_paise = answer.fee_paise
        attempt.gateway_tax_paise = answer.tax_paise or 0
    attempt.answer = {name: value for name, value in answer.raw.items() if name not in PERSONAL}
    attempt.answered_at = timezone.now()
    return attempt


@transaction.atomic
def note(payment_id: UUID, answer: GatewayPayment) -> None:
    """Record an answer that brings no money: begun, authorised, failed, or let go uncaptured."""
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    attempt = _attempt(payment, answer)
    attempt.save()
    say_changed(payment)
    if payment.is_paid or attempt.outcome:
        return
    if answer.status == "authorized":
        payment.move_to(Payment.Status.AUTHORIZED)
        payment.authorized_at = payment.authorized_at or timezone.now()
        payment.check_at = payment.check_at or timezone.now()
        payment.save()
    elif answer.status in ("failed", "refunded") and not _others_under_way(payment, attempt):
        mark_failed(payment, code=answer.error_reason or answer.status, text=answer.error_description)


def _others_under_way(payment: Payment, attempt: PaymentAttempt) -> bool:
    under_way = [PaymentAttempt.Status.CREATED, PaymentAttempt.Status.AUTHORIZED]
    return payment.attempts.filter(status__in=under_way).exclude(pk=attempt.pk).exists()


def mark_failed(payment: Payment, *, code: str, text: str) -> None:
    """The payment, locked by the caller, did not come. Another attempt may still succeed, now or days later."""
    if payment.status == Payment.Status.FAILED and payment.failure_code == code[:80]:
        return
    payment.move_to(Payment.Status.FAILED)
    payment.failed_at = timezone.now()
    payment.failure_code = code[:80]
    payment.failure_text = text[:300]
    payment.save()
    say_changed(payment)
    log.info("payment_failed", payment=str(payment.pk), code=code)


@transaction.atomic
def settle(payment_id: UUID, answer: GatewayPayment) -> None:
    """Money has come. Once for each attempt: a second telling finds the outcome and only refreshes the answer.

    The first captured attempt is the payment; each further one is a duplicate and goes back in full.
    """
    # The payable first, the payment after: the order of every lock here (payments/payable.py).
    unlocked = Payment.objects.get(pk=payment_id)
    owed_for = payable.load_if_there(unlocked.payable_kind, unlocked.payable_id)
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    attempt = _attempt(payment, answer)
    if attempt.outcome:
        attempt.save()
        ledger.post_gateway_fee(payment, attempt)
        return
    say_changed(payment)
    attempt.captured_paise = answer.amount_paise
    attempt.captured_at = timezone.now()
    if payment.is_paid:
        attempt.outcome = PaymentAttempt.Outcome.DUPLICATE
        attempt.save()
        ledger.post_excess(payment, attempt)
        refunds.give_back(attempt, reason="The order had been paid already.")
        log.warning("payment_duplicate", payment=str(payment.pk), attempt=answer.id)
    else:
        _take(payment, attempt, owed_for)
    ledger.post_gateway_fee(payment, attempt)


def _take(payment: Payment, attempt: PaymentAttempt, owed_for: payable.Payable | None) -> None:
    payment.move_to(Payment.Status.CAPTURED)
    payment.captured_paise = attempt.captured_paise
    payment.captured_at = attempt.captured_at
    payment.failure_code = payment.failure_text = ""
    payment.check_at = timezone.now() + FIRST_LOOK_AFTER_PAID
    payment.order_claimed_at = None
    payment.save()
    verdict = owed_for.payment_captured(payment) if owed_for else payable.RefundInFull("What was paid for is gone.")
    if owed_for is not None and isinstance(verdict, payable.Settled):
        facts = owed_for.invoice_facts()
        payment.fee_paise, payment.fee_tax_paise = _fee(payment, facts)
        payment.save(update_fields=["fee_paise", "fee_tax_paise", "updated_at"])
        attempt.outcome = PaymentAttempt.Outcome.SETTLED
        attempt.save()
        ledger.post_capture(payment, attempt)
        invoices.issue_for_payment(payment, facts)
        log.info("payment_captured", payment=str(payment.pk), amount_paise=payment.captured_paise)
        return
    assert isinstance(verdict, payable.RefundInFull)
    attempt.outcome = PaymentAttempt.Outcome.RETURNED
    attempt.save()
    ledger.post_excess(payment, attempt)
    refunds.give_back(attempt, reason=verdict.reason)
    log.warning("payment_returned", payment=str(payment.pk), amount_paise=payment.captured_paise)


def _fee(payment: Payment, facts: payable.InvoiceFacts) -> tuple[int, int]:
    """The platform's share of this payment and the GST on it (paise), on the terms frozen with the payable.

    The share is of the price before GST, so GST is taken out of the payment first (price × 100/118 for 18 %).
    """
    before_gst = (payment.captured_paise * BASIS * 2 + BASIS + facts.gst_basis_points) // (
        2 * (BASIS + facts.gst_basis_points)
    )
    fee = share(before_gst, facts.fee_basis_points)
    tax = share(fee, settings.PLATFORM_GST_BASIS_POINTS)
    return fee, min(tax, payment.captured_paise - fee)
