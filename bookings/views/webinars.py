"""The consultant's webinars: the dates that are set, one of them, calling it off."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import ConsultantRequest, approved_consultant_required
from availability.errors import SlotTaken
from bookings.facts import place_label
from bookings.forms import WebinarDateForm
from bookings.models import Booking, WaitlistEntry
from bookings.services import cancel_webinar
from bookings.services.webinars import TOO_LATE
from bookings.views.pages import answer
from clients.fields import ReasonForm
from consultants.models import Service
from naksha.db import db_now
from naksha.errors import DomainError
from naksha.money import rupees
from naksha.web.parts import Part, part_alone, part_of
from sessions_app import rooms
from sessions_app.models import Session
from sessions_app.services import schedule_webinar
from sessions_app.services.machine import is_ahead

S = Booking.Status


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def webinars(request: ConsultantRequest) -> HttpResponse:
    """The dates that are set, and a form for another."""
    offered = request.consultant.services.filter(kind=Service.Kind.WEBINAR, is_active=True, archived_at__isnull=True)
    form = WebinarDateForm(
        request.POST if request.method == "POST" else None,
        services=offered,
        zone=request.consultant.timezone,
        initial={"service": request.GET.get("service")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            session = schedule_webinar(
                service=form.cleaned_data["service"], starts_at=form.cleaned_data["starts_at"], actor=request.user
            )
        except SlotTaken:
            form.add_error("time", _("Something of yours is at that time already. Choose another."))
        except DomainError as error:
            form.add_error("time", str(error))
        else:
            messages.success(request, _("The date is set and can be booked."))
            return redirect("bookings:webinar", session.pk)
    context = {
        "nav": "bookings",
        "form": form,
        "has_webinars": offered.exists(),
        "consultant": request.consultant,
        "live": _dates(request),
    }
    return answer(request, "bookings/desk/webinars.html", context, status=400 if form.errors else 200)


@require_GET
@approved_consultant_required
def webinars_list(request: ConsultantRequest) -> HttpResponse:
    """The dates alone, for a page that is open; 304 while nothing has changed."""
    return part_alone(request, _dates(request))


def _dates(request: ConsultantRequest) -> Part:
    """One query, however many are set."""
    dates = (
        request.consultant.sessions.filter(kind=Session.Kind.WEBINAR, ends_at__gt=db_now())
        .select_related("service")
        .annotate(line=Count("waitlist", filter=Q(waitlist__status=WaitlistEntry.Status.WAITING)))
        .order_by("starts_at")
    )
    context = {"dates": dates[:200], "zone": request.consultant.timezone}
    return part_of(request, "bookings/desk/_webinars.html", context)


@require_GET
@approved_consultant_required
def webinar(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    session = _webinar(request, pk)
    context = {"nav": "bookings", "session": session, "live": _drawn(request, session)}
    return answer(request, "bookings/desk/webinar.html", context)


@require_GET
@approved_consultant_required
def webinar_parts(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """All that may change of the page, for one that is open; 304 while nothing has."""
    return part_alone(request, _drawn(request, _webinar(request, pk)))


def _drawn(request: ConsultantRequest, session: Session) -> Part:
    """Three queries, whoever has a seat or waits for one."""
    booked = session.bookings.filter(status=S.ACCEPTED).select_related("client").order_by("created_at")
    context = {
        "session": session,
        "booked": booked,
        "line": session.waitlist.filter(status__in=[WaitlistEntry.Status.WAITING, WaitlistEntry.Status.OFFERED]),
        "zone": request.consultant.timezone,
        "can_cancel": is_ahead(session, db_now()),
        "place_label": place_label(session.platform),
        "room_url": rooms.room_path(session.pk),
    }
    return part_of(request, "bookings/desk/_webinar.html", context)


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def cancel_date(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    session = _webinar(request, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None, hint=_("Everybody who booked reads it."))
    if request.method == "POST" and form.is_valid():
        try:
            cancel_webinar(session=session, actor=request.user, reason=form.cleaned_data["reason"])
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Called off. Everybody has been told and gets everything back."))
        return redirect("bookings:webinar", pk)
    if not is_ahead(session, db_now()):
        if session.status in (Session.Status.CONFIRMED, Session.Status.IN_PROGRESS):
            messages.error(request, TOO_LATE)
        return redirect("bookings:webinar", pk)
    booked = session.bookings.filter(status=S.ACCEPTED)
    paid = sum(booking.paid_paise - booking.refunded_paise for booking in booked)
    context = {
        "nav": "bookings",
        "session": session,
        "form": form,
        "count": len(booked),
        "paid": rupees(paid) if paid else "",
        "zone": request.consultant.timezone,
    }
    return answer(request, "bookings/desk/webinar_cancel.html", context, status=400 if form.errors else 200)


def _webinar(request: ConsultantRequest, pk: UUID) -> Session:
    mine = request.consultant.sessions.filter(kind=Session.Kind.WEBINAR).select_related("service", "consultant__user")
    return get_object_or_404(mine, pk=pk)
