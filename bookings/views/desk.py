"""The consultant's desk: requests to answer, what is booked, webinars and their dates."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_GET, require_http_methods, require_POST

from accounts.access import ConsultantRequest, approved_consultant_required
from availability import picker
from availability.errors import TimeRefused
from availability.zones import zone_choices
from bookings.facts import has_room, place_label, place_of, place_url
from bookings.models import Booking
from bookings.services import (
    accept,
    cancel_by_consultant,
    decline,
    reschedule_by_consultant,
    terms,
)
from bookings.services.renewing import new_link
from bookings.versions import facts_of
from bookings.views.pages import answer, place_icon
from clients.fields import ReasonForm
from naksha.db import db_now
from naksha.errors import DomainError
from naksha.web.parts import Part, part_alone, part_of
from payments.documents import papers
from payments.models import Payment, Refund
from sessions_app import rooms
from sessions_app.models import Session

S = Booking.Status
HELD = (Session.Status.COMPLETED, Session.Status.NO_SHOW)
PAST = (S.REJECTED, S.CANCELLED, S.EXPIRED)


def _booking(request: ConsultantRequest, pk: UUID) -> Booking:
    """A booking of this consultant that has come to something; another's, or a bare hold, is 404."""
    mine = request.consultant.bookings.select_related(
        "consultant__user", "consultant__policy", "service", "client", "session"
    )
    return get_object_or_404(mine.exclude(status__in=[S.HELD, S.ABANDONED]), pk=pk)


def _version(request: ConsultantRequest) -> str:
    """An ETag: changes whenever the list would look different."""
    facts = [*facts_of(request.consultant, timezone.now()), request.GET.urlencode()]
    return f'W/"{hashlib.sha256(repr(facts).encode()).hexdigest()[:24]}"'


@require_GET
@approved_consultant_required
def requests(request: ConsultantRequest) -> HttpResponse:
    """Requests first, the most pressing on top; then what is coming; past ones a click away."""
    # The version is read first: what changes while the page is made is then fetched once too often, never missed.
    context = {"version": _version(request), "nav": "bookings"}
    return answer(request, "bookings/desk/requests.html", {**context, **_booked(request)})


@require_GET
@approved_consultant_required
@condition(etag_func=_version)
def requests_list(request: ConsultantRequest) -> HttpResponse:
    """The lists alone, for a page that is open; 304 while nothing has changed."""
    response = answer(request, "bookings/desk/_requests.html", _booked(request))
    response["Cache-Control"] = "private, no-cache"
    return response


def _booked(request: ConsultantRequest) -> dict[str, Any]:
    mine = Booking.objects.filter(consultant=request.consultant).select_related("client", "service", "session")
    show = "past" if request.GET.get("show") == "past" else "open"
    context: dict[str, Any] = {
        "show": show,
        "zone": request.consultant.timezone,
        "consultant": request.consultant,
        "now": db_now(),
    }
    runs = Q(session__status=Session.Status.IN_PROGRESS)
    behind = Q(session__status__in=HELD) | Q(ends_at__lte=context["now"]) & ~runs
    if show == "past":
        past = mine.filter(Q(status__in=PAST) | Q(status=S.ACCEPTED) & behind).order_by("-starts_at")
        context["page"] = Paginator(past, 25).get_page(request.GET.get("page"))
    else:
        context["waiting"] = list(mine.filter(status=S.PENDING).order_by("answer_by")[:100])
        upcoming = mine.filter(~behind, status=S.ACCEPTED, seat__isnull=True).order_by("starts_at")
        context["webinars"] = list(
            request.consultant.sessions.filter(
                kind=Session.Kind.WEBINAR, status=Session.Status.CONFIRMED, ends_at__gt=context["now"]
            ).order_by("starts_at")[:50]
        )
        context["page"] = Paginator(upcoming, 25).get_page(request.GET.get("page"))
    return context


