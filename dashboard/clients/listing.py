"""Which clients the table, the API and the export show, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, TextChoices
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Tag
from clients.models.client import ClientQuerySet
from consultants.models import Consultant
from dashboard.clients.figures import (
    NOTHING,
    Activity,
    Figures,
    activity_of,
    figures_of,
    times_of,
    values_of,
    with_activity,
)

LONGEST_SEARCH = 200
AT_ONCE = 500  # rows of an export


class Order(TextChoices):
    NAME = "name", _("Name")
    LAST = "last", _("Last session")
    NEXT = "next", _("Next session")
    VALUE = "value", _("Most paid")
    NEW = "new", _("Newest first")


@dataclass(frozen=True)
class Asked:
    """``archived`` shows those who were put away, and nobody else."""

    words: str = ""
    tag: str = ""
    activity: str = ""
    archived: bool = False
    order: str = Order.NAME
    turned: bool = False  # the last first

    @property
    def narrowed(self) -> bool:
        return bool(self.words or self.tag or self.activity)


@dataclass(frozen=True)
class Line:
    """A client as a row of the table."""

    client: Client
    figures: Figures
    activity: Activity
    tags: list[str]


def rows_of(consultant: Consultant, asked: Asked, now: datetime) -> ClientQuerySet:
    """Those who fit, by name."""
    rows = Client.objects.known().filter(consultant=consultant, archived_at__isnull=not asked.archived)
    if asked.words:
        rows = rows.about(asked.words)
    if asked.tag:
        tags = Tag.objects.alias(lower_name=Lower("name")).filter(consultant=consultant, lower_name=asked.tag.lower())
        rows = rows.filter(pk__in=Client.tags.through.objects.filter(tag__in=tags).values("client"))
    if asked.activity:
        rows = with_activity(rows, asked.activity, consultant, now)
    return rows.order_by(Lower("name"), "pk")


def ordered(
    consultant: Consultant, rows: ClientQuerySet, order: str, now: datetime, *, turned: bool = False
) -> QuerySet[Client] | list[UUID]:
    """As _ordered, or the other way round."""
    found = _ordered(consultant, rows, order, now)
    if not turned:
        return found
    return found[::-1] if isinstance(found, list) else found.reverse()


def _ordered(consultant: Consultant, rows: ClientQuerySet, order: str, now: datetime) -> QuerySet[Client] | list[UUID]:
    """``rows`` in their order: as a query, or as the list of their keys where the order comes of other tables.

    The figures of all clients are a few sums over sessions and payments, and their keys are small.
    """
    if order == Order.NEW:
        return rows.order_by("-created_at", "-pk")
    if order == Order.NAME:
        return rows
    keys = list(rows.values_list("pk", flat=True))
    if order == Order.VALUE:
        paid = values_of(consultant, None)
        return sorted(keys, key=lambda pk: -paid.get(pk, 0))
    times = times_of(consultant, None, now)
    if order == Order.LAST:
        return sorted(keys, key=lambda pk: -_seconds(times.get(pk, NOTHING).last, 0))
    return sorted(keys, key=lambda pk: _seconds(times.get(pk, NOTHING).next, float("inf")))


def _seconds(moment: datetime | None, without: float) -> float:
    return moment.timestamp() if moment else without


def lines_of(consultant: Consultant, found: Sequence[Any], now: datetime) -> list[Line]:
    """The lines of one page, whose ``found`` are clients or their keys. Six queries at most."""
    keys = [one if isinstance(one, UUID) else one.pk for one in found]
    if not keys:
        return []
    clients = {client.pk: client for client in found if isinstance(client, Client)}
    if len(clients) < len(keys):
        clients = Client.objects.in_bulk(keys)
    figures = figures_of(consultant, keys, now)
    tags: dict[UUID, list[str]] = {}
    through = Client.tags.through.objects.filter(client__in=keys).order_by(Lower("tag__name"))
    for client_id, name in through.values_list("client_id", "tag__name"):
        tags.setdefault(client_id, []).append(name)
    return [_line(clients[pk], figures.get(pk, NOTHING), tags.get(pk, []), now) for pk in keys if pk in clients]


def _line(client: Client, figures: Figures, tags: list[str], now: datetime) -> Line:
    return Line(client, figures, activity_of(client, figures, now), tags)


def every_line(consultant: Consultant, asked: Asked) -> Iterator[Line]:
    """All lines, some hundred at a time, for a file."""
    now = timezone.now()
    found = ordered(consultant, rows_of(consultant, asked, now), asked.order, now, turned=asked.turned)
    keys = found if isinstance(found, list) else list(found.values_list("pk", flat=True))
    for first in range(0, len(keys), AT_ONCE):
        yield from lines_of(consultant, keys[first : first + AT_ONCE], now)


def tags_of(consultant: Consultant) -> list[str]:
    return list(Tag.objects.filter(consultant=consultant).order_by(Lower("name")).values_list("name", flat=True))
