"""One payment, and giving back a part or all of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_http_methods, require_safe
from uuid_utils.compat import uuid7

from accounts.access import ConsultantRequest, approved_consultant_required
from dashboard.payments.forms import RefundForm
from dashboard.payments.one import story_of
from dashboard.payments.versions import tag
from naksha.errors import DomainError, InvalidState
from naksha.money import rupees
from payments import documents
from payments.models import Invoice, Payment
from payments.payable import ended_by_refund
from payments.services import effect_of, refund_by_hand


def their_payment(request: ConsultantRequest, pk: UUID) -> Payment:
    """A payment of this consultant's; another's is 404."""
    return get_object_or_404(Payment, consultant=request.consultant, pk=pk)


def _version(request: ConsultantRequest, pk: UUID) -> str:
    """An ETag: changes with the payment, with a try at it, with a refund of it."""
    payment = their_payment(request, pk)
    tries = payment.attempts.order_by("pk").values_list("updated_at")
    refunds = payment.refunds.order_by("pk").values_list("updated_at")
    return tag(request, payment.updated_at, list(tries), list(refunds))


@require_safe
@approved_consultant_required
def page(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    context = {"version": _version(request, pk), **_context(request, pk)}
    return render(request, "dashboard/payments/one.html", context)


@require_safe
@approved_consultant_required
@condition(etag_func=_version)
def parts(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """All that may change of the page, for one that is open; 304 while nothing has."""
    response = render(request, "dashboard/payments/_one.html", _context(request, pk))
    response["Cache-Control"] = "private, no-cache"
    return response


def _context(request: ConsultantRequest, pk: UUID) -> dict[str, Any]:
    payment = their_payment(request, pk)
    return {
        "nav": "payments",
        "payment": payment,
        "story": story_of(payment),
        "zone": request.consultant.timezone,
        "consultant": request.consultant,
    }


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def refund(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """First how much and why; then, with "check", what it would do; then, with "confirm", it is done."""
    payment = their_payment(request, pk)
    left = payment.refundable_paise
    first = {"amount": left, "seen": payment.refunding_paise, "press": uuid7()}
    form = RefundForm(request.POST if request.method == "POST" else None, left=left, initial=first)
    if request.method == "POST" and form.is_valid():
        if "confirm" in request.POST:
            answered = _give_back(request, payment, form)
        else:
            answered = _ask_for_yes(request, payment, form)
        if answered is not None:
            return answered
    elif request.method == "GET" and not left:
        return redirect("money:one", pk)
    status = 200 if request.method == "GET" or not form.errors else 400
    return _form_page(request, payment, form, status=status)


def _form_page(request: ConsultantRequest, payment: Payment, form: RefundForm, *, status: int) -> HttpResponse:
    ends = ended_by_refund(payment, payment.refundable_paise)
    context = {**_context(request, payment.pk), "form": form, "ends": ends}
    return render(request, "dashboard/payments/refund.html", context, status=status)


def _ask_for_yes(request: ConsultantRequest, payment: Payment, form: RefundForm) -> HttpResponse | None:
    try:
        effect = effect_of(payment, form.cleaned_data["amount"])
    except DomainError as error:
        form.add_error("amount", str(error))
        return None
    kinds = Invoice.objects.for_payable(payment.payable_kind, payment.payable_id)
    against = kinds.final().first() or kinds.filter(payment=payment, refund__isnull=True).first()
    ends = ended_by_refund(payment, effect.amount)
    context = {**_context(request, payment.pk), "form": form, "effect": effect, "against": against, "ends": ends}
    return render(request, "dashboard/payments/refund_check.html", context)


def _give_back(request: ConsultantRequest, payment: Payment, form: RefundForm) -> HttpResponse | None:
    data = form.cleaned_data
    try:
        made = refund_by_hand(
            payment=payment,
            amount_paise=data["amount"],
            seen_refunding_paise=data["seen"],
            reason=data["reason"],
            actor=request.user,
            press=data["press"].hex,
            ends={"yes": True, "no": False}.get(request.POST.get("ends", "")),
        )
    except InvalidState as error:
        return _ask_anew(request, payment.pk, str(error))
    except DomainError as error:
        form.add_error("amount", str(error))
        return None
    messages.success(request, _("%(sum)s is on its way back.") % {"sum": rupees(made.amount_paise)})
    return redirect("money:one", payment.pk)


def _ask_anew(request: ConsultantRequest, pk: UUID, said: str) -> HttpResponse:
    """The form with what was typed, over what is true by now."""
    payment = their_payment(request, pk)
    typed = {name: request.POST.get(name, "") for name in ("amount", "reason")}
    form = RefundForm({**typed, "seen": payment.refunding_paise, "press": uuid7().hex}, left=payment.refundable_paise)
    form.add_error(None, said)
    return _form_page(request, payment, form, status=409)


@require_safe
@approved_consultant_required
def receipt(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    paid = Payment.objects.captured().select_related("consultant")  # type: ignore[attr-defined]
    payment = get_object_or_404(paid, consultant=request.consultant, pk=pk)
    return documents.attached(documents.receipt_facts(payment), f"receipt-{payment.order_id}.pdf")
