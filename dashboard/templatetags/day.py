"""Words of the day's route: clock times, what is left until then, where it happens."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.translation import gettext as _

from consultants.models import Service
from naksha import times
from naksha.web.zone import zone

register = template.Library()
P = Service.Platform


@register.simple_tag
def clock_time(moment: datetime, zone_name: str) -> str:
    """``4:30 pm`` in a zone that the page has named."""
    return times.clock(moment.astimezone(zone(zone_name)))


@register.simple_tag
def time_left(until: datetime, now: datetime) -> str:
    """``12 min``, ``3 h 5 min``, ``2 days``: as the page's script goes on counting."""
    minutes = max(0, -int((now - until).total_seconds() // 60))
    if minutes >= 2880:
        return _("%(n)d days") % {"n": minutes // 1440}
    if minutes >= 60:
        return _("%(h)d h %(n)d min") % {"h": minutes // 60, "n": minutes % 60}
    return _("%(n)d min") % {"n": minutes}


@register.simple_tag
def place_word(platform: str) -> str:
    known = {P.JITSI: _("online"), P.LINK: _("online"), P.PHONE: _("by phone"), P.IN_PERSON: _("in person")}
    return str(known.get(P(platform), platform)) if platform in P.values else platform


@register.simple_tag
def chart_word(at: float) -> float:
    """Where a word stands that names the line at ``at``: just below it, clear of the curve."""
    return round(at + 13, 1)
