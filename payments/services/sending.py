"""Refunds at the gateway: sent once, followed until it says that the money has gone, and heard of when made there."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from naksha.money import rupees
from payments import payable
from payments.errors import GatewayRefused, GatewayUnavailable
from payments.gateway import GatewayPayment, GatewayRefund, get_gateway
from payments.models import Payment, PaymentAttempt, Refund
from payments.services import ledger, refunds
from payments.services.attention import note_for_a_person
from payments.services.refunds import lock, promise
from payments.services.telling import say_changed

log = structlog.get_logger(__name__)

CLAIM_LASTS = timedelta(minutes=3)  # longer than the gateway client ever waits
ASK_AGAIN = timedelta(hours=6)  # a refund on its way takes days; a webhook usually tells sooner
BATCH = 50
REFUSALS = 12  # then a person has to look
SAID = {
    "pending": Refund.Status.PROCESSING,
    "processed": Refund.Status.PROCESSED,
    "failed": Refund.Status.FAILED,
}


def send(refund_id: UUID) -> Refund:
    """Send a refund that waits, if nobody else is sending it. Its row is the idempotency key, so a crash, a time-out
    or a second worker can't send it twice. Raises nothing that the gateway does: it stays a row with a later due time.
    """
    now = timezone.now()
    claimed = Refund.objects.filter(
        Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - CLAIM_LASTS),
        pk=refund_id,
        status=Refund.Status.PENDING,
        due_at__lte=now,
    ).update(claimed_at=now, attempts=F("attempts") + 1)
    refund = Refund.objects.select_related("attempt").get(pk=refund_id)
    if not claimed:
        return refund
    try:
        answer = get_gateway().refund(
            payment_id=refund.attempt.gateway_payment_id,
            amount_paise=refund.amount_paise,
            idempotency_key=refund.idempotency_key,
            notes={"refund": str(refund.pk)},
        )
    except GatewayUnavailable as error:
        _put_off(refund, repr(error.__cause__ or error))
        return refund
    except GatewayRefused as error:
        return _refused(refund, error)
    return record(refund.pk, answer)


def _put_off(refund: Refund, error: str) -> None:
    """Try again after 1, 2, 4 … minutes, at most an hour."""
    wait = timedelta(minutes=min(60, 2 ** min(refund.attempts - 1, 6)))
    Refund.objects.filter(pk=refund.pk, status=Refund.Status.PENDING).update(
        claimed_at=None, due_at=timezone.now() + wait, last_error=error[:300]
    )
    log.warning("refund_put_off", refund=str(refund.pk), attempts=refund.attempts, error=error)


def _refused(refund: Refund, error: GatewayRefused) -> Refund:
    """The gateway said no. It may say yes later: a balance too low, a request with this key still under way."""
    if refund.attempts < REFUSALS:
        _put_off(refund, error.description)
        return refund
    try:
        ask_after(refund.attempt.gateway_payment_id)  # it may have been made after all, by us or by somebody there
    except GatewayUnavailable:
        _put_off(refund, error.description)
        return refund
    with transaction.atomic():
        refund, _owed_for = lock(refund.pk)
        if refund.status == Refund.Status.PENDING:
            _fail(refund, error.description)
    return refund


@transaction.atomic
def record(refund_id: UUID, answer: GatewayRefund) -> Refund:
    """What the gateway says of a refund of ours. Heard before: returns quietly."""
    refund, owed_for = lock(refund_id)
    _record(refund, owed_for, answer)
    return refund


def _record(refund: Refund, owed_for: payable.Payable | None, answer: GatewayRefund) -> None:
    if (answer.payment_id, answer.amount_paise) != (refund.attempt.gateway_payment_id, refund.amount_paise):
        log.error("refund_mismatch", refund=str(refund.pk), answer=answer.id)
        note_for_a_person(refund.payment, _("Refund %s at the gateway does not match ours.") % answer.id)
        return
    said = SAID[answer.status]
    if refund.status == said:
        return
    settled = refund.status == Refund.Status.PROCESSED
    if settled or Refund.objects.filter(replaces=refund).exists():
        log.error("refund_changed_its_mind", refund=str(refund.pk), now=answer.status)
        note_for_a_person(
            refund.payment,
            _("The gateway now says of refund %(refund)s: %(status)s.") % {"refund": answer.id, "status": said.label},
        )
        return
    refund.gateway_refund_id = answer.id
    refund.answer = {name: value for name, value in answer.raw.items() if name != "notes"}
    refund.sent_at = refund.sent_at or timezone.now()
    refund.claimed_at = refund.failed_at = None
    refund.last_error = ""
    say_changed(refund.payment)
    if said == Refund.Status.PROCESSED:
        _finish(refund, owed_for)
    elif said == Refund.Status.FAILED:
        _fail(refund, _("The gateway could not pay the refund out."))
    else:
        refund.move_to(said)
        refund.due_at = timezone.now() + ASK_AGAIN
        refund.save()


def _finish(refund: Refund, owed_for: payable.Payable | None) -> None:
    refund.move_to(Refund.Status.PROCESSED)
    refund.processed_at = timezone.now()
    refund.save()
    attempt, payment = refund.attempt, refund.payment
    attempt.refunded_paise += refund.amount_paise
    attempt.save(update_fields=["refunded_paise", "updated_at"])
    if attempt.counts:
        payment.refunded_paise = attempt.refunded_paise
        whole = payment.refunded_paise == payment.captured_paise
        payment.move_to(Payment.Status.REFUNDED if whole else Payment.Status.PARTIALLY_REFUNDED)
        payment.save()
    ledger.post_refund_paid(refund)
    if owed_for is not None:
        if refund.is_excess:
            owed_for.excess_refunded(refund)
        else:
            owed_for.payment_refunded(refund)
    log.info("refund_processed", refund=str(refund.pk), amount_paise=refund.amount_paise)


def _fail(refund: Refund, error: str) -> None:
    """The money stays promised: it is still the client's. A person sends it again (:func:`send_again`)."""
    refund.move_to(Refund.Status.FAILED)
    refund.failed_at = timezone.now()
    refund.claimed_at = None
    refund.last_error = error[:300]
    refund.save()
    note_for_a_person(
        refund.payment,
        _("A refund of %(amount)s failed: %(error)s") % {"amount": rupees(refund.amount_paise), "error": error},
    )
    log.error("refund_failed", refund=str(refund.pk), error=error)


