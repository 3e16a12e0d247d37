"""One visitor can't keep a consultant's week for nothing: how much is held unpaid, or booked free, at a time.

Anybody may book without a login, under any mail address. So what counts is where a booking came from, kept as a keyed
hash of the address (of the /64 for IPv6) that nobody can read back, and beside it the mail address that was typed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac

from bookings.errors import TooManyFree, TooManyHeld
from bookings.models import Booking

S = Booking.Status
SEATS = 5  # a class or an office behind one address may well book a webinar together


def origin_of(place: str) -> str:
    """The name under which bookings from ``place`` (an address, or its neighbourhood) are counted."""
    return salted_hmac("bookings.origin", place, algorithm="sha256").hexdigest()[:32]


def refuse_hoarding(booking: Booking, now: datetime) -> None:
    """Raise TooManyHeld or TooManyFree if this booking, just saved, is one too many of its kind with its consultant
    at ``now``.

    The caller holds the consultant's time or the webinar's row, so that many at once are counted one after another.
    """
    if not booking.origin:
        return  # made by us: the schedule, a test, the consultant's own desk
    factor = 1 if booking.seat_id is None else SEATS
    mine = Booking.objects.filter(consultant_id=booking.consultant_id)
    if booking.status == S.HELD:
        # The clock is compared here: told of it, PostgreSQL may choose to read the holds of all consultants.
        rows = mine.filter(Q(origin=booking.origin) | Q(client_id=booking.client_id), status=S.HELD)
        found = [row for row in rows.values_list("origin", "client_id", "hold_expires_at") if row[2] and row[2] > now]
        if (
            sum(origin == booking.origin for origin, _, _ in found) > settings.HOLDS_KEPT_PER_ADDRESS * factor
            or sum(client_id == booking.client_id for _, client_id, _ in found) > settings.HOLDS_KEPT_PER_MAIL
        ):
            raise TooManyHeld
        return
    free = mine.filter(due_now_paise=0)
    coming = free.filter(client_id=booking.client_id, status__in=(S.PENDING, S.ACCEPTED), starts_at__gt=now)
    today = free.filter(origin=booking.origin, created_at__gt=now - timedelta(days=1))
    if _more(coming, settings.FREE_KEPT_PER_MAIL) or _more(today, settings.FREE_PER_ADDRESS_A_DAY * factor):
        raise TooManyFree


def _more(bookings: QuerySet[Booking], limit: int) -> bool:
    return len(bookings.values_list("pk")[: limit + 1]) > limit
