"""Many at once on PostgreSQL: the time of a consultant stays whole. Each race has a twin without the guards.

The twin proves that the race is one: with lock and constraint off the same storm must leave overlaps.
"""

import random
import threading
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from availability import services, slots
from availability.errors import SlotTaken
from availability.models import Occupancy
from availability.services import occupancy
from naksha.testing import make_consultant, next_slot_start

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL: SQLite has one writer at a time"),
]
RIVALS = 50


def together(*acts: Any) -> Any:
    """Run the acts at the same moment, each on its own connection; how each ended: "done", or the error's name."""
    start = threading.Barrier(len(acts))
    ended = [""] * len(acts)

    def run(n: Any, act: Any) -> None:
        try:
            connections["default"].ensure_connection()
            start.wait(30)
            act()
            ended[n] = "done"
        except Exception as error:  # noqa: BLE001 - counted, and shown by the test
            ended[n] = type(error).__name__
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return Counter(ended)


def overlaps(consultant: Any) -> Any:
    rows = Occupancy.objects.filter(consultant=consultant, kind__in=Occupancy.EXCLUSIVE).order_by("starts_at")
    furthest, found = None, 0
    for row in rows:
        found += furthest is not None and row.starts_at < furthest
        furthest = max(row.ends_at, furthest or row.ends_at)
    return found


@pytest.fixture
def unguarded(monkeypatch: Any) -> Any:
    """Lock and constraint off, so that only check-then-insert is left."""
    monkeypatch.setattr(occupancy, "lock_consultant", lambda consultant_id: None)
    migration = __import__("availability.migrations.0002_no_overlap", fromlist=["NAME"])
    with connection.schema_editor() as editor:
        migration.drop_guard(None, editor)
    yield
    Occupancy.objects.all().delete()
    with connection.schema_editor() as editor:
        migration.make_guard(None, editor)


def take(consultant: Any, starts_at: Any, minutes: Any = 30, **more: Any) -> Any:
    return services.reserve(
        consultant_id=consultant.pk, starts_at=starts_at, minutes=minutes, **{"kind": "session", **more}
    )


def storm_of_one_slot(consultant: Any) -> Any:
    start, until = next_slot_start(), timezone.now() + timedelta(minutes=10)
    return together(*[lambda: take(consultant, start, kind="hold", expires_at=until)] * RIVALS)


def test_fifty_rivals_for_one_slot_make_one_hold() -> None:
    for _ in range(3):
        consultant = make_consultant()
        assert storm_of_one_slot(consultant) == {"done": 1, "SlotTaken": RIVALS - 1}
        assert Occupancy.objects.filter(consultant=consultant).count() == 1


def test_without_the_guards_the_rivals_overlap(unguarded: Any) -> None:
    assert any(storm_of_one_slot(c) and overlaps(c) for c in (make_consultant() for _ in range(5)))


def storm_of_lengths(consultant: Any) -> Any:
    dice = random.Random(7)
    start = next_slot_start()

    def act() -> Any:
        at, minutes = start + timedelta(minutes=15 * dice.randrange(8)), dice.choice([15, 30, 45, 60, 90])
        return lambda: take(consultant, at, minutes)

    return together(*[act() for _ in range(RIVALS)])


def busy_practice() -> Any:
    return make_consultant(policy={"slot_interval_minutes": 15, "buffer_before_minutes": 5, "buffer_after_minutes": 10})


def test_rivals_of_different_lengths_never_overlap() -> None:
    for _ in range(3):
        consultant = busy_practice()
        ended = storm_of_lengths(consultant)
        assert set(ended) == {"done", "SlotTaken"}
        assert ended["done"] == Occupancy.objects.filter(consultant=consultant).count()
        assert overlaps(consultant) == 0


def test_without_the_guards_rivals_of_different_lengths_overlap(unguarded: Any) -> None:
    assert any(storm_of_lengths(c) and overlaps(c) for c in (busy_practice() for _ in range(5)))


