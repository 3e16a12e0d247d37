"""What Analytics shows of a report: each chart is a table first. The page, the script that draws it and the CSV file
take their numbers from the same rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.figures.reading import Report
from dashboard.figures.sums import Sums, percent
from dashboard.models import DailyAnalytics
from naksha.times import day_words

Words = str | Promise
MOST_LINES = 12  # of a split that is drawn; the table has all
METHODS: dict[str, Words] = {
    "upi": "UPI",
    "card": gettext_lazy("Card"),
    "netbanking": gettext_lazy("Net banking"),
    "wallet": gettext_lazy("Wallet"),
    "emi": gettext_lazy("EMI"),
    "paylater": gettext_lazy("Pay later"),
    "other": gettext_lazy("Other"),
}


@dataclass(frozen=True)
class Column:
    """``unit`` says what its numbers are: paise, count, percent or minutes. ``drawn`` says how a chart shows it: as
    ``bar``, or as ``line`` (the period before); an empty one stands in the table alone."""

    name: str  # in the CSV file
    title: Words
    unit: str
    drawn: str = ""


@dataclass(frozen=True)
class Line:
    title: str
    numbers: Sequence[int | float | None]
    key: str = ""  # in the CSV file, in the title's place


@dataclass(frozen=True)
class Chart:
    """``shape``: ``along`` the time, ``stack`` of parts along it, or ``across`` for one bar a line."""

    key: str
    title: Words
    note: Words
    head: Words  # over the lines' titles
    shape: str
    columns: Sequence[Column]
    lines: Sequence[Line] = field(default_factory=list)
    sum: Line | None = None
    empty: Words = ""

    @property
    def is_empty(self) -> bool:
        return not any(number for line in self.lines for number in line.numbers)


def charts(told: Report) -> list[Chart]:
    return [make(told) for make in MAKERS.values()]


def _point(day: date, step: str, *, year: bool) -> str:
    if step == "month":
        return day_words(day, "M Y")
    words = day_words(day, "j M Y" if year else "j M")
    return _("Week of %(day)s") % {"day": words} if step == "week" else words


def _points(told: Report) -> list[tuple[str, date, Sums]]:
    year = told.now.period.first.year != told.now.period.last.year
    return [(_point(day, told.step, year=year), day, sums) for day, sums in told.now.points.items()]


def _points_more(told: Report) -> list[tuple[str, Sums]]:
    """The last points of the period before where it has more of them: as many days may touch a week or month more."""
    more = list(told.before.points.items())[len(told.now.points) :]
    return [
        (_("%(point)s, the period before") % {"point": _point(day, told.step, year=True)}, sums) for day, sums in more
    ]


HEADS: dict[str, Words] = {
    "day": gettext_lazy("Day"),
    "week": gettext_lazy("Week"),
    "month": gettext_lazy("Month"),
}


def _revenue(told: Report) -> Chart:
    before = list(told.before.points.values())

    def numbers(sums: Sums, was: Sums | None) -> list[int | None]:
        return [
            sums.revenue_paise,
            None if was is None else was.revenue_paise,
            sums.gst_paise,
            sums.net_paise,
            sums.refunded_paise,
            sums.fee_paise,
            sums.yours_paise,
        ]

    lines = [
        Line(title, numbers(sums, before[n] if n < len(before) else None), day.isoformat())
        for n, (title, day, sums) in enumerate(_points(told))
    ]
    lines += [Line(title, [None, was.revenue_paise, *[None] * 5]) for title, was in _points_more(told)]
    return Chart(
        "revenue",
        gettext_lazy("Revenue"),
        gettext_lazy(
            "What clients paid, less refunds, before GST. Money counts on the day it came, a refund on the day it was "
            "promised."
        ),
        HEADS[told.step],
        "along",
        [
            Column("revenue", gettext_lazy("Revenue"), "paise", "bar"),
            Column("before", gettext_lazy("The period before"), "paise", "line"),
            Column("gst", gettext_lazy("GST"), "paise"),
            Column("with_gst", gettext_lazy("With GST"), "paise"),
            Column("refunded", gettext_lazy("Of it refunded"), "paise"),
            Column("fee", gettext_lazy("Platform fee with GST"), "paise"),
            Column("yours", gettext_lazy("Yours after the fee"), "paise"),
        ],
        lines,
        Line(_("Total"), numbers(told.now.total, told.before.total)),
        gettext_lazy("No money came in these days."),
    )


def service_name(told: Report, service_id: Any, kind: str) -> str:
    if service_id is not None:
        return told.names.get(service_id, _("A service of before"))
    return _("Quotations") if kind == DailyAnalytics.Kind.QUOTATION else _("Written down by you")


def _services(told: Report) -> Chart:
    total = told.now.total.revenue_paise

    def line(title: str, sums: Sums) -> Line:
        share = percent(sums.revenue_paise, total) if total > 0 else None
        return Line(
            title,
            [
                sums.revenue_paise,
                share,
                sums.gst_paise,
                sums.net_paise,
                sums.completed,
                sums.minutes,
                sums.per_hour_paise,
            ],
        )

    split = [(service_name(told, service_id, kind), sums) for (service_id, kind), sums in told.services.items()]
    lines = [
        line(title, sums)
        for title, sums in sorted(split, key=lambda each: (-each[1].revenue_paise, each[0]))
        if sums.received_paise or sums.refunded_paise or sums.completed
    ]
    return Chart(
        "services",
        gettext_lazy("Revenue by service"),
        gettext_lazy("Before GST, less refunds, beside the sessions of each service that were held."),
        gettext_lazy("Service"),
        "across",
        [
            Column("revenue", gettext_lazy("Revenue"), "paise", "bar"),
            Column("share", gettext_lazy("Share"), "percent"),
            Column("gst", gettext_lazy("GST"), "paise"),
            Column("with_gst", gettext_lazy("With GST"), "paise"),
            Column("held", gettext_lazy("Sessions held"), "count"),
            Column("hours", gettext_lazy("Hours"), "minutes"),
            Column("per_hour", gettext_lazy("An hour earns"), "paise"),
        ],
        lines,
        line(_("Total"), told.now.total),
        gettext_lazy("No service earned anything in these days."),
    )


def _hours(told: Report) -> Chart:
    def last_without_hours(each: tuple[str, Sums]) -> tuple[bool, int, str]:
        hourly = each[1].per_hour_paise
        return hourly is None, -(each[1].revenue_paise if hourly is None else hourly), each[0]

    split = [
        (service_name(told, service_id, kind), sums)
        for (service_id, kind), sums in told.services.items()
        if sums.minutes or sums.received_paise or sums.refunded_paise
    ]
    split = sorted(split, key=last_without_hours) if told.now.total.minutes else []
    return Chart(
        "per-hour",
        gettext_lazy("What an hour earns"),
        gettext_lazy(
            "Revenue of these days by the planned hours of the sessions that were held in them. What earned without "
            "such hours stands last, and is in the sum."
        ),
        gettext_lazy("Service"),
        "across",
        [
            Column("per_hour", gettext_lazy("An hour earns"), "paise", "bar"),
            Column("hours", gettext_lazy("Hours"), "minutes"),
            Column("revenue", gettext_lazy("Revenue"), "paise"),
        ],
        [Line(title, [sums.per_hour_paise, sums.minutes, sums.revenue_paise]) for title, sums in split],
        Line(_("All"), [told.now.total.per_hour_paise, told.now.total.minutes, told.now.total.revenue_paise]),
        gettext_lazy("No session was held in these days."),
    )


def _methods(told: Report) -> Chart:
    split = sorted(
        ((method, sums) for method, sums in told.methods.items() if method),
        key=lambda each: (-each[1].revenue_paise, each[0]),
    )
    total = told.now.total

    def numbers(sums: Sums) -> list[int | float | None]:
        share = percent(sums.revenue_paise, total.revenue_paise) if total.revenue_paise > 0 else None
        return [sums.revenue_paise, share, sums.net_paise, sums.payments]

    return Chart(
        "methods",
        gettext_lazy("Revenue by way of payment"),
        gettext_lazy("Before GST. A refund goes back the way the money came."),
        gettext_lazy("Way"),
        "across",
        [
            Column("revenue", gettext_lazy("Revenue"), "paise", "bar"),
            Column("share", gettext_lazy("Share"), "percent"),
            Column("with_gst", gettext_lazy("With GST"), "paise"),
            Column("payments", gettext_lazy("Payments"), "count"),
        ],
        [Line(str(METHODS.get(method, capfirst(method))), numbers(sums)) for method, sums in split],
        Line(_("Total"), numbers(total)),
        gettext_lazy("No money came in these days."),
    )


OUTCOMES = [
    Column("held", gettext_lazy("Held"), "count", "bar"),
    Column("no_show", gettext_lazy("Client didn’t come"), "count", "bar"),
    Column("cancelled", gettext_lazy("Cancelled"), "count", "bar"),
    Column("unsaid", gettext_lazy("To come, or not said"), "count", "bar"),
]


def _outcomes(sums: Sums) -> list[int]:
    return [sums.completed, sums.no_show, sums.cancelled, sums.unsaid]


def _sessions(told: Report) -> Chart:
    return Chart(
        "sessions",
        gettext_lazy("Sessions"),
        gettext_lazy("On the day on which they began, by what became of them."),
        HEADS[told.step],
        "stack",
        [*OUTCOMES, Column("all", gettext_lazy("All"), "count")],
        [Line(title, [*_outcomes(sums), sums.sessions], day.isoformat()) for title, day, sums in _points(told)],
        Line(_("Total"), [*_outcomes(told.now.total), told.now.total.sessions]),
        gettext_lazy("There was no session in these days."),
    )


def _kinds(told: Report) -> Chart:
    labels = dict(DailyAnalytics.Kind.choices)
    lines = [
        Line(str(labels[kind]), [*_outcomes(sums), sums.minutes])
        for kind, sums in sorted(told.kinds.items())
        if sums.sessions
    ]
    return Chart(
        "kinds",
        gettext_lazy("Sessions by kind"),
        gettext_lazy("One to one, webinars and the work of quotations, by what became of them."),
        gettext_lazy("Kind"),
        "across",
        [*OUTCOMES, Column("hours", gettext_lazy("Hours held"), "minutes")],
        lines,
        Line(_("Total"), [*_outcomes(told.now.total), told.now.total.minutes]),
        gettext_lazy("There was no session in these days."),
    )


NOW = Column("now", gettext_lazy("These days"), "count", "bar")
BEFORE = Column("before", gettext_lazy("The period before"), "count", "line")


def _clients(told: Report) -> Chart:
    now, before = told.now.clients, told.before.clients
    return Chart(
        "clients",
        gettext_lazy("Clients"),
        gettext_lazy(
            "Who had a session that was held. New: their first with you. Returning: they had been here before. Lost: "
            "a year without one ran out, and they have not come since."
        ),
        gettext_lazy("Clients"),
        "across",
        [NOW, BEFORE],
        [
            Line(_("New"), [now.new, before.new]),
            Line(_("Returning"), [now.returning, before.returning]),
            Line(_("Lost"), [now.lost, before.lost]),
        ],
        empty=gettext_lazy("No client had a session in these days."),
    )


def _steps(told: Report) -> Chart:
    def steps(half: Any) -> list[int]:
        seen, sums = half.views, half.total
        return [seen.visitors, seen.booking_visitors, sums.begun, sums.booked, sums.paid]

    now, before = steps(told.now), steps(told.before)
    titles = [
        _("Saw your pages"),
        _("Looked at your times"),
        _("Began to book"),
        _("Booked"),
        _("Paid"),
    ]
    lines = [
        Line(title, [now[n], before[n], percent(now[n], now[n - 1]) if n else None]) for n, title in enumerate(titles)
    ]
    return Chart(
        "steps",
        gettext_lazy("From a view to a booking"),
        gettext_lazy(
            "Visitors are counted by us once a day, without a cookie and without you. A booking may also come through "
            "an app, which opens no page. Free bookings have nothing to pay."
        ),
        gettext_lazy("Step"),
        "across",
        [NOW, BEFORE, Column("share", gettext_lazy("Of the step before"), "percent")],
        lines,
        empty=gettext_lazy("Nobody has opened your page in these days. Share its link."),
    )


MAKERS: dict[str, Callable[[Report], Chart]] = {
    "revenue": _revenue,
    "services": _services,
    "methods": _methods,
    "per-hour": _hours,
    "clients": _clients,
    "sessions": _sessions,
    "kinds": _kinds,
    "steps": _steps,
}
