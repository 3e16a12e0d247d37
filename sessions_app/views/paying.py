"""Paying for a recorded session, by the link alone. What a booking costs is paid on the booking's own page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from naksha.web.converters import id_in
from naksha.web.secret import secret
from payments.checkout import answer_query, back_unknown, came, checkout
from payments.documents import papers
from payments.errors import PaymentMismatch, SignatureInvalid
from sessions_app import origin
from sessions_app.access import find_visitor, let_in, resolve_link, resolve_revoked
from sessions_app.errors import NothingOwed
from sessions_app.facts import place_label
from sessions_app.models import Session, SessionLink
from sessions_app.services import open_price
from sessions_app.views.room import MY_SESSIONS, nothing_here

View = Callable[[HttpRequest, Session, str], HttpResponse]


def _with_link(view: View) -> Callable[..., HttpResponse]:
    """Fetch the session that a token opens for its client. For an unknown one, 404 with the way to a new link; a booked
    one leads to its booking. In the token's place stands the session's id for whoever is in its room."""

    @wraps(view)
    def fetched(request: HttpRequest, token: str) -> HttpResponse:
        session_id = id_in(token)
        if session_id is not None:
            found = _own(request, session_id)
            return secret(view(request, found, token) if found else _back_unknown(request, session_id, token))
        try:
            link = resolve_link(token)
        except SessionLink.DoesNotExist:
            return _back_by_revoked(request, token) or nothing_here(request, back=MY_SESSIONS)
        session = Session.objects.select_related("consultant__user", "client").get(pk=link.session_id)
        if session.reference is None or session.client_id != link.client_id:
            return secret(_to_booking(request, session, link))
        return secret(view(request, session, token))

    return fetched


def _own(request: HttpRequest, session_id: UUID) -> Session | None:
    """The recorded session whose client this visitor is, by login or by link."""
    visitor = find_visitor(session_id=session_id, user=request.user, browser=request.session)
    if visitor is None or visitor.client is None or visitor.session.reference is None:
        return None
    return visitor.session


def _back_unknown(request: HttpRequest, session_id: UUID, token: str) -> HttpResponse:
    """The gateway's post brings no cookie; anybody else's is 404."""
    pay_path = reverse("sessions:pay", args=[token])
    page = None
    if request.method == "POST":
        page = back_unknown(request, payable_kind=Session.PAYABLE, payable_id=session_id, pay_path=pay_path)
    return page or nothing_here(request, back=MY_SESSIONS)


def _back_by_revoked(request: HttpRequest, token: str) -> HttpResponse | None:
    """What became of a payment whose signed answer is here, by a link that was revoked since it was begun."""
    if request.method != "POST":
        return None
    try:
        link = resolve_revoked(token)
    except SessionLink.DoesNotExist:
        return None
    if link.session.reference is None or link.session.client_id != link.client_id:
        return None
    session = link.session
    page = came(
        request,
        payable_kind=Session.PAYABLE,
        payable_id=session.pk,
        label=_("Session with %(name)s") % {"name": session.consultant.display_name},
        title=session.title,
    )
    return page and secret(page)


def _to_booking(request: HttpRequest, session: Session, link: SessionLink) -> HttpResponse:
    there = origin.room_facts(session, link.client).pay_url
    if not there:
        raise Http404
    let_in(request, link)
    return redirect(there)


def _context(session: Session, token: str) -> dict[str, Any]:
    return {
        "session": session,
        "token": token,
        "by_link": id_in(token) is None,
        "consultant": session.consultant,
        "zone": session.client.timezone if session.client else session.consultant.timezone,
        "gst_percent": f"{session.gst_basis_points / 100:g}",
        "place_label": place_label(session.platform),
    }


@require_GET
@_with_link
def pay(request: HttpRequest, session: Session, token: str) -> HttpResponse:
    """What is owed and the way to the gateway; once it is paid, the papers."""
    context = _context(session, token)
    try:
        payment = open_price(session=session)
    except NothingOwed:
        return render(request, "sessions/paid.html", {**context, "documents": papers(Session.PAYABLE, session.pk)})
    way = checkout(
        request,
        payment,
        pay_path=reverse("sessions:pay", args=[token]),
        done_path=reverse("sessions:pay_done", args=[token]),
    )
    return way.allow(render(request, "sessions/pay.html", {**context, **way.context()}))


@csrf_exempt
@require_http_methods(["GET", "POST"])
@_with_link
def done(request: HttpRequest, session: Session, token: str) -> HttpResponse:
    """Back from the gateway, which posts its signed answer here from its own pages (so without our cookies)."""
    page = reverse("sessions:pay", args=[token])
    try:
        query = answer_query(request, payable_kind=Session.PAYABLE, payable_id=session.pk)
    except (SignatureInvalid, PaymentMismatch) as error:
        return render(request, "sessions/refused.html", {"problem": str(error), "pay_url": page}, status=400)
    return redirect(f"{page}?{query}" if query else page)


@require_GET
def pay_by_room(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The way from the room to the page that pays: for its client alone, by login or by link."""
    if _own(request, pk) is None:
        raise Http404
    return secret(redirect("sessions:pay", pk))
