"""The meeting that comes of a booking: made, moved, called off. Seats of a webinar are in :mod:`sessions_app.seats`."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from availability import services as time
from availability.models import Occupancy
from clients.models import Client
from consultants.models import Service
from naksha import past
from naksha.errors import InvalidState, WrongInput
from naksha.times import dated_time
from sessions_app import rooms
from sessions_app.models import Session
from sessions_app.services import machine, moved_on, reminding


def open_session(
    *,
    service: Service,
    client: Client,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    platform: str,
    place: str,
    occupancy_id: UUID,
) -> Session:
    """Make the session of an accepted booking, in the caller's transaction. The occupancy is a session's already."""
    session = Session.objects.create(
        consultant_id=service.consultant_id,
        service=service,
        client=client,
        kind=Session.Kind.PERSONAL,
        status=Session.Status.CONFIRMED,
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        platform=platform,
        place=place,
        occupancy_id=occupancy_id,
    )
    rooms.open_for(session)
    reminding.plan(session)
    return session


def move_session(*, session_id: UUID, starts_at: datetime, ends_at: datetime, sequence: int) -> None:
    """Follow the booking that was moved, in its transaction. Raises InvalidState unless it is still to come."""
    moved = Session.objects.filter(pk=session_id, status=Session.Status.CONFIRMED).update(
        starts_at=starts_at, ends_at=ends_at, sequence=sequence, updated_at=timezone.now()
    )
    if not moved:
        raise InvalidState
    session = _whole(session_id)
    reminding.plan(session)
    moved_on.tell(session, moved_words(session))


def moved_words(session: Session) -> str:
    """What the chat says of the time that a session was moved to, in its consultant's zone."""
    when = dated_time(session.starts_at, session.consultant.timezone)
    return _("The session was moved to %(when)s.") % {"when": when}


def cancelled_words(reason: str) -> str:
    """What the chat says of a session that was called off."""
    if not reason:
        return _("The session was cancelled.")
    return _("The session was cancelled: %(reason)s") % {"reason": reason}


def _whole(session_id: UUID) -> Session:
    return Session.objects.select_related("consultant__user", "client__user").get(pk=session_id)


def call_off(*, session_id: UUID, reason: str, sequence: int | None = None) -> None:
    """Cancel a session that has not begun, in the caller's transaction. Raises InvalidState otherwise."""
    _call_off(session_id, [Session.Status.PENDING, Session.Status.CONFIRMED], reason, sequence)


def call_off_by_platform(*, session_id: UUID, reason: str, sequence: int | None = None) -> None:
    """As :func:`call_off`, and also one that its client has joined and its consultant has not."""
    session = machine.locked(session_id)
    if session is None or not machine.can_be_called_off(session):
        raise InvalidState
    _call_off(session_id, [session.status], reason, sequence)


def _call_off(session_id: UUID, statuses: list[str], reason: str, sequence: int | None) -> None:
    values = {"sequence": sequence} if sequence is not None else {}
    done = Session.objects.filter(pk=session_id, status__in=statuses).update(
        status=Session.Status.CANCELLED,
        cancelled_at=timezone.now(),
        cancel_reason=reason,
        updated_at=timezone.now(),
        **values,
    )
    if not done:
        raise InvalidState
    reminding.take_back(session_id)
    session = _whole(session_id)
    past.changed(session.consultant_id, session.starts_at)  # one that did not take place is called off days later
    moved_on.tell(session, cancelled_words(reason))


@transaction.atomic
def schedule_webinar(*, service: Service, starts_at: datetime, actor: User) -> Session:
    """Set a date of a webinar service and take the consultant's time for it.

    The date need not be within the weekly hours. Raises WrongInput for a service that is no webinar or a start that
    has passed, availability.errors.SlotTaken when something else is there.
    """
    if not service.is_webinar or not service.is_active or service.archived_at:
        raise WrongInput("service", _("Only a webinar that can be booked has dates."))
    if starts_at <= timezone.now():
        raise WrongInput("starts_at", _("Choose a start that is still to come."))
    occupancy = time.reserve(
        consultant_id=service.consultant_id,
        starts_at=starts_at,
        minutes=service.minutes,
        kind=Occupancy.Kind.SESSION,
        listed_only=False,
        note=service.title[:120],
    )
    session = Session.objects.create(
        consultant_id=service.consultant_id,
        service=service,
        kind=Session.Kind.WEBINAR,
        status=Session.Status.CONFIRMED,
        title=service.title,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=service.minutes),
        platform=service.platform,
        place=service.place,
        capacity=service.capacity,
        occupancy_id=occupancy.pk,
    )
    rooms.open_for(session)
    reminding.plan(session)
    audit.record(actor=actor, action="webinar.scheduled", subject=session, data={"starts_at": starts_at.isoformat()})
    moved_on.look_again(session)
    return session
