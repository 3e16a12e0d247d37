"""The states of a booking, which moves there are, and how its row is locked.

Locks are always taken in this order: the booking, its payments, its seat and session, the consultant's time. Whoever
clears lapsed holds has the last of them and touches no booking, so nobody waits in a ring.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import UUIDField

from bookings.models import Booking
from naksha.errors import InvalidState
from naksha.kept import Kept, Param

S = Booking.Status
MOVES: dict[str, frozenset[str]] = {
    S.HELD: frozenset({S.PENDING, S.ACCEPTED, S.ABANDONED}),
    S.PENDING: frozenset({S.ACCEPTED, S.REJECTED, S.CANCELLED, S.EXPIRED}),
    S.ACCEPTED: frozenset({S.CANCELLED}),
    # Money that came after the hold had lapsed, while the time was still free.
    S.ABANDONED: frozenset({S.PENDING, S.ACCEPTED}),
    S.REJECTED: frozenset(),
    S.CANCELLED: frozenset(),
    S.EXPIRED: frozenset(),
}


_LOCKED = Kept(
    lambda: (
        Booking.objects.select_for_update(of=("self",))
        .select_related("consultant__user", "consultant__policy", "service", "client__user", "session")
        .filter(pk=Param("pk", UUIDField()))
    )
)


def locked(booking_id: UUID) -> Booking:
    """The booking as it is now, locked until the transaction ends. Raises Booking.DoesNotExist."""
    booking = _LOCKED.first(pk=booking_id)
    if booking is None:
        raise Booking.DoesNotExist
    return booking


def move(booking: Booking, status: str) -> None:
    """Change the state of a locked booking, without saving it. Raises InvalidState for a move not in the table."""
    if status not in MOVES[booking.status]:
        raise InvalidState
    booking.status = status


def close(booking: Booking, status: str, *, now: datetime, reason: str = "") -> None:
    """Move a locked booking to an end, without saving it. The same details may be sent in for a new one."""
    move(booking, status)
    booking.closed_at = now
    booking.close_reason = reason
    booking.request_hash = None
