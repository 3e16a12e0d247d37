"""The area's pages that show: home, sessions, payments and their papers, reviews."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import condition, require_safe

from accounts.access import AccountRequest, account_required
from client_area import agenda, money, offers, reviewing
from client_area.frame import page, zone_of
from client_area.home import home_of
from client_area.versions import home_version, list_version, quotations_version
from payments import documents
from payments.models import Payment
from sessions_app.services.reviewing import OPEN_FOR

REVIEWS_PER_PAGE = 20


@require_safe
@account_required
def home(request: AccountRequest) -> HttpResponse:
    # The version is read first: what changes while the page is made is then fetched once too often, never missed.
    return page(request, "home", "me", {"version": home_version(request), **_home(request)})


@require_safe
@account_required
@condition(etag_func=home_version)
def home_parts(request: AccountRequest) -> HttpResponse:
    """The first page's lists alone, for one that is open; 304 while nothing has changed."""
    return _fragment(page(request, "_home", "me", _home(request)))


def _home(request: AccountRequest) -> dict[str, Any]:
    now = timezone.now()
    return {"home": home_of(request.user, now), "now": now, "zone_name": zone_of(request)}


@require_safe
@account_required
def sessions(request: AccountRequest) -> HttpResponse:
    return page(request, "sessions", "me-sessions", {"version": list_version(request), **_sessions(request)})


@require_safe
@account_required
@condition(etag_func=list_version)
def sessions_list(request: AccountRequest) -> HttpResponse:
    """The list alone, for a page that is open; 304 while nothing has changed."""
    return _fragment(page(request, "_sessions", "me-sessions", _sessions(request)))


def _fragment(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-cache"
    return response


def _sessions(request: AccountRequest) -> dict[str, Any]:
    tab = request.GET.get("show", "upcoming")
    if tab not in agenda.TABS:
        raise Http404
    now = timezone.now()
    paged, entries = agenda.page_of(request.user, tab, request.GET.get("page"), now)
    return {
        "tab": tab,
        "tabs": agenda.TABS,
        "page": paged,
        "entries": entries,
        "now": now,
        "zone_name": zone_of(request),
    }


@require_safe
@account_required
def quotations(request: AccountRequest) -> HttpResponse:
    context = {"version": quotations_version(request), **_quotations(request)}
    return page(request, "quotations", "me-quotations", context)


@require_safe
@account_required
@condition(etag_func=quotations_version)
def quotations_list(request: AccountRequest) -> HttpResponse:
    """The list alone, for a page that is open; 304 while nothing has changed."""
    return _fragment(page(request, "_quotations", "me-quotations", _quotations(request)))


def _quotations(request: AccountRequest) -> dict[str, Any]:
    now = timezone.now()
    paged, found = offers.page_of(request.user, request.GET.get("page"), now)
    return {"page": paged, "offers": found, "zone_name": zone_of(request)}


@require_safe
@account_required
def payments(request: AccountRequest) -> HttpResponse:
    statement = money.statement(request.user, asked=request.GET.get("year", ""), number=request.GET.get("page"))
    context = {"statement": statement, "page": statement.page, "zone_name": zone_of(request)}
    return page(request, "payments", "me-payments", context)


@require_safe
@account_required
def document(request: AccountRequest, pk: UUID) -> HttpResponse:
    """An invoice or its kin as PDF, for the client whose it is; another's is 404."""
    invoice = get_object_or_404(money.documents_of(request.user), pk=pk)
    return documents.attached(documents.invoice_facts(invoice), invoice.filename)


@require_safe
@account_required
def receipt(request: AccountRequest, pk: UUID) -> HttpResponse:
    paid = money.payments_of(request.user).filter(captured_paise__gt=0).select_related("consultant")
    payment: Payment = get_object_or_404(paid, pk=pk)
    return documents.attached(documents.receipt_facts(payment), f"receipt-{payment.order_id}.pdf")


@require_safe
@account_required
def reviews(request: AccountRequest) -> HttpResponse:
    now = timezone.now()
    written = Paginator(reviewing.written_by(request.user), REVIEWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "waiting": reviewing.to_review(request.user, now, REVIEWS_PER_PAGE),
        "page": written,
        "zone_name": zone_of(request),
        "within_days": OPEN_FOR.days,
    }
    return page(request, "reviews", "me-reviews", context)
