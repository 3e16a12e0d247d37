"""The figures of a period beside those of the period before: from what is kept, and live for the days since."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.utils import timezone

from consultants.models import Consultant
from dashboard.figures import asking, raw
from dashboard.figures.keeping import first_day, local_day
from dashboard.figures.period import LOST_AFTER, Period, beginning
from dashboard.figures.sums import COLUMNS, Sums
from naksha.together import asked_together

HELD = COLUMNS.index("completed")
Split = tuple[UUID | None, str]  # service and kind
Numbers = tuple[int, ...]  # in the order of the columns
_numbers = attrgetter(*COLUMNS)
T = TypeVar("T")


@dataclass
class Views:
    visitors: int = 0
    page_views: int = 0
    booking_views: int = 0
    booking_visitors: int = 0


@dataclass(frozen=True)
class Clients:
    """Clients who had a session that was held. ``new``: their first ever; ``returning``: they had been here before the
    period; ``lost``: a year without one ran out within it, and there has been none since, as seen on its last day."""

    new: int = 0
    returning: int = 0
    lost: int = 0

    @property
    def seen(self) -> int:
        return self.new + self.returning


@dataclass
class Half:
    """One of the two periods."""

    period: Period
    total: Sums = field(default_factory=Sums)
    points: dict[date, Sums] = field(default_factory=dict)
    views: Views = field(default_factory=Views)
    clients: Clients = field(default_factory=Clients)
    held: set[UUID] = field(default_factory=set)  # services of which a session was held

    def hold(self, service_id: UUID | None, completed: int) -> None:
        if service_id and completed:
            self.held.add(service_id)


@dataclass
class Report:
    """``services`` and ``methods`` split the period's own sums; each adds up to its total."""

    consultant: Consultant
    today: date
    now: Half
    before: Half
    step: str
    services: dict[Split, Sums]
    methods: dict[str, Sums]
    kinds: dict[str, Sums]
    names: dict[UUID, str]

    @property
    def is_empty(self) -> bool:
        halves = (self.now, self.before)
        return not any(half.views.visitors or any(getattr(half.total, name) for name in COLUMNS) for half in halves)


@dataclass
class Live:
    """The days that are not kept: ``since`` is the first of them."""

    since: date
    counted: raw.Counted


def today_of(consultant: Consultant, now: datetime | None = None) -> date:
    return local_day(consultant, now or timezone.now())


def live(consultant: Consultant, first: date, today: date) -> Live:
    """What is not kept yet of the days from ``first`` on: today as a rule; all there ever was where nothing is kept in
    days of the consultant's zone."""
    return _live(consultant, _fresh_since(consultant, first), today)


def _fresh_since(consultant: Consultant, first: date) -> date:
    through = kept_through(consultant)
    return max(first, through + timedelta(days=1)) if through else min(first, first_day(consultant))


def _live(consultant: Consultant, since: date, today: date) -> Live:
    return Live(since, raw.count(consultant, since, today) if since <= today else raw.Counted())


def kept_through(consultant: Consultant) -> date | None:
    """The last day that is kept as the consultant counts days."""
    found = asking.THROUGH.one(consultant=consultant.pk, timezone=consultant.timezone)
    return found[0] if found else None


class DayMoney(NamedTuple):
    """The money of a day, or of a part of it."""

    day: date
    received_paise: int
    refunded_paise: int
    gst_paise: int
    fee_paise: int


def money_by_day(consultant: Consultant, first: date, last: date) -> list[DayMoney]:
    """Rows with the money of each day: one for a day that is kept, several for one that is not. Six queries at most."""
    through = kept_through(consultant)
    since = max(first, through + timedelta(days=1)) if through else first
    kept = partial(asking.MONEY_BY_DAY.all, consultant=consultant.pk, first=first, last=last, since=since)
    fresh = partial(raw.count_money, consultant, since, last)
    with asked_together(kept, fresh):
        rows = [DayMoney(*row) for row in kept()]
        lately = fresh() if since <= last else []
    return rows + [DayMoney(row.day, *(getattr(row, name) for name in asking.MONEY)) for row in lately]


