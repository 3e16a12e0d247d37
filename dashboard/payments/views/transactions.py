"""Every transaction: the list, as a page, as the part that stays true, and as a file."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import condition, require_safe

from accounts.access import ConsultantRequest, approved_consultant_required
from dashboard.payments import transactions
from dashboard.payments.forms import FindForm
from dashboard.payments.versions import list_version
from naksha.csvfile import csv_file
from payments.earnings import sums_of


@require_safe
@approved_consultant_required
def page(request: ConsultantRequest) -> HttpResponse:
    # The version is read first: what changes while the page is made is then fetched once too often, never missed.
    context = {"version": list_version(request), **_listed(request)}
    return render(request, "dashboard/payments/list.html", context, status=400 if context["form"].errors else 200)


@require_safe
@approved_consultant_required
@condition(etag_func=list_version)
def rows(request: ConsultantRequest) -> HttpResponse:
    """The sums and the list alone, for a page that is open; 304 while nothing has changed."""
    response = render(request, "dashboard/payments/_list.html", _listed(request))
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
@approved_consultant_required
def export(request: ConsultantRequest) -> HttpResponseBase:
    """All that the list would show, in its order, streamed."""
    form = FindForm(request.GET, zone=request.consultant.timezone)
    if not form.is_valid():
        return page(request)
    found = transactions.found_by(request.consultant, form)
    zone = request.consultant.timezone
    today = timezone.now().astimezone(ZoneInfo(zone)).date()
    return csv_file(f"payments-{today:%Y-%m-%d}.csv", transactions.columns(), transactions.lines(found, zone))


def _listed(request: ConsultantRequest) -> dict[str, Any]:
    consultant = request.consultant
    form = FindForm(request.GET, zone=consultant.timezone)
    now = timezone.now().astimezone(ZoneInfo(consultant.timezone))
    context: dict[str, Any] = {
        "nav": "payments",
        "tab": "transactions",
        "zone": consultant.timezone,
        "consultant": consultant,
        "form": form,
        "today": now,
        "month": sums_of(consultant, datetime.combine(now.date().replace(day=1), time.min, now.tzinfo)),
    }
    if form.is_valid():
        found = transactions.found_by(consultant, form)
        context["page"], context["rows"] = transactions.page_of(found, request.GET.get("page"))
        context["heads"] = transactions.heads(form)
    return context
