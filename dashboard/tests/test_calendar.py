"""The calendar tells all that takes time and nothing of another's, in the consultant's own zone, at a fixed cost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from availability import services as time
from availability.models import DateOverride, Occupancy
from bookings.models import Booking
from bookings.testing import make_held, make_webinar
from consultants.models import Consultant
from dashboard.calendar.hours import WorkDay
from naksha.db import clock_told
from naksha.testing import make_client, make_consultant, make_service
from sessions_app.models import Session
from sessions_app.services import record_session
from sessions_app.testing import make_session

pytestmark = pytest.mark.django_db
PAGE = reverse("dashboard:calendar")
EVENTS = reverse("dashboard:calendar_events")
NOON = datetime(2026, 11, 18, 6, 30, tzinfo=UTC)  # Wednesday, noon in India
FRIDAY = datetime(2026, 11, 20, 5, 30, tzinfo=UTC)  # 11:00 am in India


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Our clock and the database's."""
    with time_machine.travel(moment, tick=False), clock_told(moment):
        yield


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with at(NOON):
        yield


@pytest.fixture
def owner(client: Client, consultant: Consultant) -> Client:
    client.force_login(consultant.user)
    return client


def ask(client: Client, start: str = "2026-11-16T00:00:00+05:30", end: str = "2026-11-23T00:00:00+05:30") -> Any:
    return client.get(EVENTS, {"start": start, "end": end})


def told(client: Client, **window: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(client, **window).json()["events"]
    return found


def record(consultant: Consultant, starts_at: datetime = FRIDAY, **fields: Any) -> Session:
    values: dict[str, Any] = {"title": "Review call", "platform": "phone", "place": "+919800000001", "minutes": 60}
    client = fields.pop("client", None) or make_client(consultant, name="Nandini Rao")
    return record_session(consultant=consultant, actor=consultant.user, client=client, starts_at=starts_at,
                          **{**values, **fields})  # fmt: skip


def block(consultant: Consultant, starts_at: datetime = FRIDAY, hours: int = 2, note: str = "Dentist") -> Occupancy:
    return time.block(
        consultant_id=consultant.pk, starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours), note=note
    )


# --- what is told


def test_each_kind_is_told_with_its_state_in_words(owner: Client, consultant: Consultant) -> None:
    session = record(consultant)
    webinar = make_webinar(consultant, days=1, title="GST for makers", capacity=40)
    make_held(consultant, starts_at=FRIDAY + timedelta(hours=3))
    kept = block(consultant, FRIDAY + timedelta(hours=5))
    webinar_, session_, hold, block_ = told(owner)
    assert webinar_["kind"] == "webinar"
    assert (webinar_["page"], webinar_["about"]) == (
        reverse("bookings:webinar", args=[webinar.pk]),
        "0 of 40 seats taken",
    )
    assert (webinar_["canMove"], webinar_["movePage"]) == (False, "")
    assert (session_["id"], session_["title"], session_["about"]) == (
        f"session:{session.pk}", "Nandini Rao", "Review call",
    )  # fmt: skip
    assert (session_["start"], session_["end"]) == ("2026-11-20T05:30:00Z", "2026-11-20T06:30:00Z")
    assert (session_["state"], session_["words"], session_["tone"]) == ("confirmed", "Confirmed", "good")
    assert (session_["canMove"], session_["canStretch"]) == (True, True)
    assert (hold["kind"], hold["words"], hold["about"]) == (
        "hold", "Held while it is paid", "until 12:10 pm IST",
    )  # fmt: skip
    assert "Farhan" not in json.dumps(hold)
    assert (block_["key"], block_["title"], block_["canStretch"]) == (str(kept.pk), "Dentist", True)


def test_a_hold_that_has_lapsed_is_gone(owner: Client, consultant: Consultant) -> None:
    make_held(consultant, starts_at=FRIDAY)
    with at(NOON + timedelta(minutes=11)):
        assert told(owner) == []


