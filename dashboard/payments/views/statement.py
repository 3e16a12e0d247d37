"""The statement of a month or a financial year: on the page, as PDF and as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import ConsultantRequest, approved_consultant_required
from dashboard.payments.transactions import in_rupees, moment
from naksha.csvfile import csv_file
from naksha.times import INDIA
from payments import documents, periods
from payments.documents.paper import STATEMENT
from payments.documents.statement import MOST_LISTED, balance_lines, notes_of, statement_facts
from payments.statement import Statement, movements_of, periods_of, statement_of


@require_safe
@approved_consultant_required
def page(request: ConsultantRequest) -> HttpResponse:
    """Of the period that the address names, of this financial year when it names none; 400 for what is none."""
    asked = request.GET.get("period", "")
    period = periods.named(asked) if asked else periods.Year.of(timezone.now())
    now = timezone.now()
    context: dict[str, Any] = {
        "nav": "payments",
        "tab": "statement",
        "years": periods_of(request.consultant),
        "now": now,
    }
    if period is not None:
        told = statement_of(request.consultant, period, at=now)
        context |= {
            "period": period,
            "statement": told,
            "moment": "" if told.is_whole else f"?{urlencode({'at': told.until.isoformat()})}",
            "sums": balance_lines(told),
            "notes": notes_of(told, listed=told.movements <= MOST_LISTED),
        }
    return render(request, "dashboard/payments/statement.html", context, status=200 if period else 400)


def _told(request: ConsultantRequest, name: str) -> Statement:
    """Of the moment that the address names, so that the files say what the page said that led to them; else of now."""
    at = now = timezone.now()
    period = periods.named(name)
    if period is None:
        raise Http404
    if named := request.GET.get("at"):
        try:
            at = datetime.fromisoformat(named)
        except ValueError:
            raise Http404 from None
        if at.tzinfo is None or at < period.begins:
            raise Http404
    return statement_of(request.consultant, period, at=min(at, now))


@require_safe
@approved_consultant_required
def pdf(request: ConsultantRequest, name: str) -> HttpResponse:
    facts = statement_facts(_told(request, name))
    return documents.attached(facts, f"statement-{name}.pdf", template=STATEMENT)


@require_safe
@approved_consultant_required
def export(request: ConsultantRequest, name: str) -> HttpResponseBase:
    """Each movement with the balance after it, streamed, between the opening and the closing balance; with the closing
    one stand the taxes that the balance does not know yet. It closes where the statement does: at the end of the
    period, or now."""
    told = _told(request, name)
    columns = [
        _("Day and time, India"),
        _("What"),
        _("Client"),
        _("For"),
        _("Reference"),
        _("Document"),
        _("Client paid"),
        _("Platform fee"),
        _("GST on fee"),
        _("Yours"),
        _("Balance"),
        _("TCS to be held back"),
        _("TDS to be held back"),
    ]
    return csv_file(f"statement-{name}.csv", columns, _lines(told))


def _lines(told: Statement) -> Iterator[list[Any]]:
    yield [moment(told.period.begins, INDIA), _("Opening balance"), *[""] * 8, in_rupees(told.opening), "", ""]
    for one in movements_of(told):
        yield [
            moment(one.at, INDIA),
            one.words,
            one.client,
            one.what,
            one.reference,
            one.document,
            *(in_rupees(paise) for paise in (one.gross, one.fee, one.fee_tax, one.yours, one.balance)),
            "",
            "",
        ]
    sums = told.sums
    totals = (sums.earned, -sums.fee, -sums.fee_tax, sums.net, told.closing, told.taxed.tcs, told.tds)
    yield [moment(told.until, INDIA), _("Closing balance"), *[""] * 4, *map(in_rupees, totals)]
