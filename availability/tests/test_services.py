"""Taking, moving and giving back time."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from availability import services, slots
from availability.errors import DayFull, NotBookable, SlotTaken
from availability.models import Occupancy
from naksha.testing import make_consultant, next_slot_start

pytestmark = pytest.mark.django_db


def soon(minutes=10):
    return timezone.now() + timedelta(minutes=minutes)


def hold(consultant, starts_at=None, minutes=30, expires_at=None, **more):
    return services.reserve(
        consultant_id=consultant.pk,
        starts_at=starts_at or next_slot_start(),
        minutes=minutes,
        kind="hold",
        expires_at=expires_at or soon(),
        **more,
    )


def lapse(occupancy):
    Occupancy.objects.filter(pk=occupancy.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def unchanged():
    return sorted(Occupancy.objects.values_list("pk", "kind", "starts_at", "ends_at", "expires_at"))


def test_a_listed_time_is_taken_with_its_pauses():
    consultant = make_consultant(policy={"buffer_before_minutes": 5, "buffer_after_minutes": 10})
    start = next_slot_start()
    row = hold(consultant, start, note="x" * 200)
    assert (row.core_starts_at, row.core_ends_at) == (start, start + timedelta(minutes=30))
    assert (row.starts_at, row.ends_at) == (start - timedelta(minutes=5), start + timedelta(minutes=40))
    assert (row.kind, row.minutes, len(row.note)) == ("hold", 30, 120)


def test_the_second_to_ask_is_told_it_has_gone(consultant):
    hold(consultant)
    before = unchanged()
    with pytest.raises(SlotTaken, match="just been taken"):
        hold(consultant)
    with pytest.raises(SlotTaken):
        hold(consultant, listed_only=False)
    assert unchanged() == before


def test_a_full_day_is_refused_as_a_full_day():
    consultant = make_consultant(policy={"daily_limit": 1})
    row = hold(consultant)
    with pytest.raises(DayFull, match="No more sessions are taken on that day"):
        hold(consultant, next_slot_start() + timedelta(hours=2))
    with pytest.raises(SlotTaken, match="just been taken") as caught:  # taken is taken, whatever the limit says
        hold(consultant)
    assert not isinstance(caught.value, DayFull)
    other = hold(consultant, next_slot_start(3))
    with pytest.raises(DayFull):
        services.move(occupancy_id=other.pk, starts_at=next_slot_start() + timedelta(hours=2), minutes=30)
    services.release(occupancy_id=row.pk)
    assert services.move(occupancy_id=other.pk, starts_at=next_slot_start() + timedelta(hours=2), minutes=30)


@pytest.mark.parametrize(
    "shift",
    [timedelta(minutes=1), timedelta(seconds=1), timedelta(microseconds=1), timedelta(hours=12), timedelta(days=90)],
)
def test_a_time_that_is_not_on_offer_is_refused(consultant, shift):
    with pytest.raises(NotBookable):
        hold(consultant, next_slot_start() + shift)
    assert not Occupancy.objects.exists()


def test_the_past_is_refused(consultant):
    with pytest.raises(NotBookable):
        hold(consultant, next_slot_start(days=-1))


@pytest.mark.parametrize("year", [1, 1900, 1970, 9998, 9999])
@pytest.mark.parametrize("listed_only", [True, False])
def test_a_date_far_away_is_refused_and_nothing_breaks(consultant, year, listed_only):
    at = datetime(year, 12, 31, 23, 30, tzinfo=UTC)
    if year == 9998 and not listed_only:
        assert hold(consultant, at, listed_only=False).pk
        return
    with pytest.raises(NotBookable):
        hold(consultant, at, listed_only=listed_only)


def test_the_consultant_may_lay_a_session_outside_the_hours(consultant):
    night = next_slot_start(hour_utc=20, minute=7)
    row = services.reserve(consultant_id=consultant.pk, starts_at=night, minutes=45, kind="session", listed_only=False)
    assert row.expires_at is None


def test_a_consultant_without_terms_is_not_bookable(consultant):
    consultant.policy.delete()
    with pytest.raises(NotBookable):
        hold(consultant, listed_only=False)


@pytest.mark.parametrize(
    "wrong", [{"kind": "block"}, {"kind": "session", "expires_at": datetime(2030, 1, 1, tzinfo=UTC)}, {"kind": "hold"}]
)
def test_a_call_that_makes_no_sense_is_an_error_of_the_caller(consultant, wrong):
    with pytest.raises(ValueError, match="expiry"):
        services.reserve(consultant_id=consultant.pk, starts_at=next_slot_start(), minutes=30, **wrong)


def test_the_daily_limit_holds_and_says_taken():
    consultant = make_consultant(policy={"daily_limit": 2})
    start = next_slot_start()
    for n in range(2):
        hold(consultant, start + timedelta(hours=n))
    with pytest.raises(SlotTaken):
        hold(consultant, start + timedelta(hours=3))
    hold(consultant, start + timedelta(days=1))


def test_a_lapsed_hold_gives_way_to_the_next(consultant):
    first = hold(consultant)
    lapse(first)
    second = hold(consultant)
    first.refresh_from_db()
    assert (first.kind, second.kind) == ("lapsed", "hold")


def test_a_hold_becomes_a_session(consultant):
    row = services.settle(occupancy_id=hold(consultant).pk)
    row.refresh_from_db()
    assert (row.kind, row.expires_at) == ("session", None)
    assert services.settle(occupancy_id=row.pk).pk == row.pk


def test_a_hold_is_timed_anew(consultant):
    until = soon(600)
    row = services.settle(occupancy_id=hold(consultant).pk, expires_at=until)
    assert (row.kind, row.expires_at) == ("hold", until)


def test_a_lapsed_hold_is_settled_while_nobody_else_has_the_time(consultant):
    row = hold(consultant)
    lapse(row)
    services.sweep_expired()
    assert services.settle(occupancy_id=row.pk).kind == "session"


def test_a_lapsed_hold_is_not_settled_over_somebody_else(consultant):
    late = hold(consultant)
    lapse(late)
    winner = hold(consultant)
    before = unchanged()
    with pytest.raises(SlotTaken):
        services.settle(occupancy_id=late.pk)
    assert unchanged() == before
    assert services.settle(occupancy_id=winner.pk).kind == "session"


def test_a_released_hold_is_not_settled(consultant):
    row = hold(consultant)
    assert services.release(occupancy_id=row.pk) is True
    assert services.release(occupancy_id=row.pk) is False
    with pytest.raises(SlotTaken):
        services.settle(occupancy_id=row.pk)


def test_a_move_may_overlap_its_own_time(consultant):
    start = next_slot_start()
    row = hold(consultant, start, minutes=60)
    moved = services.move(occupancy_id=row.pk, starts_at=start + timedelta(minutes=30), minutes=60)
    assert moved.core_starts_at == start + timedelta(minutes=30)
    assert Occupancy.objects.get().ends_at == start + timedelta(minutes=90)


def test_a_move_on_a_full_day_does_not_count_itself():
    consultant = make_consultant(policy={"daily_limit": 1})
    row = hold(consultant)
    services.move(occupancy_id=row.pk, starts_at=next_slot_start() + timedelta(hours=1), minutes=30)


def test_a_refused_move_leaves_the_old_time(consultant):
    start = next_slot_start()
    row = hold(consultant, start)
    hold(consultant, start + timedelta(hours=1))
    before = unchanged()
    for target, error in ((timedelta(hours=1), SlotTaken), (timedelta(minutes=1), NotBookable)):
        with pytest.raises(error):
            services.move(occupancy_id=row.pk, starts_at=start + target, minutes=30)
    with pytest.raises(SlotTaken):
        services.move(occupancy_id=row.pk, starts_at=start + timedelta(hours=1), minutes=30, listed_only=False)
    assert unchanged() == before


def test_a_move_takes_the_pauses_of_now(consultant):
    row = hold(consultant)
    consultant.policy.buffer_after_minutes = 15
    consultant.policy.save()
    start = next_slot_start() + timedelta(hours=1)
    assert services.move(occupancy_id=row.pk, starts_at=start, minutes=30).ends_at == start + timedelta(minutes=45)


def test_a_refusal_inside_the_callers_transaction_leaves_it_usable(consultant):
    hold(consultant)
    with transaction.atomic():
        with pytest.raises(SlotTaken):
            hold(consultant, listed_only=False)
        assert hold(consultant, next_slot_start() + timedelta(hours=1)).pk
    assert Occupancy.objects.count() == 2


def test_a_block_takes_free_time_only(consultant):
    start = next_slot_start()
    block = services.block(
        consultant_id=consultant.pk, starts_at=start, ends_at=start + timedelta(hours=2), note="Dentist"
    )
    assert (block.kind, block.starts_at, block.core_ends_at) == ("block", start, start + timedelta(hours=2))
    with pytest.raises(SlotTaken):
        hold(consultant, start + timedelta(minutes=30))


@pytest.mark.parametrize(("kind", "words"), [("session", "have a session"), ("hold", "is booking")])
def test_a_block_over_a_meeting_is_refused_in_words(consultant, kind, words):
    start = next_slot_start()
    row = hold(consultant, start)
    if kind == "session":
        services.settle(occupancy_id=row.pk)
    with pytest.raises(SlotTaken, match=words) as refused:
        services.block(consultant_id=consultant.pk, starts_at=start - timedelta(hours=1), ends_at=soon(60 * 24 * 5))
    assert "11:00 to 11:30 am IST" in str(refused.value)
    assert Occupancy.objects.count() == 1


def test_a_block_over_the_pause_of_a_session_names_the_pause():
    consultant = make_consultant(policy={"buffer_after_minutes": 10})
    start = next_slot_start()
    services.settle(occupancy_id=hold(consultant, start).pk)
    after = start + timedelta(minutes=30)
    with pytest.raises(SlotTaken, match=r"with its pause: .*11:00 to 11:40 am IST"):
        services.block(consultant_id=consultant.pk, starts_at=after, ends_at=after + timedelta(hours=1))


def test_a_block_over_a_block_names_it(consultant):
    start = next_slot_start()
    services.block(consultant_id=consultant.pk, starts_at=start, ends_at=start + timedelta(hours=2))
    with pytest.raises(SlotTaken, match="blocked this already"):
        services.block(consultant_id=consultant.pk, starts_at=start, ends_at=start + timedelta(hours=1))


@pytest.mark.parametrize(
    ("begin", "end"),
    [(timedelta(0), timedelta(0)), (timedelta(hours=1), timedelta(0)), (timedelta(0), timedelta(days=367))],
)
def test_a_block_that_makes_no_sense_is_refused(consultant, begin, end):
    start = next_slot_start()
    with pytest.raises(NotBookable):
        services.block(consultant_id=consultant.pk, starts_at=start + begin, ends_at=start + end)


def test_a_block_in_the_past_is_refused(consultant):
    with pytest.raises(NotBookable, match="over already"):
        services.block(consultant_id=consultant.pk, starts_at=soon(-120), ends_at=soon(-60))


def test_only_the_owners_blocks_are_taken_away(consultant, other_consultant):
    start = next_slot_start()
    block = services.block(consultant_id=consultant.pk, starts_at=start, ends_at=start + timedelta(hours=2))
    session = hold(consultant, start + timedelta(hours=3))
    assert services.unblock(consultant_id=other_consultant.pk, occupancy_id=block.pk) is False
    assert services.unblock(consultant_id=consultant.pk, occupancy_id=session.pk) is False
    assert Occupancy.objects.count() == 2
    assert services.unblock(consultant_id=consultant.pk, occupancy_id=block.pk) is True


def test_the_sweeper_marks_lapsed_holds_alone(consultant):
    start = next_slot_start()
    lapsed, live = hold(consultant, start), hold(consultant, start + timedelta(hours=1))
    session = services.settle(occupancy_id=hold(consultant, start + timedelta(hours=2)).pk)
    lapse(lapsed)
    assert services.sweep_expired() == 1
    assert services.sweep_expired() == 0
    kinds = dict(Occupancy.objects.values_list("pk", "kind"))
    assert kinds == {lapsed.pk: "lapsed", live.pk: "hold", session.pk: "session"}


def test_the_sweeper_forgets_what_lapsed_a_week_ago(consultant):
    old, fresh = hold(consultant), hold(consultant, next_slot_start() + timedelta(hours=1))
    for row in (old, fresh):
        lapse(row)
    services.sweep_expired()
    Occupancy.objects.filter(pk=old.pk).update(updated_at=timezone.now() - timedelta(days=8))
    assert services.sweep_expired() == 0
    assert Occupancy.objects.get().pk == fresh.pk


def test_what_is_released_is_listed_again(consultant):
    start = next_slot_start()
    day = timezone.localtime(start).date()

    def listed():
        return start in slots.free_slots(consultant=consultant, minutes=30, first=day, last=day)

    assert listed()
    row = hold(consultant, start)
    assert not listed()
    lapse(row)
    assert listed()
    services.settle(occupancy_id=row.pk)
    assert not listed()
    services.release(occupancy_id=row.pk)
    assert listed()
