"""Tags of the session's room: ``{% load room %}``."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from naksha import times
from naksha.web.templatetags.naksha import scale
from naksha.web.zone import zone as zone_of
from sessions_app.attendance import Attendance
from sessions_app.models import Session

register = template.Library()

MOST_PARTS = 6
A_DAY, AN_HOUR = 24 * 60, 60


@register.simple_tag
def time_left(until: datetime, now: datetime) -> str:
    """``2 days``, ``1 day 3 h``, ``1 h 25 min``, ``12 min``: as the page's script counts on."""
    minutes = max(0, -(-int((until - now).total_seconds()) // 60))
    if minutes >= 2 * A_DAY:
        return _("%(n)d days") % {"n": minutes // A_DAY}
    if minutes >= A_DAY + AN_HOUR:
        return _("1 day %(h)d h") % {"h": (minutes - A_DAY) // AN_HOUR}
    if minutes >= A_DAY:
        return _("1 day")
    if minutes >= AN_HOUR and not minutes % AN_HOUR:
        return _("%(h)d h") % {"h": minutes // AN_HOUR}
    if minutes >= AN_HOUR:
        return _("%(h)d h %(n)d min") % {"h": minutes // AN_HOUR, "n": minutes % AN_HOUR}
    return _("%(n)d min") % {"n": minutes}


@register.simple_tag
def elapsed_scale(session: Session, now: datetime, words: str) -> SafeString:
    """The session as a scale bar of six parts: what is over in ink, what is under way in the accent."""
    part = (now - session.starts_at) / (session.ends_at - session.starts_at)
    return scale(part * MOST_PARTS, MOST_PARTS, words)


@register.simple_tag
def came_words(person: Attendance, zone: str) -> str:
    """``here at 4:26 pm, in the meeting from 4:31 pm, left at 5:02 pm``."""

    def at(moment: datetime) -> str:
        return times.clock(moment.astimezone(zone_of(zone)))

    told = []
    if person.came_at:
        told.append(_("opened this page at %(time)s") % {"time": at(person.came_at)})
    if person.tried_at:
        told.append(_("came at %(time)s, but the meeting did not open") % {"time": at(person.tried_at)})
    if person.joined_at:
        told.append(_("joined the meeting at %(time)s") % {"time": at(person.joined_at)})
    if person.left_at:
        told.append(_("left this page at %(time)s") % {"time": at(person.left_at)})
    return ", ".join(told)
