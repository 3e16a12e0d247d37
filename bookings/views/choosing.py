"""Which service, and when."""

from __future__ import annotations

from datetime import datetime
from datetime import time as clock_time
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from availability import picker, slots
from availability.zones import zone_choices
from bookings import visitor
from bookings.errors import REFUSED, AlreadyWaiting
from bookings.facts import place_label
from bookings.forms import WaitlistForm
from bookings.models import Booking
from bookings.services import join_waitlist, terms
from bookings.views.pages import answer, bookable_service, place_icon, summary, with_consultant
from consultants.models import Consultant, Service
from naksha.times import people_time
from naksha.web.errors import too_many
from naksha.web.parts import Part, part_alone, part_of
from naksha.web.zone import visitor_zone
from naksha.web.zone import zone as zone_of
from sessions_app.models import Session


@require_GET
@with_consultant
def start(request: HttpRequest, consultant: Consultant) -> HttpResponse:
    """Choose a service. A consultant with only one has no choice to offer."""
    services = list(Service.objects.filter(consultant=consultant, is_active=True, archived_at__isnull=True))
    if len(services) == 1 and "all" not in request.GET:
        return redirect("bookings:time", consultant.slug, services[0].pk)
    dates = next_dates(services)
    rows = [
        {
            "service": service,
            "price": terms.price_of(service, consultant),
            "place": place_label(service.platform),
            "icon": place_icon(service.platform),
            "date": dates.get(service.pk),
        }
        for service in services
    ]
    context = {"step": "service", "consultant": consultant, "rows": rows}
    context["zone"] = visitor_zone(request, consultant.timezone)
    return answer(request, "bookings/start.html", context)


@require_GET
@with_consultant
def time(request: HttpRequest, consultant: Consultant, service_id: UUID) -> HttpResponse:
    service = bookable_service(consultant, service_id)
    zone = visitor_zone(request, consultant.timezone)
    context = _shared(request, consultant, service, zone)
    if service.is_webinar:
        return answer(request, "bookings/dates.html", {**context, "live": _dates(request, consultant, service, zone)})
    page = reverse("bookings:time", args=[consultant.slug, service.pk])
    hold: Booking | None = context["hold"]
    now = timezone.now()
    asked = picker.parse_day(request.GET.get("day"))
    if asked is None and hold is not None and hold.service_id == service.pk:
        asked = hold.starts_at.astimezone(zone_of(zone)).date()
    built = picker.build(
        consultant=consultant,
        minutes=service.minutes,
        zone=zone,
        asked_day=asked,
        asked_from=picker.parse_day(request.GET.get("from")),
        now=now,
        page=page,
        keep=_keep(request),
        time_url=lambda start: details_url(consultant, service, start, request),
        chosen_start=hold.starts_at if hold else None,
    )
    context.update(picker=built, waitlist_form=None, held_here=bool(hold and hold.service_id == service.pk))
    if built.chosen and built.is_empty and not context["held_here"]:
        _offer_waitlist(context, consultant, service, built, zone, now)
    return answer(request, "bookings/time.html", context)


def _shared(request: HttpRequest, consultant: Consultant, service: Service, zone: str) -> dict[str, Any]:
    found = visitor.held(request, consultant)
    hold, token = found if found else (None, "")
    return {
        **summary(service, consultant),
        "step": "time",
        "zone": zone,
        "zones": zone_choices(zone, consultant.timezone),
        "now": timezone.now(),
        "hold": hold,
        "hold_token": token,
        "from": request.GET.get("from", ""),
        "day": request.GET.get("day", ""),
        "details_url": details_url(consultant, hold.service, hold.starts_at, request)
        if hold and hold.service_id == service.pk and not service.is_webinar
        else "",
    }


def _keep(request: HttpRequest) -> dict[str, str]:
    """A zone that was chosen by hand goes along in every address."""
    return {"tz": request.GET["tz"]} if request.GET.get("tz") else {}


def details_url(consultant: Consultant, service: Service, start: datetime, request: HttpRequest) -> str:
    query = urlencode({"start": picker.start_text(start), **_keep(request)})
    return f"{reverse('bookings:details', args=[consultant.slug, service.pk])}?{query}"


