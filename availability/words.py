"""Hours as people say them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby

from django.utils.dateformat import format as django_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from availability.engine import DAY_MINUTES, Stretch
from naksha.times import clock


def minute_words(minute: int) -> str:
    """``9:30 am`` for 570; the day's end is ``midnight``."""
    if minute == DAY_MINUTES:
        return _("midnight")
    return clock(datetime(2000, 1, 1, *divmod(minute, 60)))


def stretch_words(stretches: Iterable[Stretch]) -> str:
    """``9:00 am to 1:00 pm, 2:00 pm to 6:00 pm``; nothing for no hours."""
    return ", ".join(
        _("%(start)s to %(end)s") % {"start": minute_words(start), "end": minute_words(end)} for start, end in stretches
    )


def date_words(first: date, last: date) -> str:
    """``Tue 24 Nov 2026``, or ``Tue 24 to Fri 27 Nov 2026``."""
    if first == last:
        return django_format(first, "D j M Y")
    begin = "D j M Y" if first.year != last.year else "D j M" if first.month != last.month else "D j"
    return _("%(first)s to %(last)s") % {
        "first": django_format(first, begin),
        "last": django_format(last, "D j M Y"),
    }


def outside_words(meetings: int) -> str:
    """That so many booked meetings lie outside the hours since they were changed."""
    return ngettext(
        "%(n)d booked session lies outside your hours now. It stays: move or cancel it if you must.",
        "%(n)d booked sessions lie outside your hours now. They stay: move or cancel them if you must.",
        meetings,
    ) % {"n": meetings}


def unbroken(
    days: Iterable[tuple[date, tuple[Stretch, ...], str]],
) -> list[tuple[date, date, tuple[Stretch, ...], str]]:
    """Dates one after another with the same hours and note, as ranges (first, last, hours, note)."""
    numbered = ((day.toordinal() - n, hours, note, day) for n, (day, hours, note) in enumerate(days))
    ranges = []
    for (_key, hours, note), group in groupby(numbered, key=lambda row: row[:3]):
        dates = [row[3] for row in group]
        ranges.append((dates[0], dates[-1], hours, note))
    return ranges
