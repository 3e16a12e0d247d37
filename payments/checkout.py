"""What every page that leads to the gateway shares, and the way back from it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy

from naksha.errors import InvalidState
from payments.errors import GatewayRefused, GatewayUnavailable, PaymentMismatch, SignatureInvalid
from payments.models import Payment, PaymentAttempt
from payments.services import CheckoutForm, checkout_form, complete, ensure_order

log = structlog.get_logger(__name__)

# What the gateway says went wrong, as its reasons, in our words. Anything else is told by the last sentence.
WHY = {
    "payment_cancelled": gettext_lazy("You stopped the payment. Nothing was charged."),
    "payment_timed_out": gettext_lazy("The payment took too long and was given up. Nothing was charged."),
    "insufficient_fund": gettext_lazy("The account has too little money for this payment. Nothing was charged."),
    "insufficient_funds": gettext_lazy("The account has too little money for this payment. Nothing was charged."),
    "card_declined": gettext_lazy("Your bank declined the card. Nothing was charged."),
    "card_expired": gettext_lazy("The card has expired. Nothing was charged."),
    "incorrect_otp": gettext_lazy("The code from your bank was not right. Nothing was charged."),
    "incorrect_cvv": gettext_lazy("The three digits on the back of the card were not right. Nothing was charged."),
    "authentication_failed": gettext_lazy("Your bank could not confirm that it was you. Nothing was charged."),
    "invalid_vpa": gettext_lazy("There is no such UPI address. Nothing was charged."),
    "back": gettext_lazy("You came back without paying. Nothing was charged."),
    "": gettext_lazy("The payment did not go through. If your bank took anything, it comes back by itself."),
}


@dataclass(frozen=True)
class Checkout:
    """What a page says of a payment that is to be made."""

    payment: Payment
    form: CheckoutForm | None  # None while it can't be paid: under way, or the gateway does not answer
    gateway_down: bool
    under_way: bool
    failed: str  # why the last try came to nothing, in a sentence

    def context(self) -> dict[str, object]:
        return {
            "payment": self.payment,
            "checkout": self.form,
            "gateway_down": self.gateway_down,
            "under_way": self.under_way,
            "failed": self.failed,
        }

    def allow(self, response: HttpResponse) -> HttpResponse:
        """Let the form lead to another origin, from this page alone."""
        if self.form is not None:
            parts = urlsplit(self.form.action)
            response._csp_update = {"form-action": [f"{parts.scheme}://{parts.netloc}"]}  # type: ignore[attr-defined]
        return response


def checkout(request: HttpRequest, payment: Payment, *, pay_path: str, done_path: str) -> Checkout:
    """The way to the gateway. When it can't be asked, or its answer is awaited, there is no form and the page says so.

    Asks the gateway for an order: call it outside of a transaction.
    """
    form: CheckoutForm | None = None
    down = False
    under_way = payment.status == Payment.Status.AUTHORIZED or "checking" in request.GET
    if not under_way:
        try:
            form = checkout_form(
                ensure_order(payment.pk),
                callback_url=settings.SITE_URL + done_path,
                cancel_url=f"{settings.SITE_URL}{pay_path}?failed=back",
            )
        except (GatewayUnavailable, GatewayRefused) as error:
            log.warning("checkout_unavailable", payment=str(payment.pk), error=repr(error))
            down = True
        except InvalidState:
            under_way = True
    failed = request.GET.get("failed")
    return Checkout(payment, form, down, under_way, str(WHY.get(failed, WHY[""])) if failed is not None else "")


def answer_query(request: HttpRequest, *, payable_kind: str, payable_id: object) -> str:
    """Take up what the gateway posted from its own pages. Empty when it was settled; else the query with which the
    page that pays says why not ("failed=…", "checking=1").

    Nothing that is posted is believed: the signature is checked, and the gateway is asked. Raises SignatureInvalid,
    PaymentMismatch; nothing has moved then.
    """
    order_id = request.POST.get("razorpay_order_id", "")
    payment_id = request.POST.get("razorpay_payment_id", "")
    if not payment_id:
        reason = request.POST.get("error[reason]", "")
        return f"failed={reason if reason in WHY else ''}"
    if Payment.objects.for_payable(payable_kind, payable_id).of_order(order_id) is None:
        log.warning("payment_answer_foreign", payable=str(payable_id), order=order_id[:40])
        raise SignatureInvalid
    try:
        complete(
            order_id=order_id,
            gateway_payment_id=payment_id,
            signature=request.POST.get("razorpay_signature", ""),
        )
    except (GatewayUnavailable, GatewayRefused) as error:
        # The money is safe at the gateway: its own call, or the reconciler, tells us.
        log.warning("payment_answer_waits", payable=str(payable_id), error=repr(error))
        return "checking=1"
    return ""


def back_unknown(request: HttpRequest, *, payable_kind: str, payable_id: object, pay_path: str) -> HttpResponse | None:
    """The way back to a page that has no link of its own and knows its reader by a cookie: the gateway's post brings
    none. What it has signed is taken up, and ``pay_path`` asks who reads. None for an answer that isn't its own."""
    try:
        query = answer_query(request, payable_kind=payable_kind, payable_id=payable_id)
    except (SignatureInvalid, PaymentMismatch):
        return None
    return redirect(f"{pay_path}?{query}" if query else pay_path)


def came(
    request: HttpRequest, *, payable_kind: str, payable_id: object, label: str, title: str, find_path: str = ""
) -> HttpResponse | None:
    """What became of a payment whose signed answer is here, by a link that was stopped since it was begun: the money
    has left its payer. None for anything else, which such a link doesn't open. ``find_path`` mails a new link."""
    try:
        query = answer_query(request, payable_kind=payable_kind, payable_id=payable_id)
    except (SignatureInvalid, PaymentMismatch):
        return None
    if query.startswith("failed="):
        return None
    attempt = PaymentAttempt.objects.filter(gateway_payment_id=request.POST["razorpay_payment_id"]).first()
    context = {"attempt": attempt, "label": label, "title": title, "find_path": find_path}
    return render(request, "payments/came.html", context)
