"""Who came, and when: the join log, and the way from the session's page into the meeting."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from consultants import live
from meetings import services as meetings
from meetings.providers import Guest, ProviderAway
from naksha.db import db_now
from sessions_app.access import Visitor
from sessions_app.errors import MeetingClosed, MeetingNotReady, MeetingNotYet
from sessions_app.models import JoinEvent, Session
from sessions_app.models.session import JoinEventQuerySet
from sessions_app.rooms import Door, DoorState, door_of
from sessions_app.services.moved_on import SESSIONS

ONCE_WITHIN = timedelta(minutes=5)
JOINED_ONCE_WITHIN = timedelta(minutes=1)  # a second click is no second coming
K = JoinEvent.Kind


def join(*, visitor: Visitor) -> str:
    """The address by which ``visitor`` goes into the meeting, theirs alone; their coming is in the join log.

    Raises MeetingNotYet before ten minutes to the start, MeetingClosed an hour after the end or when the session isn't
    on, MeetingNotReady while there is no room: then the log keeps that they tried.
    """
    session = visitor.session
    door = door_of(session, db_now())
    if door.state == DoorState.EARLY:
        raise MeetingNotYet
    if door.state in (DoorState.NONE, DoorState.OVER):
        raise MeetingClosed
    if not door.is_open:
        _write(visitor, K.TRIED, within=ONCE_WITHIN)
        raise MeetingNotReady
    url = door.own_link
    if door.room is not None:
        guest = Guest(
            id=(visitor.client.pk if visitor.client else session.consultant_id).hex,
            name=visitor.name,
            # The others in the room see it: of two who know each other no secret, of an audience one.
            email="" if session.is_webinar else _email(visitor),
            is_moderator=visitor.is_consultant,
        )
        try:
            url = meetings.join_url(door.room, guest=guest, until=door.closes_at)
        except ProviderAway as error:
            _write(visitor, K.TRIED, within=ONCE_WITHIN)
            raise MeetingNotReady from error
    _write(visitor, K.JOINED, within=JOINED_ONCE_WITHIN)
    return url


def stand_at(door: Door, *, visitor: Visitor) -> None:
    """Write that ``visitor`` looks at a door that is shut by us: no Join is offered there, and they came."""
    if door.is_shut_by_us:
        _write(visitor, K.TRIED, within=ONCE_WITHIN)


def _email(visitor: Visitor) -> str:
    return visitor.client.email if visitor.client else visitor.session.consultant.user.email


def enter(*, visitor: Visitor) -> None:
    """Write that ``visitor`` has opened the session's page; at most once within five minutes.

    Who left less than that ago and is back has only loaded the page again: then they never left.
    """
    last = _lately(visitor)
    if last is None:
        _write(visitor, K.ENTERED, within=ONCE_WITHIN)
    elif last.kind == K.LEFT:
        last.delete()
        _say_changed(visitor)


def stay(*, visitor: Visitor) -> None:
    """``visitor`` has the page open, whatever was told a moment ago: a browser that loads it again says that it closes
    the old one after it was given the new one, and one of two windows may close."""
    last = _lately(visitor)
    if last is not None and last.kind == K.LEFT:
        last.delete()
        _say_changed(visitor)


def _lately(visitor: Visitor) -> JoinEvent | None:
    """The last that was heard of ``visitor`` and this page, if it is not long ago."""
    told = _log_of(visitor).filter(at__gt=db_now() - ONCE_WITHIN).exclude(kind__in=[K.JOINED, K.TRIED])
    return told.order_by("-at", "-pk").first()


def leave(*, visitor: Visitor) -> None:
    """Write that ``visitor`` has closed the session's page, as far as browsers tell. Who never came can't leave."""
    last = _log_of(visitor).order_by("-at", "-pk").first()
    if last is not None and last.kind != K.LEFT:
        JoinEvent.objects.create(
            session=visitor.session, side=visitor.side, client=visitor.client, kind=K.LEFT, at=db_now()
        )
        _say_changed(visitor)


def _log_of(visitor: Visitor) -> JoinEventQuerySet:
    return JoinEvent.objects.filter(session=visitor.session, side=visitor.side, client=visitor.client)


@transaction.atomic
def _write(visitor: Visitor, kind: JoinEvent.Kind, *, within: timedelta) -> None:
    """One line, unless there is one of its kind already. The session's row is locked: two windows write one line."""
    Session.objects.select_for_update(of=("self",)).only("pk").get(pk=visitor.session.pk)
    now = db_now()
    lines = _log_of(visitor)
    lines = lines.joined() if kind == K.JOINED else lines.filter(kind=kind)
    if not lines.filter(at__gt=now - within).exists():
        JoinEvent.objects.create(session=visitor.session, side=visitor.side, client=visitor.client, kind=kind, at=now)
        _say_changed(visitor)


def _say_changed(visitor: Visitor) -> None:
    """On commit: the consultant's page of the session tells who came."""
    live.say_changed(visitor.session.consultant_id, SESSIONS)
