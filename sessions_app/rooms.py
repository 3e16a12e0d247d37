"""Where a session is held: the room of its own page, and the door from there into the meeting.

People are told the address of the session's page, never that of the meeting. The page lets in who belongs there, opens
the meeting from ten minutes before, gives each person an address of their own, and writes the join log.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from consultants.models import Service
from meetings import services as meetings
from meetings.models import Room
from sessions_app.models import JOIN_OPENS, Session

P = Service.Platform
JOIN_CLOSES = timedelta(minutes=60)  # after the end: talks run over, and so do tokens
OPEN_STATES = (Session.Status.CONFIRMED, Session.Status.IN_PROGRESS)


class DoorState(StrEnum):
    NONE = "none"  # people don't meet online
    EARLY = "early"
    OPEN = "open"
    MAKING = "making"  # it is time, but the room is not there yet
    FAILED = "failed"  # there will be no room
    OVER = "over"


@dataclass(frozen=True)
class Door:
    """The way into the meeting, as it stands at one moment."""

    state: DoorState
    opens_at: datetime
    closes_at: datetime
    room: Room | None = None
    own_link: str = ""  # the consultant's own, once it is time

    @property
    def is_open(self) -> bool:
        return self.state == DoorState.OPEN

    @property
    def is_shut_by_us(self) -> bool:
        """It is time, and there is no way in all the same."""
        return self.state in (DoorState.MAKING, DoorState.FAILED)

    @property
    def origin(self) -> str:
        """Scheme and host that Join leads to, for the page's policy. Nothing that opens a meeting."""
        url = self.own_link or (self.room.url if self.room else "")
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def open_for(session: Session) -> None:
    """Have a room for a session that is held in the browser, in the caller's transaction. Others need none."""
    if session.platform == P.JITSI and not session.place:
        meetings.open_room(subject_id=session.pk, provider=meetings.browser_provider())


def is_online(platform: str) -> bool:
    """Whether people meet by a link."""
    return platform in (P.JITSI, P.LINK)


def is_join_time(session: Session, now: datetime) -> bool:
    """Whether Join is offered for ``session`` at ``now``, wherever it is shown. Whether there is a room by then is
    said by :func:`door_of`, where one presses it. No query."""
    return _by_the_clock(session, now) == DoorState.OPEN


def _by_the_clock(session: Session, now: datetime) -> DoorState:
    if not is_online(session.platform):
        return DoorState.NONE
    if session.status not in OPEN_STATES or now > session.ends_at + JOIN_CLOSES:
        return DoorState.OVER
    return DoorState.EARLY if now < session.starts_at - JOIN_OPENS else DoorState.OPEN


def door_of(session: Session, now: datetime) -> Door:
    """The way into the meeting of ``session`` at ``now``. One query at most."""
    opens, closes = session.starts_at - JOIN_OPENS, session.ends_at + JOIN_CLOSES
    clock = _by_the_clock(session, now)
    if clock in (DoorState.NONE, DoorState.OVER):
        return Door(clock, opens, closes)
    if session.place:
        link = session.place if session.place.startswith("https://") else ""
        state = clock if link or clock == DoorState.EARLY else DoorState.FAILED
        return Door(state, opens, closes, own_link=link)
    room = Room.objects.filter(subject_id=session.pk).first()
    if clock == DoorState.EARLY:
        state = clock
    elif room is None or room.status == Room.Status.FAILED:
        state = DoorState.FAILED
    else:
        state = DoorState.OPEN if room.is_ready else DoorState.MAKING
    return Door(state, opens, closes, room=room)


def room_path(session_id: UUID) -> str:
    """The session's page, for whoever is let in. It opens nothing by itself."""
    return reverse("sessions:room", args=[session_id])


def room_url(session_id: UUID) -> str:
    return settings.SITE_URL + room_path(session_id)


def link_url(token: str) -> str:
    """The address that lets a client in without a login; ``token`` is of :func:`sessions_app.access.mint_link`."""
    return settings.SITE_URL + reverse("sessions:enter", args=[token])
