"""What is free: the rules and the busy time of a consultant, read in a fixed number of queries, put to the engine.

The number is named at each function. None takes a lock or changes anything.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from heapq import nsmallest
from typing import Any

from django.utils import timezone

from availability import engine, statements
from availability.engine import Rules, Stretch
from availability.models import Occupancy
from consultants.models import Consultant

SOON_DAYS = 14  # where the next free time nearly always is


@dataclass(frozen=True, slots=True)
class Taken:
    """Busy time of a stretch of dates: ranges of epoch seconds, and meetings by local date ordinal."""

    busy: Sequence[tuple[int, int]] = ()
    by_day: Mapping[int, int] = field(default_factory=dict)


def rules_of(consultant_ids: Sequence[uuid.UUID], first: date, last: date) -> dict[uuid.UUID, Rules]:
    """The rules of each consultant that has terms, with the overrides that touch ``first`` to ``last``; 1 query."""
    if not consultant_ids:
        return {}
    until = date.fromordinal(min(last.toordinal(), engine.LAST_DAY) + engine.LOOK_AHEAD)
    keys, rows = statements.rule_rows(consultant_ids, first, until)
    weekly: dict[Any, list[list[Stretch]]] = {key: [[], [], [], [], [], [], []] for key in keys}
    overrides: dict[Any, dict[int, list[Stretch]]] = {key: {} for key in keys}
    off: set[tuple[Any, int]] = set()
    terms = []
    for row in rows:
        what, key, number, on, start, end = row[:6]
        if what == 0:
            weekly[key][number].append((start, end))
        elif what == 1:
            day = (date.fromisoformat(on) if isinstance(on, str) else on).toordinal()
            stretches = overrides[key].setdefault(day, [])
            if start is None:
                off.add((key, day))
            else:
                stretches.append((start, end))
        else:
            terms.append(row)
    return {
        keys[key]: Rules(
            zone=zone,
            weekly=tuple(map(engine.merged, weekly[key])),
            overrides={
                day: () if (key, day) in off else engine.merged(stretches) for day, stretches in overrides[key].items()
            },
            interval=interval,
            before=before,
            after=after,
            notice=notice,
            horizon=horizon,
            daily_limit=limit,
        )
        for _, key, interval, _, before, after, zone, notice, horizon, limit in terms
    }


def taken_of(
    rules: Mapping[uuid.UUID, Rules],
    first: date,
    last: date,
    *,
    minutes: int,
    now: datetime,
    without: uuid.UUID | None = None,
) -> dict[uuid.UUID, Taken]:
    """What is taken of each consultant on the local dates ``first`` to ``last`` and around them; 1 query.

    ``minutes`` is the longest meeting that will be asked for. Lapsed holds do not count; nor does the row ``without``.
    """
    if not rules:
        return {}
    until = date.fromordinal(min(last.toordinal(), engine.LAST_DAY) + 1)
    low = min(engine.first_instant(r.zone, first) - r.before * 60 for r in rules.values())
    high = max(engine.first_instant(r.zone, until) + (minutes + r.after) * 60 for r in rules.values())
    keys, rows = statements.busy_rows(list(rules), engine.instant(low), engine.instant(high), now, without)
    if len(keys) == 1:
        (key,) = keys
        busy = {key: [row[1:3] for row in rows]}
    else:
        busy = {key: [] for key in keys}
        for key, begin, end, _ in rows:
            busy[key].append((begin, end))
    days: dict[Any, Counter[int]] = {key: Counter() for key in keys}
    limited = {key: rules[id_].zone for key, id_ in keys.items() if rules[id_].daily_limit is not None}
    if limited:
        for key, _, _, core in rows:
            if core is not None and key in limited:
                days[key][engine.local_ordinal(limited[key], core)] += 1
    return {id_: Taken(busy[key], days[key]) for key, id_ in keys.items()}


def free_starts_many(
    wanted: Mapping[uuid.UUID, int], first: date, last: date, *, now: datetime, without: uuid.UUID | None = None
) -> dict[uuid.UUID, list[int]]:
    """Free starts as epoch seconds for several consultants (id to minutes) at once; 2 queries for all of them."""
    rules = rules_of(list(wanted), first, last)
    if not rules:
        return {}
    taken = taken_of(rules, first, last, minutes=max(wanted.values()), now=now, without=without)
    return {id_: _starts(rules[id_], taken[id_], wanted[id_], first, last, now) for id_ in rules}


def _starts(rules: Rules, taken: Taken, minutes: int, first: date, last: date, now: datetime) -> list[int]:
    return engine.free_starts(
        rules,
        minutes=minutes,
        busy=taken.busy,
        taken_by_day=taken.by_day,
        now=now.timestamp(),
        first=first,
        last=last,
    )


def free_slots(
    *,
    consultant: Consultant,
    minutes: int,
    first: date,
    last: date,
    now: datetime | None = None,
    without: uuid.UUID | None = None,
) -> list[datetime]:
    """UTC instants of free times; ``first`` and ``last`` are dates in the consultant's zone. 2 queries.

    ``without``, here and below, is the row of what is to be moved: its own time does not stand in its way.
    """
    starts = free_starts_many({consultant.pk: minutes}, first, last, now=now or timezone.now(), without=without)
    return [engine.instant(start) for start in starts.get(consultant.pk, [])]


def next_free_many(
    wanted: Mapping[uuid.UUID, int],
    *,
    limit: int = 1,
    now: datetime | None = None,
    without: uuid.UUID | None = None,
) -> dict[uuid.UUID, list[datetime]]:
    """The next ``limit`` free times of each consultant (id to minutes): 2 queries, and one more where the next
    two weeks do not have so many. A consultant without a free time has an empty list."""
    now = now or timezone.now()
    today = now.astimezone(UTC).date()
    first, soon = today - timedelta(days=1), today + timedelta(days=SOON_DAYS)
    far = today + timedelta(days=366)
    found: dict[uuid.UUID, list[datetime]] = {id_: [] for id_ in wanted}
    rules = rules_of(list(wanted), first, far)
    if not rules:
        return found
    left = rules
    for begin, end in ((first, soon), (soon + timedelta(days=1), far)):
        taken = taken_of(left, begin, end, minutes=max(wanted[id_] for id_ in left), now=now, without=without)
        for id_ in left:
            starts = _starts(left[id_], taken[id_], wanted[id_], begin, end, now)
            found[id_] += [engine.instant(s) for s in starts[: limit - len(found[id_])]]
        left = {id_: r for id_, r in left.items() if len(found[id_]) < limit and r.horizon >= SOON_DAYS}
        if not left:
            break
    return found


def next_free(
    *,
    consultant: Consultant,
    minutes: int,
    limit: int,
    now: datetime | None = None,
    without: uuid.UUID | None = None,
) -> list[datetime]:
    """The next ``limit`` free times as UTC instants. 2 queries, 3 when the next two weeks are nearly full."""
    return next_free_many({consultant.pk: minutes}, limit=limit, now=now, without=without)[consultant.pk]


def nearest_free(
    *,
    consultant: Consultant,
    minutes: int,
    around: datetime,
    limit: int = 3,
    now: datetime | None = None,
    without: uuid.UUID | None = None,
) -> list[datetime]:
    """The ``limit`` free times nearest to ``around``, earliest first, for when that one has gone. 2 queries."""
    now = now or timezone.now()
    today = now.astimezone(UTC).date()
    starts = free_starts_many(
        {consultant.pk: minutes}, today - timedelta(days=1), today + timedelta(days=366), now=now, without=without
    ).get(consultant.pk, [])
    wish = around.timestamp()
    near = nsmallest(limit, (s for s in starts if s != wish), key=lambda s: abs(s - wish))
    return [engine.instant(start) for start in sorted(near)]


def day_is_full(*, consultant: Consultant, minutes: int, day: date, now: datetime | None = None) -> bool:
    """Whether the date offers times by its rules and all of them are taken: what a waitlist is for.

    A date without hours, beyond the horizon or with all its times past the notice is not full. 2 queries.
    """
    now = now or timezone.now()
    rules = rules_of([consultant.pk], day, day)
    if consultant.pk not in rules or not _starts(rules[consultant.pk], Taken(), minutes, day, day, now):
        return False
    taken = taken_of(rules, day, day, minutes=minutes, now=now)[consultant.pk]
    return not _starts(rules[consultant.pk], taken, minutes, day, day, now)


def meetings_outside_hours(consultant: Consultant, now: datetime | None = None) -> int:
    """How many meetings to come lie outside the hours of now: they stay booked, and the consultant should know."""
    now = now or timezone.now()
    today = now.astimezone(UTC).date()
    found = rules_of([consultant.pk], today - timedelta(days=2), today + timedelta(days=3 * 366))
    if consultant.pk not in found:
        return 0
    meetings = Occupancy.objects.filter(
        consultant=consultant, kind__in=Occupancy.COUNTED, core_starts_at__gt=now, ends_at__gt=now
    ).exclude(expires_at__lte=now)
    return sum(
        not engine.inside_hours(found[consultant.pk], int(start.timestamp()), int(end.timestamp()))
        for start, end in meetings.values_list("core_starts_at", "core_ends_at")
    )
