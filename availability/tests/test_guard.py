"""What the database itself refuses, with no service in between. Runs on both engines."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from availability.models import Occupancy

pytestmark = pytest.mark.django_db
NOON = datetime(2030, 1, 7, 12, tzinfo=UTC)


def occupy(consultant, begin=0, end=60, kind="session", seconds=0, **fields):
    starts_at, ends_at = NOON + timedelta(minutes=begin, seconds=seconds), NOON + timedelta(minutes=end)
    if kind in ("hold", "lapsed"):
        fields.setdefault("expires_at", NOON)
    return Occupancy.objects.create(
        consultant=consultant,
        kind=kind,
        starts_at=starts_at,
        ends_at=ends_at,
        core_starts_at=starts_at,
        core_ends_at=ends_at,
        **fields,
    )


@pytest.mark.parametrize("kind", ["hold", "session", "block"])
@pytest.mark.parametrize("times", [(0, 60), (30, 90), (-30, 1), (10, 20), (-10, 70), (59, 61)])
def test_an_overlap_is_refused(consultant, kind, times):
    occupy(consultant)
    with pytest.raises(IntegrityError, match="occupancy_no_overlap"), transaction.atomic():
        occupy(consultant, *times, kind=kind)
    assert Occupancy.objects.count() == 1


def test_times_that_touch_are_accepted(consultant):
    occupy(consultant)
    occupy(consultant, 60, 90)
    occupy(consultant, -30, 0)
    assert Occupancy.objects.count() == 3


def test_a_fraction_of_a_second_is_an_overlap(consultant):
    occupy(consultant, 0, 60)
    before_end = NOON + timedelta(minutes=60, microseconds=-1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Occupancy.objects.create(
            consultant=consultant,
            kind="session",
            starts_at=before_end,
            ends_at=before_end + timedelta(minutes=30),
            core_starts_at=before_end,
            core_ends_at=before_end + timedelta(minutes=30),
        )


def test_a_fraction_of_a_second_after_the_end_is_none(consultant):
    occupy(consultant, 0, 60)
    after_end = NOON + timedelta(minutes=60, microseconds=1)
    Occupancy.objects.create(
        consultant=consultant,
        kind="session",
        starts_at=after_end,
        ends_at=after_end + timedelta(minutes=30),
        core_starts_at=after_end,
        core_ends_at=after_end + timedelta(minutes=30),
    )


def test_an_update_into_an_overlap_is_refused(consultant):
    occupy(consultant)
    later = occupy(consultant, 60, 90)
    with pytest.raises(IntegrityError, match="occupancy_no_overlap"), transaction.atomic():
        Occupancy.objects.filter(pk=later.pk).update(starts_at=NOON + timedelta(minutes=59))


def test_a_row_may_move_over_itself(consultant):
    row = occupy(consultant)
    Occupancy.objects.filter(pk=row.pk).update(ends_at=NOON + timedelta(minutes=90))


def test_a_row_that_begins_to_count_is_refused(consultant):
    occupy(consultant)
    lapsed = occupy(consultant, kind="lapsed")
    with pytest.raises(IntegrityError, match="occupancy_no_overlap"), transaction.atomic():
        Occupancy.objects.filter(pk=lapsed.pk).update(kind="session", expires_at=None)


@pytest.mark.parametrize("kind", ["external", "lapsed"])
def test_what_is_not_exclusive_may_overlap(consultant, kind):
    occupy(consultant)
    occupy(consultant, kind=kind)
    occupy(consultant, kind=kind)


def test_another_consultant_is_not_in_the_way(consultant, other_consultant):
    occupy(consultant)
    occupy(other_consultant)


def test_many_at_once_are_checked_too(consultant):
    rows = [
        Occupancy(
            consultant=consultant,
            kind="block",
            starts_at=NOON,
            ends_at=NOON + timedelta(hours=1),
            core_starts_at=NOON,
            core_ends_at=NOON + timedelta(hours=1),
        )
        for _ in range(2)
    ]
    with pytest.raises(IntegrityError, match="occupancy_no_overlap"), transaction.atomic():
        Occupancy.objects.bulk_create(rows)
    assert not Occupancy.objects.exists()


@pytest.mark.parametrize("kind", ["session", "block", "external"])
def test_only_a_hold_expires(consultant, kind):
    with pytest.raises(IntegrityError, match="occupancy_holds_expire"), transaction.atomic():
        occupy(consultant, kind=kind, expires_at=NOON)


def test_the_meeting_is_inside_its_range(consultant):
    with pytest.raises(IntegrityError, match="occupancy_range"), transaction.atomic():
        Occupancy.objects.create(
            consultant=consultant,
            kind="session",
            starts_at=NOON,
            ends_at=NOON + timedelta(hours=1),
            core_starts_at=NOON - timedelta(minutes=1),
            core_ends_at=NOON + timedelta(hours=1),
        )
