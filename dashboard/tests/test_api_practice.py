"""The figures over the API: the same as the page's, of the consultant alone, and what is said of wrong dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from bookings.models import Booking
from consultants.models import Consultant
from dashboard.figures import keeping
from dashboard.figures.period import named
from dashboard.tests.practice import Practice
from dashboard.tests.scene import make_booking
from dashboard.tests.second_way import SecondWay
from naksha.api.testing import api_of
from naksha.testing import make_client
from quotations.models import Quotation
from sessions_app.models import Review, Session

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)  # Friday, noon in India
TODAY = date(2026, 11, 20)


@pytest.fixture
def practice(consultant: Consultant) -> Practice:
    made = Practice(consultant, NOW)
    made.fill(25, 60)
    keeping.keep(consultant.pk, now=NOW)
    return made


def ask(consultant: Consultant, path: str) -> Any:
    with time_machine.travel(NOW, tick=False):
        return api_of(consultant.user).get(path)


def offer(consultant: Consultant, number: str, **fields: Any) -> Quotation:
    return Quotation.objects.create(
        consultant=consultant, client=make_client(consultant), title="Work", valid_until=TODAY, number=number,
        lapses_at=NOW, **fields,
    )  # fmt: skip


def test_metrics_are_the_second_ways(practice: Practice) -> None:
    consultant, other = practice.consultant, SecondWay(practice.consultant)
    offer(consultant, "QT/1", status="accepted", sent_at=NOW - timedelta(days=40), accepted_at=NOW, accepted_name="F")
    offer(consultant, "QT/2", status="sent", sent_at=NOW)
    told = ask(consultant, "/dashboard/metrics?period=30d").data
    period = named("30d", TODAY)
    now = other.sums(period.first, period.last)
    was = other.sums(period.before.first, period.before.last)

    def revenue(sums: Any) -> int:
        return sums["received_paise"] - sums["refunded_paise"] - sums["gst_paise"]

    assert told["period"] == {"from": "2026-10-22", "to": "2026-11-20"}
    assert told["previousPeriod"] == {"from": "2026-09-22", "to": "2026-10-21"}
    assert (told["revenue"]["value"], told["revenue"]["previous"]) == (revenue(now), revenue(was))
    assert told["revenue"]["changePercent"] == pytest.approx((revenue(now) / revenue(was) - 1) * 100, abs=0.051)
    assert told["receivedPaise"] - told["gstPaise"] == revenue(now)
    assert (told["sessions"]["value"], told["sessions"]["previous"]) == (now["completed"], was["completed"])
    assert told["clients"]["value"] == sum(other.clients(period.first, period.last)[:2])
    held = {
        service
        for day, rows in other.by_day.items()
        for (service, _kind, _way), numbers in rows.items()
        if day in period and numbers["completed"] and service
    }
    assert told["services"]["value"] == len(held)
    # Beside these two are those of the practice: of 45, 20 and 9 days ago, accepted on the day they were sent.
    quotations = {"value": 3, "previous": 1, "changePercent": 200.0, "unit": "count", "sent": 3, "previousSent": 2}
    assert told["quotations"] == quotations


def test_charts_are_the_second_ways(practice: Practice) -> None:
    consultant, other = practice.consultant, SecondWay(practice.consultant)
    told = ask(consultant, "/dashboard/charts?from=2026-10-01&to=2026-10-31").data
    assert told["step"] == "day"
    for point in told["revenueByDay"]:
        sums = other.sums(date.fromisoformat(point["date"]), date.fromisoformat(point["date"]))
        assert point["withGstPaise"] == sums["received_paise"] - sums["refunded_paise"]
        assert point["amountPaise"] == point["withGstPaise"] - sums["gst_paise"]
    whole = sum(point["amountPaise"] for point in told["revenueByDay"])
    for split in ("byService", "byMethod"):
        assert sum(share["amountPaise"] for share in told["revenueSplit"][split]) == whole
    assert [point["date"] for point in told["sessionTrend"]] == [f"2026-11-{day}" for day in range(14, 21)]
    for point in told["sessionTrend"]:
        sums = other.sums(date.fromisoformat(point["date"]), date.fromisoformat(point["date"]))
        assert (point["completed"], point["noShow"]) == (sums["completed"], sums["no_show"])
    month = other.sums(date(2026, 10, 1), date(2026, 10, 31))
    assert {row["status"]: row["count"] for row in told["statusBreakdown"]} == {
        "COMPLETED": month["completed"], "NO_SHOW": month["no_show"], "CANCELLED": month["cancelled"],
        "CONFIRMED": month["unsaid"], "ABANDONED": month["lapsed"],
    }  # fmt: skip


def test_a_long_period_has_few_points(practice: Practice) -> None:
    told = ask(practice.consultant, "/dashboard/charts?from=2021-11-20").data
    assert (told["step"], len(told["revenueByDay"])) == ("month", 61)
    assert told["revenueByDay"][0]["date"] == "2021-11-20"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=1926-11-20&to=2026-11-20", "from"),
        ("from=2026-11-20&to=2026-11-01", "from"),
        ("to=2027-01-01&from=2026-11-01", "to"),
        ("from=junk", "from"),
        ("from=2026-11-01%00", "from"),
        ("period=1y", "period"),
        ("period=own", "from"),
    ],
)
@pytest.mark.parametrize("path", ["metrics", "charts"])
def test_wrong_days_are_named(consultant: Consultant, path: str, query: str, field: str) -> None:
    answer = ask(consultant, f"/dashboard/{path}?{query}")
    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert list(answer.details) == [field]


def test_recent_activity_is_the_newest_of_everything(consultant: Consultant, other_consultant: Consultant) -> None:
    now = timezone.now()
    practice = Practice(consultant, now)
    booking = make_booking(consultant, now - timedelta(days=1))
    assert booking.session is not None
    Session.objects.filter(pk=booking.session_id).update(status="completed", ended_at=now - timedelta(hours=3))
    payment = practice.pay("booking", booking.pk, 150_000, now - timedelta(hours=2))
    practice.dice.uniform = lambda *_: 0.05  # type: ignore[method-assign]
    practice.refund(payment, 50_000, payment.captured_at)
    Review.objects.create(
        session=booking.session, client=booking.client, consultant=consultant, rating=4, author_name="F.",
        reviewed_at=now - timedelta(minutes=5),
    )  # fmt: skip
    make_booking(consultant, now + timedelta(days=1), status="held", hold_expires_at=now)
    make_booking(other_consultant, now + timedelta(days=1))
    told = api_of(consultant.user).get("/dashboard/recent-activity").data["activity"]
    assert [event["type"] for event in told] == ["BOOKING", "REVIEW", "REFUND", "PAYMENT", "SESSION"]
    assert [event["amountPaise"] for event in told] == [None, None, 50_000, 150_000, None]
    assert told[0]["id"] == str(booking.pk)
    assert {event["currency"] for event in told} == {"INR"}
    api, path = api_of(consultant.user), "/dashboard/recent-activity"
    assert len(api.get(path, limit=2).data["activity"]) == 2
    second = api.get(path, page=2, pageSize=2).data
    assert second["activity"] == told[2:4]
    assert second["pagination"] == {
        "page": 2, "pageSize": 2, "totalPages": 3, "totalCount": 5, "hasNext": True, "hasPrevious": True,
    }  # fmt: skip
    assert api.get(path, page=4, pageSize=2).data["activity"] == []
    assert list(api.get(path, page=1, limit=2).details) == ["limit"]
    assert list(api.get(path, pageSize=101).details) == ["pageSize"]


@pytest.mark.parametrize("limit", ["0", "51", "-1", "x", "9" * 5000, "²", ""])
def test_a_limit_that_is_none_is_named(consultant: Consultant, limit: str) -> None:
    answer = api_of(consultant.user).get(f"/dashboard/recent-activity?limit={limit}")
    assert (answer.status, list(answer.details)) == (400, ["limit"])


def test_the_summary_is_what_today_shows(consultant: Consultant) -> None:
    now = timezone.now()
    coming = make_booking(consultant, now + timedelta(minutes=20))
    make_booking(consultant, now + timedelta(days=2), status="pending", answer_by=now + timedelta(hours=5))
    told = api_of(consultant.user).get("/dashboard/summary").data
    assert told["nextSession"]["id"] == str(coming.session_id)
    assert told["nextSession"]["canJoin"] is False
    for minutes, offered in ((11, False), (9, True), (-10, True)):
        start = timezone.now() + timedelta(minutes=minutes)
        Session.objects.update(starts_at=start, ends_at=start + timedelta(minutes=30))
        told = api_of(consultant.user).get("/dashboard/summary").data
        assert told["nextSession"]["canJoin"] is offered
    assert told["requestsWaiting"] == 1
    assert "Add a photo" in [need["title"] for need in told["needsAttention"]]
    assert told["month"]["receivedPaise"] == 0
    Booking.objects.all().delete()
    Session.objects.all().delete()
    assert api_of(consultant.user).get("/dashboard/summary").data["nextSession"] is None


@pytest.mark.parametrize("path", ["metrics", "charts", "recent-activity", "summary"])
def test_each_costs_the_same_queries_for_much_as_for_little(
    practice: Practice, django_assert_max_num_queries: Any, path: str
) -> None:
    with django_assert_max_num_queries(32):
        assert ask(practice.consultant, f"/dashboard/{path}").status == 200
