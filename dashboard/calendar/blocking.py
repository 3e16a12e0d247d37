"""Time that the consultant keeps free, set from the calendar: a page for each block, which the calendar's dialog posts
to as well."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import ConsultantRequest, approved_consultant_required
from availability import services as time
from availability.errors import TimeRefused
from availability.forms import BlockForm, typed_minute
from availability.models import Occupancy
from consultants.models import Consultant
from dashboard.calendar.events import version_of
from dashboard.calendar.moves import in_version
from naksha.errors import DomainError
from naksha.times import parsed_instant
from naksha.web.zone import zone as zone_of
from notifications.services import changed


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def new_block(request: ConsultantRequest) -> HttpResponse:
    """Block time. ``?start=&end=`` are the instants that the form begins with."""
    consultant = request.consultant
    if request.method != "POST":
        return _page(request, BlockForm(zone=consultant.timezone, initial=_asked(request)))
    form = BlockForm(request.POST, zone=consultant.timezone)
    if form.is_valid():
        try:
            made = time.block(
                consultant_id=consultant.pk,
                starts_at=form.cleaned_data["starts_at"],
                ends_at=form.cleaned_data["ends_at"],
                note=form.cleaned_data["reason"],
            )
        except TimeRefused as error:
            form.add_error(None, str(error))
        else:
            changed(consultant.user, time.CALENDAR)
            return _done(request, _("Blocked. Nobody can book that time."), made.starts_at)
    return _wrong(request, form)


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def block(request: ConsultantRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a block's times or its note, or take it away."""
    consultant = request.consultant
    row = _block(consultant, pk)
    if request.method != "POST":
        return _page(request, BlockForm(zone=consultant.timezone, initial=_typed(row, consultant)), row)
    form = BlockForm(request.POST, zone=consultant.timezone)
    if form.is_valid():
        try:
            with in_version(consultant, row.pk, request.POST.get("version", "")):
                time.change_block(
                    consultant_id=consultant.pk,
                    occupancy_id=row.pk,
                    starts_at=form.cleaned_data["starts_at"],
                    ends_at=form.cleaned_data["ends_at"],
                    note=form.cleaned_data["reason"],
                )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            changed(consultant.user, time.CALENDAR)
            return _done(request, _("Changed."), form.cleaned_data["starts_at"])
    return _wrong(request, form, row)


@require_POST
@approved_consultant_required
def remove_block(request: ConsultantRequest, pk: uuid.UUID) -> HttpResponse:
    consultant = request.consultant
    row = _block(consultant, pk)
    if time.unblock(consultant_id=consultant.pk, occupancy_id=pk):
        changed(consultant.user, time.CALENDAR)
    words = _("The block is gone. That time can be booked again where your hours allow it.")
    return _done(request, words, row.starts_at)


def _block(consultant: Consultant, pk: uuid.UUID) -> Occupancy:
    row: Occupancy | None = consultant.occupancies.filter(kind=Occupancy.Kind.BLOCK, pk=pk).first()
    if row is None:
        raise Http404
    return row


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _done(request: ConsultantRequest, words: str, at: datetime) -> HttpResponse:
    if _by_script(request):
        return JsonResponse({"words": words})
    messages.success(request, words)
    day = at.astimezone(zone_of(request.consultant.timezone)).date()
    return redirect(f"{reverse('dashboard:calendar')}?from={day.isoformat()}")


def _wrong(request: ConsultantRequest, form: BlockForm, row: Occupancy | None = None) -> HttpResponse:
    if _by_script(request):
        words = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return JsonResponse({"words": words}, status=409 if form.non_field_errors() else 422)
    return _page(request, form, row, status=422)


def _page(
    request: ConsultantRequest, form: BlockForm, row: Occupancy | None = None, *, status: int = 200
) -> HttpResponse:
    zone = request.consultant.timezone
    context: dict[str, Any] = {
        "nav": "calendar",
        "form": form,
        "kept": row,
        "version": request.POST.get("version") or (version_of(row) if row else ""),
        "zone": zone,
        "today": timezone.localdate(timezone=zone_of(zone)).isoformat(),
        "back": reverse("dashboard:calendar"),
    }
    return render(request, "dashboard/calendar/block.html", context, status=status)


def _typed(row: Occupancy, consultant: Consultant) -> dict[str, Any]:
    return {**_wall(row.starts_at, row.ends_at, consultant.timezone), "reason": row.note}


def _wall(starts_at: datetime, ends_at: datetime, zone: str) -> dict[str, Any]:
    """Two instants as the form types them; an end at midnight is the day before's 24:00."""
    here = zone_of(zone)
    start, end = starts_at.astimezone(here), ends_at.astimezone(here)
    last = end.date()
    if (end.hour, end.minute) == (0, 0):
        last = (ends_at - timedelta(minutes=1)).astimezone(here).date()
    return {
        "from_date": start.date(),
        "from_time": typed_minute(start.hour * 60 + start.minute),
        "to_date": last if last != start.date() else None,
        "to_time": typed_minute(end.hour * 60 + end.minute),
    }


def _asked(request: ConsultantRequest) -> dict[str, Any]:
    start, end = (parsed_instant(request.GET.get(name, "")) for name in ("start", "end"))
    if start is None or end is None or timezone.is_naive(start) or timezone.is_naive(end) or start >= end:
        return {}
    return _wall(start, end, request.consultant.timezone)
