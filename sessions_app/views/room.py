"""The session's room: entered by link, login or booking; joined, left, and written down."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from naksha.db import db_now
from naksha.errors import DomainError
from naksha.web.secret import secret
from sessions_app import origin
from sessions_app.access import Visitor, find_visitor, let_in, resolve_link, visitor_or_404
from sessions_app.chat_panel import chat_panel
from sessions_app.errors import NotesChanged
from sessions_app.forms import NotesForm
from sessions_app.models import SessionLink, SessionNotes
from sessions_app.room_page import RoomPage, page_for
from sessions_app.rooms import door_of
from sessions_app.services import joining
from sessions_app.services.noting import save_notes

MY_SESSIONS = "/me/sessions/"  # what a login shows of whoever was given a link


@require_safe
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Exchange a link's token for the browser's own memory of it. The link is not spent: mail programs look, too.

    It leads into the room; with ``?next=review``, ``?next=held`` or ``?next=manage`` to that page instead.
    """
    try:
        link = resolve_link(token)
    except SessionLink.DoesNotExist:
        return nothing_here(request, back=MY_SESSIONS)
    let_in(request, link)
    return secret(redirect(_next(link, request.GET.get("next", ""))))


def _next(link: SessionLink, wanted: str) -> str:
    """One of a fixed set of pages: nothing that stands in an address leads away from the site."""
    if wanted == "review":
        return reverse("sessions:review", args=[link.session_id])
    room = reverse("sessions:room", args=[link.session_id])
    if wanted == "held":
        return f"{room}#held"
    if wanted == "manage":
        facts = origin.room_facts(link.session, link.client)
        return facts.manage_url or (f"{room}#change" if facts.can_cancel else room)
    return room


@require_safe
def room(request: HttpRequest, pk: UUID) -> HttpResponse:
    visitor = find_visitor(session_id=pk, user=request.user, browser=request.session)
    if visitor is None:
        return nothing_here(request)
    joining.enter(visitor=visitor)
    return _page(request, visitor)


@require_safe
def parts(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What changes while the page is open, for a page that is open."""
    visitor = visitor_or_404(request, pk)
    joining.stay(visitor=visitor)
    page = page_for(visitor)
    joining.stand_at(page.door, visitor=visitor)
    return _leading_out(secret(render(request, "sessions/_parts.html", _context(page))), page)


@require_POST
def join(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Into the meeting, in a tab of its own. Its address is this person's and stands on no page."""
    visitor = visitor_or_404(request, pk)
    try:
        url = joining.join(visitor=visitor)
    except DomainError as error:
        door = door_of(visitor.session, db_now())
        context = {"session": visitor.session, "door": door, "problem": str(error), "zone": visitor.timezone}
        return secret(render(request, "sessions/door_closed.html", {**context, "now": db_now()}, status=409))
    response = redirect(url)
    response.status_code = 303
    return secret(response)


@require_POST
def left(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page was closed, as the browser says while it closes it."""
    joining.leave(visitor=visitor_or_404(request, pk))
    return secret(HttpResponse(status=204))


@require_POST
def notes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep the consultant's notes: as a form, or by the page's own script, which asks for JSON."""
    visitor = visitor_or_404(request, pk)
    if not visitor.is_consultant:
        raise Http404
    form = NotesForm(request.POST)
    by_script = request.headers.get("Accept") == "application/json"
    if not form.is_valid():
        if by_script:
            return secret(JsonResponse({"problem": form.first_problem}, status=400))
        return _page(request, visitor, notes_form=form, status=400)
    try:
        version = save_notes(session=visitor.session, **form.cleaned_data)
    except NotesChanged as error:
        kept = SessionNotes.objects.get(session=visitor.session)
        if by_script:
            theirs = {"private": kept.private, "shared": kept.shared, "version": kept.version}
            return secret(JsonResponse({"problem": str(error), "theirs": theirs}, status=409))
        return _page(request, visitor, notes_form=form.over(kept.version), theirs=kept, problem=str(error), status=409)
    if by_script:
        return secret(JsonResponse({"version": version}))
    return secret(redirect(f"{request.path.removesuffix('notes/')}#notes"))


def _page(request: HttpRequest, visitor: Visitor, *, status: int = 200, **extra: Any) -> HttpResponse:
    page = page_for(visitor)
    joining.stand_at(page.door, visitor=visitor)
    context = {**_context(page), **chat_panel(visitor), **extra}
    if page.is_consultant:
        context.setdefault("notes_form", NotesForm.of(page.notes))
    return _leading_out(secret(render(request, "sessions/room.html", context, status=status)), page)


def _context(page: RoomPage) -> dict[str, Any]:
    return {"room": page, "session": page.session, "visitor": page.visitor, "zone": page.zone}


def _leading_out(response: HttpResponse, page: RoomPage) -> HttpResponse:
    """Join's form leads to the meeting's server, from this page alone."""
    if page.door.origin:
        response._csp_update = {"form-action": [page.door.origin]}  # type: ignore[attr-defined]
    return response


def nothing_here(request: HttpRequest, back: str = "") -> HttpResponse:
    """The same for a link that is unknown or revoked, a session that there isn't, and one that is another's. A login
    leads ``back``: here, unless this is a link's address, which opens no more by a login."""
    return secret(render(request, "sessions/not_here.html", {"back": back or request.path}, status=404))
