"""The engine against a slow reference, and against what reserve() really does, over random rules and clocks."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from availability import engine, services, slots
from availability.errors import NotBookable, SlotTaken, TimeRefused
from availability.models import DateOverride, Occupancy, WeeklyHours
from availability.services import occupancy
from availability.tests import reference, strategies
from naksha.testing import make_consultant

MINUTE = timedelta(minutes=1)


def midnight(day):
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


@st.composite
def situations(draw):
    zone, day = draw(strategies.places())
    days = [day + timedelta(days=n) for n in range(-1, 3)]
    overrides = draw(st.dictionaries(st.sampled_from(days), strategies.stretches(), max_size=3))
    grain = draw(st.sampled_from([1, 1, 15, 30]))  # on a grain, gaps are often filled exactly
    begins = draw(st.lists(st.tuples(st.integers(-1500, 4000), st.integers(1, 600)), max_size=8))
    begins = [(b // grain * grain, -(-length // grain) * grain) for b, length in begins]
    busy = [(midnight(day) + b * MINUTE, midnight(day) + (b + length) * MINUTE) for b, length in begins]
    return {
        "zone": zone,
        "weekly": draw(strategies.weeks),
        "overrides": overrides,
        "interval": draw(strategies.intervals),
        "before": draw(strategies.pauses),
        "after": draw(strategies.pauses),
        "notice": draw(strategies.notices),
        "horizon": draw(st.sampled_from([1, 2, 5, 60])),
        "limit": draw(strategies.limits),
        "minutes": draw(strategies.lengths),
        "busy": busy,
        "meetings": [b for b, _ in busy],
        "now": midnight(day) - draw(st.integers(-2000, 5000)) * MINUTE + timedelta(seconds=draw(st.integers(0, 59))),
        "day": day,
    }


def ask_engine(case):
    rules = engine.Rules(
        zone=case["zone"],
        weekly=tuple(engine.merged(day) for day in case["weekly"]),
        overrides={day.toordinal(): engine.merged(hours) for day, hours in case["overrides"].items()},
        interval=case["interval"],
        before=case["before"],
        after=case["after"],
        notice=case["notice"],
        horizon=case["horizon"],
        daily_limit=case["limit"],
    )
    taken = {}
    for start in case["meetings"]:
        on = engine.local_ordinal(rules.zone, start.timestamp())
        taken[on] = taken.get(on, 0) + 1

    def free(first, last):
        return engine.free_starts(
            rules,
            minutes=case["minutes"],
            busy=[(b.timestamp(), e.timestamp()) for b, e in case["busy"]],
            taken_by_day=taken,
            now=case["now"].timestamp(),
            first=first,
            last=last,
        )

    return free


@settings(max_examples=150, deadline=None)
@given(situations())
def test_the_engine_agrees_with_the_reference(case):
    free = ask_engine(case)
    assert [engine.instant(s) for s in free(case["day"], case["day"])] == reference.free_starts(**case)


@settings(max_examples=150, deadline=None)
@given(situations())
def test_a_stretch_of_days_is_its_days_one_by_one(case):
    free = ask_engine(case)
    days = [case["day"] + timedelta(days=n) for n in range(-2, 4)]
    assert free(days[0], days[-1]) == sorted({s for day in days for s in free(day, day)})


@st.composite
def practices(draw):
    zone, day = draw(strategies.places())
    dates = [day + timedelta(days=n) for n in range(-1, 3)]
    return {
        "zone": zone,
        "day": day,
        "weekly": draw(strategies.weeks),
        "overrides": draw(st.dictionaries(st.sampled_from(dates), strategies.stretches(), max_size=2)),
        "policy": {
            "slot_interval_minutes": draw(strategies.intervals),
            "buffer_before_minutes": draw(strategies.pauses),
            "buffer_after_minutes": draw(strategies.pauses),
            "min_notice_minutes": draw(strategies.notices),
            "horizon_days": draw(st.sampled_from([1, 2, 5, 60])),
            "daily_limit": draw(strategies.limits),
        },
        "minutes": draw(strategies.lengths),
        "now": midnight(day) - draw(st.integers(-1500, 4000)) * MINUTE,
        "tries": draw(st.lists(st.tuples(st.integers(0, 10_000), st.integers(-900, 2400)), min_size=8, max_size=8)),
    }


def settle_in(case):
    consultant = make_consultant(hours=False, timezone=case["zone"], policy=case["policy"])
    WeeklyHours.objects.bulk_create(
        WeeklyHours(consultant=consultant, weekday=weekday, start_minute=start, end_minute=end)
        for weekday, hours in enumerate(case["weekly"])
        for start, end in hours
    )
    DateOverride.objects.bulk_create(
        DateOverride(consultant=consultant, date=day, start_minute=start, end_minute=end)
        for day, hours in case["overrides"].items()
        for start, end in (hours or [(None, None)])
    )
    return consultant


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(practices())
def test_every_listed_slot_books_and_no_other_start_does(monkeypatch, case):
    """Books as it goes, so that later questions meet a calendar with meetings in it."""
    monkeypatch.setattr(occupancy, "db_now", lambda: case["now"])
    first, last = case["day"] - timedelta(days=3), case["day"] + timedelta(days=4)
    with transaction.atomic():
        consultant = settle_in(case)

        def listed():
            return slots.free_slots(
                consultant=consultant, minutes=case["minutes"], first=first, last=last, now=case["now"]
            )

        def book(start, *, keep):
            with transaction.atomic():
                row = services.reserve(
                    consultant_id=consultant.pk, starts_at=start, minutes=case["minutes"], kind="session"
                )
                if not keep:
                    row.delete()

        taken = None
        for choice, shift in case["tries"]:
            free = listed()
            for start in free[:: max(1, len(free) // 5)]:
                book(start, keep=False)
            other = midnight(case["day"]) + shift * MINUTE
            if other not in free:
                with pytest.raises(TimeRefused):
                    book(other, keep=True)
            if taken is not None:
                assert taken not in free
                with pytest.raises((SlotTaken, NotBookable)):
                    book(taken, keep=True)
            if free:
                taken = free[choice % len(free)]
                book(taken, keep=True)
        rows = list(Occupancy.objects.filter(consultant=consultant).order_by("starts_at"))
        assert all(a.ends_at <= b.starts_at for a, b in pairwise(rows))
        transaction.set_rollback(True)
