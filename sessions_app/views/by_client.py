"""What the client of a recorded session does before it begins: by login, or as the guest whom a link let in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from availability import picker
from availability.errors import TimeRefused
from availability.zones import zone_choices
from clients.fields import ReasonForm
from clients.models import Client
from consultants import frozen
from naksha.db import db_now
from naksha.errors import DomainError
from naksha.web.secret import secret
from naksha.web.zone import visitor_zone
from sessions_app import origin
from sessions_app.access import find_visitor
from sessions_app.errors import QuoteChanged
from sessions_app.models import Session, SessionTerms
from sessions_app.services import cancel_by_client, reschedule_by_client
from sessions_app.services.held import answer
from sessions_app.terms import can_be_cancelled, can_be_moved, cancelling_in_words, quote_cancellation, terms_of
from sessions_app.views.room import nothing_here

View = Callable[[HttpRequest, Session, Client, SessionTerms], HttpResponse]


def _for_client(act: str) -> Callable[[View], Callable[..., HttpResponse]]:
    """Fetch the session for its client; a stranger finds nothing. ``act`` is ``cancel`` or ``move``.

    Its consultant, and the client of one that was booked, are led to the page that is theirs.
    """

    def wrapped(view: View) -> Callable[..., HttpResponse]:
        @wraps(view)
        def fetched(request: HttpRequest, pk: UUID) -> HttpResponse:
            visitor = find_visitor(session_id=pk, user=request.user, browser=request.session)
            if visitor is None:
                return nothing_here(request)
            terms = terms_of(visitor.session)
            if visitor.client is None or terms is None:
                facts = origin.room_facts(visitor.session, visitor.client)
                return secret(redirect(getattr(facts, f"{act}_url") or reverse("sessions:room", args=[pk])))
            return secret(view(request, visitor.session, visitor.client, terms))

        return fetched

    return wrapped


def _person(request: HttpRequest, client: Client) -> Any:
    """The client's own login, for the trail; None for a guest, whoever else is logged in there."""
    return request.user if client.user_id is not None and client.user_id == request.user.pk else None


def _context(session: Session, client: Client, terms: SessionTerms) -> dict[str, Any]:
    return {
        "session": session,
        "consultant": session.consultant,
        "zone": client.timezone,
        "moves_left": frozen.moves_left(terms),
        "room_url": reverse("sessions:room", args=[session.pk]),
    }


def _done(request: HttpRequest, session: Session, said: str) -> HttpResponse:
    messages.success(request, said % {"name": session.consultant.display_name})
    return redirect("sessions:room", session.pk)


def _back(request: HttpRequest, session: Session, problem: str = "") -> HttpResponse:
    if problem:
        messages.error(request, problem)
    return redirect("sessions:room", session.pk)


@require_http_methods(["GET", "POST"])
@_for_client("cancel")
def cancel(request: HttpRequest, session: Session, client: Client, terms: SessionTerms) -> HttpResponse:
    """What comes back is shown first, then confirmed; if it has shrunk meanwhile, it is shown again."""
    now = db_now()
    quote = quote_cancellation(session, now)
    form = ReasonForm(
        request.POST if request.method == "POST" else None,
        required=False,
        hint=_("%(name)s reads it.") % {"name": session.consultant.display_name},
    )
    problem = ""
    if request.method == "POST" and form.is_valid():
        shown = request.POST.get("refund", "")
        try:
            cancel_by_client(
                session=session,
                client=client,
                reason=form.cleaned_data["reason"],
                by=_person(request, client),
                shown_refund_paise=int(shown) if shown.isdecimal() and len(shown) < 12 else quote.refund_paise,
            )
        except QuoteChanged as error:
            problem = str(error)
        except DomainError as error:
            return _back(request, session, str(error))
        else:
            messages.success(
                request, _("Cancelled. %(name)s has been told.") % {"name": session.consultant.display_name}
            )
            return redirect("sessions:room", session.pk)
    if not can_be_cancelled(session, now):
        return _back(request, session)
    context = {
        **_context(session, client, terms),
        "quote": quote,
        "form": form,
        "problem": problem,
        "terms": cancelling_in_words(session),
    }
    status = 409 if problem else 400 if form.errors else 200
    return render(request, "sessions/cancel_mine.html", context, status=status)


@require_http_methods(["GET", "POST"])
@_for_client("move")
def move(request: HttpRequest, session: Session, client: Client, terms: SessionTerms) -> HttpResponse:
    """Pick another time, see what changes, confirm."""
    now = db_now()
    given = request.POST if request.method == "POST" else request.GET
    start = picker.parse_start(given.get("start"))
    problem = ""
    if request.method == "POST" and start is not None:
        try:
            reschedule_by_client(session=session, client=client, starts_at=start, by=_person(request, client))
        except TimeRefused as error:
            problem, start = str(error), None
        except DomainError as error:
            return _back(request, session, str(error))
        else:
            return _done(request, session, _("Moved. %(name)s has been told."))
    if not can_be_moved(session, now):
        return _back(request, session)
    zone = visitor_zone(request, client.timezone)
    page = reverse("sessions:move_mine", args=[session.pk])
    context = {
        **_context(session, client, terms),
        "zone": zone,
        "zones": zone_choices(zone, session.consultant.timezone, client.timezone),
        "problem": problem,
        "start": start,
        "start_text": picker.start_text(start) if start else "",
        "ends_at": start + (session.ends_at - session.starts_at) if start else None,
        "refund_after": frozen.refund_percent(terms, session.starts_at, now),
        "from": request.GET.get("from", ""),
        "day": request.GET.get("day", ""),
        "page": page,
    }
    if start is None:
        context["picker"] = picker.for_move(session, asked=request.GET.dict(), zone=zone, page=page, now=now)
        if problem:
            context["nearest"] = picker.nearest(session, zone=zone, page=page)
    return render(request, "sessions/move_mine.html", context, status=409 if problem else 200)


@require_POST
def held(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Its client says whether it took place: ``yes`` or ``no``."""
    visitor = find_visitor(session_id=pk, user=request.user, browser=request.session)
    if visitor is None or visitor.client is None:
        return nothing_here(request)
    said = request.POST.get("answer")
    if said not in ("yes", "no"):
        return _back(request, visitor.session, _("Say whether it took place."))
    try:
        answer(
            session=visitor.session,
            client=visitor.client,
            took_place=said == "yes",
            by=_person(request, visitor.client),
        )
    except DomainError as error:
        return _back(request, visitor.session, str(error))
    return _done(request, visitor.session, _("Thank you. %(name)s is told what you said."))
