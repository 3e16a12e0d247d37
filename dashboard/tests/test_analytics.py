"""The page: its periods, its tables and files, whose they are, and what is said of wrong dates."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from consultants.models import Consultant
from dashboard.figures import keeping
from dashboard.figures.charts import MAKERS, charts
from dashboard.figures.headlines import headlines
from dashboard.figures.period import named
from dashboard.figures.reading import report
from dashboard.tests.practice import Practice
from dashboard.tests.second_way import SecondWay
from naksha.money import rupees
from naksha.testing import make_consultant

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)  # Friday, noon in India
TODAY = date(2026, 11, 20)
PAGE = reverse("dashboard:analytics")
DAYS = reverse("dashboard:days_csv")
CHART = reverse("dashboard:chart_csv")


@pytest.fixture
def owner(client: Client, consultant: Consultant) -> Client:
    client.force_login(consultant.user)
    return client


@pytest.fixture
def practice(consultant: Consultant) -> Practice:
    made = Practice(consultant, NOW)
    made.fill(25, 60)
    keeping.keep(consultant.pk, now=NOW)
    return made


def get(client: Client, path: str = PAGE, **query: str) -> Any:
    with time_machine.travel(NOW, tick=False):
        return client.get(path, query)


def table(answer: Any) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


# --- who sees it, and what


@pytest.mark.parametrize("path", [PAGE, DAYS, CHART])
def test_figures_are_for_approved_consultants(client: Client, client_user: Any, path: str) -> None:
    assert client.get(path).status_code == 302
    client.force_login(client_user)
    assert client.get(path).status_code == 403
    client.force_login(make_consultant(status="submitted").user)
    assert client.get(path)["Location"] == reverse("consultants:application")


def test_nothing_of_another_consultant_is_shown(
    client: Client, practice: Practice, other_consultant: Consultant
) -> None:
    client.force_login(other_consultant.user)
    assert "No figures for these days" in get(client).content.decode()
    assert table(get(client, DAYS, period="12m")) == []


def test_a_new_consultant_is_told_what_to_do(owner: Client) -> None:
    text = get(owner).content.decode()
    assert "No figures for these days" in text
    assert reverse("dashboard:today") in text
    assert "<canvas" not in text
    assert "chart.umd" not in text


def test_the_navigation_leads_here_after_today(owner: Client) -> None:
    text = get(owner).content.decode()
    today, here, bookings = (text.index(f'href="{reverse(name)}"') for name in (
        "dashboard:today", "dashboard:analytics", "bookings:requests"))  # fmt: skip
    assert today < here < bookings or "aria-current" in text


# --- every number that the page shows


def look_around(practice: Practice) -> None:
    """On both sides of each end of 90 days and the 90 before, a minute after midnight, and today, which isn't kept."""
    for n in (1, 30, 89, 90, 91, 140, 179, 180):
        for who in range(1 + n % 4):
            places = (PLACES * 2)[: 1 + who] if n % 2 else PLACES[who % 2 :]
            practice.look(NOW - timedelta(days=n), f"203.0.113.{who}", *places)
    practice.look(NOW.replace(hour=18, minute=31) - timedelta(days=90), "203.0.113.9", "booking")
    keeping.keep(practice.consultant.pk, now=NOW)
    practice.look(NOW, "203.0.113.1", "page", "page", "booking")
    practice.look(NOW, "203.0.113.2", "page")


PLACES = ("page", "booking")


