"""Invoices, vouchers and credit notes: the list by financial year, and each as PDF."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import condition, require_safe

from accounts.access import ConsultantRequest, approved_consultant_required
from clients.fields import plain
from dashboard.payments.versions import papers_version
from payments import documents
from payments.models import Invoice, InvoiceSeries
from payments.tax import financial_year, issue_date

PER_PAGE = 25
KINDS = {
    "invoices": Q(kind__in=Invoice.FINAL),
    "back": Q(kind__in=Invoice.BACK),
    "advances": Q(kind=Invoice.Kind.RECEIPT_VOUCHER),
}


@require_safe
@approved_consultant_required
def page(request: ConsultantRequest) -> HttpResponse:
    # The version is read first: what changes while the page is made is then fetched once too often, never missed.
    return render(request, "dashboard/payments/papers.html", {"version": papers_version(request), **_listed(request)})


@require_safe
@approved_consultant_required
@condition(etag_func=papers_version)
def rows(request: ConsultantRequest) -> HttpResponse:
    """The list alone, for a page that is open; 304 while nothing has changed."""
    response = render(request, "dashboard/payments/_papers.html", _listed(request))
    response["Cache-Control"] = "private, no-cache"
    return response


def _listed(request: ConsultantRequest) -> dict[str, Any]:
    """Of one financial year, the newest unless the address names another."""
    consultant = request.consultant
    series = InvoiceSeries.objects.filter(consultant=consultant).order_by("-financial_year")
    years = list(series.values_list("financial_year", flat=True).distinct())
    year = request.GET.get("year", "")
    if year not in years:
        year = years[0] if years else financial_year(issue_date(timezone.now()))
    kind = request.GET.get("kind", "")
    words = plain(request.GET.get("q", ""))[:80].strip()
    found = Invoice.objects.filter(KINDS.get(kind, Q()), consultant=consultant, financial_year=year)
    if words:
        found = found.filter(
            Q(number__icontains=words) | Q(reference__icontains=words) | Q(recipient__name__icontains=words)
        )
    found = found.defer("lines", "details").order_by("-issued_at", "-pk")
    return {
        "nav": "payments",
        "tab": "papers",
        "years": years,
        "year": year,
        "kind": kind if kind in KINDS else "",
        "words": words,
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
    }


@require_safe
@approved_consultant_required
def document(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """An invoice or its kin, for the consultant who issued it; another's is 404."""
    invoice = get_object_or_404(Invoice, consultant=request.consultant, pk=pk)
    return documents.attached(documents.invoice_facts(invoice), invoice.filename)