def _offer_waitlist(
    context: dict[str, Any],
    consultant: Consultant,
    service: Service,
    built: picker.Picker,
    zone: str,
    now: datetime,
) -> None:
    """Where all times of the chosen day are taken, there is a list; and the next free times are named."""
    if built.chosen is None:
        return
    noon = datetime.combine(built.chosen, clock_time(12), tzinfo=zone_of(zone))
    day = noon.astimezone(zone_of(consultant.timezone)).date()  # lists are kept by the consultant's days
    context["day_is_full"] = slots.day_is_full(consultant=consultant, minutes=service.minutes, day=day, now=now)
    if context["day_is_full"]:
        context |= {"waitlist_form": WaitlistForm(auto_id="wait_%s"), "wait_day": day}
    near = slots.nearest_free(consultant=consultant, minutes=service.minutes, around=noon, limit=3, now=now)
    context["nearest"] = [
        {
            "words": people_time(start, zone, now),
            "url": f"?{urlencode({'day': start.astimezone(zone_of(zone)).date()})}",
        }
        for start in near
    ]


def open_dates(service: Service) -> QuerySet[Session]:
    """The dates of a webinar that are still to come."""
    return Session.objects.filter(
        service=service, status=Session.Status.CONFIRMED, starts_at__gt=timezone.now()
    ).order_by("starts_at")


def next_dates(services: list[Service]) -> dict[UUID, Session]:
    """The next date of each webinar among ``services``, in one question; one with seats before a full one."""
    dates: dict[UUID, Session] = {}
    webinars = [service.pk for service in services if service.is_webinar]
    for session in Session.objects.filter(
        service__in=webinars, status=Session.Status.CONFIRMED, starts_at__gt=timezone.now()
    ).order_by("starts_at"):
        known = dates.get(session.service_id) if session.service_id else None
        if session.service_id and (known is None or (known.seats_left <= 0 < session.seats_left)):
            dates[session.service_id] = session
    return dates


@require_GET
@with_consultant
def dates(request: HttpRequest, consultant: Consultant, service_id: UUID) -> HttpResponse:
    """The dates of a webinar alone, for a page that is open; 304 while nothing has changed."""
    service = bookable_service(consultant, service_id)
    if not service.is_webinar:
        raise Http404
    return part_alone(request, _dates(request, consultant, service, visitor_zone(request, consultant.timezone)))


def _dates(request: HttpRequest, consultant: Consultant, service: Service, zone: str) -> Part:
    """One query, however many are set."""
    page = reverse("bookings:details", args=[consultant.slug, service.pk])
    chosen = request.GET.get("session", "")
    found = [
        {
            "session": session,
            "url": f"{page}?{urlencode({'session': session.pk, **_keep(request)})}",
            "form": WaitlistForm(auto_id=f"wait_{session.pk.hex}_%s") if session.seats_left <= 0 else None,
            "asked": str(session.pk) == chosen,
        }
        for session in open_dates(service)
    ]
    context = {
        "dates": found,
        "zone": zone,
        "consultant": consultant,
        "service": service,
        "service_url": reverse("bookings:start", args=[consultant.slug]),
    }
    return part_of(request, "bookings/_dates.html", context)


@require_http_methods(["GET", "POST"])
@with_consultant
def waitlist(request: HttpRequest, consultant: Consultant, service_id: UUID) -> HttpResponse:
    """Join the line for a full day (``day``) or a full webinar (``session``)."""
    service = bookable_service(consultant, service_id)
    zone = visitor_zone(request, consultant.timezone)
    given = request.POST if request.method == "POST" else request.GET
    session = _session(service, given.get("session")) if service.is_webinar else None
    day = None if service.is_webinar else picker.parse_day(given.get("day"))
    if session is None and day is None:
        return redirect("bookings:time", consultant.slug, service.pk)
    form = WaitlistForm(request.POST if request.method == "POST" else None)
    context = {
        **_shared(request, consultant, service, zone),
        "form": form,
        "session": session,
        "wait_day": day,
        "problem": "",
        "already": False,
    }
    if request.method == "POST" and form.is_valid():
        overdrawn = visitor.try_to_wait(request, form.cleaned_data["email"], consultant)
        if overdrawn is not None:
            return too_many(request, overdrawn.retry_after)
        try:
            _entry, token = join_waitlist(
                service=service,
                session=session,
                day=day,
                name=form.cleaned_data["name"],
                email=form.cleaned_data["email"],
                timezone=zone,
            )
        except AlreadyWaiting:
            return answer(request, "bookings/waitlist_join.html", {**context, "already": True})
        except REFUSED as error:
            return answer(request, "bookings/waitlist_join.html", {**context, "problem": str(error)}, status=409)
        return redirect("bookings:waitlist", token)
    return answer(request, "bookings/waitlist_join.html", context, status=400 if form.is_bound else 200)


def _session(service: Service, name: str | None) -> Session | None:
    try:
        asked = UUID(str(name))
    except ValueError:
        return None
    return get_object_or_404(Session, pk=asked, service=service)
