"""Weekly hours and date overrides through the JSON API, a stretch at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from availability.models import DateOverride, WeeklyHours
from bookings.testing import make_held
from naksha.api.testing import NOWHERE, api_of
from naksha.testing import make_consultant

pytestmark = pytest.mark.django_db
MONDAY = {"type": "WEEKLY", "weekday": "MONDAY", "start": "09:00", "end": "12:00"}


def later(days: int) -> str:
    return str((timezone.now() + timedelta(days=days)).date())


def test_a_stretch_is_added_listed_changed_and_taken_away() -> None:
    consultant = make_consultant(hours=False)
    api = api_of(consultant.user)
    made = api.post("/consultant/availability", MONDAY)
    row = WeeklyHours.objects.get()
    assert made.status == 201
    assert made.data == {"id": str(row.pk), **MONDAY, "date": None, "isDayOff": False, "note": ""}
    assert api.get("/consultant/availability").data["availability"] == [made.data]
    changed = api.put(f"/consultant/availability/{row.pk}", {**MONDAY, "weekday": "SUNDAY", "end": "24:00"}).data
    assert (changed["id"], changed["weekday"], changed["end"]) == (str(row.pk), "SUNDAY", "24:00")
    assert api.delete(f"/consultant/availability/{row.pk}").status == 200
    assert not WeeklyHours.objects.exists()


def test_stretches_that_touch_become_one_and_others_stay_as_they_are() -> None:
    consultant = make_consultant(hours=False)
    api = api_of(consultant.user)
    api.post("/consultant/availability", MONDAY)
    evening = api.post("/consultant/availability", {**MONDAY, "start": "18:00", "end": "20:00"}).data
    joined = api.post("/consultant/availability", {**MONDAY, "start": "12:00", "end": "13:00"}).data
    assert (joined["start"], joined["end"]) == ("09:00", "13:00")
    ids = [row["id"] for row in api.get("/consultant/availability").data["availability"]]
    assert ids == [joined["id"], evening["id"]]


def test_a_date_has_hours_of_its_own_or_is_off() -> None:
    consultant = make_consultant(hours=False)
    api = api_of(consultant.user)
    day = {"type": "DATE", "date": later(4)}
    own = api.post("/consultant/availability", {**day, "start": "10:00", "end": "11:00", "note": "A course"}).data
    assert (own["date"], own["start"], own["note"], own["weekday"]) == (later(4), "10:00", "A course", None)
    off = api.post("/consultant/availability", {**day, "isDayOff": True}).data
    assert (off["isDayOff"], off["start"], off["end"]) == (True, None, None)
    assert [row["id"] for row in api.get("/consultant/availability").data["availability"]] == [off["id"]]
    again = api.put(f"/consultant/availability/{off['id']}", {**day, "start": "14:00", "end": "15:00"}).data
    assert (again["id"], again["isDayOff"], again["start"]) == (off["id"], False, "14:00")
    assert DateOverride.objects.count() == 1


def test_of_a_stretch_that_is_changed_in_part_the_rest_stays() -> None:
    consultant = make_consultant(hours=False)
    api = api_of(consultant.user)
    weekly = api.post("/consultant/availability", MONDAY).data
    path = f"/consultant/availability/{weekly['id']}"
    assert api.patch(path, {"end": "13:00"}).data == {**weekly, "end": "13:00"}
    assert list(api.patch(path, {"end": "08:00"}).details) == ["end"]  # before the beginning that is kept
    assert list(api.patch(path, {"type": "DATE"}).details) == ["type"]
    assert api.get("/consultant/availability").data["availability"] == [{**weekly, "end": "13:00"}]


def test_a_date_that_is_taken_off_in_part_loses_its_times() -> None:
    consultant = make_consultant(hours=False)
    api = api_of(consultant.user)
    day = {"type": "DATE", "date": later(4), "start": "10:00", "end": "11:00", "note": "A course"}
    own = api.post("/consultant/availability", day).data
    path = f"/consultant/availability/{own['id']}"
    off = {**own, "isDayOff": True, "start": None, "end": None}
    assert api.patch(path, {"isDayOff": True}).data == off
    assert sorted(api.patch(path, {"isDayOff": False}).details) == ["end", "start"]
    assert api.patch(path, {"isDayOff": False, "start": "10:00", "end": "11:00"}).data == own


def test_a_change_tells_of_what_is_booked_outside_and_leaves_it() -> None:
    consultant = make_consultant()
    booking, _token = make_held(consultant)
    local = booking.starts_at.date()
    answer = api_of(consultant.user).post(
        "/consultant/availability", {"type": "DATE", "date": str(local), "isDayOff": True}
    )
    assert answer.message.startswith("1 booked session lies outside your hours now.")
    booking.refresh_from_db()
    assert booking.status == "held"


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ({}, "type"),
        ({**MONDAY, "type": "weekly"}, "type"),
        ({**MONDAY, "weekday": "FUNDAY"}, "weekday"),
        ({"type": "WEEKLY", "start": "09:00", "end": "10:00"}, "weekday"),
        ({"type": "WEEKLY", "weekday": "MONDAY", "end": "10:00"}, "start"),
        ({"type": "WEEKLY", "weekday": "MONDAY", "start": "09:00"}, "end"),
        ({**MONDAY, "start": "9am"}, "start"),
        ({**MONDAY, "start": "24:00"}, "start"),
        ({**MONDAY, "end": "24:30"}, "end"),
        ({**MONDAY, "end": "09:00"}, "end"),
        ({**MONDAY, "isDayOff": True}, "isDayOff"),
        ({**MONDAY, "date": "2026-12-01"}, "date"),
        ({**MONDAY, "note": "Why"}, "note"),
        ({**MONDAY, "id": NOWHERE}, "id"),
        ({"type": "DATE", "start": "09:00", "end": "10:00"}, "date"),
        ({"type": "DATE", "date": "soon", "isDayOff": True}, "date"),
        ({"type": "DATE", "date": "2020-01-01", "isDayOff": True}, "date"),
        ({"type": "DATE", "date": "2099-01-01", "isDayOff": True}, "date"),
        ({"type": "DATE", "date": "2026-12-01", "isDayOff": True, "start": "09:00", "end": "10:00"}, "end"),
    ],
)
def test_what_is_wrong_with_hours_is_named(sent: Any, named: Any) -> None:
    consultant = make_consultant(hours=False)
    answer = api_of(consultant.user).post("/consultant/availability", sent)
    assert (answer.status, list(answer.details)[:1]) == (400, [named])
    assert not WeeklyHours.objects.exists()
    assert not DateOverride.objects.exists()


def test_stretches_that_overlap_are_refused_and_nothing_changes() -> None:
    consultant = make_consultant(hours=False)
    api = api_of(consultant.user)
    row = api.post("/consultant/availability", MONDAY).data
    other = api.post("/consultant/availability", {**MONDAY, "start": "14:00", "end": "16:00"}).data
    before = list(WeeklyHours.objects.values())
    overlapping = {**MONDAY, "start": "11:00", "end": "15:00"}
    assert api.post("/consultant/availability", overlapping).status == 400
    assert (
        api.put(f"/consultant/availability/{other['id']}", {**MONDAY, "start": "11:00", "end": "13:00"}).status == 400
    )
    assert list(WeeklyHours.objects.values()) == before
    date_of_it = {"type": "DATE", "date": later(4), "isDayOff": True}
    assert list(api.put(f"/consultant/availability/{row['id']}", date_of_it).details) == ["type"]


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_anothers_hours_are_as_none(method: Any) -> None:
    theirs = make_consultant().weekly_hours.all()[0]
    api = api_of(make_consultant().user)
    body = [] if method == "delete" else [MONDAY]
    answers = [getattr(api, method)(f"/consultant/availability/{pk}", *body) for pk in (theirs.pk, NOWHERE)]
    assert [answer.status for answer in answers] == [404, 404]
    assert WeeklyHours.objects.filter(pk=theirs.pk, start_minute=540).exists()


def test_hours_are_found_by_day_and_note_and_put_in_order() -> None:
    consultant = make_consultant()
    api = api_of(consultant.user)
    api.post("/consultant/availability", {"type": "DATE", "date": later(3), "isDayOff": True, "note": "A Course"})

    def days(**query: Any) -> list[str]:
        return [
            row["weekday"] or row["date"] for row in api.get("/consultant/availability", **query).data["availability"]
        ]

    assert days(search="course") == days(search=later(3)) == [later(3)]
    assert days(search="Monday") == ["MONDAY"]
    assert days(ordering="-day") == days()[::-1] == days(ordering="day")[::-1]


def test_the_list_has_pages_a_filter_and_a_fixed_cost(django_assert_num_queries: Any) -> None:
    consultant = make_consultant()
    api = api_of(consultant.user)
    api.post("/consultant/availability", {"type": "DATE", "date": later(3), "isDayOff": True})
    DateOverride.objects.create(consultant=consultant, date="2020-01-01")
    with django_assert_num_queries(4):
        rows = api.get("/consultant/availability").data
    assert [row["type"] for row in rows["availability"]] == ["WEEKLY"] * 7 + ["DATE"]
    assert rows["pagination"]["totalCount"] == 8
    assert len(api.get("/consultant/availability", type="DATE").data["availability"]) == 1
    assert api.get("/consultant/availability", page=2).data["availability"] == []
    assert list(api.get("/consultant/availability", type="x").details) == ["type"]
