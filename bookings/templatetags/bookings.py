"""Tags of the booking pages: ``{% load bookings %}``."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from bookings.models import Booking
from bookings.state import state_of
from naksha.web.templatetags.naksha import scale

register = template.Library()


@register.simple_tag
def booking_state(booking: Booking, now: datetime) -> dict[str, str]:
    """The badge of a booking: ``tone`` and ``words``, of its session once there is one."""
    tone, words = state_of(booking, now)
    return {"tone": tone, "words": words}


def _seconds(until: datetime, now: datetime) -> int:
    return max(0, int((until - now).total_seconds()))


@register.simple_tag
def clock_left(until: datetime, now: datetime) -> str:
    """``6:42``."""
    minutes, seconds = divmod(_seconds(until, now), 60)
    return f"{minutes}:{seconds:02d}"


@register.simple_tag
def hold_scale(until: datetime, now: datetime) -> SafeString:
    """The scale bar of what is left of a hold, with a cell for each minute."""
    left = _seconds(until, now) / 60
    words = _("%(minutes)d of %(all)d minutes left") % {"minutes": int(left), "all": settings.HOLD_MINUTES}
    return scale(left, settings.HOLD_MINUTES, words)
