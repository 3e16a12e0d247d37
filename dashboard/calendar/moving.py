"""Dragged and dropped: what it would mean is shown first, then it is done."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import ConsultantRequest, approved_consultant_required
from dashboard.calendar.forms import MoveForm
from dashboard.calendar.moves import Moved, carry_out, rehearse
from naksha.errors import DomainError


@require_POST
@approved_consultant_required
def try_move(request: ConsultantRequest) -> HttpResponse:
    """What the move would mean, as the inside of a dialog: the times, the client's mail, the button; or, with 409, why
    it can't be."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _refused(request, _first(form), 400)
    try:
        moved = rehearse(consultant=request.consultant, move=form.move())
    except DomainError as error:
        return _refused(request, str(error), _status(error))
    context = {
        "form": form,
        "moved": moved,
        "zone": request.consultant.timezone,
        "is_longer": moved.now[1] - moved.now[0] > moved.was[1] - moved.was[0],
        "is_shorter": moved.now[1] - moved.now[0] < moved.was[1] - moved.was[0],
        "is_abroad": bool(moved.zone) and moved.zone != request.consultant.timezone,
        "minutes": int((moved.now[1] - moved.now[0]).total_seconds() // 60),
    }
    return _inside(request, "dashboard/calendar/_move.html", context, 200)


@require_POST
@approved_consultant_required
def make_move(request: ConsultantRequest) -> HttpResponse:
    """Do it. The answer is what to say; or, with 409, the inside of the dialog with why it can't be."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _refused(request, _first(form), 400)
    try:
        moved = carry_out(consultant=request.consultant, move=form.move())
    except DomainError as error:
        return _refused(request, str(error), _status(error))
    return JsonResponse({"words": _told(moved)})


def _told(moved: Moved) -> str:
    if moved.letter is None:
        return _("Moved.")
    return _("Moved. %(name)s is told by mail.") % {"name": moved.client}


def _status(error: DomainError) -> int:
    return 409 if error.http_status < 400 or error.http_status == 400 else error.http_status


def _first(form: MoveForm) -> str:
    return next(str(error) for errors in form.errors.values() for error in errors)


def _refused(request: HttpRequest, words: str, status: int) -> HttpResponse:
    return _inside(request, "dashboard/calendar/_refused.html", {"words": words}, status)


def _inside(request: HttpRequest, template: str, context: dict[str, object], status: int) -> HttpResponse:
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "no-store, private"
    return response
