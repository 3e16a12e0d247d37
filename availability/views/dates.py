"""Dates that differ from the week, and time that is kept free."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import ConsultantRequest, approved_consultant_required
from availability import forms, services
from availability.engine import Stretch
from availability.errors import TimeRefused
from availability.models import Occupancy
from availability.views.frame import beside, changed
from availability.words import date_words, stretch_words, unbroken
from consultants.models import Consultant
from naksha.times import people_range
from notifications.services import changed as look_again

BLOCKS_SHOWN = 100


@require_GET
@approved_consultant_required
def dates(request: ConsultantRequest) -> HttpResponse:
    return _page(request)


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def add(request: ConsultantRequest) -> HttpResponse:
    if request.method != "POST":  # the page of a refused form, loaded again
        return redirect("availability:dates")
    rows = forms.typed_rows(request.POST, "own")
    if act := request.POST.get("arrange"):
        fresh = forms.rows_arranged(rows, act)
        form = forms.DatesForm(initial={name: request.POST.get(name, "") for name in forms.DatesForm.base_fields})
        return _page(request, dates_form=form, own=_own(rows, fresh=fresh))
    form, own = forms.DatesForm(request.POST), _own(rows, sent=True)
    works = request.POST.get("what") == "own"
    if form.is_valid() and (not works or own.is_valid()):
        first, last = form.cleaned_data["first"], form.cleaned_data["last"] or form.cleaned_data["first"]
        stretches = own.stretches() if works else []
        if works and not stretches:
            own.error = _("Write the hours that you work, or choose that you don’t.")
            return _page(request, dates_form=form, own=own, status=422)
        try:
            changed(
                request,
                lambda: services.set_dates(
                    consultant=request.consultant,
                    first=first,
                    last=last,
                    stretches=stretches,
                    note=form.cleaned_data["note"],
                ),
                lambda _count: _("Set: %(dates)s.") % {"dates": date_words(first, last)},
            )
        except ValidationError as error:
            if hasattr(error, "error_dict"):
                form.add_error(None, error)
            else:
                own.error = error.messages[0]
        else:
            return redirect("availability:dates")
    return _page(request, dates_form=form, own=own, status=422)


@require_POST
@approved_consultant_required
def clear(request: ConsultantRequest) -> HttpResponse:
    first, last = (_date(request.POST.get(name, "")) for name in ("first", "last"))
    if first is None or last is None:
        raise Http404
    changed(
        request,
        lambda: services.clear_dates(consultant=request.consultant, first=first, last=last),
        lambda count: (
            ngettext(
                "Your weekly hours count again on that date.",
                "Your weekly hours count again on those %(n)d dates.",
                count,
            )
            % {"n": count}
        ),
    )
    return redirect("availability:dates")


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def add_block(request: ConsultantRequest) -> HttpResponse:
    if request.method != "POST":  # the page of a refused form, loaded again
        return redirect("availability:dates")
    form = forms.BlockForm(request.POST, zone=request.consultant.timezone)
    if form.is_valid():
        try:
            services.block(
                consultant_id=request.consultant.pk,
                starts_at=form.cleaned_data["starts_at"],
                ends_at=form.cleaned_data["ends_at"],
                note=form.cleaned_data["reason"],
            )
        except TimeRefused as error:
            form.add_error(None, str(error))
        else:
            look_again(request.user, services.CALENDAR)
            messages.success(request, _("Blocked. Nobody can book that time."))
            return redirect("availability:dates")
    return _page(request, block_form=form, status=422)


@require_POST
@approved_consultant_required
def remove_block(request: ConsultantRequest, block_id: uuid.UUID) -> HttpResponse:
    if services.unblock(consultant_id=request.consultant.pk, occupancy_id=block_id):
        look_again(request.user, services.CALENDAR)
        messages.success(request, _("The block is gone. That time can be booked again where your hours allow it."))
    return redirect("availability:dates")


def _page(
    request: ConsultantRequest,
    *,
    dates_form: forms.DatesForm | None = None,
    own: forms.Day | None = None,
    block_form: forms.BlockForm | None = None,
    status: int = 200,
) -> HttpResponse:
    consultant = request.consultant
    context: dict[str, Any] = {
        **beside(request, consultant, "dates"),
        "overrides": _overrides(consultant),
        "blocks": _blocks(consultant),
        "dates_form": dates_form or forms.DatesForm(),
        "own": own or _own([("10:00", "18:00")]),
        "block_form": block_form or forms.BlockForm(zone=consultant.timezone),
        "today": timezone.localdate(timezone=ZoneInfo(consultant.timezone)).isoformat(),
    }
    return render(request, "availability/dates.html", context, status=status)


def _own(rows: forms.Typed, *, sent: bool = False, fresh: int = -1) -> forms.Day:
    return forms.Day("own", _("Hours"), rows, sent=sent, fresh=fresh)


def _overrides(consultant: Consultant) -> list[dict[str, Any]]:
    """The dates to come that differ, those in a row with the same hours as one."""
    today = timezone.now().astimezone(ZoneInfo(consultant.timezone)).date()
    by_date: dict[date, tuple[list[Stretch], str]] = {}
    for row in consultant.date_overrides.filter(date__gte=today).order_by("date", "start_minute"):
        stretches, _note = by_date.setdefault(row.date, ([], row.note))
        if row.start_minute is not None and row.end_minute is not None:
            stretches.append((row.start_minute, row.end_minute))
    rows = ((day, tuple(stretches), note) for day, (stretches, note) in by_date.items())
    return [
        {
            "first": first,
            "last": last,
            "dates": date_words(first, last),
            "hours": stretch_words(hours),
            "note": note,
        }
        for first, last, hours, note in unbroken(rows)
    ]


def _blocks(consultant: Consultant) -> list[dict[str, Any]]:
    rows = consultant.occupancies.filter(kind=Occupancy.Kind.BLOCK, ends_at__gt=timezone.now()).order_by("starts_at")
    return [
        {"pk": row.pk, "when": people_range(row.starts_at, row.ends_at, consultant.timezone), "note": row.note}
        for row in rows[:BLOCKS_SHOWN]
    ]


def _date(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
