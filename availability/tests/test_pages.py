"""The consultant's pages of weekly hours. They work without script, and keep what was typed."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from availability import services
from availability.models import DateOverride, Occupancy, WeeklyHours
from availability.tests.typed import DATES, HOURS, TERMS, told, week_data
from consultants.models import Consultant
from naksha.testing import make_consultant, make_service, next_slot_start

pytestmark = pytest.mark.django_db


def hours_of(consultant):
    rows = consultant.weekly_hours.order_by("weekday", "start_minute")
    return list(rows.values_list("weekday", "start_minute", "end_minute"))


@pytest.mark.parametrize("page", [HOURS, DATES, TERMS])
def test_the_pages_are_for_approved_consultants(client, client_user, page):
    assert client.get(page).status_code == 302
    client.force_login(client_user)
    assert client.get(page).status_code == 403
    waiting = make_consultant(status=Consultant.Status.SUBMITTED)
    client.force_login(waiting.user)
    assert client.get(page).url == reverse("consultants:application")


@pytest.mark.parametrize("name", ["hours", "zone", "add_dates", "clear_dates", "add_block", "terms"])
def test_nothing_is_changed_before_approval(client, name):
    waiting = make_consultant(status=Consultant.Status.SUBMITTED)
    client.force_login(waiting.user)
    before = hours_of(waiting)
    assert client.post(reverse(f"availability:{name}"), {}).url == reverse("consultants:application")
    assert hours_of(waiting) == before


@pytest.mark.parametrize("page", [HOURS, DATES, TERMS])
def test_a_page_shows_the_next_free_times_in_the_consultants_zone(client, page):
    abroad = make_consultant(timezone="America/New_York")
    make_service(abroad, title="First call", minutes=45)
    with time_machine.travel("2026-03-02 12:00Z", tick=False):  # 7 in the morning of a Monday in New York
        client.force_login(abroad.user)
        text = client.get(page).content.decode()
    assert "First call, 45" in text
    assert "9:00 am" in text
    assert "New York (E" in text


def test_the_preview_is_for_the_service_that_is_asked_for(desk, consultant, other_consultant):
    make_service(consultant, title="Short", minutes=30)
    long = make_service(consultant, title="Whole day", minutes=480)
    foreign = make_service(other_consultant, title="Foreign", minutes=60)
    assert desk.get(HOURS, {"service": long.pk}).context["service"] == long
    assert desk.get(HOURS, {"service": foreign.pk}).context["service"].title == "Short"
    assert desk.get(HOURS, {"service": "junk\x00"}).context["service"].title == "Short"


def test_a_week_is_saved(desk, consultant):
    days = {0: [("14:00", "18:00"), ("09:30", "13:00")], 5: [("22:00", "00:00")], 6: [("", ""), ("00:00", "02:00")]}
    response = desk.post(HOURS, week_data(days))
    assert response.url == HOURS
    assert hours_of(consultant) == [(0, 570, 780), (0, 840, 1080), (5, 1320, 1440), (6, 0, 120)]
    assert "saved" in told(response)


def seen_on(page):
    return re.search(r'name="seen" value="([^"]*)"', page.content.decode())[1]


def test_two_windows_do_not_overwrite_each_others_week(desk, consultant):
    seen = seen_on(desk.get(HOURS))
    monday, tuesday = week_data({0: [("09:00", "12:00")]}), week_data({1: [("10:00", "11:00")]})
    assert desk.post(HOURS, {**monday, "seen": seen}).status_code == 302
    refused = desk.post(HOURS, {**tuesday, "seen": seen})
    words = refused.content.decode()
    assert refused.status_code == 409
    assert "changed in another window" in words
    assert 'value="10:00"' in words
    assert hours_of(consultant) == [(0, 540, 720)]
    assert desk.post(HOURS, {**monday, "seen": seen}).status_code == 302  # the same again is no quarrel
    assert desk.post(HOURS, {**tuesday, "seen": seen_on(refused)}).status_code == 302  # knowingly
    assert hours_of(consultant) == [(1, 600, 660)]


def test_what_was_seen_stays_while_rows_are_added_and_mended(desk, consultant):
    seen = seen_on(desk.get(HOURS))
    services.set_weekly_hours(consultant=consultant, week=[[]] * 7)
    for more in ({"arrange": "add:0"}, {"d0-0-opens": "25:00"}):
        assert seen_on(desk.post(HOURS, {**week_data({0: [("09:00", "12:00")]}), "seen": seen, **more})) == seen


def test_stretches_that_touch_become_one(desk, consultant):
    desk.post(HOURS, week_data({2: [("09:00", "12:00"), ("12:00", "15:00")]}))
    assert hours_of(consultant) == [(2, 540, 900)]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("12:00", "09:00")], "not after the beginning"),
        ([("09:00", "09:00")], "not after the beginning"),
        ([("09:00", "")], "Write both times"),
        ([("", "10:00")], "Write both times"),
        ([("25:00", "26:00")], "Write a time like"),
        ([("nine", "ten")], "Write a time like"),
        ([("09:00", "12:00"), ("11:00", "13:00")], "9:00 am to 12:00 pm and 11:00 am to 1:00 pm overlap"),
    ],
)
def test_hours_that_make_no_sense_are_shown_again_with_the_reason(desk, consultant, rows, words):
    before = hours_of(consultant)
    response = desk.post(HOURS, week_data({1: rows}))
    assert response.status_code == 422
    assert hours_of(consultant) == before
    text = response.content.decode()
    assert words in text
    assert f'value="{rows[0][0]}"' in text or not rows[0][0]
    assert 'href="#d1"' in text


def test_rows_are_added_and_dropped_without_saving(desk, consultant):
    before = hours_of(consultant)
    days = {0: [("09:00", "12:00"), ("13:00", "14:00")], 3: [("10:00", "11:00")]}
    added = desk.post(HOURS, week_data(days, arrange="add:0")).context["days"]
    assert [f["opens"].value() for f in added[0].forms] == ["09:00", "13:00", "15:00"]
    dropped = desk.post(HOURS, week_data(days, arrange="drop:0:0")).context["days"]
    assert [f["opens"].value() for f in dropped[0].forms] == ["13:00"]
    assert [f["opens"].value() for f in dropped[3].forms] == ["10:00"]
    assert hours_of(consultant) == before


def test_a_day_is_copied_to_the_days_ticked(desk, consultant):
    data = week_data({0: [("09:00", "12:00")], 1: [("20:00", "21:00")]}, arrange="copy:0", copy0=["1", "4", "9"])
    days = desk.post(HOURS, data).context["days"]
    assert [[f["opens"].value() for f in day.forms] for day in days] == [
        ["09:00"],
        ["09:00"],
        [],
        [],
        ["09:00"],
        [],
        [],
    ]


@pytest.mark.parametrize("act", ["add:9", "drop:0:99", "drop:0:x", "drop:", "copy:", "copy:77", "junk", "add:²"])
def test_an_act_that_makes_no_sense_changes_nothing(desk, act):
    days = {0: [("09:00", "12:00")]}
    shown = desk.post(HOURS, week_data(days, arrange=act)).context["days"]
    assert [len(day.forms) for day in shown] == [1, 0, 0, 0, 0, 0, 0]


def test_a_consultant_without_hours_is_offered_a_usual_week(client):
    consultant = make_consultant(hours=False)
    client.force_login(consultant.user)
    assert "Begin with Monday to Friday" in client.get(HOURS).content.decode()
    days = client.post(HOURS, {"arrange": "preset"}).context["days"]
    assert [len(day.forms) for day in days] == [2, 2, 2, 2, 2, 0, 0]


def test_rows_beyond_the_most_are_not_read(desk):
    response = desk.post(HOURS, {"d0-rows": "999", "arrange": "add:0"})
    assert len(response.context["days"][0].forms) == services.hours.MOST_STRETCHES
    assert desk.post(HOURS, {"d0-rows": "9" * 400}).status_code == 302


def test_sessions_outside_the_new_hours_are_told_and_stay(desk, consultant):
    services.reserve(consultant_id=consultant.pk, starts_at=next_slot_start(), minutes=30, kind="session")
    response = desk.post(HOURS, week_data({}))
    assert "1 booked session lies outside your hours now" in told(response)
    assert Occupancy.objects.count() == 1
    desk.get(HOURS)
    response = desk.post(HOURS, week_data({n: [("00:00", "00:00")] for n in range(7)}))
    assert "outside" not in told(response)


def test_the_zone_is_changed_and_only_to_one_that_is_known(desk, consultant):
    for name, kept in (("Asia/Dubai", "Asia/Dubai"), ("Mars/Olympus", "Asia/Dubai"), ("", "Asia/Dubai")):
        assert desk.post(reverse("availability:zone"), {"timezone": name}).url == HOURS
        consultant.refresh_from_db()
        assert consultant.timezone == kept


def test_no_page_asks_more_than_a_few_times(desk, consultant, django_assert_max_num_queries):
    for n in range(20):
        make_service(consultant)
        start = next_slot_start(days=10 + n)
        services.block(consultant_id=consultant.pk, starts_at=start, ends_at=start + timedelta(hours=1))
        DateOverride.objects.create(consultant=consultant, date=date(2030, 1, 1) + timedelta(days=2 * n))
    for page in (HOURS, DATES, TERMS):
        with django_assert_max_num_queries(14):
            desk.get(page)


def test_the_week_is_rows_of_weekly_hours_alone(desk, consultant, other_consultant):
    before = WeeklyHours.objects.filter(consultant=other_consultant).count()
    desk.post(HOURS, week_data({0: [("09:00", "10:00")]}))
    assert WeeklyHours.objects.filter(consultant=other_consultant).count() == before
