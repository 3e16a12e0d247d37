"""Who books, and the press of the button that takes the time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from availability import picker, slots
from availability.zones import zone_choices
from bookings import visitor
from bookings.errors import REFUSED, NotOpen, OfferOver
from bookings.forms import DetailsForm
from bookings.models import Booking, WaitlistEntry
from bookings.services import Details, hold, hold_seat, links, terms
from bookings.views.pages import answer, bookable_service, summary, with_consultant
from consultants.models import Consultant, Service
from naksha.crypto import new_token
from naksha.times import people_time
from naksha.web.errors import too_many
from naksha.web.zone import clean_zone, visitor_zone
from naksha.web.zone import zone as zone_of
from sessions_app.models import Session


@require_http_methods(["GET", "POST"])
@with_consultant
def details(request: HttpRequest, consultant: Consultant, service_id: UUID) -> HttpResponse:
    """The form, and its press. A press always leads on to an address, never to a page of its own: so the browser's
    Back works from everywhere, and what was typed waits in the visitor's session until it is booked."""
    service = bookable_service(consultant, service_id)
    choice = _Choice(request, consultant, service)
    if choice.starts_at is None:
        return redirect("bookings:time", consultant.slug, service.pk)
    if request.method == "POST":
        return _press(request, choice)
    typed = visitor.typed_before(request, service, choice.hold, choice.user) | choice.offer_details()
    draft = visitor.draft(request)
    if "tried" in request.GET and draft:
        form = DetailsForm(draft, service=service, user=choice.user)
        form.is_valid()
    else:
        form = DetailsForm(service=service, user=choice.user, initial=typed)
    problem = visitor.problem(request)
    if choice.is_free():
        return _show(request, choice, form, problem=problem)
    return _gone(request, choice, form, problem)


class _Choice:
    """What was chosen, from the address or, once sent, from the form: the time or the date, the zone, the offer."""

    def __init__(self, request: HttpRequest, consultant: Consultant, service: Service) -> None:
        given = request.POST if request.method == "POST" else request.GET
        self.consultant, self.service = consultant, service
        self.zone = clean_zone(given.get("tz")) or visitor_zone(request, consultant.timezone)
        self.asked_zone = given.get("tz", "")
        self.session = _session(service, given.get("session")) if service.is_webinar else None
        self.starts_at = self._start(given.get("pick") or given.get("start"))
        self.user = visitor.confirmed_user(request)
        found = visitor.held(request, consultant)
        self.hold: Booking | None = found[0] if found else None
        self.hold_token = found[1] if found else ""
        self.offer_token = given.get("offer", "")
        self.offer = self._offer()
        self.nonce = given.get("nonce", "")[:64] or new_token()

    def _start(self, text: str | None) -> datetime | None:
        if self.service.is_webinar:
            return self.session.starts_at if self.session else None
        return picker.parse_start(text)

    def _offer(self) -> WaitlistEntry | None:
        if not 20 <= len(self.offer_token) <= 64:
            return None
        try:
            entry = links.resolve_waitlist(self.offer_token)
        except WaitlistEntry.DoesNotExist:
            return None
        return entry if entry.service_id == self.service.pk else None

    def offer_details(self) -> dict[str, str]:
        return {"name": self.offer.name, "email": self.offer.email} if self.offer else {}

    @property
    def own_hold(self) -> bool:
        """Whether this very time is kept for the visitor already."""
        return (
            self.hold is not None and self.hold.service_id == self.service.pk and self.hold.starts_at == self.starts_at
        )

    def is_free(self) -> bool:
        """A look before anything is typed. What counts is the press of the button."""
        if self.starts_at is None:
            return False
        if self.own_hold or (self.offer is not None and self.offer.status == WaitlistEntry.Status.OFFERED):
            return True
        if self.session is not None:
            return self.session.status == Session.Status.CONFIRMED and self.session.seats_left > 0
        day = self.starts_at.date()
        return self.starts_at in slots.free_slots(
            consultant=self.consultant,
            minutes=self.service.minutes,
            first=day - timedelta(days=1),
            last=day + timedelta(days=1),
        )

    def url(self, **more: str) -> str:
        """This step's own address for the same choice."""
        page = reverse("bookings:details", args=[self.consultant.slug, self.service.pk])
        query = {"tz": self.asked_zone, "offer": self.offer_token if self.offer else "", **more}
        if self.session is not None:
            query["session"] = str(self.session.pk)
        elif self.starts_at is not None:
            query["start"] = picker.start_text(self.starts_at)
        return f"{page}?{picker.query(**query)}"

    @property
    def time_url(self) -> str:
        page = reverse("bookings:time", args=[self.consultant.slug, self.service.pk])
        query = {"tz": self.asked_zone} if self.asked_zone else {}
        if self.starts_at is not None and not self.service.is_webinar:
            query["day"] = self.starts_at.astimezone(zone_of(self.zone)).date().isoformat()
        return f"{page}?{urlencode(query)}" if query else page


