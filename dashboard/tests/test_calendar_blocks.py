"""Time is blocked from the calendar, changed and given back; a session begins with the time that was chosen."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from availability.models import Occupancy
from consultants.models import Consultant
from dashboard.calendar.events import version_of
from dashboard.tests.test_calendar import FRIDAY, NOON, at, block, record
from naksha.testing import make_consultant

pytestmark = pytest.mark.django_db
NEW = reverse("dashboard:new_block")
BY_SCRIPT = {"X-Requested-With": "fetch"}
TYPED = {
    "from_date": "2026-11-20", "from_time": "11:00", "to_date": "", "to_time": "13:00", "reason": "Dentist",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with at(NOON):
        yield


@pytest.fixture
def owner(client: Client, consultant: Consultant) -> Client:
    client.force_login(consultant.user)
    return client


def page_of(row: Occupancy, name: str = "block") -> str:
    return reverse(f"dashboard:{name}", args=[row.pk])


def test_time_is_blocked_and_the_calendar_shows_that_week(owner: Client, consultant: Consultant) -> None:
    answer = owner.post(NEW, TYPED)
    row = consultant.occupancies.get()
    assert (row.kind, row.starts_at, row.minutes, row.note) == ("block", FRIDAY, 120, "Dentist")
    assert answer["Location"] == reverse("dashboard:calendar") + "?from=2026-11-20"


def test_the_script_is_answered_with_words(owner: Client, consultant: Consultant) -> None:
    answer = owner.post(NEW, TYPED, headers=BY_SCRIPT)
    assert (answer.status_code, answer.json()) == (200, {"words": "Blocked. Nobody can book that time."})
    taken = owner.post(NEW, TYPED, headers=BY_SCRIPT)
    assert taken.status_code == 409
    assert taken.json()["words"].startswith("You have blocked this already: Fri 20 Nov, 11:00 am to 1:00 pm IST.")
    wrong = owner.post(NEW, {**TYPED, "to_time": "10:00"}, headers=BY_SCRIPT)
    assert (wrong.status_code, wrong.json()) == (422, {"words": "This is not after the beginning."})
    assert consultant.occupancies.count() == 1


def test_a_taken_time_is_refused_and_what_was_typed_is_kept(owner: Client, consultant: Consultant) -> None:
    record(consultant)
    answer = owner.post(NEW, TYPED)
    assert answer.status_code == 422
    assert "You have a session then" in answer.content.decode()
    assert 'value="Dentist"' in answer.content.decode()
    assert not consultant.occupancies.filter(kind="block").exists()


def test_the_form_begins_with_the_time_that_was_chosen(owner: Client) -> None:
    form = owner.get(NEW, {"start": "2026-11-20T05:30:00Z", "end": "2026-11-20T18:30:00Z"}).context["form"]
    assert form.initial == {
        "from_date": date(2026, 11, 20), "from_time": "11:00", "to_date": None, "to_time": "00:00",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "x", "\x00", "9999-12-31T00:00:00Z", "2026-11-20T05:30:00", "9" * 500])
def test_a_time_that_is_none_is_left_out(owner: Client, text: str) -> None:
    assert owner.get(NEW, {"start": text, "end": text}).context["form"].initial == {}
    assert owner.get(reverse("sessions:new"), {"start": text, "end": text}).status_code == 200


def test_a_block_over_midnight_comes_back_as_it_was_typed(owner: Client, consultant: Consultant) -> None:
    row = block(consultant, FRIDAY, hours=37)  # until midnight of Saturday
    form = owner.get(page_of(row)).context["form"]
    assert form.initial == {
        "from_date": date(2026, 11, 20), "from_time": "11:00", "to_date": date(2026, 11, 21), "to_time": "00:00",
        "reason": "Dentist",
    }  # fmt: skip
    typed = {name: value or "" for name, value in form.initial.items()}
    assert owner.post(page_of(row), {**typed, "version": version_of(row), "reason": "Away"}).status_code == 302
    row.refresh_from_db()
    assert (row.starts_at, row.minutes, row.note) == (FRIDAY, 37 * 60, "Away")


def test_a_block_that_was_changed_elsewhere_is_not_overwritten(owner: Client, consultant: Consultant) -> None:
    row = block(consultant)
    seen = version_of(row)
    Occupancy.objects.filter(pk=row.pk).update(note="Changed")
    answer = owner.post(page_of(row), {**TYPED, "to_time": "15:00", "version": seen})
    assert answer.status_code == 422
    assert "changed meanwhile" in answer.content.decode()
    row.refresh_from_db()
    assert (row.note, row.minutes) == ("Changed", 120)


def test_a_block_is_taken_away_once(owner: Client, consultant: Consultant) -> None:
    row = block(consultant)
    assert owner.post(page_of(row, "remove_block")).status_code == 302
    assert not consultant.occupancies.exists()
    assert owner.post(page_of(row, "remove_block")).status_code == 404


def test_another_consultants_block_is_not_there(owner: Client, other_consultant: Consultant) -> None:
    row = block(other_consultant)
    for name in ("block", "remove_block"):
        assert owner.post(page_of(row, name), TYPED).status_code == 404
    assert owner.get(page_of(row)).status_code == 404
    assert Occupancy.objects.filter(pk=row.pk).exists()


def test_a_session_is_no_block(owner: Client, consultant: Consultant) -> None:
    row = record(consultant).occupancy
    assert owner.get(page_of(row)).status_code == 404
    assert owner.post(page_of(row, "remove_block")).status_code == 404


def test_a_session_begins_with_the_time_that_was_chosen(owner: Client) -> None:
    asked = {"start": "2026-11-20T05:30:00Z", "end": "2026-11-20T06:45:00Z"}
    initial = owner.get(reverse("sessions:new"), asked).context["form"].initial
    assert (initial["date"], initial["time"].isoformat(), initial["minutes"]) == (date(2026, 11, 20), "11:00:00", 75)
    long = owner.get(reverse("sessions:new"), {**asked, "end": "2026-12-20T06:45:00Z"}).context["form"].initial
    assert long["minutes"] == 30


def test_the_block_is_in_the_consultants_zone(client: Client) -> None:
    far = make_consultant(timezone="America/New_York")
    client.force_login(far.user)
    client.post(NEW, {**TYPED, "from_date": "2027-03-14", "from_time": "01:00", "to_time": "04:00"})
    row = far.occupancies.get()
    assert row.ends_at - row.starts_at == timedelta(hours=2)  # the clocks are put forward that night
    assert isinstance(row.starts_at, datetime)


def test_open_calendars_hear_of_blocks_and_hours_wherever_they_were_changed(
    owner: Client, consultant: Consultant, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[str] = []
    monkeypatch.setattr("naksha.live._send", lambda _group, message: heard.append(message["topic"]))
    row = block(consultant, FRIDAY + timedelta(hours=6))
    posts = [
        (NEW, TYPED),
        (page_of(row), {**TYPED, "from_time": "15:00", "to_time": "16:00", "version": version_of(row)}),
        (page_of(row, "remove_block"), {}),
        (reverse("availability:add_block"), {**TYPED, "from_date": "2026-11-23"}),
        (reverse("availability:add_dates"), {"first": "2026-11-24", "what": "off", "own-rows": "0"}),
    ]
    for url, typed in posts:
        heard.clear()
        with django_capture_on_commit_callbacks(execute=True):
            assert owner.post(url, typed).status_code == 302, url
        assert "calendar" in heard, url
