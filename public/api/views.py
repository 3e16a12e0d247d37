from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import Anybody
from availability import slots
from availability.engine import Stretch
from availability.words import stretch_words, unbroken
from consultants.models import City, Consultant, Field, Language, Service
from consultants.slugs import public_by_slug
from naksha.api import paging
from naksha.api.errors import refuse
from naksha.api.schema import operation
from naksha.api.views import ApiView
from naksha.web.zone import zone as zone_of
from public.api import examples
from public.api import serializers as shown
from public.directory import Criteria, find_between
from public.reviews import published
from public.webinars import coming
from sessions_app.ratings import breakdown

MOST_DAYS = 62
USUAL_DAYS = 7
WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
ORDERS = {
    "rating": "lowest_rating",
    "-rating": "rating",
    "price": "price",
    "-price": "highest_price",
    "experience": "least_experience",
    "-experience": "experience",
    "nextAvailable": "soonest",
    "-nextAvailable": "latest",
}
ORDERING = OpenApiParameter("ordering", str, enum=sorted(ORDERS), description="With a minus: the other way round.")


def consultant_of(slug: str) -> Consultant:
    """Whoever has a public page at ``slug``, or had it there before. Raises Http404."""
    found = public_by_slug(slug) if "\0" not in slug else None
    if found is None:
        raise Http404
    return found


class Public(ApiView):
    permission_classes = [Anybody]
    public_cache = True


class Directory(Public):
    @operation(
        "consultants_list",
        "Approved and listed consultants",
        tag="Public",
        answer=shown.Card,
        listed="consultants",
        parameters=[shown.DirectoryFilters, ORDERING],  # type: ignore[list-item]
        example=examples.CARD,
        login=False,
    )
    def get(self, request: Request) -> Response:
        order = request.query_params.get("ordering", "nextAvailable")
        if order not in ORDERS:
            raise refuse("ordering", _("Order by one of: %(names)s.") % {"names": ", ".join(sorted(ORDERS))})
        asked = paging.asked(request)
        criteria = _criteria(self.filters(shown.DirectoryFilters), ORDERS[order])
        found, total = find_between(criteria, first=asked.first, size=asked.size)
        return self.ok({"consultants": shown.Card(found, many=True).data, "pagination": asked.pagination(total)})


def _criteria(given: dict[str, Any], order: str) -> Criteria:
    rating = given.get("min_rating")
    return Criteria(
        words=given.get("search", ""),
        field=_key(Field, given.get("expertise", "")),
        language=_key(Language, given.get("language", "")),
        city=_key(City, given.get("city", "")),
        min_price_paise=given.get("min_price"),
        max_price_paise=given.get("max_price"),
        free_on=given.get("available_on"),
        min_rating_tenths=int(rating * 10) if rating else None,
        order=order,
    )


def _key(model: type[Field] | type[Language] | type[City], name: str) -> str:
    """The key of what a filter names, by its key or as people call it. What there isn't finds nobody."""
    if not name:
        return ""
    known = model._default_manager.filter(Q(pk=name.lower()) | Q(name__iexact=name)).first()
    return str(known.pk) if known else name


class Profile(Public):
    @operation(
        "consultants_retrieve",
        "A consultant's public page",
        tag="Public",
        answer=shown.Page,
        errors=["NOT_FOUND"],
        example=examples.PAGE,
        login=False,
        description="An address that the page had before leads to the same answer; `slug` is the one of now.",
    )
    def get(self, request: Request, slug: str) -> Response:
        consultant: Any = consultant_of(slug)
        offered = list(Service.objects.bookable().filter(consultant=consultant).prefetch_related("questions"))  # type: ignore[attr-defined]
        for service in offered:
            service.consultant = consultant
        said = breakdown(consultant)
        consultant.offered = offered
        consultant.breakdown = {str(bar.stars): bar.count for bar in said.bars}
        return self.ok(shown.Page(consultant).data)


class ProfileByShortName(Profile):
    @operation(
        "consultant_retrieve",
        "A consultant's public page, by its other address",
        tag="Public",
        answer=shown.Page,
        errors=["NOT_FOUND"],
        example=examples.PAGE,
        login=False,
    )
    def get(self, request: Request, slug: str) -> Response:
        return super().get(request, slug)


class Availability(Public):
    @operation(
        "consultants_availability",
        "The hours as a person reads them",
        tag="Public",
        answer=shown.Hours,
        errors=["NOT_FOUND"],
        example=examples.HOURS,
        login=False,
    )
    def get(self, request: Request, slug: str) -> Response:
        consultant = consultant_of(slug)
        today = timezone.now().astimezone(zone_of(consultant.timezone)).date()
        rules = slots.rules_of([consultant.pk], today, today + timedelta(days=366)).get(consultant.pk)
        week = rules.weekly if rules else ((),) * 7
        dates = sorted(rules.overrides.items()) if rules else []
        others = unbroken((date.fromordinal(day), hours, "") for day, hours in dates)
        return self.ok(
            {
                "timezone": consultant.timezone,
                "week": [{"weekday": name, **_hours(hours)} for name, hours in zip(WEEKDAYS, week, strict=True)],
                "dates": [
                    {"first": first.isoformat(), "last": last.isoformat(), **_hours(hours)}
                    for first, last, hours, _note in others
                ],
            }
        )


