"""What was paid for, as figures need it: of which service and kind."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple
from uuid import UUID

from bookings.models import Booking
from dashboard.models import DailyAnalytics
from quotations.models import Quotation
from sessions_app.models import Session

Kind = DailyAnalytics.Kind
Thing = tuple[str, UUID]  # kind of payable, and its id


class Sold(NamedTuple):
    service_id: UUID | None
    kind: str


UNKNOWN = Sold(None, Kind.PERSONAL)


def _bookings(ids: Collection[UUID]) -> dict[UUID, Sold]:
    rows = Booking.objects.filter(pk__in=ids).values_list("pk", "service_id", "service__kind")
    return {pk: Sold(service, kind) for pk, service, kind in rows}


def _sessions(ids: Collection[UUID]) -> dict[UUID, Sold]:
    rows = Session.objects.filter(pk__in=ids).values_list("pk", "service_id", "kind")
    return {pk: Sold(service, kind) for pk, service, kind in rows}


def _quotations(ids: Collection[UUID]) -> dict[UUID, Sold]:
    """All of them: a quotation has no service, and says by itself what it is."""
    return dict.fromkeys(ids, Sold(None, Kind.QUOTATION))


FINDERS: dict[str, Callable[[Collection[UUID]], dict[UUID, Sold]]] = {
    "booking": _bookings,
    Session.PAYABLE: _sessions,
    Quotation.PAYABLE: _quotations,
}


def sold(things: Collection[Thing]) -> dict[Thing, Sold]:
    """What each of ``things`` was. One query for each kind that is kept in a table of its own."""
    found: dict[Thing, Sold] = {}
    for kind, find in FINDERS.items():
        if ids := [pk for name, pk in things if name == kind]:
            found |= {(kind, pk): each for pk, each in find(ids).items()}
    return found
