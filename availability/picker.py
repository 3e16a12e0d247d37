"""Five weeks of days with their free times, in the zone of whoever looks: for booking and for moving."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from urllib.parse import urlencode
from uuid import UUID

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _

from availability import slots
from consultants.models import Consultant
from naksha.times import clock, people_time
from naksha.web.zone import zone as zone_of

WEEKS = 5
MOST_PIPS = 4
REACH = timedelta(days=400)  # a little more than the longest horizon
_START = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:00)?Z$")


def start_text(start: datetime) -> str:
    """An instant as our addresses carry it: ``2026-11-24T11:00Z``."""
    return f"{start.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def parse_start(text: str | None) -> datetime | None:
    """What :func:`start_text` wrote; None for anything else: no such date, or one that is years away."""
    if not text or not _START.match(text):
        return None
    try:
        start = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return start if can_be_chosen(start) else None


def can_be_chosen(start: datetime) -> bool:
    """Whether a start is a whole minute within sight. Whether it is free is another question."""
    return not start.second and not start.microsecond and abs(start - timezone.now()) < REACH


def query(**values: str) -> str:
    return urlencode({name: value for name, value in values.items() if value})


def parse_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text and len(text) == 10 else None
    except ValueError:
        return None


class Movable(Protocol):
    """What has a time of a consultant's that can be changed for another: a booking, a session."""

    @property
    def consultant(self) -> Consultant: ...
    @property
    def occupancy_id(self) -> UUID | None: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def minutes(self) -> int: ...


@dataclass(frozen=True)
class Moved:
    """What is to be moved: its row of the consultant's time, which is free for it, and where it begins now."""

    occupancy_id: UUID | None
    starts_at: datetime


@dataclass(frozen=True)
class Time:
    """A free time to choose."""

    start: datetime
    words: str  # 4:30 pm
    url: str
    chosen: bool = False


@dataclass(frozen=True)
class Day:
    date: date
    free: int
    url: str
    chosen: bool
    today: bool
    month: str  # the short name where a month begins, else nothing
    edge_top: bool  # the month's boundary runs above it
    edge_left: bool
    in_reach: bool  # today or later, within the horizon

    @property
    def pips(self) -> range:
        return range(min(self.free, MOST_PIPS))


@dataclass(frozen=True)
class Part:
    """Morning, afternoon, evening: the times of a day in their groups."""

    name: str
    times: list[Time]


@dataclass(frozen=True)
class Picker:
    title: str
    weeks: list[list[Day]]
    weekdays: list[tuple[str, str]]
    earlier_url: str
    earlier_words: str
    later_url: str
    later_words: str
    bookable_until: date
    chosen: date | None
    chosen_name: str
    parts: list[Part]
    free: list[datetime] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not self.free


def build(
    *,
    consultant: Consultant,
    minutes: int,
    zone: str,
    asked_day: date | None,
    asked_from: date | None,
    now: datetime,
    page: str,
    keep: Mapping[str, str],
    time_url: Callable[[datetime], str],
    chosen_start: datetime | None = None,
    moved: Moved | None = None,
) -> Picker:
    """The picker for ``page``, its links carrying ``keep``. 4 queries, 8 where no day was asked for and five weeks
    are full. A day or a week out of reach is taken for the nearest that is in it.

    For what is ``moved``, times that overlap its own are offered too, and its own is not: that would move nothing."""
    here = zone_of(zone)
    today = now.astimezone(here).date()
    last = today + timedelta(days=consultant.policy.horizon_days + 1)
    asked_day = min(max(asked_day, today), last) if asked_day else None
    this_monday = _monday(today)
    if asked_from is not None:
        monday = _monday(min(max(asked_from, today), last))
    elif asked_day is not None and asked_day >= this_monday + timedelta(weeks=WEEKS):
        monday = _monday(asked_day)
    else:
        monday = this_monday
    by_day = _free_by_day(consultant, minutes, zone, monday, now, moved)
    if not by_day and asked_day is None and asked_from is None:
        own, at = (moved.occupancy_id, moved.starts_at) if moved else (None, None)
        soonest = slots.next_free(consultant=consultant, minutes=minutes, limit=2, now=now, without=own)
        first = next((start for start in soonest if start != at), None)
        if first is not None:
            monday = _monday(first.astimezone(here).date())
            by_day = _free_by_day(consultant, minutes, zone, monday, now, moved)
    chosen = asked_day or min(by_day, default=None)

    def link(**query: str) -> str:
        return f"{page}?{urlencode({**keep, **query})}"

    def day_url(day: date) -> str:
        window = {"from": monday.isoformat()} if monday > today else {}
        return link(day=day.isoformat(), **window)

    end = monday + timedelta(weeks=WEEKS) - timedelta(days=1)
    before, after = monday - timedelta(weeks=WEEKS), monday + timedelta(weeks=WEEKS)
    return Picker(
        title=_("Next five weeks") if monday <= today else _range_words(monday, end),
        weeks=[
            [
                _day(day, week, n, by_day, today, last, chosen, day_url(day))
                for n in range(7)
                for day in [monday + timedelta(days=7 * week + n)]
            ]
            for week in range(WEEKS)
        ],
        weekdays=[
            (date_format(monday + timedelta(days=n), "D"), date_format(monday + timedelta(days=n), "l"))
            for n in range(7)
        ],
        earlier_url=link(**{"from": max(before, _monday(today)).isoformat()}) if monday > today else "",
        earlier_words=_("The weeks before, from %(day)s") % {"day": _day_words(max(before, _monday(today)))},
        later_url=link(**{"from": after.isoformat()}) if after <= last else "",
        later_words=_("The five weeks after, from %(day)s") % {"day": _day_words(after)},
        bookable_until=last - timedelta(days=1),
        chosen=chosen,
        chosen_name=date_format(chosen, "l, j F") if chosen else "",
        parts=_parts(by_day.get(chosen, []) if chosen else [], here, time_url, chosen_start),
        free=by_day.get(chosen, []) if chosen else [],
    )


