"""Examples of what the engine promises, one promise each."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from availability import engine
from availability.engine import Rules

MONDAY = date(2026, 11, 23)
LATER = ["3:00", "3:30", "4:00", "4:30", "5:00"]


def every_day(*hours):
    return tuple(engine.merged(hours) for _ in range(7))


def on_weekdays(hours):
    return tuple(engine.merged(hours.get(day, [])) for day in range(7))


def at(hour, minute=0, day=MONDAY, zone="Asia/Kolkata"):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone)).timestamp()


def free(rules, minutes=60, day=MONDAY, last=None, busy=(), taken=None, now=None):
    """Wall times, "9:30" on one day or "23 9:30" on several, with a * after the second of a repeated hour."""
    starts = engine.free_starts(
        rules,
        minutes=minutes,
        busy=busy,
        taken_by_day={d.toordinal(): n for d, n in (taken or {}).items()},
        now=(now or at(0, day=day - timedelta(days=1), zone=rules.zone)),
        first=day,
        last=last or day,
    )
    walls = [engine.instant(s).astimezone(ZoneInfo(rules.zone)) for s in starts]
    return [(f"{w.day} " if last else "") + f"{w.hour}:{w.minute:02}" + ("*" if w.fold else "") for w in walls]


def test_the_grid_is_counted_from_each_stretchs_beginning():
    rules = Rules("Asia/Kolkata", every_day((570, 720), (845, 960)), interval=45)
    assert free(rules, 45) == ["9:30", "10:15", "11:00", "14:05", "14:50"]


def test_a_meeting_ends_inside_the_hours():
    assert free(Rules("Asia/Kolkata", every_day((540, 660)), interval=15), 90) == ["9:00", "9:15", "9:30"]
    assert free(Rules("Asia/Kolkata", every_day((540, 599))), 60) == []


def test_stretches_that_touch_or_overlap_are_one():
    assert free(Rules("Asia/Kolkata", every_day((540, 600), (600, 660))), 120) == ["9:00"]
    assert free(Rules("Asia/Kolkata", every_day((540, 620), (570, 660)), interval=40), 40) == ["9:00", "9:40", "10:20"]


def test_an_override_takes_the_place_of_the_weekly_hours():
    weekly = every_day((540, 600))
    assert free(Rules("Asia/Kolkata", weekly, overrides={MONDAY.toordinal(): ((660, 720),)})) == ["11:00"]
    assert free(Rules("Asia/Kolkata", weekly, overrides={MONDAY.toordinal(): ()})) == []
    assert free(Rules("Asia/Kolkata", weekly, overrides={MONDAY.toordinal() + 1: ()})) == ["9:00"]


def test_weekdays_are_those_of_the_zone():
    rules = Rules("Pacific/Auckland", on_weekdays({0: [(0, 60)]}))
    assert free(rules, day=MONDAY - timedelta(days=2), last=MONDAY + timedelta(days=2)) == ["23 0:00"]


def test_midnight_joins_the_next_day():
    rules = Rules("Asia/Kolkata", on_weekdays({0: [(1380, 1440)], 1: [(0, 90)]}))
    assert free(rules, 120, last=MONDAY + timedelta(days=1)) == ["23 23:00", "23 23:30"]
    assert free(rules, 60, last=MONDAY + timedelta(days=1)) == ["23 23:00", "23 23:30", "24 0:00", "24 0:30"]


def test_midnight_does_not_join_a_day_that_begins_later():
    rules = Rules("Asia/Kolkata", on_weekdays({0: [(1380, 1440)], 1: [(1, 90)]}))
    assert free(rules, 120, last=MONDAY + timedelta(days=1)) == []


def test_the_grid_begins_anew_at_midnight():
    rules = Rules("Asia/Kolkata", every_day((0, 1440)), interval=100)
    assert free(rules, 60)[:2] == ["0:00", "1:40"]
    assert free(rules, 60)[-1] == "23:20"


def test_a_twelve_hour_meeting_runs_through_the_night():
    assert free(Rules("Asia/Kolkata", every_day((0, 1440)), interval=240), 720)[-1] == "20:00"


def test_busy_time_and_pauses_are_kept_apart():
    rules = Rules("Asia/Kolkata", every_day((540, 780)), before=10, after=20)
    assert free(rules, 30, busy=[(at(10), at(10, 30))]) == ["9:00", "11:00", "11:30", "12:00", "12:30"]


def test_times_that_touch_busy_time_are_free():
    rules = Rules("Asia/Kolkata", every_day((540, 720)), interval=60)
    assert free(rules, busy=[(at(10), at(11))]) == ["9:00", "11:00"]
    assert free(rules, busy=[(at(10) - 0.5, at(11))]) == ["11:00"]
    assert free(rules, busy=[(at(10), at(11) + 0.000001)]) == ["9:00"]


def test_busy_ranges_may_overlap_and_come_in_any_order():
    rules = Rules("Asia/Kolkata", every_day((540, 900)), interval=60)
    busy = [(at(12), at(12, 1)), (at(9, 30), at(13)), (at(10), at(10, 30)), (at(9, 30), at(9, 45))]
    assert free(rules, busy=busy) == ["13:00", "14:00"]


def test_pauses_may_reach_out_of_the_hours():
    assert free(Rules("Asia/Kolkata", every_day((540, 600)), before=60, after=60)) == ["9:00"]


def test_notice_is_counted_to_the_second():
    rules = Rules("Asia/Kolkata", every_day((540, 660)), notice=60)
    assert free(rules, 30, now=at(8)) == ["9:00", "9:30", "10:00", "10:30"]
    assert free(rules, 30, now=at(8) + 0.001) == ["9:30", "10:00", "10:30"]
    assert free(rules, 30, now=at(20)) == []


def test_the_last_bookable_date_is_today_and_the_horizon():
    rules = Rules("Asia/Kolkata", every_day((540, 600)), horizon=2)
    assert free(rules, now=at(23, 59), last=MONDAY + timedelta(days=9)) == ["24 9:00", "25 9:00"]
    assert free(rules, now=at(0), last=MONDAY + timedelta(days=9)) == ["23 9:00", "24 9:00", "25 9:00"]


def test_a_full_day_offers_nothing():
    rules = Rules("Asia/Kolkata", every_day((540, 600)), daily_limit=2)
    tuesday = MONDAY + timedelta(days=1)
    assert free(rules, last=tuesday, taken={MONDAY: 2, tuesday: 1}) == ["24 9:00"]
    assert free(rules, last=tuesday, taken={MONDAY: 3}) == ["24 9:00"]


def test_a_skipped_wall_time_is_no_slot():
    rules = Rules("America/New_York", every_day((60, 240)))  # 2:00 to 3:00 never was on 8 March 2026
    assert free(rules, 30, day=date(2026, 3, 8)) == ["1:00", "1:30", "3:00", "3:30"]


def test_a_meeting_runs_through_a_skipped_hour_by_real_time():
    rules = Rules("America/New_York", every_day((60, 240)))
    assert free(rules, 120, day=date(2026, 3, 8)) == ["1:00"]


def test_a_repeated_wall_time_is_one_slot():
    rules = Rules("America/New_York", every_day((0, 180)))  # 1:00 to 2:00 comes twice on 1 November 2026
    times = ["0:00", "0:30", "1:00", "1:30", "2:00", "2:30"]
    assert free(rules, 30, day=date(2026, 11, 1)) == times
    assert free(rules, 60, day=date(2026, 11, 1)) == times[:5]


def test_busy_time_on_the_day_of_a_clock_change_ends_and_begins_to_the_second():
    rules = Rules("America/New_York", every_day((0, 360)))
    day = date(2026, 11, 1)
    first_one = at(1, day=day, zone=rules.zone)  # the first of two
    assert free(rules, 60, day=day, busy=[(first_one, first_one + 3600)]) == ["0:00", "2:00", "2:30", *LATER]
    assert free(rules, 60, day=day, busy=[(first_one + 3600, first_one + 7200)]) == [
        "0:00",
        "0:30",
        "1:00",
        "2:00",
        "2:30",
        *LATER,
    ]


def test_hours_that_begin_in_a_skipped_time_begin_at_the_change():
    rules = Rules("America/New_York", every_day((150, 240)))
    assert free(rules, 30, day=date(2026, 3, 8)) == ["3:00", "3:30"]
    assert free(rules, 60, day=date(2026, 3, 8)) == ["3:00"]


def test_half_an_hour_of_lord_howe():
    rules = Rules("Australia/Lord_Howe", every_day((60, 240)))
    assert free(rules, 30, day=date(2026, 10, 4)) == ["1:00", "1:30", "2:30", "3:00", "3:30"]


def test_the_day_that_apia_skipped_has_no_slot_and_its_neighbours_join():
    rules = Rules("Pacific/Apia", every_day((0, 1440)), interval=240, horizon=365)
    days = {"day": date(2011, 12, 29), "last": date(2011, 12, 31)}
    assert [t.split()[0] for t in free(rules, 720, **days)].count("30") == 0
    assert free(rules, 720, **days)[5:7] == ["29 20:00", "31 0:00"]


def test_midnight_that_is_skipped_joins_all_the_same():
    rules = Rules("Africa/Cairo", on_weekdays({3: [(1380, 1440)], 4: [(0, 120)]}))  # Friday 26 April 2024 began at 1:00
    assert free(rules, 90, day=date(2024, 4, 25), last=date(2024, 4, 26)) == ["25 23:00", "25 23:30"]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "America/New_York", "Asia/Kolkata"])
@pytest.mark.parametrize("year", [1, 1970, 9999])
def test_no_year_breaks_it(zone, year):
    rules = Rules(zone, every_day((0, 1440)), before=240, after=240, notice=43_200, horizon=365)
    ends = {"first": date(year, 1, 1), "last": date(year, 12, 31)}
    now = datetime(min(max(year, 1971), 9998), 12, 1, tzinfo=UTC).timestamp()
    for start in engine.free_starts(rules, minutes=720, busy=[(0, now)], taken_by_day={}, now=now, **ends):
        assert engine.instant(start + 720 * 60 + 240 * 60)
    assert engine.first_instant(zone, date.max) > engine.first_instant(zone, date.min)


def test_dates_in_the_wrong_order_offer_nothing():
    rules = Rules("Asia/Kolkata", every_day((0, 1440)))
    assert free(rules, day=MONDAY, last=MONDAY - timedelta(days=1)) == []


def test_no_meeting_lasts_no_time():
    with pytest.raises(ValueError, match="at least a minute"):
        free(Rules("Asia/Kolkata", every_day()), minutes=0)


def test_the_hours_of_a_day_are_one_question():
    rules = Rules("Asia/Kolkata", on_weekdays({0: [(540, 600)]}), overrides={MONDAY.toordinal() + 7: ((0, 1440),)})
    assert engine.hours_of(rules, MONDAY.toordinal()) == ((540, 600),)
    assert engine.hours_of(rules, MONDAY.toordinal() + 1) == ()
    assert engine.hours_of(rules, MONDAY.toordinal() + 7) == ((0, 1440),)


def test_a_month_of_a_busy_consultant_is_as_many_times_as_by_hand():
    """Thirty days of 8 hours at a quarter of an hour, every second half-hour taken."""
    rules = Rules("Asia/Kolkata", every_day((540, 1020)), interval=15)
    busy = [
        (at(9, day=MONDAY + timedelta(days=d)) + n * 3600, at(9, 30, day=MONDAY + timedelta(days=d)) + n * 3600)
        for d in range(30)
        for n in range(8)
    ]
    found = free(rules, 30, last=MONDAY + timedelta(days=29), busy=busy)
    assert len(found) == 30 * 8
    assert found[:3] == ["23 9:30", "23 10:30", "23 11:30"]
