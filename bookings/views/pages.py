"""What the booking pages share: fetching, the summary beside each step, what a page with a token must say."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.db.models import CharField, UUIDField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from bookings.facts import place_note
from bookings.models import Booking
from bookings.services import links, terms
from consultants import frozen
from consultants.models import Consultant, Service, ServiceQuestion, SlugRedirect
from naksha.kept import Kept, Param, attach
from naksha.web.converters import id_in
from naksha.web.moved import moved
from naksha.web.secret import secret
from sessions_app.access import find_visitor

P = ParamSpec("P")

_BY_SLUG = Kept(lambda: Consultant.objects.select_related("user", "policy").filter(slug=Param("slug", CharField())))
_OPEN_SERVICE = Kept(
    lambda: Service.objects.filter(
        pk=Param("pk", UUIDField()),
        consultant=Param("consultant", UUIDField()),
        is_active=True,
        archived_at__isnull=True,
    )
)
_QUESTIONS = Kept(
    lambda: ServiceQuestion.objects.filter(service=Param("service", UUIDField())).order_by("order", "created_at")
)


class Moved(Exception):
    """The consultant's page has another address now."""

    def __init__(self, slug: str) -> None:
        self.slug = slug


def public_consultant(slug: str) -> Consultant:
    """The consultant whom the public may book. Raises Http404, or Moved where the address is an old one."""
    consultant = _BY_SLUG.first(slug=slug)
    if consultant is None:
        former = SlugRedirect.objects.select_related("consultant").filter(slug=slug).first()
        if former is not None:
            raise Moved(former.consultant.slug)
        if slug != slug.lower():  # a phone writes the first letter large
            raise Moved(public_consultant(slug.lower()).slug)
        raise Http404
    if not consultant.is_public:
        raise Http404
    return consultant


def with_consultant(
    view: Callable[Concatenate[HttpRequest, Consultant, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Fetch the consultant for a view under ``/<slug>/book/``; an old slug leads to the new one."""

    @wraps(view)
    def fetched(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            consultant = public_consultant(slug)
        except Moved as elsewhere:
            return moved(request, slug, elsewhere.slug)
        response = view(request, consultant, *args, **kwargs)
        response.setdefault("Cache-Control", "private, no-cache")
        return response

    return fetched


def bookable_service(consultant: Consultant, service_id: UUID) -> Service:
    """A service of this consultant that can be booked. Another's, a closed or an archived one: Http404."""
    service = _OPEN_SERVICE.first(pk=service_id, consultant=consultant.pk)
    if service is None:
        raise Http404
    attach(service, "questions", _QUESTIONS.all(service=service.pk))
    service.consultant = consultant
    return service


def with_booking(
    view: Callable[Concatenate[HttpRequest, Booking, str, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Fetch the booking that a token opens; for an unknown one, 404 with the way to a new link. The page is nobody
    else's to keep, index or hear of.

    In the token's place stands the booking's id for whoever needs no link. One who is not logged in (any more) is
    asked to.
    """

    @wraps(view)
    def fetched(request: HttpRequest, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        booking = opened(request, token)
        if booking is not None:
            return secret(view(request, booking, token, *args, **kwargs))
        if id_in(token) is not None and request.method == "GET" and not request.user.is_authenticated:
            return secret(redirect_to_login(request.get_full_path()))
        return not_here(request)

    return fetched


def opened(request: HttpRequest, token: str) -> Booking | None:
    """The booking that ``token`` opens to this visitor: the secret of a link to whoever has it; its id to its client,
    by login or as the guest who was let into its session's room, as long as they are."""
    booking_id = id_in(token)
    if booking_id is not None:
        booking = links.by_id(booking_id)
        return booking if booking is not None and _is_theirs(request, booking) else None
    try:
        return links.resolve(token)
    except Booking.DoesNotExist:
        return None


def _is_theirs(request: HttpRequest, booking: Booking) -> bool:
    if request.user.is_authenticated and booking.client.user_id == request.user.pk:
        return True
    if booking.session_id is None:
        return False
    guest = find_visitor(session_id=booking.session_id, user=request.user, browser=request.session)
    return guest is not None and guest.client is not None and guest.client.pk == booking.client_id


def not_here(request: HttpRequest) -> HttpResponse:
    """404 for a link that opens nothing, with the way to a new one."""
    return secret(answer(request, "bookings/not_here.html", {}, status=404))


def summary(service: Service, consultant: Consultant) -> dict[str, Any]:
    """What is booked, at which price and on which terms, for the panel beside each step. No query."""
    return {
        "consultant": consultant,
        "service": service,
        "price": terms.price_of(service, consultant),
        "place_note": place_note(service.platform),
        "place_icon": place_icon(service.platform),
        "place": service.place if service.platform == Service.Platform.IN_PERSON else "",
        "terms": frozen.free_in_words() if service.is_free else frozen.in_words(consultant.policy),
        "move_terms": "" if service.is_webinar else frozen.move_in_words(consultant.policy),
        "service_url": reverse("bookings:start", args=[consultant.slug]),
        "time_url": reverse("bookings:time", args=[consultant.slug, service.pk]),
    }


def place_icon(platform: str) -> str:
    return {"phone": "phone", "in_person": "map-pin"}.get(platform, "video")


def answer(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, template, context, status=status)
