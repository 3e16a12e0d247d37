"""The consultant's public page: who this is, what it costs, and the next free times, in the first response."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import wraps
from uuid import UUID

from django.db.models import CharField, DateTimeField, UUIDField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import ConsultantRequest, consultant_required
from availability.slots import next_free
from consultants.models import Consultant, Field, Language, Service, SlugRedirect
from consultants.services.saving import saved_ids
from naksha.kept import Kept, Param, attach
from naksha.web import etags
from naksha.web.moved import moved
from naksha.web.zone import visitor_zone, zone
from public import qr
from public.cache import public_page
from public.cards import card_etag, card_png
from public.jsonld import consultant_data
from public.reviews import said_of
from sessions_app.models import Session

DAYS_SHOWN = 3
TIMES_A_DAY = 3
# Enough for DAYS_SHOWN days at the finest usual grid.
TIMES_ASKED = 150
_BY_SLUG = Kept(
    lambda: Consultant.objects.select_related("city", "user", "policy").filter(slug=Param("slug", CharField()))
)
_FIELDS = Kept(lambda: Field.objects.filter(consultants=Param("consultant", UUIDField())))
_LANGUAGES = Kept(lambda: Language.objects.filter(consultants=Param("consultant", UUIDField())))
_SERVICES = Kept(
    lambda: Service.objects.filter(
        consultant=Param("consultant", UUIDField()), is_active=True, archived_at__isnull=True
    ).order_by("order", "created_at")
)
_WEBINARS = Kept(
    lambda: Session.objects.filter(
        consultant=Param("consultant", UUIDField()),
        kind=Session.Kind.WEBINAR,
        status=Session.Status.CONFIRMED,
        starts_at__gt=Param("now", DateTimeField()),
        service__is_active=True,
    ).order_by("starts_at")[:20]
)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the visitor's with its first free times."""

    date: date
    times: list[datetime]


def by_day(starts: list[datetime], zone_name: str) -> list[Day]:
    """Instants grouped by the date that they fall on in ``zone_name``, at most TIMES_A_DAY of each."""
    days: dict[date, list[datetime]] = {}
    for start in starts:
        days.setdefault(start.astimezone(zone(zone_name)).date(), []).append(start)
    return [Day(day, times[:TIMES_A_DAY]) for day, times in list(days.items())[:DAYS_SHOWN]]


def public_consultant(slug: str) -> Consultant:
    """Raises Http404 for whoever has no public page."""
    consultant = _BY_SLUG.first(slug=slug)
    if consultant is None or not consultant.is_public:
        raise Http404
    attach(consultant, "fields", _FIELDS.all(consultant=consultant.pk))
    attach(consultant, "languages", _LANGUAGES.all(consultant=consultant.pk))
    return consultant


def _chosen(services: list[Service], asked: str) -> Service | None:
    """The service whose times are shown: the one that the address names, else the first."""
    one_to_one = [service for service in services if not service.is_webinar]
    try:
        wanted = UUID(asked)
    except ValueError:
        wanted = None
    return next((s for s in one_to_one if s.pk == wanted), one_to_one[0] if one_to_one else None)


def with_consultant(view: Callable[[HttpRequest, Consultant], HttpResponse]) -> Callable[..., HttpResponse]:
    """Fetch who has a page at ``/<slug>/…``. An address of before leads to the same part of where the page is now."""

    @wraps(view)
    def fetched(request: HttpRequest, slug: str) -> HttpResponse:
        try:
            consultant = public_consultant(slug)
        except Http404:
            old = SlugRedirect.objects.filter(slug=slug).select_related("consultant").first()
            if old and old.consultant.is_public:
                return moved(request, slug, old.consultant.slug)
            if slug != slug.lower():  # a phone writes the first letter large
                return moved(request, slug, public_consultant(slug.lower()).slug)
            raise
        return view(request, consultant)

    return fetched


@require_safe
@public_page(seconds=10)
@with_consultant
def consultant_page(request: HttpRequest, consultant: Consultant) -> HttpResponse:
    return _page(request, consultant)


@require_safe
@consultant_required
def preview(request: ConsultantRequest) -> HttpResponse:
    """The consultant's own page before anybody else may see it."""
    response = _page(request, request.consultant, preview=True)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _page(request: HttpRequest, consultant: Consultant, *, preview: bool = False) -> HttpResponse:
    now = timezone.now()
    services = _SERVICES.all(consultant=consultant.pk)
    webinars = _WEBINARS.all(consultant=consultant.pk, now=now)
    next_webinar = {session.service_id: session for session in reversed(webinars)}
    chosen = _chosen(services, request.GET.get("service", ""))
    visitor = visitor_zone(request, consultant.timezone)
    starts = next_free(consultant=consultant, minutes=chosen.minutes, limit=TIMES_ASKED, now=now) if chosen else []
    said = said_of(consultant)
    page_url = request.build_absolute_uri(consultant.get_absolute_url())
    card_url = request.build_absolute_uri(reverse("public:card", args=[consultant.slug]))
    context = {
        "preview": preview,
        "saved_ids": saved_ids(request.user),
        "consultant": consultant,
        "services": [(service, next_webinar.get(service.pk)) for service in services],
        "one_to_one": [service for service in services if not service.is_webinar],
        "shown": chosen,
        "days": by_day(starts, visitor),
        "next_start": starts[0] if starts else None,
        "visitor_zone": visitor,
        "policy": getattr(consultant, "policy", None),
        "said": said,
        "page_url": page_url,
        "card_url": card_url,
        "qr_path": qr.path(page_url),
        "structured_data": consultant_data(consultant, services, page_url, card_url, said.newest),
        "today": now.astimezone(zone(visitor)).date(),
        "tomorrow": now.astimezone(zone(visitor)).date() + timedelta(days=1),
    }
    return render(request, "public/consultant.html", context)


@require_safe
@with_consultant
def qr_code(request: HttpRequest, consultant: Consultant) -> HttpResponse:
    """The page's address as a QR code to print, as an SVG file."""
    svg = qr.svg(request.build_absolute_uri(consultant.get_absolute_url()))
    response = HttpResponse(svg, content_type="image/svg+xml")
    response["Content-Disposition"] = f'attachment; filename="{consultant.slug}-qr.svg"'
    return response


@require_safe
@with_consultant
def card(request: HttpRequest, consultant: Consultant) -> HttpResponse:
    """The picture that a link to the page shows in a chat."""
    etag = f'"{card_etag(consultant)}"'
    if etags.has(request, etag):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(card_png(consultant), content_type="image/png")
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=3600"
    return response