def mixed_storm(consultant: Any) -> Any:
    """Reservations, moves and blocks into the same three hours, with lapsed holds in the way."""
    dice = random.Random(11)
    start = next_slot_start()
    late = next_slot_start(hour_utc=9, minute=30)
    movable = [take(consultant, late + timedelta(minutes=45 * n), 15) for n in range(3)]
    lapsed = take(consultant, start, 60, kind="hold", expires_at=timezone.now() + timedelta(minutes=1))
    Occupancy.objects.filter(pk=lapsed.pk).update(expires_at=timezone.now() - timedelta(minutes=1))

    def act(n: Any) -> Any:
        at = start + timedelta(minutes=15 * dice.randrange(10))
        if n % 3 == 0:
            return lambda: take(consultant, at, dice.choice([15, 30, 60]))
        if n % 3 == 1:
            row = movable[n % len(movable)].pk if n % 2 else movable[0].pk
            return lambda: services.move(occupancy_id=row, starts_at=at, minutes=15)
        return lambda: services.block(
            consultant_id=consultant.pk, starts_at=at, ends_at=at + timedelta(minutes=dice.choice([10, 40, 75]))
        )

    return together(*[act(n) for n in range(RIVALS - 1)], lambda: services.settle(occupancy_id=lapsed.pk))


def test_reservations_moves_and_blocks_together_never_overlap() -> None:
    for _ in range(3):
        consultant = busy_practice()
        ended = mixed_storm(consultant)
        assert set(ended) == {"done", "SlotTaken"}
        assert overlaps(consultant) == 0


def test_without_the_guards_reservations_moves_and_blocks_overlap(unguarded: Any) -> None:
    assert any(mixed_storm(c) and overlaps(c) for c in (busy_practice() for _ in range(5)))


def test_the_daily_limit_holds_against_rivals() -> None:
    """Different times of one day: the constraint knows nothing of the limit, so the lock alone keeps it."""
    consultant = make_consultant(policy={"daily_limit": 3})
    start = next_slot_start(hour_utc=3)
    ended = together(*[lambda n=n: take(consultant, start + timedelta(minutes=30 * n)) for n in range(16)])
    assert ended == {"done": 3, "DayFull": 13}


def test_the_constraint_alone_refuses_what_a_forgotten_lock_lets_through(monkeypatch: Any) -> None:
    monkeypatch.setattr(occupancy, "lock_consultant", lambda consultant_id: None)
    consultant = make_consultant()
    ended = storm_of_one_slot(consultant)
    assert ended["done"] == 1
    assert overlaps(consultant) == 0


def test_a_hold_taken_and_released_under_fire_is_given_once_each_time() -> None:
    """Takers and releasers in a loop: whoever gets the slot finds nobody else in it."""
    consultant = make_consultant()
    start = next_slot_start()
    inside, most = [], []

    def take_and_release() -> None:
        for _ in range(6):
            try:
                row = take(consultant, start)
            except SlotTaken:
                continue
            inside.append(row.pk)
            most.append(len(inside))
            inside.remove(row.pk)
            services.release(occupancy_id=row.pk)

    assert together(*[take_and_release] * 12) == {"done": 12}
    assert set(most) == {1}
    assert not Occupancy.objects.exists()


def test_the_sweeper_and_reservations_wait_for_nobody_in_a_circle() -> None:
    consultants = [make_consultant() for _ in range(4)]
    start = next_slot_start()
    soon = timezone.now() + timedelta(minutes=5)
    for consultant in consultants:
        for n in range(5):
            take(consultant, start + timedelta(minutes=30 * n), kind="hold", expires_at=soon)
    Occupancy.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    acts = [lambda c=c, n=n: take(c, start + timedelta(minutes=30 * n)) for c in consultants for n in range(5)]
    ended = together(*acts, *[services.sweep_expired] * 6)
    assert ended == {"done": len(acts) + 6}


def test_a_listing_during_a_booking_sees_before_or_after(consultant: Any) -> None:
    start = next_slot_start()
    day = timezone.localtime(start).date()
    with transaction.atomic():
        take(consultant, start)
        seen = []
        together(lambda: seen.extend(slots.free_slots(consultant=consultant, minutes=30, first=day, last=day)))
        assert start in seen
    assert start not in slots.free_slots(consultant=consultant, minutes=30, first=day, last=day)
    rows = list(Occupancy.objects.order_by("starts_at"))
    assert all(a.ends_at <= b.starts_at for a, b in pairwise(rows))