def test_a_request_waits_and_can_be_moved_but_not_stretched(owner: Client, consultant: Consultant) -> None:
    service = make_service(consultant, price_paise=0, confirmation="manual")
    booking, _token = make_held(consultant, service=service, starts_at=FRIDAY)
    booking.refresh_from_db()
    assert booking.status == Booking.Status.PENDING
    (request,) = told(owner)
    assert (request["kind"], request["title"], request["words"]) == (
        "request", "Farhan Qureshi", "Waits for your answer",
    )  # fmt: skip
    assert (request["canMove"], request["canStretch"]) == (True, False)
    assert request["movePage"] == reverse("bookings:reschedule_theirs", args=[booking.pk])


def test_a_booked_session_keeps_its_length_and_has_the_name_that_was_typed(
    owner: Client, consultant: Consultant
) -> None:
    booking, _token = make_held(consultant, service=make_service(consultant, price_paise=0), starts_at=FRIDAY)
    booking.client.name = "Farhan Q. Qureshi"
    booking.client.save()
    (session,) = told(owner)
    assert (session["title"], session["canMove"], session["canStretch"]) == ("Farhan Qureshi", True, False)


@pytest.mark.parametrize("status", ["cancelled", "completed", "no_show", "in_progress"])
def test_what_is_over_or_off_is_told_and_stands(owner: Client, consultant: Consultant, status: str) -> None:
    session = make_session(consultant, starts_at=FRIDAY, status=status)
    (event,) = told(owner)
    assert (event["state"], event["words"]) == (status, session.get_status_display())
    assert (event["canMove"], event["canStretch"], event["movePage"]) == (False, False, "")


def test_what_came_to_nothing_is_not_told(owner: Client, consultant: Consultant) -> None:
    make_session(consultant, starts_at=FRIDAY, status="abandoned")
    assert told(owner) == []


def test_busy_time_of_another_calendar_is_told(owner: Client, consultant: Consultant) -> None:
    Occupancy.objects.create(
        consultant=consultant, kind="external", starts_at=FRIDAY, ends_at=FRIDAY + timedelta(hours=1),
        core_starts_at=FRIDAY, core_ends_at=FRIDAY + timedelta(hours=1),
    )  # fmt: skip
    (busy,) = told(owner)
    assert (busy["kind"], busy["words"], busy["canMove"]) == ("busy", "Busy in another calendar", False)


def test_nothing_of_another_consultant_is_told(owner: Client, other_consultant: Consultant) -> None:
    record(other_consultant)
    block(other_consultant, FRIDAY + timedelta(hours=4))
    make_held(other_consultant, starts_at=FRIDAY + timedelta(hours=3))
    DateOverride.objects.create(consultant=other_consultant, date=date(2026, 11, 20), note="Theirs")
    answer = ask(owner)
    assert answer.json()["events"] == answer.json()["dates"] == []
    assert "Nandini" not in answer.content.decode() + owner.get(PAGE).content.decode()


def test_only_what_touches_the_window_is_told(owner: Client, consultant: Consultant) -> None:
    block(consultant, FRIDAY, hours=24)
    window = {"start": "2026-11-21T05:30:00Z", "end": "2026-11-22T00:00:00Z"}
    assert told(owner, **window) == []
    assert len(told(owner, **{**window, "start": "2026-11-21T05:29:00Z"})) == 1
    assert told(owner, start="2026-11-19T00:00:00Z", end="2026-11-20T05:30:00Z") == []


# --- hours


