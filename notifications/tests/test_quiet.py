"""Quiet hours are wall times of one's own zone: over midnight, and in the nights when the clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.models import QuietHours
from notifications.quiet import is_quiet, quiet_until


def hours(begins: str, ends: str, zone: str = "Asia/Kolkata") -> QuietHours:
    return QuietHours(begins=time.fromisoformat(begins), ends=time.fromisoformat(ends), timezone=zone)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("begins", "ends", "now", "until"),
    [
        ("22:00", "07:00", "2026-11-20T16:29", None),  # 9:59 pm
        ("22:00", "07:00", "2026-11-20T16:30", "2026-11-21T01:30"),  # 10 pm, until 7 am
        ("22:00", "07:00", "2026-11-20T20:00", "2026-11-21T01:30"),  # 1:30 am of the 21st
        ("22:00", "07:00", "2026-11-21T01:29", "2026-11-21T01:30"),
        ("22:00", "07:00", "2026-11-21T01:30", None),
        ("13:00", "14:00", "2026-11-21T07:45", "2026-11-21T08:30"),  # a nap
        ("13:00", "14:00", "2026-11-21T08:30", None),
        ("00:00", "06:00", "2026-11-20T18:30", "2026-11-21T00:30"),
        ("22:00", "00:00", "2026-11-20T17:00", "2026-11-20T18:30"),
    ],
)
def test_they_end_on_the_readers_own_clock(begins: str, ends: str, now: str, until: str | None) -> None:
    assert quiet_until(hours(begins, ends), at(now)) == (at(until) if until else None)


def test_an_end_that_the_clocks_skip_is_the_jump() -> None:
    # New York, 8 March 2026: 2:00 becomes 3:00 at 7:00 UTC.
    assert quiet_until(hours("22:00", "02:30", "America/New_York"), at("2026-03-08T05:00")) == at("2026-03-08T07:00")


def test_an_end_that_comes_twice_is_the_next_to_come() -> None:
    # New York, 1 November 2026: 1:30 is at 5:30 UTC, and again at 6:30.
    night = hours("22:00", "01:30", "America/New_York")
    assert quiet_until(night, at("2026-11-01T04:00")) == at("2026-11-01T05:30")
    assert quiet_until(night, at("2026-11-01T06:10")) == at("2026-11-01T06:30")


def test_seven_in_the_morning_is_seven_also_after_the_change() -> None:
    night = hours("22:00", "07:00", "Europe/Berlin")
    assert quiet_until(night, at("2026-03-28T22:00")) == at("2026-03-29T05:00")  # summer time since 2 am
    assert quiet_until(night, at("2026-10-24T22:00")) == at("2026-10-25T06:00")


minutes = st.integers(0, 1439).map(lambda n: time(n // 60, n % 60))


@settings(max_examples=150, deadline=None)
@given(
    minutes,
    minutes,
    st.sampled_from(["Asia/Kolkata", "America/New_York", "Australia/Lord_Howe", "Europe/London"]),
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
)
def test_the_end_is_the_first_minute_that_is_not_quiet(begins: time, ends: time, zone: str, when: datetime) -> None:
    if begins == ends:
        return
    now = when.replace(second=0, microsecond=0, tzinfo=UTC)
    quiet = QuietHours(begins=begins, ends=ends, timezone=zone)
    until = quiet_until(quiet, now)
    if not is_quiet(quiet, now):
        assert until is None
        return
    minute = now
    while is_quiet(quiet, minute):
        minute += timedelta(minutes=1)
        assert minute - now < timedelta(days=2)
    assert until == minute, minute.astimezone(ZoneInfo(zone))
