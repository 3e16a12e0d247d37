"""Every figure by a second way, live and kept; what changes a day that is over; what is kept twice, late or never."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db.models import F
from django.urls import reverse

from bookings.invoicing import issue_once_agreed
from bookings.models import Booking
from bookings.services import give_up
from clients.models import Client
from consultants.models import Consultant
from dashboard.clients.figures import with_activity
from dashboard.clients.tests.scene import DAY, make_held
from dashboard.figures import keeping, raw
from dashboard.figures.period import Period, beginning, named
from dashboard.figures.reading import Report, clients, live, money_by_day, report
from dashboard.figures.sums import COLUMNS, Sums, change, percent
from dashboard.models import DailyAnalytics, DailyClient, FiguresKept, StaleDay
from dashboard.tests.practice import ODD, Practice
from dashboard.tests.second_way import SecondWay
from naksha import past
from naksha.testing import make_client, make_consultant
from payments.models import Invoice, LedgerEntry
from payments.tax import INDIA
from payments.withholding import taxed_of
from quotations.models import QuotedSession
from sessions_app.models import Session

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)  # Friday, noon in India
TODAY = date(2026, 11, 20)
PERIODS = [named(key, TODAY) for key in ("7d", "30d", "90d", "12m", "fy")] + [
    Period("own", date(2026, 9, 1), date(2026, 9, 1)),
    Period("own", date(2026, 8, 15), date(2026, 11, 19)),
    Period("own", date(2024, 1, 1), date(2026, 10, 31)),
]


@pytest.fixture
def practice(consultant: Consultant) -> Practice:
    made = Practice(consultant, NOW)
    made.fill(50, 130)
    for days in (368, 410):  # two who came once and no more: a year ran out within the last days
        make_held(consultant, make_client(consultant), starts_at=NOW - days * DAY, ends_at=NOW - (days - 0.05) * DAY)
    return made


def numbers(sums: Sums) -> dict[str, int]:
    return {name: getattr(sums, name) for name in COLUMNS if getattr(sums, name)}


def agrees(told: Report, other: SecondWay) -> None:
    """Every number of the report, whole and in each of its parts."""
    for half in (told.now, told.before):
        first, last = half.period.first, half.period.last
        assert numbers(half.total) == there(other.sums(first, last))
        for start, point in half.points.items():
            days = [day for day in every_day(half.period) if beginning(day, told.step) == start]
            assert numbers(point) == there(other.sums(days[0], days[-1]))
        got = half.clients
        assert (got.new, got.returning, got.lost) == other.clients(first, last), half.period
    first, last = told.now.period.first, told.now.period.last
    for (service, kind), sums in told.services.items():
        assert numbers(sums) == there(other.sums(first, last, service=service, kind=kind))
    for method, sums in told.methods.items():
        assert numbers(sums) == there(other.sums(first, last, method=method))
    for kind, sums in told.kinds.items():
        assert numbers(sums) == there(other.sums(first, last, kind=kind))
    for split in (told.services, told.methods, told.kinds):
        for name in COLUMNS:
            assert sum(getattr(part, name) for part in split.values()) == getattr(told.now.total, name), name


def there(found: Any) -> dict[str, int]:
    return {name: value for name, value in found.items() if value}


def every_day(period: Period) -> list[date]:
    return [period.first + timedelta(days=n) for n in range(period.days)]


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/New_York"])
def test_every_figure_is_the_same_by_a_second_way_live_and_kept(practice: Practice, zone: str) -> None:
    consultant = practice.consultant
    consultant.timezone = zone
    consultant.save()
    with time_machine.travel(NOW, tick=False):
        other = SecondWay(consultant)
        for period in PERIODS:
            agrees(report(consultant, period, today=TODAY), other)
        assert keeping.keep(consultant.pk) > 100
        assert DailyAnalytics.objects.count() > 50
        for period in PERIODS:
            agrees(report(consultant, period, today=TODAY), other)


def test_all_money_that_was_ever_told_is_the_ledgers_to_the_paisa(practice: Practice) -> None:
    keeping.keep(practice.consultant.pk, now=NOW)
    whole = report(practice.consultant, Period("own", date(2025, 1, 1), TODAY), today=TODAY).now.total
    accounts = {code: -LedgerEntry.objects.balance(code) for code in ("consultant", "platform_fees", "gst_output")}
    assert whole.net_paise == sum(accounts.values()) > 0
    assert whole.fee_paise == accounts["platform_fees"] + accounts["gst_output"]
    assert whole.yours_paise == accounts["consultant"]
    assert whole.refunded_paise > 0
    assert whole.gst_paise > 0


def sale(practice: Practice, place: str, **fields: Any) -> Booking:
    """Of 3,333.37 rupees before GST, agreed and not paid, to a client in ``place``."""
    terms: dict[str, Any] = {"price_paise": ODD, "tax_paise": 60_000, "total_paise": ODD + 60_000,
                             "gst_basis_points": 1800, "status": "accepted"}  # fmt: skip
    terms |= fields
    if terms["status"] == "accepted":
        terms["session"] = practice.recorded(NOW + DAY, price_paise=0)
    return Booking.objects.create(
        consultant=practice.consultant, service=practice.services[1], client=practice.people[0], title="x",
        platform="jitsi", timezone="Asia/Kolkata", needs_confirmation=False, starts_at=NOW, state_code=place,
        ends_at=NOW + timedelta(hours=1), due_now_paise=1, fee_basis_points=0, free_cancel_hours=1,
        partial_cancel_hours=1, partial_refund_percent=1, reschedule_hours=1, max_reschedules=1, **terms,
    )  # fmt: skip


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


def gst_by_day(consultant: Consultant) -> list[int]:
    """Of the last ten days, those that have some: each counted by itself, all at once, as Today asks, and as the
    statement adds the documents up."""
    days = [TODAY - timedelta(days=n) for n in range(10, -1, -1)]
    whole, money = raw.count(consultant, days[0], TODAY).rows, money_by_day(consultant, days[0], TODAY)
    found = [
        [sum(row.gst_paise for row in raw.count(consultant, day, day).rows) for day in days],
        [sum(row.gst_paise for row in whole if row.day == day) for day in days],
        [sum(row.gst_paise for row in money if row.day == day) for day in days],
        [taxed_of(consultant, midnight, midnight + timedelta(days=1)).gst
         for midnight in (datetime.combine(day, time.min, INDIA) for day in days)],
    ]  # fmt: skip
    assert found[0] == found[1] == found[2] == found[3]
    return [gst for gst in found[0] if gst]


@pytest.mark.parametrize(
    ("place", "whole", "parts"),
    [("27", [60_000], [20_000, 20_000, 20_000]), ("29", [60_001], [20_000, 20_000, 20_001])],
    ids=["CGST and SGST", "IGST"],
)
def test_gst_is_what_the_documents_say_to_the_paisa(
    consultant: Consultant, place: str, whole: list[int], parts: list[int]
) -> None:
    practice = Practice(consultant, NOW)
    at_once = sale(practice, place)
    paid = practice.pay("booking", at_once.pk, at_once.total_paise, ago(8))
    assert gst_by_day(consultant) == whole
    practice.give_back(paid, paid.captured_paise, ago(7))
    assert gst_by_day(consultant) == [whole[0], -whole[0]]

    other = make_consultant(slug="in-parts")
    practice = Practice(other, NOW)
    in_parts = sale(practice, place)
    amounts = (131_113, 131_112, 131_112)
    paid_in_parts = [practice.pay("booking", in_parts.pk, paise, ago(6 - n)) for n, paise in enumerate(amounts)]
    assert gst_by_day(other) == parts
    for n, payment in enumerate(paid_in_parts):
        practice.give_back(payment, payment.captured_paise, ago(3 - n))
    told = gst_by_day(other)
    assert (told[:3], sum(told)) == (parts, 0)
    for one in (consultant, other):
        agrees(report(one, PERIODS[1], today=TODAY), SecondWay(one))
        keeping.keep(one.pk, now=NOW)
        agrees(report(one, PERIODS[1], today=TODAY), SecondWay(one))


def test_a_late_yes_changes_the_gst_on_the_day_of_its_invoice(consultant: Consultant) -> None:
    """A price whose receipt voucher shows a paisa more of IGST, taken out of the whole, than its invoice does."""
    practice = Practice(consultant, NOW)
    asked = sale(practice, "29", price_paise=1_000_014, tax_paise=180_002, total_paise=1_180_016,
                 status="pending", answer_by=NOW)  # fmt: skip
    practice.pay("booking", asked.pk, asked.total_paise, ago(5))
    assert gst_by_day(consultant) == [180_002]
    asked.status = Booking.Status.ACCEPTED
    with time_machine.travel(ago(2), tick=False):
        issue_once_agreed(asked)
    assert gst_by_day(consultant) == [180_002, Invoice.objects.get(kind="tax_invoice").igst_paise - 180_002]


def test_what_was_sold_with_gst_by_who_charges_none_any_more_has_none(consultant: Consultant) -> None:
    practice = Practice(consultant, NOW)
    Consultant.objects.filter(pk=consultant.pk).update(registration="unregistered", gstin="")
    sold = sale(practice, "29")
    practice.pay("booking", sold.pk, sold.total_paise, ago(5))
    assert gst_by_day(consultant) == []
    assert report(consultant, PERIODS[1], today=TODAY).now.total.revenue_paise == sold.total_paise


def test_days_that_were_kept_by_another_way_of_counting_gst_are_counted_anew(practice: Practice) -> None:
    migration = import_module("dashboard.migrations.0004_gst_of_documents")
    free = make_consultant(slug="charges-none")
    for consultant in (practice.consultant, free):
        keeping.keep(consultant.pk, now=NOW)
    DailyAnalytics.objects.exclude(gst_paise=0).update(gst_paise=F("gst_paise") - 1)
    migration.count_anew(apps, None)
    assert list(FiguresKept.objects.filter(timezone="").values_list("pk", flat=True)) == [practice.consultant.pk]
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        agrees(
            report(practice.consultant, PERIODS[2], today=TODAY), SecondWay(practice.consultant)
        )  # before it is done
        FiguresKept.objects.filter(timezone="").update(due_at=NOW)
        assert keeping.keep_due() == 1
        agrees(report(practice.consultant, PERIODS[2], today=TODAY), SecondWay(practice.consultant))


# --- what is kept


def rows() -> list[tuple[Any, ...]]:
    names = ["day", "service_id", "kind", "method", *COLUMNS]
    kept = DailyAnalytics.objects.order_by(*names).values_list(*names)
    return [*kept, *DailyClient.objects.order_by("day", "client_id").values_list("day", "client_id")]


def test_keeping_twice_and_anew_writes_the_same_rows(practice: Practice) -> None:
    keeping.keep(practice.consultant.pk, now=NOW)
    once = rows()
    assert keeping.keep(practice.consultant.pk, now=NOW) == 0
    keeping.keep(practice.consultant.pk, now=NOW, anew=True)
    assert rows() == once


def test_a_day_is_kept_an_hour_after_it_ended_where_the_consultant_is(consultant: Consultant) -> None:
    midnight = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
    for after, through in ((59, date(2026, 11, 19)), (60, date(2026, 11, 20))):
        FiguresKept.objects.all().delete()
        keeping.keep(consultant.pk, now=midnight + timedelta(minutes=after))
        assert FiguresKept.objects.get().through == through
    assert FiguresKept.objects.get().due_at == midnight + timedelta(days=1, hours=1)


def test_the_schedule_takes_up_who_is_new_and_then_waits_for_the_next_day(practice: Practice) -> None:
    assert keeping.keep_due(now=NOW) == 1
    assert keeping.keep_due(now=NOW) == 0
    assert keeping.keep_due(now=NOW + timedelta(hours=14)) == 1
    assert FiguresKept.objects.get().through == TODAY


def test_one_whose_figures_fail_does_not_keep_the_others_from_theirs(
    practice: Practice, other_consultant: Consultant, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = raw.count

    def fails(consultant: Consultant, *days: date) -> raw.Counted:
        if consultant.pk == practice.consultant.pk:
            raise RuntimeError
        return count(consultant, *days)

    monkeypatch.setattr(raw, "count", fails)
    keeping.keep_due(now=NOW)
    assert FiguresKept.objects.get().consultant == other_consultant


def test_a_change_of_zone_counts_all_days_anew(practice: Practice) -> None:
    consultant = practice.consultant
    keeping.keep(consultant.pk, now=NOW)
    consultant.timezone = "Pacific/Auckland"
    consultant.save()
    with time_machine.travel(NOW, tick=False):
        agrees(report(consultant, PERIODS[2], today=date(2026, 11, 20)), SecondWay(consultant))  # before it is done
        keeping.keep(consultant.pk)
        agrees(report(consultant, PERIODS[2], today=date(2026, 11, 20)), SecondWay(consultant))
    assert FiguresKept.objects.get().timezone == "Pacific/Auckland"


@pytest.mark.parametrize("change", ["no_show", "late payment", "unheard"])
def test_a_day_that_has_changed_since_is_counted_again(practice: Practice, change: str) -> None:
    consultant = practice.consultant
    keeping.keep(consultant.pk, now=NOW)
    ago = 3 if change == "unheard" else 40
    session = practice.recorded(NOW - timedelta(days=ago), price_paise=0)
    if change == "late payment":
        booking = Booking.objects.filter(status="abandoned").exclude(hold_expires_at=None).earliest("created_at")
        Booking.objects.filter(pk=booking.pk).update(status="cancelled", paid_paise=10)
    with time_machine.travel(NOW, tick=False):
        if change == "no_show":
            Session.objects.filter(pk=session.pk).update(status="no_show")
        if change != "unheard":
            past.changed(consultant.pk, session.starts_at)
            if change == "late payment":
                past.changed(consultant.pk, booking.created_at)
            assert StaleDay.objects.exists()
            keeping.keep_due()
        else:  # nobody told: the nightly look at the last days finds it
            keeping.keep_due(now=NOW + timedelta(days=1))
        assert not StaleDay.objects.exists()
        agrees(report(consultant, PERIODS[2], today=TODAY), SecondWay(consultant))


def test_a_change_of_today_needs_no_mark(practice: Practice, django_assert_num_queries: Any) -> None:
    with time_machine.travel(NOW, tick=False):
        keeping.keep(practice.consultant.pk)
        with django_assert_num_queries(0):
            past.changed(practice.consultant.pk, NOW)
        past.changed(practice.consultant.pk, NOW - timedelta(hours=5))
    assert not StaleDay.objects.exists()


def test_a_hold_that_lapses_after_its_day_was_kept_marks_it(practice: Practice) -> None:
    with time_machine.travel(NOW - timedelta(days=4), tick=False):
        booking = practice.booking(NOW - timedelta(days=4), practice.services[0])
    Booking.objects.filter(pk=booking.pk).update(
        status="held", hold_expires_at=NOW - timedelta(days=3), session=None, closed_at=None
    )
    with time_machine.travel(NOW, tick=False):
        keeping.keep(practice.consultant.pk)
        give_up.lapse(booking=booking)
        assert StaleDay.objects.get().day == date(2026, 11, 16)


# --- cost and words of numbers


def test_a_report_costs_the_same_queries_for_a_week_and_for_years(
    practice: Practice, django_assert_num_queries: Any
) -> None:
    """Two of them are of today's sale, with GST: what was sold, and what its document says."""
    keeping.keep(practice.consultant.pk, now=NOW)
    practice.pay("booking", sale(practice, "29").pk, ODD + 60_000, NOW - timedelta(hours=1))
    with time_machine.travel(NOW, tick=False):
        for period in (PERIODS[0], PERIODS[-1]):
            with django_assert_num_queries(11):
                report(practice.consultant, period, today=TODAY)