def test_what_is_outside_the_hours_is_shaded_and_own_dates_are_named(owner: Client, consultant: Consultant) -> None:
    DateOverride.objects.create(consultant=consultant, date=date(2026, 11, 19), note="Diwali")
    DateOverride.objects.create(consultant=consultant, date=date(2026, 11, 20), start_minute=600, end_minute=660)
    found = ask(owner, "2026-11-18T00:00:00+05:30", "2026-11-21T00:00:00+05:30").json()
    assert found["dates"] == [
        {"date": "2026-11-19", "title": "Off: Diwali"},
        {"date": "2026-11-20", "title": "10:00 am to 11:00 am"},
    ]
    assert found["closed"] == [
        ["2026-11-17T18:30:00Z", "2026-11-18T03:30:00Z"],
        ["2026-11-18T11:30:00Z", "2026-11-18T18:30:00Z"],
        ["2026-11-18T18:30:00Z", "2026-11-19T18:30:00Z"],
        ["2026-11-19T18:30:00Z", "2026-11-20T04:30:00Z"],
        ["2026-11-20T05:30:00Z", "2026-11-20T18:30:00Z"],
    ]


def test_the_days_of_a_clock_change_are_as_long_as_they_are() -> None:
    whole = WorkDay(date(2026, 3, 8), ()).closed("America/New_York")
    assert whole == [(datetime(2026, 3, 8, 5, tzinfo=UTC), datetime(2026, 3, 9, 4, tzinfo=UTC))]
    fall = WorkDay(date(2026, 11, 1), ((540, 1020),)).closed("America/New_York")
    assert fall == [
        (datetime(2026, 11, 1, 4, tzinfo=UTC), datetime(2026, 11, 1, 14, tzinfo=UTC)),
        (datetime(2026, 11, 1, 22, tzinfo=UTC), datetime(2026, 11, 2, 5, tzinfo=UTC)),
    ]
    # Hours that begin within the hour that is skipped begin when it is over.
    skipped = WorkDay(date(2026, 3, 8), ((150, 600),)).closed("America/New_York")
    assert skipped[0] == (datetime(2026, 3, 8, 5, tzinfo=UTC), datetime(2026, 3, 8, 7, 30, tzinfo=UTC))


# --- the window


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("", ""),
        ("2026-11-16T00:00:00Z", ""),
        ("2026-11-16T00:00:00Z", "2026-11-16T00:00:00Z"),
        ("2026-11-16T00:00:00Z", "2026-11-15T00:00:00Z"),
        ("2026-11-16T00:00:00Z", "2027-12-22T00:00:00Z"),
        ("0001-01-01T00:00:00+14:00", "2026-11-16T00:00:00Z"),
        ("2026-11-16T00:00:00Z", "9999-12-31T23:59:59-12:00"),
        ("2026-13-45T99:00:00Z", "2026-11-16T00:00:00Z"),
        ("\x00", "x" * 10_000),
    ],
)
def test_a_window_that_makes_no_sense_or_has_no_end_is_refused_in_words(owner: Client, start: str, end: str) -> None:
    answer = ask(owner, start, end)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_thirteen_months_can_be_asked_for_and_a_time_without_a_zone_is_the_consultants(
    owner: Client, consultant: Consultant
) -> None:
    assert ask(owner, "2026-01-01T00:00:00Z", "2027-02-01T00:00:00Z").status_code == 200
    block(consultant, FRIDAY, hours=1)
    assert len(told(owner, start="2026-11-20T11:30:00", end="2026-11-20T12:30:00")) == 1
    assert told(owner, start="2026-11-20T12:00:00", end="2026-11-20T12:30:00") == []


