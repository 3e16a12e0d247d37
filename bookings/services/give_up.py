"""Letting go of what a booking takes: by its visitor, by the clock, or because it came to nothing."""

from __future__ import annotations

from django.db import transaction

from availability import services as time
from bookings.models import Booking
from bookings.services import waitlist
from bookings.services.machine import S, close, locked
from naksha import past
from naksha.db import db_now
from notifications.live import changed_for
from sessions_app import seats


def free(booking: Booking) -> None:
    """Give back the time or the seat of a locked booking, and offer it to who waits for it."""
    if booking.seat_id is not None:
        if seats.release_seat(seat_id=booking.seat_id) and booking.session_id is not None:
            waitlist.offer_seats(session_id=booking.session_id)
        return
    if booking.occupancy_id is not None:
        time.release(occupancy_id=booking.occupancy_id)
        booking.occupancy_id = None
        changed_for(booking.consultant.user_id, time.CALENDAR)
        offer_what_is_free(booking)


def offer_what_is_free(booking: Booking) -> None:
    """The day that a booking leaves may be one that somebody waits for."""
    waitlist.tell_day_is_free(consultant_id=booking.consultant_id)


@transaction.atomic
def abandon(*, booking: Booking, reason: str = "") -> Booking:
    """Let a hold go. One that has come to something meanwhile, or is over already, stays as it is."""
    booking = locked(booking.pk)
    if booking.status == S.HELD:
        close(booking, S.ABANDONED, now=db_now(), reason=reason)
        free(booking)
        booking.save()
    return booking


@transaction.atomic
def lapse(*, booking: Booking) -> bool:
    """End a hold whose time is over. False when it isn't one (any more)."""
    booking = locked(booking.pk)
    now = db_now()
    if booking.status != S.HELD or booking.hold_expires_at is None or booking.hold_expires_at > now:
        return False
    close(booking, S.ABANDONED, now=now)
    free(booking)
    booking.save()
    past.changed(booking.consultant_id, booking.created_at)
    return True
