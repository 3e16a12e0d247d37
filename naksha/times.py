"""Instants as people say them, always with the zone that they are told in."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateformat import format as django_format
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from naksha.errors import WrongInput

INDIA = "Asia/Kolkata"
FIRST_YEAR, LAST_YEAR = 2000, 2200  # what lies beyond is a slip
# tzdata's letters that mean one thing only, and where. Everything else is told as GMT+h:mm: "IST" is also Irish
# and Israeli time, "CST" is also China's.
_LETTERS: dict[str, tuple[str, ...]] = {
    "Asia/Kolkata": ("IST",),
    "Asia/Calcutta": ("IST",),
    "Asia/Tokyo": ("JST",),
    "Asia/Hong_Kong": ("HKT",),
    "Europe/London": ("GMT", "BST"),
    "Europe/": ("CET", "CEST", "EET", "EEST", "WET", "WEST"),
    "America/": ("EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "AKST", "AKDT"),
    "Australia/": ("AEST", "AEDT", "ACST", "ACDT", "AWST"),
    "Pacific/Auckland": ("NZST", "NZDT"),
}
_PLACES = {
    "Asia/Kolkata": "India",
    "Asia/Calcutta": "India",
    "Asia/Singapore": "Singapore",
    "Asia/Tokyo": "Japan",
    "Europe/London": "United Kingdom",
    "Asia/Dubai": "Dubai",
    "UTC": "UTC",
    "Etc/UTC": "UTC",
}


def _zone(zone: str | tzinfo) -> tzinfo:
    return ZoneInfo(zone) if isinstance(zone, str) else zone


def _zone_name(zone: str | tzinfo) -> str:
    return zone if isinstance(zone, str) else getattr(zone, "key", None) or "UTC"


def offset_label(moment: datetime, zone: str | tzinfo) -> str:
    """``GMT+5:30``: the offset of a zone at that instant."""
    offset = moment.astimezone(_zone(zone)).utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset else 0
    hours, rest = divmod(abs(minutes), 60)
    if not minutes:
        return "GMT"
    return f"GMT{'-' if minutes < 0 else '+'}{hours}{f':{rest:02d}' if rest else ''}"


def zone_letters(moment: datetime, zone: str | tzinfo) -> str:
    """``IST`` where the letters are known and unmistakable, else ``GMT+4``."""
    name = _zone_name(zone)
    if name in ("UTC", "Etc/UTC"):
        return "UTC"
    letters = moment.astimezone(_zone(zone)).tzname() or ""
    for place, known in _LETTERS.items():
        if (name == place or (place.endswith("/") and name.startswith(place))) and letters in known:
            return letters
    return offset_label(moment, zone)


def zone_label(zone: str | tzinfo, moment: datetime | None = None) -> str:
    """A zone as a person knows it: ``India (IST)``, ``New York (EST)``."""
    name = _zone_name(zone)
    place = _PLACES.get(name) or name.rsplit("/", 1)[-1].replace("_", " ")
    letters = zone_letters(moment or timezone.now(), zone)
    return place if place == letters else f"{place} ({letters})"


def clock(local: datetime) -> str:
    """``4:30 pm``, in the zone that the datetime carries."""
    return f"{_figures(local)} {'am' if local.hour < 12 else 'pm'}"


def _figures(local: datetime) -> str:
    """``4:30`` of half a day."""
    return f"{local.hour % 12 or 12}:{local.minute:02d}"


@lru_cache(maxsize=2048)
def _worded(day: date, form: str, language: str | None) -> str:
    return str(django_format(day, form))


def day_words(day: date, form: str) -> str:
    """A day as Django's ``date`` filter words it, in the language of now; each worded once in a process."""
    return _worded(day, form, get_language())


def people_day(local: datetime, today: datetime) -> str:
    """``Today``, ``Tomorrow``, ``Tue 24 Nov``; both in the same zone. The year is told when it is another one."""
    days = (local.date() - today.date()).days
    near = {-1: _("Yesterday"), 0: _("Today"), 1: _("Tomorrow")}.get(days)
    if near:
        return near
    return day_words(local.date(), "D j M" if local.year == today.year else "D j M Y")