def _press(request: HttpRequest, choice: _Choice) -> HttpResponse:
    if "change" in request.POST:
        visitor.keep_draft(request, request.POST.dict())
        if request.POST["change"] == "service":
            return redirect(reverse("bookings:start", args=[choice.consultant.slug]) + "?all")
        return redirect(choice.time_url)
    form = DetailsForm(request.POST, service=choice.service, user=choice.user)
    if not form.is_valid():
        visitor.keep_draft(request, request.POST.dict())
        return redirect(choice.url(tried="1"))
    overdrawn = visitor.try_to_hold(request, form.cleaned_data.get("email", ""))
    if overdrawn is not None:
        visitor.keep_draft(request, request.POST.dict())
        return too_many(request, overdrawn.retry_after)
    try:
        booking, token = _take(choice, form.details(choice.zone), visitor.origin(request))
    except NotOpen as error:
        raise Http404 from error
    except REFUSED as error:
        visitor.keep_draft(request, request.POST.dict(), problem=str(error))
        if isinstance(error, OfferOver):
            choice.offer = None
        return redirect(choice.url())
    visitor.forget_draft(request)
    if booking.status == Booking.Status.HELD:
        response = redirect("bookings:pay", token)
        visitor.remember_hold(response, token)
        return response
    response = redirect("bookings:manage", token)
    visitor.forget_hold(response)
    return response


def _take(choice: _Choice, typed: Details, origin: str) -> tuple[Booking, str]:
    if choice.session is not None:
        return hold_seat(
            session=choice.session,
            details=typed,
            user=choice.user,
            request_key=choice.nonce,
            origin=origin,
            replaces=choice.hold,
            offer=choice.offer,
        )
    if choice.starts_at is None:
        raise Http404
    return hold(
        service=choice.service,
        starts_at=choice.starts_at,
        details=typed,
        user=choice.user,
        request_key=choice.nonce,
        origin=origin,
        replaces=choice.hold,
        offer=choice.offer,
    )


def _show(request: HttpRequest, choice: _Choice, form: DetailsForm, *, status: int = 200, **more: Any) -> HttpResponse:
    now = timezone.now()
    if choice.starts_at is None:
        raise Http404
    context = {
        **summary(choice.service, choice.consultant),
        "step": "details",
        "form": form,
        "starts_at": choice.starts_at,
        "ends_at": choice.starts_at + timedelta(minutes=choice.service.minutes),
        "start": "" if choice.session else picker.start_text(choice.starts_at),
        "session": choice.session,
        "zone": choice.zone,
        "asked_zone": choice.asked_zone,
        "zones": zone_choices(choice.zone, choice.consultant.timezone),
        "nonce": choice.nonce,
        "offer_token": choice.offer_token if choice.offer else "",
        "hold": choice.hold,
        "hold_token": choice.hold_token,
        "own_hold": choice.own_hold,
        "user_email": choice.user.email if choice.user else "",
        "free_until": terms.free_until_in_words(
            choice.starts_at, choice.consultant.policy.free_cancel_hours, choice.zone, now
        ),
        "now": now,
        **more,
    }
    context["time_url"] = choice.time_url
    return answer(request, "bookings/details.html", context, status=status)


def _gone(request: HttpRequest, choice: _Choice, form: DetailsForm, sentence: str = "") -> HttpResponse:
    """The time isn't to be had: say so, name the nearest, and keep what was typed."""
    now = timezone.now()
    nearest: list[dict[str, str]] = []
    if choice.session is None and choice.starts_at is not None:
        near = slots.nearest_free(
            consultant=choice.consultant,
            minutes=choice.service.minutes,
            around=choice.starts_at,
            limit=4,
            now=now,
        )
        nearest = [{"start": picker.start_text(start), "words": people_time(start, choice.zone, now)} for start in near]
    elif choice.session is not None:
        others = Session.objects.filter(
            service=choice.service, status=Session.Status.CONFIRMED, starts_at__gt=now
        ).exclude(pk=choice.session.pk)
        nearest = [
            {"session": str(other.pk), "words": people_time(other.starts_at, choice.zone, now)}
            for other in others.order_by("starts_at")
            if other.seats_left > 0
        ][:4]
    return _show(
        request,
        choice,
        form,
        status=409,
        gone=sentence or _("That time is not free any more."),
        nearest=nearest,
        full_session=choice.session if choice.session and choice.session.seats_left <= 0 else None,
    )


def _session(service: Service, name: str | None) -> Session | None:
    try:
        asked = UUID(str(name))
    except ValueError:
        return None
    return get_object_or_404(Session, pk=asked, service=service)
