"""How a booking becomes a session: at once, by the consultant's yes, or by the money that came for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from availability import services as time
from availability.errors import SlotTaken
from availability.models import Occupancy
from bookings.errors import REFUSED, InvalidState
from bookings.models import Booking
from bookings.services import tell as telling
from bookings.services.machine import S, move
from naksha import past
from naksha.db import db_now
from sessions_app import seats
from sessions_app import services as sessions


def answer_by(answer_hours: int, starts_at: datetime, now: datetime) -> datetime:
    """Requests are answered within the consultant's hours, and before they begin."""
    return min(now + timedelta(hours=answer_hours), starts_at)


def attach_session(booking: Booking) -> None:
    """Make the session of a personal booking whose occupancy is a session's already."""
    if booking.occupancy_id is None:
        raise InvalidState
    booking.session = sessions.open_session(
        service=booking.service,
        client=booking.client,
        title=booking.title,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        platform=booking.platform,
        place=booking.place,
        occupancy_id=booking.occupancy_id,
    )


def take_for_good(booking: Booking) -> None:
    """Turn what a locked booking holds into a session's, and make the session. Raises SlotTaken when it is gone."""
    if booking.seat_id is not None:
        if not seats.settle_seat(seat_id=booking.seat_id):
            raise SlotTaken
        return
    time.settle(occupancy_id=_occupancy(booking))
    attach_session(booking)


def keep_until(booking: Booking, until: datetime) -> None:
    """Let a hold last until ``until``. Raises SlotTaken when it is gone."""
    time.settle(occupancy_id=_occupancy(booking), expires_at=until)


def _occupancy(booking: Booking) -> UUID:
    if booking.occupancy_id is None:
        raise SlotTaken
    return booking.occupancy_id


def paid(booking: Booking) -> None:
    """The money for a locked booking has come: confirm it, or put the request before the consultant.

    A hold that has lapsed is taken again where the time is still free. Raises SlotTaken (or another of REFUSED, for
    what is gone) when it isn't; the booking is as it was then.
    """
    before = booking.status, booking.occupancy_id, booking.seat_id
    try:
        with transaction.atomic():
            _settle(booking)
    except REFUSED:
        try:
            with transaction.atomic():
                _take_again(booking)
                _settle(booking)
        except REFUSED:
            booking.status, booking.occupancy_id, booking.seat_id = before
            raise
    booking.hold_expires_at = None
    booking.closed_at = None
    booking.close_reason = ""
    booking.save()
    past.changed(booking.consultant_id, booking.created_at)  # it may have been held yesterday
    tell(booking)


def _settle(booking: Booking) -> None:
    if booking.needs_confirmation:
        now = db_now()
        until = answer_by(booking.consultant.policy.answer_hours, booking.starts_at, now)
        if until <= now:
            raise SlotTaken
        keep_until(booking, until)
        move(booking, S.PENDING)
        booking.answer_by = until
    else:
        take_for_good(booking)
        move(booking, S.ACCEPTED)


def _take_again(booking: Booking) -> None:
    now = db_now()
    if booking.starts_at <= now:
        raise SlotTaken
    if booking.session_id is not None:
        seat = seats.take_seat(
            session_id=booking.session_id, client=booking.client, expires_at=now + timedelta(minutes=1)
        )
        booking.seat = seat
        return
    # It was listed when it was held; a rule or a notice that has come since doesn't take it from who has paid.
    occupancy = time.reserve(
        consultant_id=booking.consultant_id,
        starts_at=booking.starts_at,
        minutes=booking.minutes,
        kind=Occupancy.Kind.HOLD,
        expires_at=now + timedelta(minutes=1),
        listed_only=False,
        note=booking.title[:120],
    )
    booking.occupancy_id = occupancy.pk


def tell(booking: Booking) -> None:
    """Say that a booking is confirmed, or that a request waits."""
    if booking.status == S.ACCEPTED:
        telling.client(booking, "booking_confirmed_client", _("Booked"), calendar="REQUEST")
        telling.consultant(booking, "booking_confirmed_consultant", _("New booking"), calendar="REQUEST")
    else:
        telling.client(booking, "booking_requested_client", _("Request sent"))
        telling.request(booking)
