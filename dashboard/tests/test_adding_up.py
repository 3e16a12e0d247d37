"""Every column of every chart's table, and of its file, adds up to what stands below it, whatever the period."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from consultants.models import Consultant
from dashboard.analytics import SUFFIXES
from dashboard.figures.charts import MAKERS, Chart, charts
from dashboard.figures.period import DAYS, Period, named
from dashboard.figures.reading import Half, Report
from dashboard.figures.sums import COLUMNS, Sums
from dashboard.tests.practice import Practice

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)  # Friday, noon in India
# A Sunday and the Monday after it, ends of months and of a leap February, and the end of a year.
ENDS = [date(2026, 11, 15), date(2026, 11, 16), date(2026, 11, 18), date(2026, 10, 31), date(2026, 3, 1),
        date(2024, 2, 29), date(2025, 2, 28), date(2025, 12, 31)]  # fmt: skip
SERVICES = [UUID(int=n) for n in (1, 2)]


def added(parts: Iterable[Sums]) -> Sums:
    return Sums.of([[getattr(part, name) for name in COLUMNS] for part in parts])


def told_of(period: Period) -> Report:
    """A report without a database, in which no two points and no two parts have the same numbers."""
    each = count(1)

    def sums(**only: int) -> Sums:
        n = next(each)
        usual = {"received_paise": 100_000 + n * n, "refunded_paise": 7 * n, "gst_paise": 3 * n, "fee_paise": 5 * n,
                 "payments": n, "completed": n + 1, "no_show": n % 5, "cancelled": n % 7, "unsaid": n % 3,
                 "minutes": 30 * n}  # fmt: skip
        return Sums(**(only or usual))

    now, before = Half(period), Half(period.before)
    for half in (now, before):
        half.points = {day: sums() for day in half.period.points(period.step)}
        half.total = added(half.points.values())
    money = sums(received_paise=900_001, gst_paise=137_288, payments=1)
    split = [*(sums() for _ in range(4)), money]
    services = dict(zip([(SERVICES[0], "personal"), (SERVICES[1], "webinar"), (None, "personal"),
                         (None, "webinar"), (None, "quotation")], split, strict=True))  # fmt: skip
    methods = {"upi": sums(), "card": sums(), "": sums(completed=4, minutes=90)}
    kinds = {"personal": sums(), "webinar": sums(), "quotation": money}
    consultant = Consultant(timezone="Asia/Kolkata")
    return Report(consultant, period.last, now, before, period.step, services, methods, kinds, {SERVICES[0]: "Call"})


def adds_up(chart: Chart) -> None:
    """Shares and prices of an hour are no sums; nothing else may be left out."""
    assert chart.sum is not None
    for n, column in enumerate(chart.columns):
        if column.unit != "percent" and column.name != "per_hour":
            numbers = [line.numbers[n] for line in chart.lines]
            assert sum(number or 0 for number in numbers) == chart.sum.numbers[n], (chart.key, column.name)


@pytest.mark.parametrize("end", ENDS, ids=str)
def test_the_points_of_any_own_days_add_up(end: date) -> None:
    for days in range(1, 401):
        told = told_of(Period("own", end - timedelta(days=days - 1), end))
        chart = MAKERS["revenue"](told)
        adds_up(chart)
        assert len(chart.lines) == max(len(told.now.points), len(told.before.points))
        names = [line.key or line.title for line in chart.lines]
        assert len(set(names)) == len(names), days
        if days % 40 == 0:
            adds_up(MAKERS["sessions"](told))


@pytest.mark.parametrize("key", [*DAYS, "12m", "fy", "last-fy"])
def test_the_points_of_the_named_days_add_up_whatever_day_it_is(key: str) -> None:
    for n in range(0, 1500, 11):
        adds_up(MAKERS["revenue"](told_of(named(key, date(2024, 1, 1) + timedelta(days=n)))))


@pytest.mark.parametrize(
    ("key", "parts"), [("services", "services"), ("per-hour", "services"), ("methods", "methods"), ("kinds", "kinds")]
)
def test_the_parts_of_a_whole_add_up(key: str, parts: str) -> None:
    told = told_of(named("30d", NOW.date()))
    told.now.total = added(getattr(told, parts).values())
    adds_up(MAKERS[key](told))


def test_what_earned_without_hours_stands_last() -> None:
    told = told_of(named("30d", NOW.date()))
    lines = MAKERS["per-hour"](told).lines
    assert (lines[-1].title, list(lines[-1].numbers)) == ("Quotations", [None, 0, 762_713])
    hourly = [line.numbers[0] or 0 for line in lines[:-1]]
    assert hourly == sorted(hourly, reverse=True)
    assert len(hourly) == 4


def test_money_alone_is_no_chart_of_hours() -> None:
    told = told_of(named("30d", NOW.date()))
    told.services = {(None, "quotation"): told.services[None, "quotation"]}
    told.now.total = told.services[None, "quotation"]
    assert MAKERS["per-hour"](told).is_empty


@pytest.mark.django_db
def test_a_week_that_only_the_period_before_has_is_on_the_page_and_in_the_file(
    client: Client, consultant: Consultant
) -> None:
    practice = Practice(consultant, NOW)
    practice.fill(10, 60)
    practice.recorded(datetime(2026, 8, 16, 6, tzinfo=UTC), price_paise=100_000)  # paid on Monday 17 August
    client.force_login(consultant.user)
    days = {"from": "2026-08-18", "to": "2026-11-18"}
    with time_machine.travel(NOW, tick=False):
        page = client.get(reverse("dashboard:analytics"), days)
        drawn: list[Chart] = page.context["charts"]
        files = {
            chart.key: _table(client.get(reverse("dashboard:chart_csv"), {"chart": chart.key, **days}))
            for chart in drawn
        }
    assert "Week of 17 Aug 2026, the period before" in page.content.decode()
    assert [chart.key for chart in drawn] == list(MAKERS) == [chart.key for chart in charts(page.context["told"])]
    revenue = drawn[0]
    assert list(revenue.lines[-1].numbers) == [None, 100_000, None, None, None, None, None]
    assert len(revenue.lines) == 15
    for chart in drawn:
        if chart.sum is None:
            continue
        adds_up(chart)
        for column, whole in zip(chart.columns, chart.sum.numbers, strict=True):
            if column.unit == "percent" or column.name == "per_hour":
                continue
            name = column.name + SUFFIXES.get(column.unit, "")
            inside = sum(Decimal(row[name] or 0) for row in files[chart.key])
            assert inside * (100 if column.unit == "paise" else 1) == whole, (chart.key, name)


def _table(answer: Any) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))