@require_GET
@approved_consultant_required
def request_(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    booking = _booking(request, pk)
    context = {"nav": "bookings", "booking": booking, "live": _drawn(request, booking)}
    return answer(request, "bookings/desk/request.html", context)


@require_GET
@approved_consultant_required
def request_parts(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """All that may change of the page, for one that is open; 304 while nothing has."""
    return part_alone(request, _drawn(request, _booking(request, pk)))


def _drawn(request: ConsultantRequest, booking: Booking) -> Part:
    return part_of(request, "bookings/desk/_request.html", _context(request, booking))


def _context(request: ConsultantRequest, booking: Booking) -> dict[str, Any]:
    now = db_now()
    payments = list(Payment.objects.for_payable("booking", booking.pk).captured().order_by("captured_at"))
    return {
        "nav": "bookings",
        "booking": booking,
        "consultant": request.consultant,
        "zone": request.consultant.timezone,
        "now": now,
        "place_label": place_label(booking.platform),
        "place_icon": place_icon(booking.platform),
        "place": place_of(booking),
        "place_url": place_url(booking),
        "room_url": rooms.room_path(booking.session_id) if has_room(booking) and booking.session_id else "",
        "gst_percent": f"{booking.gst_basis_points / 100:g}",
        "payments": payments,
        "documents": papers("booking", booking.pk, payments),
        "refunds": list(Refund.objects.filter(payment__in=payments, replaced_by__isnull=True).order_by("created_at")),
        "can_answer": booking.status == S.PENDING and booking.answer_by is not None and booking.answer_by > now,
        "can_cancel": terms.can_be_cancelled(booking, now) and booking.status == S.ACCEPTED,
        "can_move": terms.can_be_moved_by_consultant(booking, now),
        "earlier": booking.client.bookings.filter(status=S.ACCEPTED).exclude(pk=booking.pk).count(),
        "refund_paise": terms.refundable(booking),
    }


@require_POST
@approved_consultant_required
def accept_request(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    booking = _booking(request, pk)
    try:
        accept(booking=booking, actor=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Accepted. %(name)s has been told.") % {"name": booking.contact_name})
    return redirect("bookings:request", pk)


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def decline_request(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    booking = _booking(request, pk)
    form = _reason_form(request, booking)
    if booking.status != S.PENDING:
        return redirect("bookings:request", pk)
    if request.method == "POST" and form.is_valid():
        try:
            decline(booking=booking, actor=request.user, reason=form.cleaned_data["reason"])
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Declined. %(name)s has been told.") % {"name": booking.contact_name})
        return redirect("bookings:request", pk)
    context = {**_context(request, booking), "form": form}
    return answer(request, "bookings/desk/decline.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def cancel_booking(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    booking = _booking(request, pk)
    form = _reason_form(request, booking)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_by_consultant(booking=booking, actor=request.user, reason=form.cleaned_data["reason"])
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Cancelled. %(name)s has been told.") % {"name": booking.contact_name})
        return redirect("bookings:request", pk)
    context = {**_context(request, booking), "form": form}
    if not context["can_cancel"]:
        return redirect("bookings:request", pk)
    return answer(request, "bookings/desk/cancel.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def new_link_page(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """Asks first, for those that are out stop working."""
    booking = _booking(request, pk)
    if booking.client.erased_at is not None:
        return redirect("bookings:request", pk)
    if request.method == "POST":
        try:
            new_link(booking=booking, actor=request.user)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            said = _("A new link is on its way to %(email)s. Those before it have stopped.")
            messages.success(request, said % {"email": booking.client.email})
        return redirect("bookings:request", pk)
    return answer(request, "bookings/desk/new_link.html", {"nav": "bookings", "booking": booking})


def _reason_form(request: HttpRequest, booking: Booking) -> ReasonForm:
    return ReasonForm(
        request.POST if request.method == "POST" else None,
        hint=_("%(name)s reads it.") % {"name": booking.contact_name},
    )


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def move_booking(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    booking = _booking(request, pk)
    context = _context(request, booking)
    if not context["can_move"]:
        return redirect("bookings:request", pk)
    zone = request.consultant.timezone
    page = reverse("bookings:reschedule_theirs", args=[pk])
    start = picker.parse_start((request.POST if request.method == "POST" else request.GET).get("start"))
    problem = ""
    if request.method == "POST" and start is not None:
        try:
            reschedule_by_consultant(booking=booking, starts_at=start, actor=request.user)
        except TimeRefused as error:
            problem, start = str(error), None
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("bookings:request", pk)
        else:
            messages.success(request, _("Moved. %(name)s has been told.") % {"name": booking.contact_name})
            return redirect("bookings:request", pk)
    context |= {
        "problem": problem,
        "start": start,
        "start_text": picker.start_text(start) if start else "",
        "ends_at": start + (booking.ends_at - booking.starts_at) if start else None,
        "zones": zone_choices(zone),
        "page": page,
    }
    if start is None:
        context["picker"] = picker.for_move(booking, asked=request.GET.dict(), zone=zone, page=page, now=context["now"])
        if problem:
            context["nearest"] = picker.nearest(booking, zone=zone, page=page)
    return answer(request, "bookings/desk/move.html", context, status=409 if problem else 200)
