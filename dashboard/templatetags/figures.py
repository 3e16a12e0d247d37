"""Numbers of Analytics in words: ``{% load figures %}``."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from dashboard.figures.charts import Chart, Line
from naksha.money import rupees
from naksha.times import people_duration

register = template.Library()
MUCH = 900  # percent; more than that is told in times


@register.filter
def told(number: int | float | None, unit: str) -> str:
    """``150000`` paise → ``₹1,500.00``; ``90`` minutes → ``1 h 30 min``; ``12.5`` percent → ``12.5 %``; None: –"""
    if number is None:
        return "–"
    if unit == "paise":
        return rupees(int(number))
    if unit == "minutes":
        return people_duration(int(number)) if number else "0"
    if unit == "percent":
        return _("%(n)s %%") % {"n": f"{number:g}"}
    return rupees(number * 100)[1:-3] if isinstance(number, int) else f"{number:g}"


@register.filter
def by_how_much(change: float | None, in_points: bool) -> str:
    """``12.5 % more``, ``3 points less``, ``as before``, or nothing to compare with."""
    if change is None:
        return _("nothing to compare with")
    if not change:
        return _("as before")
    size = f"{abs(change):g}"
    if in_points:
        return (_("%(n)s points more") if change > 0 else _("%(n)s points less")) % {"n": size}
    if change > MUCH:
        return _("%(n)s times as much") % {"n": round(change / 100 + 1)}
    return (_("%(n)s %% more") if change > 0 else _("%(n)s %% less")) % {"n": size}


@register.filter
def rows(chart: Chart, lines: Iterable[Line] | Line) -> SafeString:
    """The rows of a chart's table; ``data-n`` of a cell is what the chart draws. Hundreds of cells: words here cost a
    tenth of what a template's loops do."""
    made = []
    for line in [lines] if isinstance(lines, Line) else lines:
        made.append(f'<tr><th scope="row">{escape(line.title)}</th>')
        for number, column in zip(line.numbers, chart.columns, strict=True):
            drawn = "" if number is None else f' data-n="{number}"'
            made.append(f'<td class="num"{drawn}>{told(number, column.unit)}</td>')
        made.append("</tr>")
    return mark_safe("".join(made))  # noqa: S308 (titles are escaped, all else is numbers of ours)
