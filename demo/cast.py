"""Who is in a session of the demo market."""

from __future__ import annotations

from uuid import UUID

from django.db.models import UUIDField

from clients.models import Client
from consultants.models import Consultant
from demo.people import PEOPLE
from naksha.kept import Kept, Param
from sessions_app.access import Visitor
from sessions_app.models import Seat, Session, Side

_FIELDS = {person.name: person.fields[0] for person in PEOPLE}


def main_field(consultant: Consultant) -> str:
    """What the consultant does first of all."""
    return _FIELDS[consultant.display_name]


_WITH_ALL = Kept(
    lambda: Session.objects.select_related("consultant__user", "consultant__policy", "service", "client__user").filter(
        pk=Param("pk", UUIDField())
    )
)


def read(session_id: UUID) -> Session:
    """A session with everybody in it."""
    session = _WITH_ALL.first(pk=session_id)
    if session is None:
        raise Session.DoesNotExist
    return session


def consultant_of(session: Session) -> Visitor:
    return Visitor(session, Side.CONSULTANT, None, session.consultant.user)


def guests_of(session: Session) -> list[Visitor]:
    """Its client, or whoever has a seat."""
    if session.client is not None:
        clients = [session.client]
    else:
        taken = Seat.objects.filter(session=session, status=Seat.Status.TAKEN)
        clients = list(Client.objects.filter(pk__in=taken.values("client")).select_related("user").order_by("email"))
    return [Visitor(session, Side.CLIENT, client, client.user) for client in clients]
