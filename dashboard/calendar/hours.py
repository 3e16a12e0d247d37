"""When the consultant doesn't work, as the calendar shades it: the week, and the dates that differ from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from availability.engine import DAY_MINUTES, Stretch, merged
from availability.words import stretch_words
from consultants.models import Consultant
from naksha.web.zone import zone as zone_of


@dataclass(frozen=True)
class WorkDay:
    """A local date: its hours, and whether they are its own (``note`` says why, to the consultant alone)."""

    date: date
    hours: tuple[Stretch, ...]
    is_own: bool = False
    note: str = ""

    @property
    def words(self) -> str:
        return stretch_words(self.hours)

    def closed(self, zone: str) -> list[tuple[datetime, datetime]]:
        """The rest of the day, as instants; without the hour that a clock change skips."""
        here = zone_of(zone)
        edges = [0, *(edge for stretch in self.hours for edge in stretch), DAY_MINUTES]
        ranges = [
            (wall(self.date, a, here), wall(self.date, b, here)) for a, b in zip(edges[::2], edges[1::2], strict=True)
        ]
        return [(start, end) for start, end in ranges if start < end]


def wall(day: date, minute: int, here: ZoneInfo) -> datetime:
    """A wall minute of a local date as an instant; 1440 is the next date's 0:00, a skipped one is moved on."""
    on = day + timedelta(days=minute // DAY_MINUTES)
    return datetime.combine(on, time(*divmod(minute % DAY_MINUTES, 60)), here).astimezone(UTC)


def work_days(consultant: Consultant, first: date, last: date) -> list[WorkDay]:
    """Every date from ``first`` to ``last``. Two queries."""
    week: list[list[Stretch]] = [[] for _ in range(7)]
    for row in consultant.weekly_hours.all():
        week[row.weekday].append((row.start_minute, row.end_minute))
    usual = [merged(day) for day in week]
    own: dict[date, list[Stretch]] = {}
    notes: dict[date, str] = {}
    for override in consultant.date_overrides.filter(date__range=(first, last)):
        stretches = own.setdefault(override.date, [])
        notes[override.date] = notes.get(override.date) or override.note
        if override.start_minute is not None and override.end_minute is not None:
            stretches.append((override.start_minute, override.end_minute))
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [
        WorkDay(day, merged(own[day]), is_own=True, note=notes[day])
        if day in own
        else WorkDay(day, usual[day.weekday()])
        for day in days
    ]