def test_every_chart_tells_the_second_ways_numbers(practice: Practice) -> None:
    look_around(practice)
    other = SecondWay(practice.consultant)
    period = named("90d", TODAY)
    first, last = period.first, period.last
    with time_machine.travel(NOW, tick=False):
        told = {chart.key: chart for chart in charts(report(practice.consultant, period, today=TODAY))}
    whole, was = other.sums(first, last), other.sums(period.before.first, period.before.last)

    def revenue(sums: Any) -> int:
        return sums["received_paise"] - sums["refunded_paise"] - sums["gst_paise"]

    assert set(told) == set(MAKERS)
    for line, n in zip(told["revenue"].lines, range(90), strict=True):
        day = first + timedelta(days=n)
        sums, before = other.sums(day, day), other.sums(day - timedelta(days=90), day - timedelta(days=90))
        net = sums["received_paise"] - sums["refunded_paise"]
        assert list(line.numbers) == [
            revenue(sums), revenue(before), sums["gst_paise"], net, sums["refunded_paise"], sums["fee_paise"],
            net - sums["fee_paise"],
        ]  # fmt: skip
    assert told["revenue"].sum is not None
    assert list(told["revenue"].sum.numbers)[:2] == [revenue(whole), revenue(was)]

    names = {service.title: service for service in practice.consultant.services.all()}
    seen = 0
    for line in told["services"].lines:
        of = {"Quotations": (None, "quotation"), "Written down by you": (None, "personal")}.get(line.title)
        service, kind = of or (names[line.title].pk, names[line.title].kind)
        sums = other.sums(first, last, service=service, kind=kind)
        hourly = None
        if sums["minutes"]:
            exact = Decimal(revenue(sums)) * 60 / sums["minutes"]
            hourly = int((exact + Decimal("0.5")).to_integral_value("ROUND_FLOOR"))
        share = (Decimal(revenue(sums)) * 100 / revenue(whole)).quantize(Decimal("0.1"), "ROUND_HALF_UP")
        assert list(line.numbers) == [
            revenue(sums), float(share), sums["gst_paise"], sums["received_paise"] - sums["refunded_paise"],
            sums["completed"], sums["minutes"], hourly,
        ]  # fmt: skip
        assert [hourly, sums["minutes"], revenue(sums)] in [list(each.numbers) for each in told["per-hour"].lines]
        seen += revenue(sums)
    assert seen == revenue(whole)
    quotations = next(line for line in told["services"].lines if line.title == "Quotations")
    assert list(quotations.numbers)[3:6] == [250_001 + 500_000 + 956_789 - 123_455 + 400_100, 2, 2 * 45]
    assert quotations.numbers[6] is not None

    ways = {"UPI": "upi", "Card": "card", "Net banking": "netbanking", "Other": "other"}
    for line in told["methods"].lines:
        sums = other.sums(first, last, method=ways[line.title])
        net = sums["received_paise"] - sums["refunded_paise"]
        assert [line.numbers[0], *line.numbers[2:]] == [revenue(sums), net, sums["payments"]]
    assert sum(line.numbers[0] for line in told["methods"].lines) == revenue(whole)

    outcomes = ("completed", "no_show", "cancelled", "unsaid")
    for line, n in zip(told["sessions"].lines, range(90), strict=True):
        sums = other.sums(first + timedelta(days=n), first + timedelta(days=n))
        assert list(line.numbers)[:4] == [sums[name] for name in outcomes]
    for line, kind in zip(told["kinds"].lines, ("personal", "quotation", "webinar"), strict=True):
        sums = other.sums(first, last, kind=kind)
        assert list(line.numbers) == [*(sums[name] for name in outcomes), sums["minutes"]]
    now, before_ = other.clients(first, last), other.clients(period.before.first, period.before.last)
    assert [tuple(line.numbers) for line in told["clients"].lines] == list(zip(now, before_, strict=True))
    steps = [list(line.numbers)[:2] for line in told["steps"].lines]
    looked = other.looked(practice.looks, first, last)
    looked_before = other.looked(practice.looks, period.before.first, period.before.last)
    assert min(*looked, *looked_before) > 0
    assert steps[:2] == [list(each) for each in zip(looked, looked_before, strict=True)]
    assert steps[2:] == [[whole[name], was[name]] for name in ("begun", "booked", "paid")]


def test_the_headlines_are_the_second_ways(practice: Practice) -> None:
    other, period = SecondWay(practice.consultant), named("30d", TODAY)
    with time_machine.travel(NOW, tick=False):
        told = {each.title: each for each in headlines(report(practice.consultant, period, today=TODAY))}
    sums = other.sums(period.first, period.last)
    ended = sums["completed"] + sums["no_show"] + sums["cancelled"]

    def percent(part: int, whole: int) -> float:
        return float((Decimal(part) * 100 / whole).quantize(Decimal("0.1"), "ROUND_HALF_UP"))

    assert told["Revenue"].value == sums["received_paise"] - sums["refunded_paise"] - sums["gst_paise"]
    assert told["Sessions held"].value == sums["completed"]
    assert told["Completed"].value == percent(sums["completed"], ended)
    assert told["No-shows"].value == percent(sums["no_show"], sums["completed"] + sums["no_show"])
    assert told["Given up while paying"].value == percent(sums["lapsed"], sums["begun"])
    assert told["Clients"].value == sum(other.clients(period.first, period.last)[:2])
    assert told["Conversion"].value is None  # nobody was counted on the page


def test_the_page_says_the_revenue_with_and_without_gst(owner: Client, practice: Practice) -> None:
    answer = get(owner, period="90d")
    text = answer.content.decode()
    told = answer.context["told"].now.total
    assert rupees(told.revenue_paise) in text
    assert f"before GST; {rupees(told.net_paise)} with {rupees(told.gst_paise)} GST" in text
    assert text.count("<canvas") == text.count("<table") == text.count("Show as a table")


