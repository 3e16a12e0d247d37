"""Asking about what nobody told us: payments that stay open, refunds that stay on their way."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from payments.errors import GatewayRefused, GatewayUnavailable, PaymentMismatch
from payments.models import Payment, Refund
from payments.services import sending, settling
from payments.services.telling import say_changed

log = structlog.get_logger(__name__)

# How long after it was made a payment that is open is asked about. A late authorisation may come for three days.
CHECK_AFTER = (
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=8),
    timedelta(hours=24),
    timedelta(days=2),
    timedelta(days=4),
    timedelta(days=6),
)
# How long after it came a payment is asked about again: a second one for its order may come as late, and a refund may
# be made at the gateway, without anybody telling us.
CHECK_AFTER_PAID = (settling.FIRST_LOOK_AFTER_PAID, timedelta(hours=24), timedelta(days=4))
EXPIRES_AFTER = timedelta(hours=24)


def reconcile(payment_id: UUID) -> Payment:
    """Ask the gateway all about one payment and its refunds, and record the answers. Raises GatewayUnavailable, and
    then the payment stays due. One that was never paid within a day is closed as expired; money that comes for it
    later still is recorded, and its payable decides.
    """
    try:
        settling.ask_and_record(payment_id)
    except PaymentMismatch:
        Payment.objects.filter(pk=payment_id).update(
            attention=_("A payment at the gateway is not of this order, its amount and its currency.")
        )
    except GatewayRefused as error:
        # It doesn't know the order: another account's key, most likely. Asking on and on would not help.
        log.error("order_unknown_to_gateway", payment=str(payment_id), error=error.description)
        Payment.objects.filter(pk=payment_id).update(attention=_("The gateway does not know this order."))
    under_way = Refund.objects.filter(payment_id=payment_id, status=Refund.Status.PROCESSING)
    for gateway_payment_id in under_way.values_list("attempt__gateway_payment_id", flat=True).distinct():
        sending.ask_after(gateway_payment_id)
    return _checked(payment_id)


@transaction.atomic
def _checked(payment_id: UUID) -> Payment:
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    now = timezone.now()
    payment.checks += 1
    payment.checked_at = now
    since, waits = (payment.captured_at, CHECK_AFTER_PAID) if payment.captured_at else (payment.created_at, CHECK_AFTER)
    later = [since + wait for wait in waits if since + wait > now + settling.SOON]
    payment.check_at = later[0] if later else None
    if not payment.is_paid and payment.expired_at is None and payment.created_at + EXPIRES_AFTER <= now:
        payment.expired_at = now
        if payment.status == Payment.Status.CREATED:
            settling.mark_failed(payment, code="expired", text=_("Not paid within a day."))
    if not later and payment.status == Payment.Status.AUTHORIZED:
        payment.attention = _("The bank has promised this payment for days, and it could not be captured.")
    payment.save()
    say_changed(payment)
    return payment


BATCH = 50
CLAIM_LASTS = timedelta(minutes=10)


def reconcile_due() -> int:
    """Reconcile the payments whose time has come, those that wait longest first. Returns how many were asked about.

    Each is claimed by moving its time on, so that two sweepers don't ask twice. A gateway that does not answer ends
    the round: the others would wait for it one after the other.
    """
    now = timezone.now()
    due = Payment.objects.filter(check_at__lte=now).order_by("check_at").values_list("pk", "check_at")[:BATCH]
    done = 0
    for payment_id, check_at in list(due):
        if not Payment.objects.filter(pk=payment_id, check_at=check_at).update(check_at=now + CLAIM_LASTS):
            continue
        try:
            reconcile(payment_id)
        except GatewayUnavailable as error:
            log.warning("reconcile_put_off", payment=str(payment_id), error=repr(error))
            break
        except Exception:
            # One payment that can't be recorded mustn't keep the others from it; it is due again in ten minutes.
            log.exception("reconcile_failed", payment=str(payment_id))
            continue
        done += 1
    return done
