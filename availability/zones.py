"""Time zones to choose from: those that people here ask for, and the one that is in use."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from naksha.times import clock, zone_label
from naksha.web.zone import zone as zone_of

COMMON = (
    "Asia/Kolkata",
    "Asia/Dubai",
    "Asia/Singapore",
    "Asia/Kathmandu",
    "Asia/Dhaka",
    "Asia/Colombo",
    "Asia/Riyadh",
    "Asia/Hong_Kong",
    "Asia/Tokyo",
    "Australia/Perth",
    "Australia/Sydney",
    "Pacific/Auckland",
    "Africa/Nairobi",
    "Africa/Johannesburg",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Paris",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Toronto",
    "America/Sao_Paulo",
    "UTC",
)


@dataclass(frozen=True)
class ZoneChoice:
    name: str
    words: str  # India (IST), now 12:48 pm
    chosen: bool


def zone_choices(current: str, *others: str) -> list[ZoneChoice]:
    """``current`` first, then ``others``, then the common ones; each once, each with its time of now."""
    now = timezone.now()
    return [
        ZoneChoice(
            name=name,
            words=_("%(zone)s, now %(time)s")
            % {"zone": zone_label(name, now), "time": clock(now.astimezone(zone_of(name)))},
            chosen=name == current,
        )
        for name in dict.fromkeys((current, *others, *COMMON))
    ]
