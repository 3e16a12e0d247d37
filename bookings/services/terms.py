"""Prices and terms: reckoned from the service, frozen on the booking, read back when it is cancelled or moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from bookings.models import Booking
from consultants import frozen
from consultants.models import BookingPolicy, Consultant, Service
from consultants.pricing import gst, gst_rate
from naksha.times import people_time, within_sentence
from payments.models import Payment
from sessions_app.models import Session

S = Booking.Status


@dataclass(frozen=True)
class Price:
    """What a service costs, in paise. ``due_now`` is all of it, or the deposit with its GST, or 0."""

    price_paise: int
    tax_paise: int
    due_now_paise: int
    gst_basis_points: int

    @property
    def total_paise(self) -> int:
        return self.price_paise + self.tax_paise

    @property
    def later_paise(self) -> int:
        return self.total_paise - self.due_now_paise

    @property
    def gst_percent(self) -> str:
        return f"{self.gst_basis_points / 100:g}"


def price_of(service: Service, consultant: Consultant) -> Price:
    """The price of ``service`` today. GST comes on top when the consultant is registered to charge it."""
    points = gst_rate(service.price_paise, charges_gst=consultant.charges_gst)
    tax = gst(service.price_paise, points)
    if service.deposit_paise:
        due = service.deposit_paise + gst(service.deposit_paise, points)
    else:
        due = service.price_paise + tax
    return Price(price_paise=service.price_paise, tax_paise=tax, due_now_paise=due, gst_basis_points=points)


def freeze(service: Service, consultant: Consultant, policy: BookingPolicy) -> dict[str, Any]:
    """The fields of a booking that hold its terms, as they are now."""
    price = price_of(service, consultant)
    return {
        "title": service.title,
        "platform": service.platform,
        "place": service.place,
        "needs_confirmation": service.confirmation == Service.Confirmation.MANUAL and not service.is_webinar,
        "price_paise": price.price_paise,
        "tax_paise": price.tax_paise,
        "total_paise": price.total_paise,
        "due_now_paise": price.due_now_paise,
        "gst_basis_points": price.gst_basis_points,
        "fee_basis_points": settings.PLATFORM_FEE_BASIS_POINTS,
        "currency": service.currency,
        **frozen.freeze(policy),
    }


def free_cancel_until(booking: Booking) -> datetime | None:
    """The last moment at which all that was paid comes back; None when there is no such moment."""
    return frozen.free_cancel_until(booking, booking.starts_at)


def refund_percent(booking: Booking, now: datetime) -> int:
    """The share of what was paid that a client gets back who cancels at ``now``."""
    if booking.status == S.PENDING:
        return 100  # nobody has said yes to it so far
    return frozen.refund_percent(booking, booking.starts_at, now)


def refundable(booking: Booking) -> int:
    """What was paid and has not been promised back yet, in paise."""
    return sum(payment.refundable_paise for payment in Payment.objects.for_payable("booking", booking.pk).captured())


def quote_cancellation(booking: Booking, now: datetime) -> frozen.Quote:
    """What the client gets back by cancelling at ``now``, under the terms that were frozen."""
    return frozen.quote(refundable(booking), refund_percent(booking, now))


def is_ahead(booking: Booking, now: datetime) -> bool:
    """Whether it stands and has not begun: neither by the clock nor by its consultant, who may open a little early."""
    begun = booking.session is not None and booking.session.status != Session.Status.CONFIRMED
    return booking.status in (S.PENDING, S.ACCEPTED) and not begun and now < booking.starts_at


def can_be_cancelled(booking: Booking, now: datetime) -> bool:
    return is_ahead(booking, now)


def can_be_moved_by_client(booking: Booking, now: datetime) -> bool:
    """Within the terms: soon enough, not too often, and not a seat in a webinar."""
    return is_ahead(booking, now) and booking.seat_id is None and frozen.can_be_moved(booking, booking.starts_at, now)


def can_be_moved_by_consultant(booking: Booking, now: datetime) -> bool:
    return is_ahead(booking, now) and booking.seat_id is None


def free_until_in_words(starts_at: datetime, free_cancel_hours: int, zone: str, now: datetime) -> str:
    """For the summary of a time that is being chosen."""
    until = starts_at - timedelta(hours=free_cancel_hours)
    if until <= now:
        return ""
    return _("Free to cancel until %(moment)s") % {"moment": within_sentence(people_time(until, zone, now))}
