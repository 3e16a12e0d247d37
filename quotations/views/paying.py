"""Paying for accepted work, by the link alone: the deposit or all of it, and the rest later."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from naksha.web.secret import secret
from payments.checkout import answer_query, came, checkout
from payments.errors import PaymentMismatch, SignatureInvalid
from quotations.errors import NothingOwed
from quotations.models import Quotation
from quotations.services import links, open_part
from quotations.views.fetching import not_here, sums_of, with_link


@require_GET
@with_link
def pay(request: HttpRequest, quotation: Quotation, token: str) -> HttpResponse:
    """The deposit where one is due, else all that is left."""
    return _checkout(request, quotation, token, "deposit", reverse("quotations:pay", args=[token]))


@require_GET
@with_link
def pay_all(request: HttpRequest, quotation: Quotation, token: str) -> HttpResponse:
    return _checkout(request, quotation, token, "all", reverse("quotations:pay_all", args=[token]))


def _checkout(request: HttpRequest, quotation: Quotation, token: str, part: str, here: str) -> HttpResponse:
    try:
        payment = open_part(quotation=quotation, part=part)
    except NothingOwed:
        return redirect("quotations:page", token)
    way = checkout(request, payment, pay_path=here, done_path=reverse("quotations:pay_done", args=[token]))
    context = {
        **sums_of(quotation),
        **way.context(),
        "token": token,
        "consultant": quotation.consultant,
        "here": here,
        "is_deposit": payment.purpose == payment.Purpose.DEPOSIT,
        "has_choice": bool(quotation.due_deposit_paise),
        "later_paise": quotation.owed_paise - payment.amount_paise,
    }
    return way.allow(render(request, "quotations/pay.html", context))


@csrf_exempt
@require_http_methods(["GET", "POST"])
def done(request: HttpRequest, token: str) -> HttpResponse:
    """Back from the gateway, which posts its signed answer here from its own pages (so without our cookies). By a link
    that was stopped since the payment was begun, too: the money has left its payer."""
    try:
        quotation = links.resolve(token)
    except Quotation.DoesNotExist:
        return secret(_back_by_stopped(request, token))
    return secret(_back(request, quotation, token))


def _back(request: HttpRequest, quotation: Quotation, token: str) -> HttpResponse:
    page = reverse("quotations:pay", args=[token])
    try:
        query = answer_query(request, payable_kind=Quotation.PAYABLE, payable_id=quotation.pk)
    except (SignatureInvalid, PaymentMismatch) as error:
        return render(request, "quotations/refused.html", {"problem": str(error), "pay_url": page}, status=400)
    return redirect(f"{page}?{query}" if query else reverse("quotations:page", args=[token]))


def _back_by_stopped(request: HttpRequest, token: str) -> HttpResponse:
    """What became of a payment whose signed answer is here. Anything else is 404, as all that the link opened."""
    try:
        found = links.resolve_stopped(token)
    except Quotation.DoesNotExist:
        return not_here(request)
    told = {"number": found.label, "name": found.consultant.display_name}
    label = _("Quotation %(number)s, %(name)s") % told
    page = came(request, payable_kind=Quotation.PAYABLE, payable_id=found.pk, label=label, title=found.title)
    return page or not_here(request)
