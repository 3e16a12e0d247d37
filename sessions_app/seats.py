"""Seats of a webinar. ``Session.seats_taken`` counts the live ones: held, taken, and kept for the waitlist.

Every move of a seat is a conditional UPDATE whose count says whether it was ours to move; the seat first, the session
after, so that two can't wait for each other. Call all of them inside the caller's transaction.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from clients.models import Client
from naksha.db import db_now
from notifications.live import changed_for
from sessions_app.errors import SeatTaken, WebinarClosed, WebinarFull
from sessions_app.models import Seat, Session
from sessions_app.services import reminding
from sessions_app.services.moved_on import SESSIONS


def claim_one(session_id: UUID) -> None:
    """Count one more seat as taken. Raises WebinarFull, or WebinarClosed when it can't be booked at all."""
    clear_lapsed(session_id)
    open_now = Session.objects.filter(
        pk=session_id, kind=Session.Kind.WEBINAR, status=Session.Status.CONFIRMED, starts_at__gt=db_now()
    )
    if open_now.filter(seats_taken__lt=F("capacity")).update(seats_taken=F("seats_taken") + 1):
        _say_changed(session_id)
        return
    raise WebinarFull if open_now.exists() else WebinarClosed


def give_back(session_id: UUID, count: int = 1) -> None:
    """Count ``count`` seats fewer."""
    if count:
        Session.objects.filter(pk=session_id).update(seats_taken=F("seats_taken") - count)
        _say_changed(session_id)


@lru_cache(maxsize=4096)
def _login_of(session_id: UUID) -> UUID:
    """A webinar is one consultant's for good, so it is asked once."""
    login: UUID = Session.objects.values_list("consultant__user_id", flat=True).get(pk=session_id)
    return login


def _say_changed(session_id: UUID) -> None:
    """On commit: whoever gives the webinar and has its seats on the screen looks again."""
    changed_for(_login_of(session_id), SESSIONS)


def take_seat(*, session_id: UUID, client: Client, expires_at: datetime | None, counted: bool = False) -> Seat:
    """A seat for ``client``: held until ``expires_at``, or taken for good when that is None.

    ``counted`` says that the seat is counted already (it was kept for somebody on the waitlist). Raises WebinarFull,
    WebinarClosed, or SeatTaken when this client has one.
    """
    if not counted:
        claim_one(session_id)
    try:
        with transaction.atomic():
            seat = Seat.objects.create(
                session_id=session_id,
                client=client,
                status=Seat.Status.HELD if expires_at else Seat.Status.TAKEN,
                expires_at=expires_at,
            )
    except IntegrityError as error:
        raise SeatTaken from error
    if seat.status == Seat.Status.TAKEN:
        reminding.plan(seat.session, client=client)
    return seat


def settle_seat(*, seat_id: UUID) -> bool:
    """A held seat becomes taken. False when it has lapsed meanwhile."""
    settled = Seat.objects.filter(pk=seat_id, status=Seat.Status.HELD).update(
        status=Seat.Status.TAKEN, expires_at=None, updated_at=timezone.now()
    )
    if settled:
        seat = Seat.objects.select_related("session", "client").get(pk=seat_id)
        reminding.plan(seat.session, client=seat.client)
    return bool(settled)


def release_seat(*, seat_id: UUID) -> bool:
    """Give a live seat back. False when it was released already: it isn't given back twice."""
    seat = Seat.objects.filter(pk=seat_id).exclude(status=Seat.Status.RELEASED)
    if not seat.update(status=Seat.Status.RELEASED, expires_at=None, updated_at=timezone.now()):
        return False
    session_id, client_id = Seat.objects.values_list("session_id", "client_id").get(pk=seat_id)
    give_back(session_id)
    reminding.take_back(session_id, client_id=client_id)
    return True


def clear_lapsed(session_id: UUID) -> int:
    """Release the seats whose time to pay is over, by the database's clock. Returns how many."""
    lapsed = Seat.objects.filter(session_id=session_id, status=Seat.Status.HELD, expires_at__lte=db_now())
    count = lapsed.update(status=Seat.Status.RELEASED, expires_at=None, updated_at=timezone.now())
    give_back(session_id, count)
    return count