def test_names_of_services_are_text(owner: Client, practice: Practice) -> None:
    service = practice.services[0]
    service.title = '<img src=x onerror="1">'
    service.save()
    assert "<img src=x" not in get(owner, period="90d").content.decode()


# --- periods


@pytest.mark.parametrize("period", ["7d", "30d", "90d", "12m", "fy", "last-fy", ""])
def test_every_period_is_a_page(owner: Client, practice: Practice, period: str) -> None:
    assert get(owner, period=period).status_code == 200


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ({"from": "1926-11-20", "to": "2026-11-20"}, "from", "At most 5 years at a time."),
        ({"from": "2021-11-19"}, "from", "At most 5 years at a time. Choose 20 November 2021 or a later day."),
        ({"from": "0001-01-01", "to": "0001-01-02"}, "from", "Choose 1 January 2000 or a later day."),
        ({"from": "2026-11-20", "to": "2026-11-01"}, "from", "The first day is after the last."),
        ({"from": "2026-11-01", "to": "2026-11-21"}, "to", "Figures go up to today, 20 November 2026."),
        ({"from": "yesterday"}, "from", "That is no date."),
        ({"from": "2026-02-30"}, "from", "That is no date."),
        ({"from": "2026-11-01\x00"}, "from", "That is no date."),
        ({"period": "own"}, "from", "Choose the first day."),
        ({"period": "own", "to": "2026-11-01"}, "from", "Choose the first day."),
        ({"period": "1000d"}, "period", "is not offered."),
        ({"period": "x" * 10_000}, "period", "is not offered."),
    ],
)
@pytest.mark.parametrize("path", [PAGE, DAYS])
def test_wrong_days_are_said_beside_the_field(
    owner: Client, path: str, query: dict[str, str], field: str, words: str
) -> None:
    answer = get(owner, path, **query)
    assert answer.status_code == 400
    form = answer.context["form"]
    assert words in " ".join(form.errors[field])
    if field != "period":
        assert f'id="id_{field}_error"' in answer.content.decode()


def test_five_years_to_the_day_are_shown(owner: Client, practice: Practice) -> None:
    assert get(owner, **{"from": "2021-11-20", "to": "2026-11-20"}).status_code == 200


def test_the_last_day_may_be_left_out(owner: Client, practice: Practice) -> None:
    assert get(owner, **{"period": "own", "from": "2026-11-01"}).context["period"].last == TODAY


# --- files


@pytest.mark.parametrize("key", list(MAKERS))
def test_each_charts_file_has_the_rows_of_its_table(owner: Client, practice: Practice, key: str) -> None:
    answer = get(owner, CHART, chart=key, period="90d")
    assert answer["Content-Disposition"] == f'attachment; filename="{key}-2026-08-23-to-2026-11-20.csv"'
    page = get(owner, period="90d")
    lines = next(chart for chart in page.context["charts"] if chart.key == key).lines
    assert len(table(answer)) == len(lines) > 0


def test_the_file_of_days_adds_up_to_the_page(owner: Client, practice: Practice) -> None:
    rows = table(get(owner, DAYS, period="90d"))
    told = get(owner, period="90d").context["told"].now.total
    assert sum(Decimal(row["received_inr"]) for row in rows) * 100 == told.received_paise
    assert sum(Decimal(row["gst_inr"]) for row in rows) * 100 == told.gst_paise
    assert sum(int(row["completed"]) for row in rows) == told.completed


def test_a_file_is_no_formula(owner: Client, practice: Practice) -> None:
    service = practice.services[1]
    service.title = "=1+1"
    service.save()
    rows = table(get(owner, CHART, chart="services", period="90d"))
    assert "'=1+1" in [row["service"] for row in rows]


def test_there_is_no_file_of_a_chart_that_is_none(owner: Client) -> None:
    for key in ("other", "", "x" * 5000, "revenue\x00"):
        assert get(owner, CHART, chart=key).status_code == 404


# --- cost


def test_the_page_costs_the_same_queries_for_years_as_for_a_week(
    owner: Client, practice: Practice, django_assert_num_queries: Any
) -> None:
    """Two of them are of today's sale, with GST: what was sold, and what its document says."""
    practice.recorded(NOW - timedelta(days=1, hours=1), price_paise=100_000)
    get(owner)
    for query in ({"period": "7d"}, {"from": "2022-01-01"}):
        with django_assert_num_queries(QUERIES):
            get(owner, **query)


QUERIES = 16