@pytest.mark.parametrize("kept", [True, False])
def test_lost_means_the_same_here_and_among_clients(consultant: Consultant, client: Any, kept: bool) -> None:
    def came(days: float) -> Client:
        who = make_client(consultant)
        make_held(consultant, who, starts_at=NOW - days * DAY, ends_at=NOW - (days - 0.05) * DAY)
        return who

    gone = {came(367).pk, came(369).pk}
    came(93)
    came(363)
    came(5)
    if kept:
        keeping.keep(consultant.pk, now=NOW)
    with time_machine.travel(NOW, tick=False):
        assert report(consultant, PERIODS[0], today=TODAY).now.clients.lost == 2
        rows = Client.objects.filter(consultant=consultant)
        assert set(with_activity(rows, "lost", consultant, NOW).values_list("pk", flat=True)) == gone
        client.force_login(consultant.user)
        assert "Lost: none for a year." in client.get(reverse("clients:list")).content.decode()
        assert "Lost: a year without one ran out" in client.get(reverse("dashboard:analytics")).content.decode()


def test_of_another_consultant_nothing_is_counted(practice: Practice, other_consultant: Consultant) -> None:
    keeping.keep(other_consultant.pk, now=NOW)
    told = report(other_consultant, PERIODS[3], today=TODAY)
    assert told.is_empty
    assert told.now.clients == clients(other_consultant, live(other_consultant, TODAY, TODAY), PERIODS[3])[0]


