"""Who is in a session's room: its consultant, a client by login, or a guest whom a signed link let in.

The link's token is spent on a cookie once (:func:`let_in`): the browser's session remembers which link it was, so that
the address of the room opens nothing by itself and a link that was revoked ends at the next request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet, UUIDField
from django.http import Http404, HttpRequest
from django.utils import timezone

from accounts.models import User
from clients.models import Client
from consultants.models import Consultant
from naksha.crypto import new_token, token_hash
from naksha.kept import Kept, Param, all_but
from sessions_app.models import Seat, Session, SessionLink, Side

ROOMS = "rooms"  # in the browser's session: {session id: link id}
MOST_ROOMS = 20


@dataclass(frozen=True)
class Visitor:
    """Somebody who may be in the room of ``session``. ``client`` is None for the consultant."""

    session: Session
    side: Side
    client: Client | None
    user: User | None
    link_id: UUID | None = None

    @property
    def is_consultant(self) -> bool:
        return self.side == Side.CONSULTANT

    @property
    def name(self) -> str:
        return self.client.name if self.client else self.session.consultant.display_name

    @property
    def timezone(self) -> str:
        """The zone in which this person reads times, IANA."""
        return self.client.timezone if self.client else self.session.consultant.timezone


def mint_link(*, session: Session, client: Client) -> str:
    """A new link to the room for ``client``; those before it keep working. Returns its token."""
    token = new_token()
    SessionLink.objects.create(session=session, client=client, token_hash=token_hash(token))
    return token


def resolve_link(token: str) -> SessionLink:
    """Raises SessionLink.DoesNotExist for a token that is unknown or was revoked."""
    return SessionLink.objects.select_related("session", "client").get(
        token_hash=token_hash(token), revoked_at__isnull=True
    )


def resolve_revoked(token: str) -> SessionLink:
    """What a link opened until it was revoked: for the money that is on its way by it, and nothing else. Raises
    SessionLink.DoesNotExist for a link that is unknown or works."""
    return SessionLink.objects.select_related("session__consultant").get(
        token_hash=token_hash(token), revoked_at__isnull=False
    )


def revoke_links(*, session_id: UUID, client_id: UUID) -> int:
    """End every link of ``client_id`` to the room, and whom they let in. Returns how many."""
    links = SessionLink.objects.filter(session_id=session_id, client_id=client_id, revoked_at__isnull=True)
    return links.update(revoked_at=timezone.now())


def standing_link(*, session: Session, client: Client) -> SessionLink:
    """A link to the room for a client who has shown another key of theirs (the booking's): one that stands, else a new
    one."""
    link = SessionLink.objects.filter(session=session, client=client, revoked_at__isnull=True).first()
    return link or resolve_link(mint_link(session=session, client=client))


def let_in(request: HttpRequest, link: SessionLink) -> None:
    """Remember in this browser that ``link`` was shown. The oldest of many rooms is forgotten."""
    rooms: dict[str, str] = request.session.get(ROOMS, {})
    rooms.pop(str(link.session_id), None)
    rooms[str(link.session_id)] = str(link.pk)
    request.session[ROOMS] = dict(list(rooms.items())[-MOST_ROOMS:])


def _rooms(*beside: str) -> QuerySet[Session]:
    return (
        Session.objects.select_related("consultant__user", "client", *beside)
        .filter(pk=Param("pk", UUIDField()))
        .exclude(status=Session.Status.ABANDONED)
    )


def _links() -> QuerySet[SessionLink]:
    return SessionLink.objects.select_related("client__user").filter(
        pk=Param("pk", UUIDField()), session_id=Param("session", UUIDField()), revoked_at__isnull=True
    )


CONSULTANT = ("user", "display_name", "status", "timezone")
LOGIN = ("email", "first_name", "last_name", "role", "is_active")
CLIENT = ("consultant", "user", "name", "email", "timezone", "erased_at")
_ROOM = Kept(lambda: _rooms("consultant__policy", "service", "terms"))
_LINK = Kept(_links)
# The same with what letting in takes, for who draws no page and saves none of these rows.
_ROOM_DOOR = Kept(
    lambda: _rooms().defer(
        "created_at",
        "updated_at",
        *all_but(Consultant, *CONSULTANT, of="consultant"),
        *all_but(User, *LOGIN, of="consultant__user"),
        *all_but(Client, *CLIENT, of="client"),
    )
)
_LINK_DOOR = Kept(
    lambda: (
        _links()
        .select_related("client__user", "session__consultant__user", "session__client")
        .exclude(session__status=Session.Status.ABANDONED)
        .defer(
            "created_at",
            "updated_at",
            *all_but(Client, *CLIENT, of="client"),
            *all_but(User, *LOGIN, of="client__user"),
            "session__created_at",
            "session__updated_at",
            *all_but(Consultant, *CONSULTANT, of="session__consultant"),
            *all_but(User, *LOGIN, of="session__consultant__user"),
            *all_but(Client, *CLIENT, of="session__client"),
        )
    )
)


def find_visitor(
    *, session_id: UUID, user: User | AnonymousUser | None, browser: Mapping[str, Any], door: bool = False
) -> Visitor | None:
    """Who asks for the room of ``session_id``, or None for a stranger. ``browser`` is the Django session.

    The consultant has to be approved, a client by login active, a webinar's seat taken; all as the database says now.
    With ``door``, only what the chat needs of these rows is brought along; the rest is asked for when it is looked at.
    """
    link_id = browser.get(ROOMS, {}).get(str(session_id))
    if door and link_id is not None and not isinstance(user, User):
        link = _LINK_DOOR.first(pk=link_id, session=session_id)  # the room comes with it
        return _by_link(link, user) if link is not None else None
    session = (_ROOM_DOOR if door else _ROOM).first(pk=session_id)
    if session is None:
        return None
    if isinstance(user, User) and user.is_active:
        consultant = session.consultant
        if consultant.user_id == user.pk:
            return Visitor(session, Side.CONSULTANT, None, user) if consultant.is_approved else None
        if (client := _client_by_login(session, user)) is not None:
            return Visitor(session, Side.CLIENT, client, user)
    if link_id is None:
        return None
    link = _LINK.first(pk=link_id, session=session_id)
    if link is None:
        return None
    link.session = session
    return _by_link(link, user)


def _by_link(link: SessionLink, user: User | AnonymousUser | None) -> Visitor | None:
    """Whom a link that stands lets in, if they still have a place."""
    session = link.session
    if not _has_place(session, link.client_id):
        return None
    return Visitor(session, Side.CLIENT, link.client, user if isinstance(user, User) else None, link.pk)


def _seated(session: Session) -> QuerySet[Client]:
    """Those who have a seat of a webinar for good."""
    return Client.objects.filter(seats__session=session, seats__status=Seat.Status.TAKEN).distinct()


def _client_by_login(session: Session, user: User) -> Client | None:
    if session.is_webinar:
        return _seated(session).filter(user=user).first()
    return session.client if session.client and session.client.user_id == user.pk else None


def _has_place(session: Session, client_id: UUID) -> bool:
    if session.is_webinar:
        return _seated(session).filter(pk=client_id).exists()
    return session.client_id == client_id


def visitor_or_404(request: HttpRequest, session_id: UUID, *, door: bool = False) -> Visitor:
    """Raises Http404 for a stranger, the same as for a session that there isn't."""
    visitor = find_visitor(session_id=session_id, user=request.user, browser=request.session, door=door)
    if visitor is None:
        raise Http404
    return visitor


@dataclass(frozen=True)
class Place:
    """A visitor's place in a room as it was when they came: by what they may be asked for again."""

    session_id: UUID
    client_id: UUID | None  # None for the consultant
    user_id: UUID | None
    link_id: UUID | None  # as the browser remembers it now


def still_in(places: Iterable[Place]) -> set[Place]:
    """Those of ``places`` that :func:`find_visitor` would give again now, asked together: four queries for any number.

    Whether the browser's login still stands is asked before.
    """
    asked = set(places)
    needed = ("kind", "client", "consultant__user", "consultant__status")
    sessions = Session.objects.select_related("consultant").only(*needed).exclude(status=Session.Status.ABANDONED)
    rooms = sessions.in_bulk({place.session_id for place in asked})
    guests = {place.client_id for place in asked if place.client_id}
    logins = dict(Client.objects.filter(pk__in=guests).values_list("pk", "user_id")) if guests else {}
    shown = {place.link_id for place in asked if place.link_id}
    links = set(
        SessionLink.objects.filter(pk__in=shown, revoked_at__isnull=True).values_list("pk", "session_id", "client_id")
        if shown
        else ()
    )
    webinars = {room.pk for room in rooms.values() if room.is_webinar}
    seats = set(
        Seat.objects.filter(session_id__in=webinars, status=Seat.Status.TAKEN).values_list("session_id", "client_id")
        if webinars
        else ()
    )

    def stays(place: Place) -> bool:
        room = rooms.get(place.session_id)
        if room is None:
            return False
        if place.client_id is None:
            return room.consultant.user_id == place.user_id and room.consultant.is_approved
        has_place = (room.pk, place.client_id) in seats if room.is_webinar else room.client_id == place.client_id
        by_login = place.user_id is not None and logins.get(place.client_id) == place.user_id
        return has_place and (by_login or (place.link_id, room.pk, place.client_id) in links)

    return {place for place in asked if stays(place)}


def remembered_link(session_id: UUID, browser: Mapping[str, Any]) -> UUID | None:
    """The link to this room that the browser was let in with."""
    link_id = browser.get(ROOMS, {}).get(str(session_id))
    return UUID(link_id) if link_id else None
