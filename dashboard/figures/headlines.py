"""The few numbers over the charts, each with what it was in the period before."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboard.figures.reading import Half, Report
from dashboard.figures.sums import change, percent
from naksha.money import rupees
from naksha.times import people_duration


@dataclass(frozen=True)
class Headline:
    """``change`` is in percent, or in points where the number itself is one; None where there was nothing before.
    ``good``: whether a rise is good news."""

    title: str
    value: int | float | None
    before: int | float | None
    unit: str
    note: str
    good: bool = True

    @property
    def in_points(self) -> bool:
        return self.unit == "percent"

    @property
    def change(self) -> float | None:
        if self.value is None or self.before is None:
            return None
        return round(self.value - self.before, 1) if self.in_points else change(int(self.value), int(self.before))

    @property
    def tone(self) -> str:
        if not self.change:
            return ""
        return "up" if (self.change > 0) == self.good else "down"


def conversion(half: Half) -> float | None:
    """Bookings to a hundred visitors."""
    return percent(half.total.booked, half.views.visitors)


def headlines(told: Report) -> list[Headline]:
    now, before = told.now.total, told.before.total
    came, came_before = told.now.clients, told.before.clients
    hours = people_duration(now.minutes) if now.minutes else "0"
    looked = told.now.views.page_views + told.now.views.booking_views
    words = {
        "money": _("before GST; %(sum)s with %(gst)s GST")
        % {"sum": rupees(now.net_paise), "gst": rupees(now.gst_paise)},
        "hours": _("%(hours)s in all") % {"hours": hours},
        "clients": _("%(new)d new, %(back)d returning") % {"new": came.new, "back": came.returning},
        "views": ngettext("%(n)d view", "%(n)d views", looked) % {"n": looked},
    }
    found = [
        Headline(_("Revenue"), now.revenue_paise, before.revenue_paise, "paise", words["money"]),
        Headline(_("Sessions held"), now.completed, before.completed, "count", words["hours"]),
        Headline(_("Clients"), came.seen, came_before.seen, "count", words["clients"]),
        Headline(_("Visitors"), told.now.views.visitors, told.before.views.visitors, "count", words["views"]),
    ]
    rates = [
        (_("Completed"), now.completion, before.completion, _("of the sessions that ended in any way"), True),
        (_("No-shows"), now.no_show_rate, before.no_show_rate, _("of the sessions whose time came"), False),
        (_("Given up while paying"), now.abandonment, before.abandonment, _("of the bookings that were begun"), False),
        (_("Conversion"), conversion(told.now), conversion(told.before), _("bookings to a hundred visitors"), True),
    ]
    return found + [Headline(title, value, was, "percent", note, good) for title, value, was, note, good in rates]
