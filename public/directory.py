"""The directory's questions: who can be found, by what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Exists, ExpressionWrapper, F, FloatField, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import OrderBy
from django.db.models.functions import NullIf
from django.utils import timezone

from availability.engine import instant
from availability.offers import Found, bookable_of_each, shortest_minutes, shown
from availability.offers import found as found_one
from availability.slots import free_starts_many, next_free_many
from consultants.models import Consultant, Field
from consultants.services.offers import MOST_PAISE

MAX_WORDS = 6
DEARER = MOST_PAISE + 1  # than anything that is offered
# How many of those that fit are asked for a free time; the rest follow them.
MAX_ASKED = 400
_AVERAGE = ExpressionWrapper(
    F("rating_total") * Value(1.0) / NullIf(F("review_count"), Value(0)), output_field=FloatField()
)
_ORDERS: dict[str, tuple[str | OrderBy, ...]] = {
    "price": ("from_paise", "display_name", "pk"),
    "highest_price": ("-from_paise", "display_name", "pk"),
    "experience": (F("experience_years").desc(nulls_last=True), "display_name", "pk"),
    "least_experience": (F("experience_years").asc(nulls_last=True), "display_name", "pk"),
    "name": ("display_name", "pk"),
    # The plain average, as it is shown, with more reviews before fewer; who has none yet comes after all who have.
    "rating": (_AVERAGE.desc(nulls_last=True), "-review_count", "display_name", "pk"),
    "lowest_rating": (_AVERAGE.asc(nulls_last=True), "-review_count", "display_name", "pk"),
}


@dataclass(frozen=True, slots=True)
class Criteria:
    """What somebody looks for. Prices are paise before GST; ``free_on`` is a date in each consultant's zone."""

    words: str = ""
    field: str = ""
    language: str = ""
    city: str = ""
    min_price_paise: int | None = None
    max_price_paise: int | None = None
    free_on: date | None = None
    min_rating_tenths: int | None = None  # 45 is 4.5 of 5
    order: str = "soonest"


def matching(criteria: Criteria) -> QuerySet[Consultant]:
    """Listed consultants that fit all but ``free_on``, with the lowest price in ``from_paise``."""
    found = Consultant.objects.filter(
        status=Consultant.Status.APPROVED, is_listed=True, profile_completed_at__isnull=False
    )
    for word in criteria.words.split()[:MAX_WORDS]:
        # A subquery for each to-many relation, so that no join multiplies rows.
        found = found.filter(
            Q(display_name__icontains=word)
            | Q(headline__icontains=word)
            | Q(bio__icontains=word)
            | Q(credentials__icontains=word)
            | Q(city__name__icontains=word)
            | Exists(Field.objects.filter(consultants=OuterRef("pk"), name__icontains=word))
            | Exists(bookable_of_each(title__icontains=word))
        )
    if criteria.field:
        found = found.filter(fields=criteria.field)
    if criteria.language:
        found = found.filter(languages=criteria.language)
    if criteria.city:
        found = found.filter(city=criteria.city)
    if criteria.min_rating_tenths is not None:
        found = found.alias(ten_totals=F("rating_total") * 10).filter(
            review_count__gt=0, ten_totals__gte=F("review_count") * criteria.min_rating_tenths
        )
    if criteria.min_price_paise is not None or criteria.max_price_paise is not None:
        prices: dict[str, int] = {}
        if criteria.min_price_paise is not None:
            prices["price_paise__gte"] = criteria.min_price_paise
        if criteria.max_price_paise is not None:
            prices["price_paise__lte"] = criteria.max_price_paise
        found = found.filter(Exists(bookable_of_each(**prices)))
    return shown(found.filter(Exists(bookable_of_each())))


@dataclass(frozen=True, slots=True)
class Result:
    """One page of the directory."""

    page: Page
    found: list[Found]


def find(criteria: Criteria, *, number: str | int | None = 1, size: int, now: datetime | None = None) -> Result:
    """The page ``number`` of those who fit. Orders by time ask the slot engine for everybody, others for the page."""
    now = now or timezone.now()
    everybody, free = _ranked(criteria, now)
    page = Paginator(everybody, size).get_page(number)
    return Result(page, _told(list(page.object_list), free, criteria, now))


def find_between(criteria: Criteria, *, first: int, size: int, now: datetime | None = None) -> tuple[list[Found], int]:
    """``size`` of those who fit from the ``first`` (from 0), and how many fit; as :func:`find` orders them."""
    now = now or timezone.now()
    everybody, free = _ranked(criteria, now)
    total = everybody.count() if isinstance(everybody, QuerySet) else len(everybody)
    return _told(list(everybody[first : first + size]), free, criteria, now), total


def _ranked(
    criteria: Criteria, now: datetime
) -> tuple[QuerySet[Consultant] | list[Consultant], dict[UUID, datetime] | None]:
    """Who fits, in order; and the free time of each where the order or the filter had to ask for it."""
    people = matching(criteria)
    if criteria.order in _ORDERS and not criteria.free_on:
        return people.order_by(*_ORDERS[criteria.order]), None
    everybody = list(people.order_by(*_ORDERS.get(criteria.order, _ORDERS["experience"])))
    free = _free(everybody[:MAX_ASKED], criteria, now)
    if criteria.free_on:
        everybody = [person for person in everybody if person.pk in free]
    if criteria.order == "latest":
        never = datetime.min.replace(tzinfo=UTC)
        everybody.sort(key=lambda person: free.get(person.pk, never), reverse=True)
    elif criteria.order not in _ORDERS:
        far = datetime.max.replace(tzinfo=UTC)
        everybody.sort(key=lambda person: free.get(person.pk, far))
    return everybody, free


def _told(
    people: list[Consultant], free: dict[UUID, datetime] | None, criteria: Criteria, now: datetime
) -> list[Found]:
    known = _free(people, criteria, now) if free is None else free
    return [found_one(person, known) for person in people]


def _free(people: list[Consultant], criteria: Criteria, now: datetime) -> dict[UUID, datetime]:
    """The next free time of each for the shortest one-to-one service, on the day asked for if there is one."""
    shortest = shortest_minutes(people)
    if criteria.free_on:
        that_day = free_starts_many(shortest, criteria.free_on, criteria.free_on, now=now)
        return {id_: instant(starts[0]) for id_, starts in that_day.items() if starts}
    return {id_: starts[0] for id_, starts in next_free_many(shortest, now=now).items() if starts}
