"""Every change of state of money. Pages, API, admin and jobs call these and add nothing."""

from payments.services.attention import looked_at
from payments.services.checking import verify_ledger
from payments.services.events import replay
from payments.services.orders import CheckoutForm, checkout_form, ensure_order, open_payment
from payments.services.reconciling import reconcile
from payments.services.refunds import Effect, effect_of, refund_by_hand, request_refund, send_again
from payments.services.settling import complete, give_up

__all__ = [
    "CheckoutForm",
    "Effect",
    "checkout_form",
    "complete",
    "effect_of",
    "ensure_order",
    "give_up",
    "looked_at",
    "open_payment",
    "reconcile",
    "refund_by_hand",
    "replay",
    "request_refund",
    "send_again",
    "verify_ledger",
]