def _hours(stretches: tuple[Stretch, ...]) -> dict[str, Any]:
    def wall(minute: int) -> str:
        return "{:02d}:{:02d}".format(*divmod(minute, 60))

    return {
        "hours": stretch_words(stretches),
        "stretches": [{"start": wall(start), "end": wall(end)} for start, end in stretches],
    }


class FreeSlots(Public):
    @operation(
        "consultants_slots",
        "Free slots of a service, by local date",
        tag="Public",
        answer=shown.Slots,
        errors=["NOT_FOUND"],
        parameters=[shown.SlotFilters],  # type: ignore[list-item]
        example=examples.SLOTS,
        login=False,
        description=(
            "`from` and `to` are dates in `timezone` (the consultant's, if left out); at most 62 days, 7 from today "
            "if both are left out. Each slot that is listed can be booked."
        ),
    )
    def get(self, request: Request, slug: str) -> Response:
        consultant = consultant_of(slug)
        given = self.filters(shown.SlotFilters)
        service = Service.objects.bookable().filter(consultant=consultant, pk=given["service"]).first()  # type: ignore[attr-defined]
        if service is None:
            raise refuse("service", _("There is no such service."))
        if service.is_webinar:
            raise refuse("service", _("A webinar has dates of its own: ask for /webinars."))
        zone_name = given.get("timezone", consultant.timezone)
        zone = zone_of(zone_name)
        now = timezone.now()
        first: date = given.get("from") or min(now.astimezone(zone).date(), given.get("to") or date.max)
        last: date = given.get("to") or _later(first, USUAL_DAYS - 1)
        if (last - first).days >= MOST_DAYS:
            raise refuse("to", _("Ask for 62 days at most."))
        free = slots.free_slots(
            consultant=consultant, minutes=service.minutes, first=_later(first, -1), last=_later(last, 1), now=now
        )
        within = [start for start in free if first <= start.astimezone(zone).date() <= last]
        days = shown.slot_days(within, timedelta(minutes=service.minutes), zone)
        return self.ok({"timezone": zone_name, "serviceId": str(service.pk), "minutes": service.minutes, "days": days})


def _later(day: date, days: int) -> date:
    """``day`` and so many more, within what a calendar can name."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


class Reviews(Public):
    @operation(
        "consultants_reviews",
        "Published reviews",
        tag="Public",
        answer=shown.Said,
        listed="reviews",
        errors=["NOT_FOUND"],
        parameters=[
            shown.ReviewFilters,  # type: ignore[list-item]
            OpenApiParameter("ordering", str, enum=["-reviewedAt", "reviewedAt", "-rating", "rating"]),
        ],
        example=examples.REVIEW,
        login=False,
    )
    def get(self, request: Request, slug: str) -> Response:
        rows = published(consultant_of(slug)).select_related("session")
        given = self.filters(shown.ReviewFilters)
        if words := given.pop("search", ""):
            rows = rows.filter(Q(comment__icontains=words) | Q(reply__icontains=words))
        rows = rows.filter(**given)
        orders = {"reviewedAt": "reviewed_at", "rating": "rating"}
        return self.page("reviews", paging.ordered(request, rows, orders, "-reviewedAt"), shown.Said)


class Webinars(Public):
    @operation(
        "webinars_list",
        "Webinars that are still to come, with the seats left",
        tag="Public",
        answer=shown.Webinar,
        listed="webinars",
        parameters=[shown.WebinarFilters, OpenApiParameter("ordering", str, enum=["start", "-start"])],  # type: ignore[list-item]
        example=examples.WEBINAR,
        login=False,
    )
    def get(self, request: Request) -> Response:
        given = self.filters(shown.WebinarFilters)
        rows = coming(timezone.now())
        if words := given.get("search"):
            rows = rows.filter(Q(title__icontains=words) | Q(consultant__display_name__icontains=words))
        if slug := given.get("consultant"):
            rows = rows.filter(consultant__slug=slug)
        return self.page("webinars", paging.ordered(request, rows, {"start": "starts_at"}, "start"), shown.Webinar)


class OneWebinar(Public):
    @operation(
        "webinars_retrieve",
        "A date of a webinar",
        tag="Public",
        answer=shown.Webinar,
        errors=["NOT_FOUND"],
        example=examples.WEBINAR,
        login=False,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        return self.ok(shown.Webinar(get_object_or_404(coming(timezone.now()), pk=pk)).data)
