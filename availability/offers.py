"""A consultant as lists of people show one: from which price, and the next free time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import BigIntegerField, Min, OuterRef, QuerySet, Subquery
from django.utils import timezone

from availability.slots import next_free_many
from consultants.models import Consultant, Service


@dataclass(frozen=True, slots=True)
class Found:
    """A consultant in a list. ``from_paise`` is before GST."""

    consultant: Consultant
    from_paise: int | None
    next_free: datetime | None


def bookable_of_each(**filters: object) -> QuerySet[Service]:
    """For subqueries over consultants: what can be booked of each."""
    return Service.objects.filter(
        consultant=OuterRef("pk"), is_active=True, archived_at__isnull=True, **filters
    ).order_by()


def shown(people: QuerySet[Consultant]) -> QuerySet[Consultant]:
    """``people`` with the lowest price of each in ``from_paise`` and what a card says of them."""
    cheapest = bookable_of_each().values("consultant").annotate(least=Min("price_paise")).values("least")
    return (
        people.annotate(from_paise=Subquery(cheapest, output_field=BigIntegerField()))
        .select_related("city")
        .prefetch_related("fields", "languages")
    )


def shortest_minutes(people: list[Consultant]) -> dict[UUID, int]:
    """The minutes of the shortest one-to-one service of each; who has none is left out."""
    return dict(
        Service.objects.filter(
            consultant__in=people, is_active=True, archived_at__isnull=True, kind=Service.Kind.PERSONAL
        )
        .order_by()
        .values_list("consultant")
        .annotate(Min("minutes"))
    )


def found(person: Consultant, free: dict[UUID, datetime]) -> Found:
    """``person`` of :func:`shown`, with the next free time that ``free`` knows."""
    return Found(person, person.from_paise, free.get(person.pk))  # type: ignore[attr-defined]


def found_among(people: QuerySet[Consultant], now: datetime | None = None) -> list[Found]:
    """Cards of ``people`` in their order: the number of queries is fixed."""
    rows = list(shown(people))
    free = next_free_many(shortest_minutes(rows), now=now or timezone.now())
    return [found(person, {id_: starts[0] for id_, starts in free.items() if starts}) for person in rows]
