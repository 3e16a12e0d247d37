"""Which days a figure is of, which days it is compared with, and into which points a chart divides them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

DAYS = {"7d": 7, "30d": 30, "90d": 90}
NAMES = {
    "7d": _("7 days"),
    "30d": _("30 days"),
    "90d": _("90 days"),
    "12m": _("12 months"),
    "fy": _("This financial year"),
    "last-fy": _("Last financial year"),
    "own": _("Own dates"),
}
USUAL = "30d"
EARLIEST = date(2000, 1, 1)
MOST_YEARS = 5
LOST_AFTER = timedelta(days=365)  # since a client's last session, wherever clients are called lost
# How many points a chart may have before it is told in coarser ones.
MOST_DAYS = 92
MOST_IN_WEEKS = 366


def years_before(day: date, years: int = 1) -> date:
    """The same day of an earlier year; 29 February becomes the 28th."""
    year = max(1, day.year - years)
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


@dataclass(frozen=True)
class Period:
    """The days from ``first`` to ``last``, both of them in it."""

    key: str
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Period:
        """What it is compared with: years with the same days a year before, all others with as many days before."""
        if self.key in ("12m", "fy", "last-fy"):
            return Period(self.key, years_before(self.first), years_before(self.last))
        last = self.first - timedelta(days=1)
        return Period(self.key, last - timedelta(days=self.days - 1), last)

    @property
    def step(self) -> str:
        """``day``, ``week`` (from Monday) or ``month``: what one point of a chart is."""
        if self.days <= MOST_DAYS:
            return "day"
        return "week" if self.days <= MOST_IN_WEEKS else "month"

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    def points(self, step: str) -> list[date]:
        """The first days of its points; that of a week or month at its beginning may lie before the period."""
        found, day = [], beginning(self.first, step)
        while day <= self.last:
            found.append(day)
            day = _NEXT[step](day)
        return found


def beginning(day: date, step: str) -> date:
    """The first day of the point that ``day`` belongs to."""
    if step == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if step == "week" else day


_NEXT: dict[str, Callable[[date], date]] = {
    "day": lambda day: day + timedelta(days=1),
    "week": lambda day: day + timedelta(days=7),
    "month": lambda day: (day + timedelta(days=31)).replace(day=1),
}


def named(key: str, today: date) -> Period:
    """A period by its name: ``7d``, ``30d``, ``90d``, ``12m``, ``fy`` (from 1 April) or ``last-fy``."""
    if key in DAYS:
        return Period(key, today - timedelta(days=DAYS[key] - 1), today)
    if key == "12m":
        return Period(key, years_before(today) + timedelta(days=1), today)
    april = date(today.year if today.month >= 4 else today.year - 1, 4, 1)
    if key == "fy":
        return Period(key, april, today)
    if key == "last-fy":
        return Period(key, years_before(april), april - timedelta(days=1))
    raise ValueError(key)
