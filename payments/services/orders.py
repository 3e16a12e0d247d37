"""From what is owed to a gateway order and the form that opens its checkout."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q, UUIDField
from django.utils import timezone

from naksha.db import refuse_transaction
from naksha.kept import Kept, Param
from payments.errors import GatewayRefused, GatewayUnavailable, InvalidState, PaymentMismatch
from payments.gateway import get_gateway
from payments.models import Payment

log = structlog.get_logger(__name__)

FIRST_CHECK = timedelta(minutes=15)
CLAIM_LASTS = timedelta(seconds=60)  # longer than the gateway client ever waits
WAIT_FOR_RIVAL = 5.0  # seconds
_ONE = Kept(lambda: Payment.objects.filter(pk=Param("pk", UUIDField())).order_by())


@dataclass(frozen=True)
class CheckoutForm:
    """The plain form that leads to the gateway's checkout."""

    action: str
    fields: dict[str, str]


@transaction.atomic(savepoint=False)
def open_payment(
    *,
    payable_kind: str,
    payable_id: UUID,
    consultant_id: UUID,
    purpose: str,
    amount_paise: int,
    currency: str,
    payer_name: str,
    payer_email: str,
    payer_phone: str = "",
    description: str,
    first: bool = False,
) -> Payment:
    """The row of a payment that is owed (paise); nobody is asked yet. One that is open for the same sum is returned.

    The caller holds the payable's lock, or has just made it: then nothing can be open (``first``), and isn't looked
    for.
    """
    what = {
        "payable_kind": payable_kind,
        "payable_id": payable_id,
        "purpose": Payment.Purpose(purpose),
        "amount_paise": amount_paise,
    }
    more = {
        "consultant_id": consultant_id,
        "currency": currency,
        "payer_name": payer_name[:200],
        "payer_email": payer_email,
        "payer_phone": payer_phone,
        "description": description[:250],
        "check_at": timezone.now() + FIRST_CHECK,
    }
    if first:
        owed, made = Payment.objects.create(**what, **more), True
    else:
        owed, made = Payment.objects.open().get_or_create(**what, defaults=more)
    if made:
        log.info("payment_opened", payment=str(owed.pk), amount_paise=amount_paise)
    return owed


def _read(payment_id: UUID) -> Payment:
    payment = _ONE.first(pk=payment_id)
    if payment is None:
        raise Payment.DoesNotExist
    return payment


def ensure_order(payment_id: UUID) -> Payment:
    """See that the payment has an order at the gateway, and return it. Safe to repeat, and to call twice at once.

    One caller claims the right to ask; the other waits for its answer. A claim that died with its process lapses, and
    the next asks with the same receipt, for which the gateway keeps one order. Raises GatewayUnavailable.
    """
    refuse_transaction("an order is asked for")
    give_up = time.monotonic() + WAIT_FOR_RIVAL
    while True:
        payment = _read(payment_id)
        if payment.order_id:
            return payment
        if not payment.can_be_paid:
            raise InvalidState(f"a payment that is {payment.status} needs no order")
        now = timezone.now()
        claimed = Payment.objects.filter(
            Q(order_claimed_at__isnull=True) | Q(order_claimed_at__lt=now - CLAIM_LASTS),
            pk=payment_id,
            order_id__isnull=True,
        ).update(order_claimed_at=now)
        if claimed:
            return _ask_for_order(payment)
        if time.monotonic() >= give_up:
            raise GatewayUnavailable
        time.sleep(0.05)


def _ask_for_order(payment: Payment) -> Payment:
    try:
        order = get_gateway().create_order(
            amount_paise=payment.amount_paise,
            currency=payment.currency,
            receipt=payment.receipt,
            notes={"payment": str(payment.pk)},
        )
    except (GatewayUnavailable, GatewayRefused) as error:
        Payment.objects.filter(pk=payment.pk).update(order_claimed_at=None)
        log.warning("order_not_made", payment=str(payment.pk), error=repr(error))
        raise
    if (order.amount_paise, order.currency) != (payment.amount_paise, payment.currency):
        log.error("order_mismatch", payment=str(payment.pk), order=order.id)
        raise PaymentMismatch
    kept = Payment.objects.filter(pk=payment.pk, order_id__isnull=True).update(
        order_id=order.id, order_claimed_at=None, updated_at=timezone.now()
    )
    payment = _read(payment.pk)
    if not kept and payment.order_id != order.id:
        # Nobody was shown this one, so nobody can pay it.
        log.error("order_left_over", payment=str(payment.pk), order=order.id, kept=payment.order_id)
    return payment


def checkout_form(payment: Payment, *, callback_url: str, cancel_url: str) -> CheckoutForm:
    """How to open the checkout for a payment that has its order. Raises InvalidState if it can't be paid (any more)."""
    if not payment.order_id or not payment.can_be_paid:
        raise InvalidState(f"a payment that is {payment.status} cannot be paid")
    base = str(settings.RAZORPAY_BASE_URL).rstrip("/")
    prefill = {"name": payment.payer_name, "email": payment.payer_email, "contact": payment.payer_phone}
    return CheckoutForm(
        action=f"{base}/v1/checkout/embedded",
        fields={
            "key_id": str(settings.RAZORPAY_KEY_ID),
            "order_id": payment.order_id,
            "amount": str(payment.amount_paise),
            "currency": payment.currency,
            "name": "Naksha",
            "description": payment.description,
            **{f"prefill[{name}]": value for name, value in prefill.items() if value},
            "callback_url": callback_url,
            "cancel_url": cancel_url,
        },
    )
