"""What was paid for, as figures need it: of which service and kind, and how much GST is in its price."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from bookings.models import Booking
from dashboard.models import DailyAnalytics
from quotations.models import Quotation
from sessions_app.models import Session

Kind = DailyAnalytics.Kind
Thing = tuple[str, UUID]  # kind of payable, and its id


@dataclass(frozen=True)
class Sold:
    """Amounts in paise: the frozen price with GST, and the GST in it."""

    service_id: UUID | None
    kind: str
    tax_paise: int
    total_paise: int

    def gst_within(self, paid_paise: int) -> int:
        """The GST in what was paid so far, rounded half up to the paisa.

        It is always taken of the running sum, and a movement's GST is by how much that changes: so the parts of a
        price paid in two payments have all of its GST between them, and one that went back whole has none left.
        """
        if not self.tax_paise:
            return 0
        return (2 * self.tax_paise * paid_paise + self.total_paise) // (2 * self.total_paise)


UNKNOWN = Sold(None, Kind.PERSONAL, 0, 0)


def _bookings(ids: Collection[UUID]) -> dict[UUID, Sold]:
    rows = Booking.objects.filter(pk__in=ids).values_list(
        "pk", "service_id", "service__kind", "tax_paise", "total_paise"
    )
    return {pk: Sold(service, kind, tax, total) for pk, service, kind, tax, total in rows}


def _sessions(ids: Collection[UUID]) -> dict[UUID, Sold]:
    rows = Session.objects.filter(pk__in=ids).values_list("pk", "service_id", "kind", "tax_paise", "total_paise")
    return {pk: Sold(service, kind, tax, total) for pk, service, kind, tax, total in rows}


def _quotations(ids: Collection[UUID]) -> dict[UUID, Sold]:
    rows = Quotation.objects.filter(pk__in=ids).values_list("pk", "tax_paise", "total_paise")
    return {pk: Sold(None, Kind.QUOTATION, tax, total) for pk, tax, total in rows}


FINDERS: dict[str, Callable[[Collection[UUID]], dict[UUID, Sold]]] = {
    "booking": _bookings,
    Session.PAYABLE: _sessions,
    Quotation.PAYABLE: _quotations,
}


def sold(things: Collection[Thing]) -> dict[Thing, Sold]:
    """What each of ``things`` was. One query for each kind that is among them."""
    found: dict[Thing, Sold] = {}
    for kind, find in FINDERS.items():
        if ids := [pk for name, pk in things if name == kind]:
            found |= {(kind, pk): each for pk, each in find(ids).items()}
    return found