def test_what_has_not_changed_is_not_sent_again(owner: Client, consultant: Consultant) -> None:
    record(consultant)
    first = ask(owner)
    window = {"start": "2026-11-16T00:00:00+05:30", "end": "2026-11-23T00:00:00+05:30"}
    again = owner.get(EVENTS, window, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    block(consultant, FRIDAY + timedelta(hours=3))
    assert owner.get(EVENTS, window, headers={"if-none-match": first["ETag"]}).status_code == 200
    assert "private" in first["Cache-Control"]


def test_it_costs_the_same_however_much_there_is(owner: Client, consultant: Consultant) -> None:
    def cost(url: str, **window: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert owner.get(url, window).status_code == 200
        return len(seen)

    window = {"start": "2026-11-16T00:00:00Z", "end": "2026-11-24T00:00:00Z"}

    def fill(day: int) -> None:
        start = FRIDAY + timedelta(days=day)
        record(consultant, start - timedelta(hours=2), client=make_client(consultant))
        block(consultant, start, hours=1)
        make_held(consultant, starts_at=start + timedelta(hours=2))
        make_held(consultant, service=make_service(consultant, price_paise=0), starts_at=start + timedelta(hours=3))
        DateOverride.objects.create(consultant=consultant, date=(start + timedelta(days=10)).date())

    fill(0)
    ask(owner)
    few = cost(EVENTS, **window), cost(PAGE)
    for day in (1, 2, 3):
        fill(day)
    assert (cost(EVENTS, **window), cost(PAGE)) == few
    assert few[0] <= 10


# --- the page without script


def test_the_agenda_tells_the_week_day_by_day(owner: Client, consultant: Consultant) -> None:
    session = record(consultant)
    block(consultant, FRIDAY + timedelta(hours=10), hours=24)
    page = owner.get(PAGE)
    agenda = page.context["agenda"]
    assert [day.words for day in agenda.days] == [
        "Mon 16 Nov", "Yesterday", "Today", "Tomorrow", "Fri 20 Nov", "Sat 21 Nov", "Sun 22 Nov",
    ]  # fmt: skip
    friday, saturday = agenda.days[4:6]
    assert [(line.event.name, line.times) for line in friday.lines] == [
        ("Nandini Rao", "11:00 am to 12:00 pm"),
        ("Dentist", "from 9:00 pm"),
    ]
    assert [line.times for line in saturday.lines] == ["until 9:00 pm"]
    words = page.content.decode()
    assert reverse("sessions:desk", args=[session.pk]) in words
    assert reverse("sessions:move", args=[session.pk]) in words
    assert "India (IST)" in words


def test_one_steps_through_the_weeks(owner: Client) -> None:
    page = owner.get(PAGE, {"from": "2026-12-02"})
    assert page.context["agenda"].first == date(2026, 11, 30)
    assert "?from=2026-11-23" in page.content.decode()
    assert "?from=2026-12-07" in page.content.decode()


@pytest.mark.parametrize("text", ["", "x", "2026-02-31", "9999-12-31", "0001-01-01", "\x00", "9" * 400])
def test_a_day_that_is_none_is_today(owner: Client, text: str) -> None:
    assert owner.get(PAGE, {"from": text, "view": text}).context["agenda"].first == date(2026, 11, 16)


def test_the_week_is_the_consultants_own(client: Client) -> None:
    far = make_consultant(timezone="Pacific/Auckland")
    client.force_login(far.user)
    with at(datetime(2026, 11, 22, 12, tzinfo=UTC)):  # Monday there
        page = client.get(PAGE)
    assert page.context["agenda"].first == date(2026, 11, 23)
    assert "NZDT" in page.content.decode()


def test_only_an_approved_consultant_sees_it(client: Client, client_user: Any) -> None:
    for url in (PAGE, EVENTS):
        client.logout()
        assert client.get(url).status_code == 302
        client.force_login(client_user)
        assert client.get(url).status_code == 403
        client.force_login(make_consultant(status="submitted").user)
        assert client.get(url)["Location"] == reverse("consultants:application")


def test_what_people_type_is_told_as_text(owner: Client, consultant: Consultant) -> None:
    nasty = "<script>alert(1)</script>\u202e" + "x" * 60
    record(consultant, client=make_client(consultant, name=nasty), title="=cmd()|'/c'!A1")
    assert "<script>alert(1)" not in owner.get(PAGE).content.decode()
    assert told(owner)[0]["title"] == nasty
