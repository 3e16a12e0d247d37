"""A week as a list: what the page shows without script, and what a reader of lists wants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from consultants.models import Consultant
from dashboard.calendar.events import Event, events_of
from dashboard.calendar.hours import WorkDay, work_days
from dashboard.day import day_bounds
from naksha.times import clock, people_day
from naksha.web.zone import zone as zone_of


@dataclass(frozen=True)
class Line:
    """An event on one day: of a longer one, the part that falls on it."""

    event: Event
    times: str


@dataclass(frozen=True)
class AgendaDay:
    work: WorkDay
    words: str
    is_today: bool
    lines: list[Line]


@dataclass(frozen=True)
class Agenda:
    first: date
    days: list[AgendaDay]

    @property
    def last(self) -> date:
        return self.days[-1].work.date

    @property
    def before(self) -> date:
        return self.first - timedelta(days=7)

    @property
    def after(self) -> date:
        return self.first + timedelta(days=7)


def week_of(day: date) -> date:
    """The Monday on or before ``day``."""
    return day - timedelta(days=day.weekday())


def agenda_of(consultant: Consultant, first: date, now: datetime) -> Agenda:
    """The seven days from ``first``. Five queries."""
    zone = consultant.timezone
    last = first + timedelta(days=6)
    begin, end = day_bounds(first, zone)[0], day_bounds(last, zone)[1]
    events = events_of(consultant, begin, end, now)
    today = now.astimezone(zone_of(zone))
    days = []
    for work in work_days(consultant, first, last):
        opens, closes = day_bounds(work.date, zone)
        lines = [
            Line(event, _times(event, opens, closes, zone))
            for event in events
            if event.starts_at < closes and event.ends_at > opens
        ]
        days.append(AgendaDay(work, people_day(opens, today), work.date == today.date(), lines))
    return Agenda(first, days)


def _times(event: Event, opens: datetime, closes: datetime, zone: str) -> str:
    here = zone_of(zone)
    start, end = clock(event.starts_at.astimezone(here)), clock(event.ends_at.astimezone(here))
    if event.starts_at <= opens and event.ends_at >= closes:
        return _("All day")
    if event.starts_at < opens:
        return _("until %(time)s") % {"time": end}
    if event.ends_at > closes:
        return _("from %(time)s") % {"time": start}
    return _("%(start)s to %(end)s") % {"start": start, "end": end}