def report(consultant: Consultant, period: Period, *, today: date | None = None) -> Report:
    """A fixed number of queries, whatever the period and whatever is in it."""
    pages = asking.views_questions(consultant.pk, (period, period.before))
    services = partial(asking.SERVICES.all, consultant=consultant.pk)
    with asked_together(partial(kept_through, consultant), services, *pages):
        return _report(consultant, period, today or today_of(consultant))


def _report(consultant: Consultant, period: Period, today: date) -> Report:
    before, step = period.before, period.step
    since = _fresh_since(consultant, before.first)
    kept_halves = partial(asking.halves, consultant.pk, step, (period, before), since=since)
    with asked_together(kept_halves, *raw.questions(consultant, since, today)):
        fresh, kept = _live(consultant, since, today), kept_halves()
    now_half, before_half = Half(period), Half(before)
    services: dict[Split, list[Numbers]] = defaultdict(list)
    methods: dict[str, list[Numbers]] = defaultdict(list)
    kinds: dict[str, list[Numbers]] = defaultdict(list)
    for n, half in enumerate((now_half, before_half)):
        points: dict[date, list[Numbers]] = {day: [] for day in half.period.points(step)}
        whole: list[Numbers] = []
        rows: list[tuple[UUID | None, str, str, Numbers]] = []
        for which, of, day, *split, numbers in ((*row[:6], row[6:]) for row in kept):
            if of == n and which == 0:
                points[day].append(numbers)
            elif of == n:
                rows.append((*split, numbers))
        for row in fresh.counted.rows:
            if row.day in half.period:
                points[beginning(row.day, step)].append(_numbers(row))
                rows.append((row.service_id, row.kind, row.method, _numbers(row)))
        for service_id, kind, method, values in rows:
            half.hold(service_id, values[HELD])
            whole.append(values)
            if half is now_half:
                services[service_id, kind].append(values)
                methods[method].append(values)
                kinds[kind].append(values)
        half.total, half.points = Sums.of(whole), _summed(points)
    now_half.views, before_half.views = views(consultant, period, before)
    now_half.clients, before_half.clients = clients(consultant, fresh, period, before)
    names = dict(asking.SERVICES.all(consultant=consultant.pk))
    splits = _summed(services), _summed(methods), _summed(kinds)
    return Report(consultant, today, now_half, before_half, step, *splits, names)


def _summed(rows: dict[T, list[Numbers]]) -> dict[T, Sums]:
    return {of: Sums.of(numbers) for of, numbers in rows.items()}


def views(consultant: Consultant, *periods: Period) -> list[Views]:
    """Who opened the pages in each period: kept days, and those whose visits are still there. Two queries."""
    return [Views(*numbers) for numbers in asking.views(consultant.pk, periods)]


def clients(consultant: Consultant, fresh: Live, *periods: Period) -> list[Clients]:
    """Who came for the first time, came again, or came no more, in each period. Two queries.

    Whoever was here on a day that is not kept is looked at by their own days; all others are counted in the database.
    """
    lately: dict[UUID, set[date]] = defaultdict(set)
    for day, client in fresh.counted.visits:
        lately[client].add(day)
    counted = partial(asking.clients, consultant.pk, periods, since=fresh.since, besides=list(lately))
    days_of = partial(asking.days_of, consultant.pk, list(lately), since=fresh.since)
    with asked_together(counted, days_of):
        found = [Clients(*numbers) for numbers in counted()]
        for client, day in days_of():
            lately[client].add(day)
    for n, period in enumerate(periods):
        new = returning = lost = 0
        for days in lately.values():
            first, upto = min(days), [day for day in days if day <= period.last]
            came = any(day in period for day in upto)
            new += first in period
            returning += came and first < period.first
            lost += bool(upto) and max(upto) + LOST_AFTER in period
        found[n] = Clients(found[n].new + new, found[n].returning + returning, found[n].lost + lost)
    return found
