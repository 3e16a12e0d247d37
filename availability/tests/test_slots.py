"""Free times from the database: what is asked, how often, and that the past costs nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from availability import services, slots
from availability.models import DateOverride, Occupancy, WeeklyHours
from naksha.testing import make_consultant

pytestmark = pytest.mark.django_db
MONDAY = date(2030, 1, 7)
NOW = datetime(2030, 1, 6, 12, tzinfo=UTC)


def ist(hour, minute=0, day=MONDAY):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=5, minutes=30)


def occupy(consultant, starts_at, minutes=30, kind="session", **fields):
    ends_at = starts_at + timedelta(minutes=minutes)
    return Occupancy.objects.create(
        consultant=consultant,
        kind=kind,
        starts_at=starts_at,
        ends_at=ends_at,
        core_starts_at=starts_at,
        core_ends_at=ends_at,
        **fields,
    )


def monday(consultant, minutes=30, **more):
    return slots.free_slots(consultant=consultant, minutes=minutes, first=MONDAY, last=MONDAY, now=NOW, **more)


def test_what_is_taken_is_not_offered(consultant):
    assert len(monday(consultant)) == 16
    for kind in ("session", "block", "external"):
        occupy(consultant, ist(9 + len(kind) % 4), kind=kind)
    free = monday(consultant)
    assert ist(9, 30) in free
    assert ist(10) not in free  # "external" has eight letters
    assert len(free) == 16 - Occupancy.objects.values("starts_at").distinct().count()


@pytest.mark.parametrize(("fields", "free"), [({"kind": "hold"}, False), ({"kind": "lapsed"}, True)])
def test_a_live_hold_takes_time_and_a_lapsed_one_does_not(consultant, fields, free):
    occupy(consultant, ist(11), expires_at=NOW + timedelta(minutes=1), **fields)
    assert (ist(11) in monday(consultant)) is free


def test_a_hold_stops_counting_at_its_expiry(consultant):
    occupy(consultant, ist(11), kind="hold", expires_at=NOW)
    assert ist(11) in monday(consultant)


def test_a_fraction_of_a_second_counts_outwards(consultant):
    occupy(consultant, ist(11) - timedelta(microseconds=1), minutes=30)
    free = monday(consultant)
    assert ist(10, 30) not in free
    assert ist(11) not in free
    assert ist(11, 30) in free
    occupy(consultant, ist(12) + timedelta(microseconds=1), minutes=30)
    free = monday(consultant)
    assert ist(12, 30) not in free
    assert ist(11, 30) in free


def test_meetings_of_other_days_and_blocks_do_not_fill_a_day():
    consultant = make_consultant(policy={"daily_limit": 1})
    occupy(consultant, ist(23, day=MONDAY - timedelta(days=1)), minutes=60)
    occupy(consultant, ist(9), kind="block")
    occupy(consultant, ist(10), kind="external")
    assert monday(consultant)
    occupy(consultant, ist(23, 30), minutes=60)
    assert monday(consultant) == []


def test_overrides_are_read(consultant):
    DateOverride.objects.create(consultant=consultant, date=MONDAY, start_minute=1080, end_minute=1140)
    assert monday(consultant) == [ist(18), ist(18, 30)]
    DateOverride.objects.create(consultant=consultant, date=MONDAY)
    assert monday(consultant) == []


def test_the_day_after_is_read_for_meetings_through_midnight(consultant):
    DateOverride.objects.create(consultant=consultant, date=MONDAY, start_minute=1410, end_minute=1440)
    assert monday(consultant, minutes=60) == []
    tuesday = MONDAY + timedelta(days=1)
    DateOverride.objects.create(consultant=consultant, date=tuesday, start_minute=0, end_minute=30)
    assert monday(consultant, minutes=60) == [ist(23, 30)]
    occupy(consultant, ist(0, day=tuesday), minutes=5, kind="external")
    assert monday(consultant, minutes=60) == []


def test_a_consultant_without_terms_or_hours_has_no_times(consultant):
    WeeklyHours.objects.all().delete()
    assert monday(consultant) == []
    assert slots.next_free(consultant=consultant, minutes=30, limit=3) == []
    consultant.policy.delete()
    assert monday(consultant) == []
    assert slots.nearest_free(consultant=consultant, minutes=30, around=NOW) == []
    assert slots.day_is_full(consultant=consultant, minutes=30, day=MONDAY) is False


def test_the_next_times_are_the_first_of_the_list(consultant):
    consultant.policy.min_notice_minutes = 60
    consultant.policy.save()
    listed = slots.free_slots(
        consultant=consultant, minutes=45, first=NOW.date(), last=MONDAY + timedelta(days=30), now=NOW
    )
    assert slots.next_free(consultant=consultant, minutes=45, limit=200, now=NOW) == listed[:200]


def test_the_next_time_is_found_after_weeks_without_one(consultant):
    occupy(consultant, NOW, minutes=60 * 24 * 40, kind="block")
    assert slots.next_free(consultant=consultant, minutes=30, limit=1, now=NOW) == [
        ist(9, day=NOW.date() + timedelta(days=41))
    ]


def test_many_consultants_are_asked_at_once(django_assert_num_queries):
    early, late, never = make_consultant(), make_consultant(), make_consultant(hours=False)
    occupy(late, NOW, minutes=60 * 24 * 20, kind="block")
    abroad = make_consultant(timezone="America/New_York")
    wanted = {early.pk: 30, late.pk: 60, never.pk: 30, abroad.pk: 120}
    with django_assert_num_queries(3):
        found = slots.next_free_many(wanted, limit=2, now=NOW)
    assert found == {
        c.pk: slots.next_free(consultant=c, minutes=wanted[c.pk], limit=2, now=NOW)
        for c in (early, late, never, abroad)
    }
    assert found[early.pk] == [ist(9), ist(9, 30)]
    assert found[never.pk] == []
    assert found[abroad.pk][0] == datetime(2030, 1, 6, 14, tzinfo=UTC)


def test_nobody_asked_costs_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert slots.next_free_many({}) == {}


def test_the_nearest_times_lie_on_both_sides_and_leave_out_the_one_asked_for(consultant):
    occupy(consultant, ist(12), minutes=60)
    near = slots.nearest_free(consultant=consultant, minutes=30, around=ist(12), limit=3, now=NOW)
    assert near == [ist(10, 30), ist(11), ist(11, 30)] or near == [ist(11), ist(11, 30), ist(13)]
    assert ist(12) not in near
    assert slots.nearest_free(consultant=consultant, minutes=30, around=ist(11), limit=1, now=NOW) != [ist(11)]


def test_a_day_is_full_when_its_times_are_taken_and_not_when_it_has_none(consultant):
    def full(day=MONDAY):
        return slots.day_is_full(consultant=consultant, minutes=30, day=day, now=NOW)

    assert full() is False
    occupy(consultant, ist(9), minutes=480)
    assert full() is True
    assert full(MONDAY + timedelta(days=100)) is False
    DateOverride.objects.create(consultant=consultant, date=MONDAY)
    assert full() is False


def test_a_day_at_its_limit_is_full():
    consultant = make_consultant(policy={"daily_limit": 1})
    occupy(consultant, ist(9))
    assert slots.day_is_full(consultant=consultant, minutes=30, day=MONDAY, now=NOW) is True


def fill_the_past(consultant, days):
    day = timezone.now().replace(hour=3, minute=30, second=0, microsecond=0)
    rows = []
    for n in range(1, days + 1):
        for hour in range(8):
            begin = day - timedelta(days=n) + timedelta(hours=hour)
            end = begin + timedelta(minutes=30)
            rows.append(
                Occupancy(
                    consultant=consultant,
                    kind="session",
                    starts_at=begin,
                    ends_at=end,
                    core_starts_at=begin,
                    core_ends_at=end,
                )
            )
    Occupancy.objects.bulk_create(rows)


def test_the_number_of_queries_never_grows(consultant, django_assert_num_queries):
    fill_the_past(consultant, 5)
    for n in range(9):
        occupy(consultant, ist(9 + n // 2, 30 * (n % 2)))
        DateOverride.objects.create(consultant=consultant, date=MONDAY + timedelta(days=n + 1))
    today = timezone.localdate()
    ask = {"consultant": consultant, "minutes": 30}
    with django_assert_num_queries(2):
        assert slots.free_slots(**ask, first=today, last=today + timedelta(days=31))
    with django_assert_num_queries(2):
        assert slots.next_free(**ask, limit=6)
    with django_assert_num_queries(2):
        assert slots.nearest_free(**ask, around=timezone.now())
    with django_assert_num_queries(2):
        slots.day_is_full(**ask, day=today + timedelta(days=3))


def test_a_reservation_asks_a_fixed_number_of_times(consultant, django_assert_max_num_queries):
    start = ist(11, day=timezone.localdate() + timedelta(days=3))
    lock_and_clock = 2 if connection.vendor == "postgresql" else 0
    with django_assert_max_num_queries(6 + lock_and_clock):  # savepoint, lapsed, rules, busy, insert, release
        services.reserve(consultant_id=consultant.pk, starts_at=start, minutes=30, kind="session")


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
def test_past_sessions_are_never_looked_at(consultant, other_consultant):
    fill_the_past(consultant, 700)
    fill_the_past(other_consultant, 100)
    occupy(consultant, timezone.now() + timedelta(days=3))
    today = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE availability_occupancy")
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        slots.free_slots(consultant=consultant, minutes=30, first=today, last=today + timedelta(days=31))
    (busy,) = [q["sql"] for q in queries if "availability_occupancy" in q["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + busy)
        plan = cursor.fetchone()[0][0]["Plan"]
    while "Plans" in plan:
        (plan,) = plan["Plans"]
    assert plan["Index Name"] == "occupancy_by_time"
    assert plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0) <= 9  # today's and the one to come
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 12
