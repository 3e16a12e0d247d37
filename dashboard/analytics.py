"""Analytics: the page, and its tables as files."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import ConsultantRequest, approved_consultant_required
from dashboard.figures.charts import MAKERS, Chart, charts
from dashboard.figures.headlines import headlines
from dashboard.figures.period import NAMES, Period
from dashboard.figures.reading import Report, live, report, today_of
from dashboard.figures.sums import COLUMNS
from dashboard.forms import OWN, PeriodForm
from dashboard.models import DailyAnalytics
from naksha.csvfile import csv_file
from naksha.web.parts import Part, part_alone, part_of


def _asked(request: ConsultantRequest) -> tuple[PeriodForm, Period]:
    form = PeriodForm(request.GET, today=today_of(request.consultant))
    return form, form.chosen


def query_of(period: Period) -> str:
    """The period as an address names it."""
    days = {"from": period.first.isoformat(), "to": period.last.isoformat()} if period.key == OWN else {}
    return urlencode({"period": period.key, **days})


@require_safe
@approved_consultant_required
def analytics(request: ConsultantRequest) -> HttpResponse:
    form, period = _asked(request)
    told = report(request.consultant, period) if form.is_valid() else None
    context = {"nav": "analytics", "told": told, "query": query_of(period), "live": _drawn(request, form, period, told)}
    response = render(request, "dashboard/analytics.html", context, status=200 if told else 400)
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
@approved_consultant_required
def parts(request: ConsultantRequest) -> HttpResponseBase:
    """All that may change of the page, for one that is open; 304 while nothing has."""
    form, period = _asked(request)
    if not form.is_valid():
        return analytics(request)
    return part_alone(request, _drawn(request, form, period, report(request.consultant, period)))


def _drawn(request: ConsultantRequest, form: PeriodForm, period: Period, told: Report | None) -> Part:
    context = {
        "form": form,
        "period": period,
        "names": {key: words for key, words in NAMES.items() if key != OWN},
        "query": query_of(period),
        "consultant": request.consultant,
        "zone_name": request.consultant.timezone,
        "told": told,
        "figures": headlines(told) if told else [],
        "charts": charts(told) if told and not told.is_empty else [],
    }
    return part_of(request, "dashboard/_analytics.html", context)


@require_safe
@approved_consultant_required
def chart_csv(request: ConsultantRequest) -> HttpResponseBase:
    """The table of the chart that ``?chart=`` names."""
    key = request.GET.get("chart", "")
    if key not in MAKERS:
        raise Http404
    form, period = _asked(request)
    if not form.is_valid():
        return analytics(request)
    chart = MAKERS[key](report(request.consultant, period))
    header = [str(chart.head).lower(), *(f"{column.name}{SUFFIXES.get(column.unit, '')}" for column in chart.columns)]
    return csv_file(_filename(key, period), header, _lines(chart))


@require_safe
@approved_consultant_required
def days_csv(request: ConsultantRequest) -> HttpResponseBase:
    """Everything, day by day: one line for each service, kind and way of payment of a day."""
    form, period = _asked(request)
    if not form.is_valid():
        return analytics(request)
    header = ["day", "service", "kind", "way", *(_name(column) for column in COLUMNS)]
    return csv_file(_filename("days", period), header, _all_days(request, period))


# --- files --------------------------------------------------------------------------------------------

SUFFIXES = {"paise": "_inr", "percent": "_percent", "minutes": "_minutes"}


def _filename(key: str, period: Period) -> str:
    return f"{key}-{period.first}-to-{period.last}.csv"


def _name(column: str) -> str:
    return column.removesuffix("_paise") + "_inr" if column.endswith("_paise") else column


def plain(number: Any, unit: str) -> Any:
    """As a spreadsheet reads it: rupees with two decimals and a point, without thousands."""
    return number if number is None or unit != "paise" else Decimal(number).scaleb(-2)


def _lines(chart: Chart) -> Iterator[list[Any]]:
    for line in chart.lines:
        numbers = zip(line.numbers, chart.columns, strict=True)
        yield [line.key or line.title, *(plain(number, column.unit) for number, column in numbers)]


def _all_days(request: ConsultantRequest, period: Period) -> Iterator[list[Any]]:
    consultant = request.consultant
    names = {service.pk: service.title for service in consultant.services.all()}
    fresh = live(consultant, period.first, today_of(consultant))
    kept = DailyAnalytics.objects.filter(
        consultant=consultant, day__gte=period.first, day__lte=period.last, day__lt=fresh.since
    ).order_by("day", "service_id", "kind", "method")
    last = sorted((row for row in fresh.counted.rows if row.day in period), key=lambda row: (row.day, row.method))
    for rows in (kept.iterator(chunk_size=500), last):
        for row in rows:
            money = [plain(getattr(row, name), "paise" if name.endswith("_paise") else "count") for name in COLUMNS]
            yield [
                row.day.isoformat(),
                names.get(row.service_id, "") if row.service_id else "",
                row.kind,
                row.method,
                *money,
            ]
