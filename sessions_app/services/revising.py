"""Changing what a recorded session is before it begins: its title, where it takes place, when, for how long."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from availability import services as time
from availability.errors import SlotTaken
from naksha.db import db_now
from naksha.errors import WrongInput
from sessions_app import rooms
from sessions_app.errors import TooLate
from sessions_app.models import Session
from sessions_app.services import machine, moved_on, reminding, telling
from sessions_app.services.opening import moved_words
from sessions_app.services.recording import FURTHEST, check_what, in_words, let_leave, own_session


@transaction.atomic
def revise(
    *,
    session: Session,
    actor: User,
    title: str | None = None,
    platform: str | None = None,
    place: str | None = None,
    starts_at: datetime | None = None,
    minutes: int | None = None,
) -> Session:
    """Write down anew what a recorded session is. What is None stays as it is now, but that another platform has
    another place. Nothing different: nothing changes. Its client, if told at all, reads the change in a mail.

    Raises InvalidState for one that was booked, TooLate once it has begun, WrongInput, availability.errors.SlotTaken,
    PermissionDenied.
    """
    session = own_session(session, actor)
    title = session.title if title is None else title.strip()
    platform = session.platform if platform is None else platform
    if place is None:
        place = session.place if platform == session.platform else ""
    place = place.strip()
    starts_at, minutes = starts_at or session.starts_at, session.minutes if minutes is None else minutes
    is_moved = (starts_at, minutes) != (session.starts_at, session.minutes)
    if not is_moved and (title, platform, place) == (session.title, session.platform, session.place):
        return session
    now = db_now()
    if not machine.is_ahead(session, now):
        raise TooLate(_("It has begun or is over, so it stands as it is."))
    check_what(title, platform, place, minutes)
    if is_moved:
        _move(session, starts_at, minutes, now)
    session.title, session.platform, session.place = title, platform, place
    session.sequence += 1
    session.save()
    rooms.open_for(session)
    reminding.plan(session)
    audit.record(
        actor=actor,
        action="session.changed",
        subject=session,
        data={"starts_at": starts_at.isoformat(), "minutes": minutes, "platform": platform},
    )
    if session.client_told:
        template = "session_moved_client" if is_moved else "session_changed_client"
        words = _("Session moved") if is_moved else _("Session changed")
        once = f"{'moved' if is_moved else 'changed'}:{session.sequence}"
        telling.client_of_recorded(session, template, words, once=once, calendar="REQUEST")
    moved_on.tell(session, moved_words(session) if is_moved else _("The session’s details were changed."))
    return session


def _move(session: Session, starts_at: datetime, minutes: int, now: datetime) -> None:
    if session.occupancy_id is None:
        raise TooLate
    if not now < starts_at <= now + FURTHEST:
        raise WrongInput("starts_at", _("Choose a time that is still to come."))
    try:
        time.move(occupancy_id=session.occupancy_id, starts_at=starts_at, minutes=minutes, listed_only=False)
    except SlotTaken as error:
        raise in_words(error, session.consultant, starts_at, minutes, without=session.occupancy_id) from error
    session.starts_at, session.ends_at = starts_at, starts_at + timedelta(minutes=minutes)
    let_leave(session)
