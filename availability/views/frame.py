"""What stands beside every page of availability: what clients can book, told in the consultant's own zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from itertools import groupby
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from accounts.access import ConsultantRequest
from availability import slots
from availability.words import outside_words
from consultants.models import Consultant, Service
from naksha.times import clock, people_day

PREVIEW = 9  # free times
LENGTH = 30  # minutes, where there is no service yet


def beside(request: HttpRequest, consultant: Consultant, tab: str) -> dict[str, Any]:
    """The context that the three pages share. The preview is for ``?service=``, or the first service."""
    services = list(consultant.services.bookable().filter(kind=Service.Kind.PERSONAL))  # type: ignore[attr-defined]
    wanted = request.GET.get("service", "")
    service = next((s for s in services if str(s.pk) == wanted), services[0] if services else None)
    now = timezone.now()
    free = slots.next_free(
        consultant=consultant, minutes=service.minutes if service else LENGTH, limit=PREVIEW, now=now
    )
    return {
        "nav": "availability",
        "tab": tab,
        "consultant": consultant,
        "services": services,
        "service": service,
        "length": service.minutes if service else LENGTH,
        "free_days": free_days(free, consultant.timezone, now),
        "now": now,
    }


def free_days(
    free: list[datetime], zone_name: str, now: datetime
) -> list[tuple[str, date, list[tuple[datetime, str]]]]:
    """Free times by the consultant's dates, as people say them."""
    zone = ZoneInfo(zone_name)
    today = now.astimezone(zone)
    local = [(at, at.astimezone(zone)) for at in free]
    return [
        (people_day(here[0][1], today), day, [(at, clock(wall)) for at, wall in here])
        for day, group in groupby(local, key=lambda pair: pair[1].date())
        if (here := list(group))
    ]


T = TypeVar("T")


def changed(request: ConsultantRequest, act: Callable[[], T], words: Callable[[T], str]) -> T:
    """Change the hours, say that it is done, and tell of meetings that lie outside them since: they stay booked."""
    before = slots.meetings_outside_hours(request.consultant)
    done = act()
    messages.success(request, words(done))
    more = slots.meetings_outside_hours(request.consultant) - before
    if more > 0:
        messages.warning(request, outside_words(more))
    return done
