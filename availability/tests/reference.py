"""The slot rules again, minute by minute, slow and plain: what the engine is compared with. It shares no code with it.

It looks at every real minute of the days in question and asks the zone what the clock shows then.
"""

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


class Clock:
    """When a zone's clock first shows a wall time or a later one, by looking at every minute from ``begin`` on."""

    def __init__(self, zone, begin, days):
        self.shows = []  # the latest wall time shown so far
        self.at = []
        self.exact = {}  # wall time -> the first instant that shows exactly it
        start = datetime(begin.year, begin.month, begin.day, tzinfo=UTC) - timedelta(days=2)
        latest = None
        for n in range((days + 4) * 1440):
            instant = start + n * MINUTE
            wall = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
            self.exact.setdefault(wall, instant)
            if latest is None or wall > latest:
                latest = wall
                self.shows.append(wall)
                self.at.append(instant)

    def first(self, wall):
        return self.at[bisect_left(self.shows, wall)]


def hours(weekly, overrides, day):
    """The set of open wall minutes of a date."""
    stretches = overrides[day] if day in overrides else weekly[day.weekday()]
    return {minute for start, end in stretches for minute in range(start, end)}


def runs(minutes):
    """A set of minutes as unbroken stretches."""
    found = []
    for minute in sorted(minutes):
        if found and found[-1][1] == minute:
            found[-1][1] = minute + 1
        else:
            found.append([minute, minute + 1])
    return found


def free_starts(
    *, zone, weekly, overrides, interval, before, after, notice, horizon, limit, minutes, busy, meetings, now, day
):
    """Instants free on one local date; ``busy`` is (start, end) instants, ``meetings`` starts that the limit counts."""
    clock = Clock(zone, day, 4)
    today = now.astimezone(ZoneInfo(zone)).date()
    if day > today + timedelta(days=horizon) or day < today:
        return []
    if limit is not None and sum(m.astimezone(ZoneInfo(zone)).date() == day for m in meetings) >= limit:
        return []

    def wall(on: date, minute):
        return datetime(on.year, on.month, on.day) + minute * MINUTE

    open_minutes = set()
    for ahead in range(-1, 4):
        on = day + timedelta(days=ahead)
        for start, end in runs(hours(weekly, overrides, on)):
            instant = clock.first(wall(on, start))
            while instant < clock.first(wall(on, end)):
                open_minutes.add(instant)
                instant += MINUTE
    found = []
    for start, end in runs(hours(weekly, overrides, day)):
        for minute in range(start, end, interval):
            instant = clock.exact.get(wall(day, minute))
            if instant is None or instant < now + notice * MINUTE:
                continue
            if not all(instant + n * MINUTE in open_minutes for n in range(minutes)):
                continue
            begin, until = instant - before * MINUTE, instant + (minutes + after) * MINUTE
            if all(until <= x or y <= begin for x, y in busy):
                found.append(instant)
    return found
