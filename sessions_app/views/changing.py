"""What a consultant does with one session: each press is one POST, from the desk or from the room."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import ConsultantRequest, approved_consultant_required
from availability.errors import TimeRefused
from clients.fields import ReasonForm
from naksha.db import db_now
from naksha.errors import DomainError
from sessions_app import origin
from sessions_app.desk_forms import SummaryForm, move_form
from sessions_app.services import (
    cancel,
    complete,
    held,
    mark_no_show,
    not_paid_elsewhere,
    paid_elsewhere,
    renewing,
    revise,
    start,
)
from sessions_app.services.machine import is_ahead
from sessions_app.terms import refundable
from sessions_app.views.pages import back_to, their_session


def _pressed(request: ConsultantRequest, pk: UUID, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect(back_to(request, pk))


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def new_link(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """Asks first, for those that are out stop working. Of a booked one it is asked about the booking."""
    session = their_session(request, pk)
    page = origin.room_facts(session, None).new_link_url
    if not page or session.reference is None:
        return redirect(page or reverse("sessions:desk", args=[pk]))
    if request.method == "POST":
        assert session.client is not None
        said = _("A new link is on its way to %(email)s. Those before it have stopped.")
        words = said % {"email": session.client.email}
        return _pressed(request, pk, lambda: renewing.new_link(session=session, actor=request.user), words)
    return render(request, "sessions/desk/new_link.html", {"nav": "sessions", "session": session})


@require_POST
@approved_consultant_required
def start_session(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    session = their_session(request, pk)
    return _pressed(request, pk, lambda: start(session=session, actor=request.user), _("The session has begun."))


@require_POST
@approved_consultant_required
def complete_session(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    session = their_session(request, pk)
    form = SummaryForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect(back_to(request, pk))
    summary = form.cleaned_data["summary"]
    return _pressed(
        request,
        pk,
        lambda: complete(session=session, actor=request.user, summary=summary),
        _("Completed. Thanks, and what is owed, go out now."),
    )


@require_POST
@approved_consultant_required
def not_held(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    session = their_session(request, pk)
    words = _("Called off. Your client is told, and everything that was paid goes back.")
    return _pressed(request, pk, lambda: held.say_not_held(session=session, actor=request.user), words)


@require_POST
@approved_consultant_required
def no_show(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    session = their_session(request, pk)
    return _pressed(request, pk, lambda: mark_no_show(session=session, actor=request.user), _("Marked as a no-show."))


@require_POST
@approved_consultant_required
def ask(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    session = their_session(request, pk)
    return _pressed(
        request, pk, lambda: origin.of(session).ask(actor=request.user), _("Your client has the link to pay.")
    )


@require_POST
@approved_consultant_required
def elsewhere(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    session = their_session(request, pk)
    said = _("Paid elsewhere. Nobody asks for it any more.")
    return _pressed(request, pk, lambda: paid_elsewhere(session=session, actor=request.user), said)


@require_POST
@approved_consultant_required
def not_elsewhere(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    session = their_session(request, pk)
    said = _("Taken back: it is not paid.")
    return _pressed(request, pk, lambda: not_paid_elsewhere(session=session, actor=request.user), said)


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def cancel_session(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """A session that was booked leads to its booking's page, which shows what goes back."""
    session = their_session(request, pk)
    if booked := origin.of(session).cancel_url():
        return redirect(booked)
    form = ReasonForm(
        request.POST if request.method == "POST" else None,
        hint=_("Your client reads it.") if session.client_told else _("Nothing is mailed; you keep the reason."),
    )
    if request.method == "POST" and form.is_valid():
        return _pressed(
            request,
            pk,
            lambda: cancel(session=session, actor=request.user, reason=form.cleaned_data["reason"]),
            _("Cancelled. The time is free again."),
        )
    if not is_ahead(session, db_now()):
        return redirect("sessions:desk", pk)
    context = {"nav": "sessions", "session": session, "form": form, "zone": request.consultant.timezone}
    context["refund_paise"] = refundable(session)
    return render(request, "sessions/cancel.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def move(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """A session that was booked leads to its booking's page, which shows the free times."""
    session = their_session(request, pk)
    if booked := origin.of(session).move_url():
        return redirect(booked)
    if session.is_webinar or not is_ahead(session, db_now()):
        return redirect("sessions:desk", pk)
    zone = request.consultant.timezone
    form = move_form(session, zone, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            new = {name: form.cleaned_data[name] for name in ("starts_at", "minutes")}
            revise(session=session, actor=request.user, **new)
        except (TimeRefused, DomainError) as error:
            form.add_error("time", str(error))
        else:
            messages.success(request, _("Moved."))
            return redirect(back_to(request, pk))
    context = {"nav": "sessions", "session": session, "form": form, "zone": zone}
    return render(request, "sessions/move.html", context, status=400 if form.errors else 200)
