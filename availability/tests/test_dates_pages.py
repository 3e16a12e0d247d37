"""The consultant's pages of dates and blocks. They work without script, and keep what was typed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from availability import services
from availability.models import DateOverride, Occupancy
from availability.tests.typed import ADD, BLOCK, DATES, block_data, dates_data, in_days, told
from naksha.testing import next_slot_start

pytestmark = pytest.mark.django_db


def test_a_range_of_dates_is_taken_off_and_shown_as_one(desk, consultant):
    response = desk.post(ADD, dates_data(in_days(3), in_days(6), note="Diwali"), follow=True)
    assert DateOverride.objects.filter(start_minute=None, note="Diwali").count() == 4
    (row,) = response.context["overrides"]
    assert (row["first"], row["last"], row["hours"], row["note"]) == (in_days(3), in_days(6), "", "Diwali")


def test_dates_get_hours_of_their_own_in_place_of_what_they_had(desk, consultant):
    desk.post(ADD, dates_data(in_days(3), in_days(5)))
    desk.post(ADD, dates_data(in_days(4), what="own", rows=[("08:00", "09:30"), ("18:00", "00:00")]))
    rows = DateOverride.objects.order_by("date", "start_minute").values_list("date", "start_minute", "end_minute")
    assert list(rows) == [
        (in_days(3), None, None),
        (in_days(4), 480, 570),
        (in_days(4), 1080, 1440),
        (in_days(5), None, None),
    ]
    assert "8:00 am to 9:30 am, 6:00 pm to midnight" in desk.get(DATES).content.decode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (lambda: dates_data(""), "This is needed"),
        (lambda: dates_data(in_days(-3)), "over already"),
        (lambda: dates_data(in_days(3), in_days(2)), "before the first"),
        (lambda: dates_data(in_days(3), in_days(500)), "A year at once"),
        (lambda: dates_data("9999-12-31"), "next three years"),
        (lambda: dates_data("0001-01-01", "9999-12-31"), "next three years"),
        (lambda: dates_data(in_days(3), what="own"), "Write the hours that you work"),
        (lambda: dates_data(in_days(3), what="own", rows=[("10:00", "09:00")]), "not after the beginning"),
        (lambda: dates_data(in_days(3), what="own", rows=[("9:00", "11:00"), ("10:00", "12:00")]), "overlap"),
        (lambda: dates_data(in_days(3), note="x" * 121), "At most 120 characters"),
    ],
)
def test_dates_that_make_no_sense_are_shown_again_with_the_reason(desk, data, words):
    response = desk.post(ADD, data())
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not DateOverride.objects.exists()


def test_a_date_that_is_too_far_ahead_is_said_beside_its_own_field(desk):
    for first, last, field in [("9999-12-31", "", "first"), (in_days(3), "9999-12-31", "last")]:
        assert list(desk.post(ADD, dates_data(first, last)).context["dates_form"].errors) == [field]


def test_rows_of_own_hours_are_added_and_what_was_typed_is_kept(desk):
    data = dates_data(in_days(3), what="own", rows=[("09:00", "10:00")], note="Course", arrange="add")
    response = desk.post(ADD, data)
    assert len(response.context["own"].forms) == 2
    text = response.content.decode()
    assert 'value="Course"' in text
    assert f'value="{in_days(3)}"' in text
    assert not DateOverride.objects.exists()


def test_removed_dates_follow_the_week_again(desk, consultant, other_consultant):
    services.set_dates(consultant=consultant, first=in_days(3), last=in_days(4))
    services.set_dates(consultant=other_consultant, first=in_days(3), last=in_days(4))
    response = desk.post(reverse("availability:clear_dates"), {"first": in_days(3), "last": in_days(4)})
    assert "count again" in told(response)
    assert set(DateOverride.objects.values_list("consultant", flat=True)) == {other_consultant.pk}
    assert desk.post(reverse("availability:clear_dates"), {"first": "2026-02-31", "last": "x"}).status_code == 404


def test_dates_of_the_past_are_not_shown(desk, consultant):
    DateOverride.objects.create(consultant=consultant, date=in_days(-1))
    assert desk.get(DATES).context["overrides"] == []


def test_time_is_blocked_in_the_consultants_zone(desk, consultant):
    response = desk.post(BLOCK, block_data("2030-01-07", reason="Dentist"), follow=True)
    block = Occupancy.objects.get()
    assert (block.starts_at, block.ends_at) == (
        datetime(2030, 1, 7, 8, 30, tzinfo=UTC),
        datetime(2030, 1, 7, 10, 30, tzinfo=UTC),
    )
    assert "Mon 7 Jan 2030, 2:00 to 4:00 pm IST" in response.content.decode()
    assert "Dentist" in response.content.decode()


def test_a_block_may_last_days_and_end_at_midnight(desk):
    desk.post(BLOCK, block_data("2030-01-07", "18:00", "00:00", "2030-01-09"))
    assert Occupancy.objects.get().ends_at == datetime(2030, 1, 9, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (block_data("2030-01-07", "16:00", "14:00"), "not after the beginning"),
        (block_data("2030-01-07", to_date="2030-01-06"), "not after the beginning"),
        (block_data("2030-01-07", to_date="2032-01-06"), "a year at most"),
        (block_data("9999-12-31"), "next three years"),
        (block_data("2020-01-07"), "over already"),
        (block_data("2030-01-07", "", ""), "This is needed"),
        (block_data("soon"), "That is no date"),
    ],
)
def test_a_block_that_makes_no_sense_is_shown_again_with_the_reason(desk, data, words):
    response = desk.post(BLOCK, data)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Occupancy.objects.exists()


def test_a_block_over_a_session_says_which_and_keeps_what_was_typed(desk, consultant):
    start = next_slot_start()
    services.reserve(consultant_id=consultant.pk, starts_at=start, minutes=30, kind="session")
    response = desk.post(BLOCK, block_data(timezone.localtime(start).date(), "10:00", "12:00", reason="Walk"))
    text = response.content.decode()
    assert response.status_code == 422
    assert "You have a session then: " in text
    assert "11:00 to 11:30 am IST" in text
    assert 'value="Walk"' in text
    assert Occupancy.objects.count() == 1


def test_a_block_is_removed_by_its_owner_alone(client, consultant, other_consultant):
    start = next_slot_start()
    block = services.block(consultant_id=consultant.pk, starts_at=start, ends_at=start + timedelta(hours=1))
    url = reverse("availability:remove_block", args=[block.pk])
    client.force_login(other_consultant.user)
    assert client.post(url).url == DATES
    assert Occupancy.objects.exists()
    client.force_login(consultant.user)
    client.post(url)
    assert not Occupancy.objects.exists()
    assert client.post(url).url == DATES
    assert client.get(url).status_code == 405


def test_the_address_of_a_refused_form_leads_back_to_the_page(desk):
    assert desk.get(ADD).url == DATES
    assert desk.get(BLOCK).url == DATES


def test_what_is_typed_is_shown_as_text(desk, consultant):
    note = "<script>alert(1)</script> \u202eשלום 🎉"
    desk.post(ADD, dates_data(in_days(3), note=note))
    text = desk.get(DATES).content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
