"""How a mail tells a moment, an amount, a place. Moments come as ISO strings, amounts as paise."""

from __future__ import annotations

from datetime import UTC, datetime

from django import template
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from naksha import money, times
from naksha.web.zone import zone

register = template.Library()


def _instant(value: str | datetime) -> datetime:
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _day(local: datetime) -> str:
    """The day in full: a mail is read on another day than it is written, so never "tomorrow"."""
    same_year = local.year == timezone.now().astimezone(local.tzinfo).year
    return date_format(local, "l j F" if same_year else "l j F Y")


@register.filter
def moment(value: str | datetime, zone_name: str = "Asia/Kolkata") -> str:
    """``Tuesday 24 November, 4:30 pm IST``; empty for nothing."""
    if not value:
        return ""
    instant = _instant(value)
    local = instant.astimezone(zone(zone_name))
    return f"{_day(local)}, {times.clock(local)} {times.zone_letters(instant, zone_name)}"


@register.simple_tag
def span(start: str, end: str, zone_name: str = "Asia/Kolkata") -> str:
    """``Tuesday 24 November, 4:30 to 5:00 pm IST``; a span over midnight names both days."""
    first, last = (_instant(value).astimezone(zone(zone_name)) for value in (start, end))
    words = {
        "day": _day(first),
        "start": date_format(first, "g:i") if (first.hour < 12) == (last.hour < 12) else times.clock(first),
        "end": times.clock(last),
        "zone": times.zone_letters(_instant(start), zone_name),
    }
    if first.date() == last.date():
        return _("%(day)s, %(start)s to %(end)s %(zone)s") % words
    words |= {"start": times.clock(first), "end_day": _day(last)}
    return _("%(day)s, %(start)s to %(end_day)s, %(end)s %(zone)s") % words


@register.filter
def ahead(value: str | datetime) -> str:
    """How far off a moment is when the mail goes out: ``in 2 days``, ``in 3 hours``, ``in 20 minutes``. Empty once it
    has come."""
    minutes = round((_instant(value) - timezone.now()).total_seconds() / 60)
    if minutes <= 0:
        return ""
    if minutes < 60:
        return ngettext("in %(n)d minute", "in %(n)d minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    if hours < 24:
        return ngettext("in %(n)d hour", "in %(n)d hours", hours) % {"n": hours}
    days = round(minutes / 1440)
    return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}


@register.filter
def rupees(paise: int | str) -> str:
    return money.rupees(int(paise))


@register.filter
def duration(minutes: int) -> str:
    return times.people_duration(int(minutes))


@register.filter
def place_link(place: str) -> str:
    """A meeting address as a link, anything else (a number, a street) as it is."""
    return format_html('<a href="{}">{}</a>', place, place) if place.startswith("https://") else place
