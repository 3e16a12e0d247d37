"""The calendar's page, and the events that it asks for."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import ConsultantRequest, approved_consultant_required
from consultants.models import Consultant
from dashboard.calendar.agenda import Agenda, agenda_of, week_of
from dashboard.calendar.events import events_of
from dashboard.calendar.hours import WorkDay, work_days
from naksha.db import db_now
from naksha.times import FIRST_YEAR, LAST_YEAR, iso, parsed_instant
from naksha.web.zone import zone as zone_of

LONGEST_WINDOW = timedelta(days=400)  # thirteen months, and a little for the weeks at both ends
VIEWS = ("month", "week", "day", "list")
ICONS = ("ban", "check", "clock", "video", "x")  # what the script draws
EARLIEST = 8 * 60  # where the grid is scrolled to without hours, in minutes


@require_safe
@approved_consultant_required
def calendar(request: ConsultantRequest) -> HttpResponse:
    """A week as a list, which the script draws as a calendar. ``?from=2026-11-16`` is a day of it."""
    consultant = request.consultant
    now = db_now()
    today = now.astimezone(zone_of(consultant.timezone)).date()
    asked = _day(request.GET.get("from", "")) or today
    view = request.GET.get("view", "")
    agenda = agenda_of(consultant, week_of(asked), now)
    context = {
        "nav": "calendar",
        "consultant": consultant,
        "zone": consultant.timezone,
        "agenda": agenda,
        "opens": _opens(agenda),
        "icons": ICONS,
        "block_fields": ("from_date", "from_time", "to_date", "to_time"),
        "this_week": week_of(today),
        "asked": asked,
        "view": view if view in VIEWS else "",
        "views": {"month": _("Month"), "week": _("Week"), "day": _("Day"), "list": _("List")},
    }
    return render(request, "dashboard/calendar/calendar.html", context)


@require_safe
@approved_consultant_required
def events(request: ConsultantRequest) -> HttpResponse:
    """What touches ``?start=`` to ``?end=``, instants in ISO 8601: events, and the time outside the hours. 304 while it
    is as it was."""
    consultant = request.consultant
    first, last = (_instant(request.GET.get(name, ""), consultant.timezone) for name in ("start", "end"))
    if first is None or last is None or first >= last:
        return JsonResponse({"error": _("Name a start and a later end, like 2026-11-16T00:00:00Z.")}, status=400)
    if last - first > LONGEST_WINDOW:
        return JsonResponse({"error": _("Thirteen months at once are the most.")}, status=400)
    found = {
        "events": [event.as_json(consultant.timezone) for event in events_of(consultant, first, last, db_now())],
        **_closed(consultant, first, last),
    }
    body = DjangoJSONEncoder(ensure_ascii=False, separators=(",", ":")).encode(found)
    etag = f'W/"{hashlib.sha256(body.encode()).hexdigest()[:24]}"'
    response = get_conditional_response(request, etag=etag) or HttpResponse(body, content_type="application/json")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def _opens(agenda: Agenda) -> str:
    """Where the grid begins to be seen: half an hour before the earliest hours of the week, as HH:MM:SS."""
    starts = [day.work.hours[0][0] for day in agenda.days if day.work.hours]
    hour, minute = divmod(max(0, min(starts, default=EARLIEST) - 30), 60)
    return f"{hour:02d}:{minute:02d}:00"


def _closed(consultant: Consultant, first: datetime, last: datetime) -> dict[str, Any]:
    """Time outside the hours as ranges, and the dates whose hours differ from the week."""
    here = zone_of(consultant.timezone)
    days = work_days(
        consultant, first.astimezone(here).date(), (last - timedelta(microseconds=1)).astimezone(here).date()
    )
    return {
        "closed": [[iso(start), iso(end)] for day in days for start, end in day.closed(consultant.timezone)],
        "dates": [{"date": day.date, "title": _own_words(day)} for day in days if day.is_own],
    }


def _own_words(day: WorkDay) -> str:
    words = day.words or _("Off")
    return _("%(hours)s: %(note)s") % {"hours": words, "note": day.note} if day.note else words


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and FIRST_YEAR < day.year < LAST_YEAR else None


def _instant(text: str, zone: str) -> datetime | None:
    """An instant; one without an offset is told in the consultant's zone."""
    moment = parsed_instant(text)
    if moment is not None and timezone.is_naive(moment):
        return moment.replace(tzinfo=zone_of(zone)).astimezone(UTC)
    return moment
