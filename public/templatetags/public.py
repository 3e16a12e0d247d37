"""What the public pages alone need of times and places."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from django import template
from django.db.models.fields.files import ImageFieldFile
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from naksha import times
from naksha.web.zone import zone

register = template.Library()


@register.filter
def degrees(value: Decimal, letters: str) -> str:
    """``18.5204`` and "NS" as a map's margin writes it: ``18°31′ N``."""
    whole, minutes = divmod(round(abs(value) * 60), 60)
    return f"{whole}°{minutes:02d}′ {letters[0] if value >= 0 else letters[1]}"


@register.filter
def instant(moment: datetime) -> str:
    """An instant as an address carries it: ISO 8601 in UTC with ``Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@register.simple_tag
def clock(moment: datetime, zone_name: str) -> SafeString:
    """``4:30 pm`` in ``zone_name``, with the instant for machines."""
    local = moment.astimezone(zone(zone_name))
    words = f"{local.hour % 12 or 12}:{local.minute:02d} {gettext('am') if local.hour < 12 else gettext('pm')}"
    return format_html('<time datetime="{}">{}</time>', instant(moment), words)


@register.filter
def zone_label(zone_name: str) -> str:
    return times.zone_label(zone_name)


@register.filter
def hours_ahead(hours: int) -> str:
    """24 hours as people say it: ``a day``, ``3 days``, ``4 hours``."""
    if hours % 24 == 0:
        return gettext("a day") if hours == 24 else ngettext("%d day", "%d days", hours // 24) % (hours // 24)
    return gettext("an hour") if hours == 1 else ngettext("%d hour", "%d hours", hours) % hours


@register.filter
def photo_url(photo: ImageFieldFile) -> str:
    return photo.url if photo else ""
