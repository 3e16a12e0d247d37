"""The week, and the zone in which it is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import ConsultantRequest, approved_consultant_required
from availability import forms, services
from availability.engine import DAY_MINUTES, Stretch, merged
from availability.errors import HoursChanged
from availability.services.hours import check_day
from availability.views.frame import beside, changed
from availability.words import minute_words, stretch_words
from consultants.forms.profile import zone_choices
from consultants.services.profile import update_profile
from naksha.times import zone_label
from naksha.web.zone import clean_zone


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def hours(request: ConsultantRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, forms.week_shown(services.week_of(request.consultant)))
    seen = request.POST.get("seen")
    if act := request.POST.get("arrange"):
        return _page(request, forms.week_arranged(request.POST, act), unsaved=True, seen=seen)
    days = forms.week_sent(request.POST)
    if not _all_right(days):
        return _page(request, days, unsaved=True, seen=seen, status=422)
    week = [day.stretches() for day in days]
    try:
        changed(
            request,
            lambda: services.set_weekly_hours(consultant=request.consultant, week=week, seen=seen),
            lambda _done: _("Your hours are saved."),
        )
    except HoursChanged as error:
        return _page(request, days, unsaved=True, refused=str(error), status=error.http_status)
    return redirect("availability:hours")


@require_POST
@approved_consultant_required
def zone(request: ConsultantRequest) -> HttpResponse:
    name = clean_zone(request.POST.get("timezone"))
    if name is None:
        messages.error(request, _("That time zone isn’t known. Choose one of the list."))
    else:
        update_profile(consultant=request.consultant, timezone=name)
        messages.success(
            request,
            _("Your hours are now told in %(zone)s. Sessions that are booked keep their moment.")
            % {"zone": zone_label(name)},
        )
    return redirect("availability:hours")


def _all_right(days: Sequence[forms.Day]) -> bool:
    right = True
    for day in days:
        if not day.is_valid():
            right = False
            continue
        try:
            check_day(day.stretches())
        except ValidationError as error:
            day.error, right = error.messages[0], False
    return right


def _page(
    request: ConsultantRequest,
    days: Sequence[forms.Day],
    *,
    unsaved: bool = False,
    seen: str | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    """``seen`` is the edition of what is stored that was read when this was begun; without it, what is stored now."""
    stored = services.week_of(request.consultant)
    week = [merged(day) for day in stored]
    context: dict[str, Any] = {
        **beside(request, request.consultant, "hours"),
        "days": days,
        "unsaved": unsaved,
        "seen": services.edition_of(stored) if seen is None else seen,
        "refused": refused,
        "wrong": [day for day in days if day.error or any(form.errors for form in day.forms)],
        "bars": [(name, stretch_words(hours), _bars(hours)) for name, hours in zip(forms.WEEKDAYS, week, strict=True)],
        "week_minutes": sum(end - start for day in week for start, end in day),
        "zones": zone_choices(),
        "midnight": minute_words(DAY_MINUTES),
    }
    return render(request, "availability/hours.html", context, status=status)


def _bars(hours: Sequence[Stretch]) -> list[tuple[str, str]]:
    """Each stretch as its place on a day's line: left and width, in percent."""
    return [(f"{start * 100 / DAY_MINUTES:.3f}", f"{(end - start) * 100 / DAY_MINUTES:.3f}") for start, end in hours]