# --- asking after them --------------------------------------------------------------------------


def ask_if_behind(answer: GatewayPayment) -> None:
    """Ask about an attempt's refunds if the gateway has given back more, or less, than we know of."""
    attempt = PaymentAttempt.objects.filter(gateway_payment_id=answer.id).first()
    if attempt is not None and attempt.outcome and answer.amount_refunded_paise != attempt.refunded_paise:
        ask_after(answer.id)


def ask_after(gateway_payment_id: str) -> None:
    """Ask the gateway about every refund of an attempt, and record what it says. Raises GatewayUnavailable.

    One that we did not ask for (made in the gateway's own dashboard) is taken into our books, for the money has gone.
    """
    for answer in get_gateway().fetch_refunds(gateway_payment_id):
        with transaction.atomic():
            _hear(gateway_payment_id, answer)


def _hear(gateway_payment_id: str, answer: GatewayRefund) -> None:
    unlocked = Payment.objects.get(attempts__gateway_payment_id=gateway_payment_id)
    owed_for = payable.load_if_there(unlocked.payable_kind, unlocked.payable_id)
    payment = Payment.objects.select_for_update().get(pk=unlocked.pk)
    attempt = PaymentAttempt.objects.get(gateway_payment_id=gateway_payment_id)
    attempt.payment = payment
    refund = _ours(attempt, answer)
    if refund is None and answer.status != "failed" and attempt.outcome:
        refund = _taken_in(attempt, answer, owed_for)
    if refund is not None:
        refund.payment, refund.attempt = payment, attempt
        _record(refund, owed_for, answer)


def _ours(attempt: PaymentAttempt, answer: GatewayRefund) -> Refund | None:
    known = attempt.refunds.filter(gateway_refund_id=answer.id).first()
    if known is not None:
        return known
    try:
        named = UUID(str(answer.notes.get("refund", "")))
    except ValueError:
        return None
    return attempt.refunds.filter(pk=named).first()


def _taken_in(attempt: PaymentAttempt, answer: GatewayRefund, owed_for: payable.Payable | None) -> Refund | None:
    """A row for a refund that was made at the gateway. Where our promises leave no room for it, it is one of them."""
    if answer.amount_paise <= attempt.refundable_paise:
        made = promise(
            attempt,
            answer.amount_paise,
            cause=Refund.Cause.EXTERNAL,
            reason=_("Refunded at the gateway."),
            actor=None,
            key=answer.id,
            send=False,
        )
        if owed_for is not None and not made.is_excess:
            owed_for.refund_promised(made)
        return made
    owed = attempt.refunds.owed().filter(amount_paise=answer.amount_paise)
    unheard = owed.filter(gateway_refund_id__isnull=True).first()
    if unheard is not None:
        return unheard
    failed = owed.filter(status=Refund.Status.FAILED).first()
    if failed is not None:
        return refunds.replacement(failed, actor=None, cause=Refund.Cause.EXTERNAL)
    log.error("refund_unknown_too_large", attempt=str(attempt), answer=answer.id, amount_paise=answer.amount_paise)
    note_for_a_person(
        attempt.payment, _("The gateway has made refund %s, which our books have no room for.") % answer.id
    )
    return None


def ask_due() -> int:
    """Ask after the refunds that are on their way for long. Returns how many were asked about."""
    now = timezone.now()
    due = Refund.objects.filter(status=Refund.Status.PROCESSING, due_at__lte=now).select_related("attempt")
    done = 0
    for refund in due.order_by("due_at")[:BATCH]:
        if not Refund.objects.filter(pk=refund.pk, due_at=refund.due_at).update(due_at=now + ASK_AGAIN):
            continue
        try:
            ask_after(refund.attempt.gateway_payment_id)
        except GatewayUnavailable as error:
            log.warning("refund_question_put_off", refund=str(refund.pk), error=repr(error))
            break
        done += 1
    return done


def unsent() -> list[UUID]:
    """Refunds that are due to be sent and that nobody is sending."""
    now = timezone.now()
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - CLAIM_LASTS)
    return list(Refund.objects.to_send().filter(free).order_by("due_at").values_list("pk", flat=True)[:BATCH])