def for_move(meeting: Movable, *, asked: Mapping[str, str], zone: str, page: str, now: datetime) -> Picker:
    """The picker of another time for ``meeting``, opened at its own day. ``asked`` is the address's query."""
    keep = {"tz": asked["tz"]} if asked.get("tz") else {}
    return build(
        consultant=meeting.consultant,
        minutes=meeting.minutes,
        zone=zone,
        asked_day=parse_day(asked.get("day")) or meeting.starts_at.astimezone(zone_of(zone)).date(),
        asked_from=parse_day(asked.get("from")),
        now=now,
        page=page,
        keep=keep,
        time_url=lambda start: f"{page}?{query(start=start_text(start), **keep)}",
        moved=Moved(meeting.occupancy_id, meeting.starts_at),
    )


def nearest(meeting: Movable, *, zone: str, page: str) -> list[dict[str, str]]:
    """The four free times around that of ``meeting``, each with the address that chooses it."""
    now = timezone.now()
    near = slots.nearest_free(
        consultant=meeting.consultant,
        minutes=meeting.minutes,
        around=meeting.starts_at,
        limit=4,
        now=now,
        without=meeting.occupancy_id,
    )
    return [
        {"url": f"{page}?{query(start=start_text(start))}", "words": people_time(start, zone, now)} for start in near
    ]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _free_by_day(
    consultant: Consultant, minutes: int, zone: str, monday: date, now: datetime, moved: Moved | None
) -> dict[date, list[datetime]]:
    """Free starts by the looker's own dates. A date there is at most a day off one of the consultant's."""
    end = monday + timedelta(weeks=WEEKS)
    found: dict[date, list[datetime]] = {}
    here = zone_of(zone)
    for start in slots.free_slots(
        consultant=consultant,
        minutes=minutes,
        first=monday - timedelta(days=1),
        last=end,
        now=now,
        without=moved.occupancy_id if moved else None,
    ):
        day = start.astimezone(here).date()
        if monday <= day < end and not (moved and start == moved.starts_at):
            found.setdefault(day, []).append(start)
    return found


def _day(
    day: date,
    week: int,
    column: int,
    by_day: dict[date, list[datetime]],
    today: date,
    last: date,
    chosen: date | None,
    url: str,
) -> Day:
    free = len(by_day.get(day, []))
    first_of_grid = week == 0 and column == 0
    return Day(
        date=day,
        free=free,
        url=url if day >= today else "",
        chosen=day == chosen,
        today=day == today,
        month=date_format(day, "M") if day.day == 1 and not first_of_grid else "",
        edge_top=week > 0 and day.day <= 7,
        edge_left=column > 0 and day.day == 1,
        in_reach=today <= day <= last,
    )


def _day_words(day: date) -> str:
    return date_format(day, "j F")


def _range_words(first: date, last: date) -> str:
    return _("%(first)s to %(last)s") % {"first": date_format(first, "j M"), "last": date_format(last, "j M")}


def _parts(
    starts: list[datetime], here: object, time_url: Callable[[datetime], str], chosen: datetime | None
) -> list[Part]:
    if chosen is not None and starts and chosen.astimezone(here).date() == starts[0].astimezone(here).date():  # type: ignore[arg-type]
        starts = sorted({*starts, chosen})
    names = ((6, _("Night")), (12, _("Morning")), (17, _("Afternoon")), (24, _("Evening")))
    parts: dict[str, list[Time]] = {}
    for start in starts:
        local = start.astimezone(here)  # type: ignore[arg-type]
        name = next(words for hour, words in names if local.hour < hour)
        parts.setdefault(name, []).append(
            Time(start=start, words=clock(local), url=time_url(start), chosen=start == chosen)
        )
    return [Part(name, times) for name, times in parts.items()]
