from datetime import UTC, datetime

import pytest

from naksha.times import exact_time, iso, people_duration, people_range, people_time, within_sentence, zone_label

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)  # Friday, 11:30 am IST


def at(day: int, hour: int, minute: int = 0, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "said"),
    [
        (at(20, 11), "Asia/Kolkata", "Today, 4:30 pm IST"),
        (at(21, 11), "Asia/Kolkata", "Tomorrow, 4:30 pm IST"),
        (at(19, 11), "Asia/Kolkata", "Yesterday, 4:30 pm IST"),
        (at(20, 18, 30), "Asia/Kolkata", "Tomorrow, 12:00 am IST"),
        (at(24, 11), "Asia/Kolkata", "Tue 24 Nov, 4:30 pm IST"),
        (at(24, 11), "Europe/London", "Tue 24 Nov, 11:00 am GMT"),
        (at(24, 11), "America/New_York", "Tue 24 Nov, 6:00 am EST"),
        (at(24, 11), "Asia/Dubai", "Tue 24 Nov, 3:00 pm GMT+4"),
        (at(24, 11), "UTC", "Tue 24 Nov, 11:00 am UTC"),
        (at(5, 6, 30, month=1, year=2027), "Asia/Kolkata", "Tue 5 Jan 2027, 12:00 pm IST"),
    ],
)
def test_a_moment_is_told_as_people_say_it(moment, zone, said):
    assert people_time(moment, zone, NOW) == said


def test_letters_that_mean_two_things_are_told_as_an_offset():
    summer = at(24, 11, month=7)
    assert people_time(summer, "Europe/Dublin", NOW).endswith("12:00 pm GMT+1")
    assert people_time(summer, "Asia/Shanghai", NOW).endswith("GMT+8")


def test_a_range_says_the_half_of_the_day_once():
    assert people_range(at(24, 11), at(24, 11, 30), "Asia/Kolkata", NOW) == "Tue 24 Nov, 4:30 to 5:00 pm IST"
    assert people_range(at(24, 6), at(24, 7), "Asia/Kolkata", NOW) == "Tue 24 Nov, 11:30 am to 12:30 pm IST"


def test_a_range_over_midnight_names_both_days():
    said = people_range(at(24, 18), at(24, 19), "Asia/Kolkata", NOW)
    assert said == "Tue 24 Nov, 11:30 pm to Wed 25 Nov, 12:30 am IST"


def test_the_exact_time_leaves_nothing_to_guess():
    assert exact_time(at(24, 11), "Asia/Kolkata") == "Tuesday 24 November 2026, 4:30 pm IST (GMT+5:30)"
    assert exact_time(at(24, 11), "Asia/Dubai") == "Tuesday 24 November 2026, 3:00 pm GMT+4"


def test_inside_a_sentence_tomorrow_is_small_and_tuesday_is_not():
    assert within_sentence("Tomorrow, 4:30 pm IST") == "tomorrow, 4:30 pm IST"
    assert within_sentence("Tue 24 Nov, 4:30 pm IST") == "Tue 24 Nov, 4:30 pm IST"


def test_a_zone_is_named_by_its_place():
    assert zone_label("Asia/Kolkata", NOW) == "India (IST)"
    assert zone_label("America/New_York", NOW) == "New York (EST)"
    assert zone_label("UTC", NOW) == "UTC"


def test_a_year_far_away_is_told_too():
    assert people_time(datetime(9999, 12, 31, 12, tzinfo=UTC), "Asia/Kolkata", NOW) == "Fri 31 Dec 9999, 5:30 pm IST"


@pytest.mark.parametrize(("minutes", "said"), [(30, "30 min"), (60, "1 hour"), (90, "1 h 30 min"), (120, "2 hours")])
def test_lengths(minutes, said):
    assert people_duration(minutes) == said


def test_machines_get_the_instant_in_utc():
    assert iso(at(24, 11)) == "2026-11-24T11:00:00Z"
