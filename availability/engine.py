"""The slot engine: which times of a consultant can be booked. Pure: no query, no clock of its own.

What it promises, and every caller relies on:

- Hours are wall minutes of a local day in the consultant's zone; an override takes the place of a date's weekly hours.
- Stretches of a day that touch or overlap are one. Times stand on a grid of ``interval`` minutes of *wall* time,
  counted from the beginning of each day's stretch: 9:30 to 12:00 every 45 minutes is 9:30, 10:15, 11:00.
- A meeting may run from one stretch into another where they join: 24:00 is the next day's 0:00. The grid begins
  anew at that 0:00.
- A wall time that a clock change skips is no slot. One that it repeats is one slot: the first of the two.
- A meeting fits if ``[start, start + minutes)`` is inside the hours, and with its pauses touches nothing busy. The
  pauses themselves may reach out of the hours.
- No start before ``now`` plus the notice, nor after the last local date of the horizon, nor on a local date whose
  meetings have reached the daily limit.

Instants are whole epoch seconds here; busy ranges are half-open, in any order, and may overlap.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from math import ceil
from zoneinfo import ZoneInfo

Stretch = tuple[int, int]  # wall minutes after midnight, end excluded; 1440 is 24:00

MINUTE = 60
DAY = 86_400
DAY_MINUTES = 1440
MONDAY_IS_1 = 1  # date.fromordinal(1), 1 January of year 1, is a Monday
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
# A meeting of 12 hours may run into the next day, and into the one after where a zone has skipped a whole day.
LOOK_AHEAD = 2
# Nothing is bookable in the last days that ``datetime`` can name, so that no sum of instants overflows.
FIRST_DAY = date(1971, 1, 1).toordinal()
LAST_DAY = date(9999, 12, 24).toordinal()


@dataclass(frozen=True, slots=True)
class Rules:
    """When a consultant can be booked. Minutes and days; make it with :func:`make_rules`."""

    zone: str
    weekly: tuple[tuple[Stretch, ...], ...]  # Monday first; sorted, merged
    overrides: Mapping[int, tuple[Stretch, ...]] = field(default_factory=dict)  # by date ordinal; empty is a day off
    interval: int = 30
    before: int = 0
    after: int = 0
    notice: int = 0
    horizon: int = 60  # the last bookable local date is today plus so many days
    daily_limit: int | None = None


def merged(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The same hours, sorted, with those that touch or overlap made one."""
    out: list[Stretch] = []
    for start, end in sorted(stretches):
        if out and start <= out[-1][1]:
            if end > out[-1][1]:
                out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return tuple(out)


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _offset(zone: str, ordinal: int, minute: int, fold: int) -> int:
    """Seconds east of UTC at a wall minute of a local date; 1440 is the next date's 0:00."""
    wall = datetime.fromordinal(ordinal + minute // DAY_MINUTES) + timedelta(minutes=minute % DAY_MINUTES)
    offset = wall.replace(fold=fold, tzinfo=_zone(zone)).utcoffset()
    assert offset is not None
    return offset.days * DAY + offset.seconds


@lru_cache(maxsize=65_536)
def _day(zone: str, ordinal: int) -> tuple[int, bool]:
    """The epoch second of a local date's 0:00, and whether its clock runs through to 24:00 unchanged."""
    offset = _offset(zone, ordinal, 0, 0)
    even = offset == _offset(zone, ordinal, DAY_MINUTES, 0) == _offset(zone, ordinal, DAY_MINUTES, 1)
    return (ordinal - EPOCH_ORDINAL) * DAY - offset, even


@lru_cache(maxsize=16_384)
def _instant(zone: str, ordinal: int, minute: int) -> tuple[int, bool]:
    """A wall minute as an epoch second, and whether the clock shows it at all.

    A repeated minute is the first of the two; a skipped one is the moment of the change, and is not shown.
    """
    wall = (ordinal - EPOCH_ORDINAL) * DAY + minute * MINUTE
    first, second = _offset(zone, ordinal, minute, 0), _offset(zone, ordinal, minute, 1)
    if second <= first:
        return wall - first, True
    low, high = wall - second, wall - first  # the clock jumps after low, at high at the latest
    while high - low > 1:
        middle = (low + high) // 2
        if offset_at(zone, middle) == first:
            low = middle
        else:
            high = middle
    return high, False


def offset_at(zone: str, instant: float) -> int:
    """Seconds east of UTC that a zone's clock shows at an instant."""
    offset = datetime.fromtimestamp(instant, _zone(zone)).utcoffset()
    assert offset is not None
    return offset.days * DAY + offset.seconds


def local_ordinal(zone: str, instant: float) -> int:
    """The ordinal of the local date at an instant."""
    return EPOCH_ORDINAL + int((instant + offset_at(zone, instant)) // DAY)


def first_instant(zone: str, day: date) -> int:
    """The epoch second at which a local date begins."""
    return _instant(zone, min(max(day.toordinal(), FIRST_DAY), LAST_DAY + LOOK_AHEAD), 0)[0]


def weekday_of(ordinal: int) -> int:
    return (ordinal - MONDAY_IS_1) % 7


def hours_of(rules: Rules, ordinal: int) -> tuple[Stretch, ...]:
    """The hours of a local date."""
    own = rules.overrides.get(ordinal)
    return rules.weekly[weekday_of(ordinal)] if own is None else own


def free_starts(
    rules: Rules,
    *,
    minutes: int,
    busy: Iterable[tuple[float, float]],
    taken_by_day: Mapping[int, int],
    now: float,
    first: date,
    last: date,
) -> list[int]:
    """Epoch seconds, ascending, at which a meeting of ``minutes`` can begin on the local dates ``first`` to ``last``.

    ``busy`` holds half-open ranges of epoch seconds with their own pauses in them, whatever reaches into those dates
    or the pauses around them; ``taken_by_day`` the number of meetings by local date ordinal, read only under a
    daily limit. Raises ValueError for a length below one minute.
    """
    if minutes < 1:
        raise ValueError("A meeting lasts at least a minute.")
    today = local_ordinal(rules.zone, now)
    low = max(first.toordinal(), today, FIRST_DAY)
    high = min(last.toordinal(), today + rules.horizon, LAST_DAY)
    if low > high:
        return []
    length, step = minutes * MINUTE, rules.interval * MINUTE
    earliest = ceil(now) + rules.notice * MINUTE
    lows, highs = _forbidden(busy, length + rules.after * MINUTE, rules.before * MINUTE)
    count, limit = len(lows), rules.daily_limit
    i = 0
    out: list[int] = []
    for ordinal, opens, closes, reach, grid in _windows(rules, low, high):
        stop = min(closes - 1, reach - length)
        if stop < earliest or (limit is not None and taken_by_day.get(ordinal, 0) >= limit):
            continue
        if grid is not None:
            for start in grid:
                at = bisect_left(lows, start)
                if earliest <= start <= stop and (at == 0 or highs[at - 1] <= start):
                    out.append(start)
            continue
        start = opens if opens >= earliest else opens + -((opens - earliest) // step) * step
        while start <= stop:
            while i < count and highs[i] <= start:
                i += 1
            if i == count or lows[i] >= stop:
                out.extend(range(start, stop + 1, step))
                break
            if lows[i] >= start:
                out.extend(range(start, lows[i] + 1, step))
            start = opens - ((opens - highs[i]) // step) * step
    return out


def inside_hours(rules: Rules, start: int, end: int) -> bool:
    """Whether ``[start, end)`` lies within the hours, whatever is busy; stretches that join are one."""
    day = local_ordinal(rules.zone, start)
    windows = _windows(rules, day - 1, day)
    return any(opens <= start < closes and end <= reach for _, opens, closes, reach, _ in windows)


def _forbidden(busy: Iterable[tuple[float, float]], ahead: int, behind: int) -> tuple[list[int], list[int]]:
    """The open intervals in which no meeting may start, sorted and apart, as their lower and upper ends.

    A start s with its pauses needs [s - before, s + length + after); it touches [x, y) exactly if
    x - length - after < s < y + before.
    """
    lows: list[int] = []
    highs: list[int] = []
    top = None
    for begin, end in sorted(busy):
        low, high = int(begin // 1) - ahead, ceil(end) + behind
        if top is None or low >= top:
            lows.append(low)
            highs.append(high)
            top = high
        elif high > top:
            highs[-1] = top = high
    return lows, highs


def _windows(rules: Rules, low: int, high: int) -> list[tuple[int, int, int, int, list[int] | None]]:
    """The stretches of the local dates as instants: date ordinal, opens, closes, where the hours that it joins end,
    and, on a date whose clock changes, its times one by one."""
    zone = rules.zone
    found: list[tuple[int, int, int, bool, int, int]] = []
    for ordinal in range(low, high + LOOK_AHEAD + 1):
        hours = hours_of(rules, ordinal)
        if not hours:
            continue
        midnight, even = _day(zone, ordinal)
        for start, end in hours:
            if even:
                opens, closes = midnight + start * MINUTE, midnight + end * MINUTE
            else:
                opens, closes = _instant(zone, ordinal, start)[0], _instant(zone, ordinal, end)[0]
            found.append((ordinal, opens, closes, even, start, end))
    windows: list[tuple[int, int, int, int, list[int] | None]] = []
    next_opens, reach = None, 0
    for ordinal, opens, closes, even, start, end in reversed(found):
        if next_opens is None or next_opens > closes:
            reach = closes
        next_opens = opens
        if ordinal <= high:
            grid = None if even else _shown(zone, ordinal, start, end, rules.interval)
            windows.append((ordinal, opens, closes, reach, grid))
    windows.reverse()
    return windows


def _shown(zone: str, ordinal: int, start: int, end: int, interval: int) -> list[int]:
    """The instants of a stretch's grid times that the clock shows, on a date whose clock changes."""
    times = (_instant(zone, ordinal, minute) for minute in range(start, end, interval))
    return [instant for instant, shown in times if shown]


def epoch(instant: datetime) -> float:
    """An aware datetime as epoch seconds."""
    return instant.timestamp()


def instant(seconds: int) -> datetime:
    """Epoch seconds as an aware datetime in UTC."""
    return datetime.fromtimestamp(seconds, UTC)