@pytest.mark.parametrize(
    ("value", "before", "expected"), [(110, 100, 10.0), (0, 50, -100.0), (5, 0, None), (-50, -100, 50.0), (1, 3, -66.7)]
)
def test_a_change_is_told_in_percent(value: int, before: int, expected: float | None) -> None:
    assert change(value, before) == expected


def test_a_share_of_nothing_is_none() -> None:
    assert percent(0, 0) is None
    assert percent(1, 3) == 33.3
    assert Sums().per_hour_paise is None
    assert Sums(received_paise=100_000, minutes=45).per_hour_paise == 133_333


@pytest.mark.parametrize(
    ("key", "first", "before"),
    [
        ("7d", date(2026, 11, 14), date(2026, 11, 7)),
        ("12m", date(2025, 11, 21), date(2024, 11, 21)),
        ("fy", date(2026, 4, 1), date(2025, 4, 1)),
        ("last-fy", date(2025, 4, 1), date(2024, 4, 1)),
    ],
)
def test_a_period_and_what_it_is_compared_with(key: str, first: date, before: date) -> None:
    period = named(key, TODAY)
    assert (period.first, period.before.first) == (first, before)
    assert len(period.points(period.step)) <= 93


def test_five_years_are_at_most_61_points() -> None:
    period = Period("own", date(2021, 11, 21), TODAY)
    assert period.step == "month"
    assert len(period.points("month")) == 61


