"""Numbers of Analytics in words: ``{% load figures %}``."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from dashboard.chart_html import chart_html, told

register = template.Library()
MUCH = 900  # percent; more than that is told in times


register.filter(told)
register.simple_tag(chart_html)


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