def people_time(dt: datetime, zone: str | tzinfo, now: datetime | None = None) -> str:
    """``Tomorrow, 4:30 pm IST``."""
    there = _zone(zone)
    local, today = dt.astimezone(there), (now or timezone.now()).astimezone(there)
    return f"{people_day(local, today)}, {clock(local)} {zone_letters(dt, zone)}"


def dated_time(dt: datetime, zone: str | tzinfo, now: datetime | None = None) -> str:
    """``Tue 24 Nov, 4:30 pm IST``, for words that are kept: what is today will be yesterday when they are read."""
    there = _zone(zone)
    local, today = dt.astimezone(there), (now or timezone.now()).astimezone(there)
    day = day_words(local.date(), "D j M" if local.year == today.year else "D j M Y")
    return f"{day}, {clock(local)} {zone_letters(dt, zone)}"


def within_sentence(words: str) -> str:
    """The same time inside a sentence: ``until tomorrow, 4:30 pm IST``. Names of days and months keep their capital."""
    for near in (_("Yesterday"), _("Today"), _("Tomorrow")):
        if words.startswith(near):
            return near.lower() + words[len(near) :]
    return words


def people_range(start: datetime, end: datetime, zone: str | tzinfo, now: datetime | None = None) -> str:
    """``Tue 24 Nov, 4:30 to 5:00 pm IST``; a range over midnight names both days."""
    there = _zone(zone)
    first, last, today = start.astimezone(there), end.astimezone(there), (now or timezone.now()).astimezone(there)
    letters = zone_letters(start, zone)
    day = people_day(first, today)
    if first.date() != last.date():
        return _("%(day)s, %(start)s to %(end_day)s, %(end)s %(zone)s") % {
            "day": day,
            "start": clock(first),
            "end_day": people_day(last, today),
            "end": clock(last),
            "zone": letters,
        }
    same_half = (first.hour < 12) == (last.hour < 12)
    begins = _figures(first) if same_half else clock(first)
    return _("%(day)s, %(start)s to %(end)s %(zone)s") % {
        "day": day,
        "start": begins,
        "end": clock(last),
        "zone": letters,
    }


def exact_time(dt: datetime, zone: str | tzinfo) -> str:
    """``Tuesday 24 November 2026, 4:30 pm IST (GMT+5:30)``: nothing left to guess."""
    local = dt.astimezone(_zone(zone))
    letters, offset = zone_letters(dt, zone), offset_label(dt, zone)
    tail = letters if letters in (offset, "UTC") else f"{letters} ({offset})"
    return f"{day_words(local.date(), 'l j F Y')}, {clock(local)} {tail}"


def iso(dt: datetime) -> str:
    """The instant for machines, in UTC."""
    there = dt if dt.tzinfo is UTC else dt.astimezone(UTC)
    return there.isoformat(timespec="seconds")[:-6] + "Z"


def people_duration(minutes: int) -> str:
    """``30 min``, ``1 hour``, ``1 h 30 min``, ``2 hours``."""
    hours, rest = divmod(int(minutes), 60)
    if not hours:
        return _("%(n)d min") % {"n": rest}
    if rest:
        return _("%(h)d h %(n)d min") % {"h": hours, "n": rest}
    return _("1 hour") if hours == 1 else _("%(h)d hours") % {"h": hours}


def parsed_instant(text: str) -> datetime | None:
    """A moment of ISO 8601: in UTC, or naive where it has no offset. None for any other text, or a far year."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    if moment is None or not FIRST_YEAR < moment.year < LAST_YEAR:
        return None
    return moment if timezone.is_naive(moment) else moment.astimezone(UTC)


def wall_instant(day: date, at: time, zone: str) -> datetime:
    """The instant of a wall time. Raises WrongInput where a clock change skips it, or in a year nobody means."""
    if not FIRST_YEAR < day.year < LAST_YEAR:
        raise WrongInput("date", _("Choose a day within the next year."))
    here = ZoneInfo(zone)
    wall = datetime.combine(day, at)
    moment = wall.replace(tzinfo=here).astimezone(UTC)
    if moment.astimezone(here).replace(tzinfo=None) != wall:
        raise WrongInput("time", _("The clocks are changed then, and that time does not exist. Choose another."))
    return moment