# --- the work of quotations


def test_the_hours_of_a_quotations_work_are_the_quotations(practice: Practice) -> None:
    with time_machine.travel(NOW, tick=False):
        told = report(practice.consultant, PERIODS[1], today=TODAY)
    work = told.services[None, "quotation"]
    assert (work.completed, work.no_show, work.minutes) == (2, 1, 90)
    assert work.per_hour_paise == round(Decimal(work.revenue_paise) * 60 / 90)
    by_hand = Session.objects.filter(
        service=None, kind="personal", status="completed", starts_at__gt=NOW - timedelta(days=29, hours=12)
    )
    assert told.services[None, "personal"].completed == by_hand.count() - 2


def test_days_that_were_kept_before_are_counted_again_by_the_schedule(practice: Practice) -> None:
    quoted = dict(QuotedSession.objects.values_list("session_id", "line"))
    QuotedSession.objects.all().delete()
    keeping.keep(practice.consultant.pk, now=NOW)
    assert not DailyAnalytics.objects.filter(kind="quotation", minutes__gt=0).exists()
    QuotedSession.objects.bulk_create(QuotedSession(session_id=pk, line_id=line) for pk, line in quoted.items())
    migration = import_module("dashboard.migrations.0003_quoted_hours")
    migration.count_again(apps, None)
    assert StaleDay.objects.count() == 3
    with time_machine.travel(NOW, tick=False):
        keeping.keep_due()
        agrees(report(practice.consultant, PERIODS[2], today=TODAY), SecondWay(practice.consultant))
    assert DailyAnalytics.objects.filter(kind="quotation", minutes__gt=0).count() == 2
