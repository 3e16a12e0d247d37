"""The door that the gateway itself knocks at, and the documents of a payment."""

from __future__ import annotations

from uuid import UUID

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from naksha.api.errors import answer
from payments import documents
from payments.errors import EventTooLarge, PaymentError
from payments.models import Invoice, Payment
from payments.services import events

MAX_BODY = 256 * 1024  # bytes; the largest event is a few kB


@csrf_exempt  # its signature is the proof of where it comes from
@require_POST
def razorpay_webhook(request: HttpRequest) -> HttpResponse:
    """Keep the event and say so at once: the gateway gives 5 seconds, and sends again what got no 2xx, for a day.

    What is refused is told as at the API's address for the same.
    """
    try:
        take_event(request)
    except PaymentError as error:
        return answer(request, status=error.http_status, code=error.code, message=str(error))
    return HttpResponse(status=204)


def take_event(request: HttpRequest) -> None:
    """Keep what the gateway sent. Raises SignatureInvalid, NotAnEvent, EventTooLarge."""
    raw_body = request.read(MAX_BODY + 1)
    if len(raw_body) > MAX_BODY:
        raise EventTooLarge
    events.store(
        raw_body=raw_body,
        signature=request.headers.get("X-Razorpay-Signature", ""),
        event_id=request.headers.get("X-Razorpay-Event-Id", ""),
    )


def _signed(key: str, salt: str) -> UUID:
    """The row that a link of ours names. Raises Http404 for a link that we did not sign."""
    try:
        return UUID(hex=signing.Signer(salt=salt).unsign(key))
    except (signing.BadSignature, ValueError):
        raise Http404 from None


def _pdf(facts: dict[str, object], name: str) -> HttpResponse:
    response = HttpResponse(documents.draw(facts), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@cache_control(private=True, max_age=3600)
def document(request: HttpRequest, key: str) -> HttpResponse:
    """An invoice or its kin as PDF, for whoever was given its link."""
    invoice = get_object_or_404(Invoice, pk=_signed(key, Invoice.SALT))
    return _pdf(documents.invoice_facts(invoice), invoice.filename)


@require_safe
@cache_control(private=True, no_cache=True)
def receipt(request: HttpRequest, key: str) -> HttpResponse:
    """The receipt of one payment as PDF, as things stand now."""
    payments = Payment.objects.captured().select_related("consultant")
    payment = get_object_or_404(payments, pk=_signed(key, documents.RECEIPT_SALT))
    return _pdf(documents.receipt_facts(payment), f"receipt-{payment.order_id}.pdf")
