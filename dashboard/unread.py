"""What clients have written in the chats of their sessions and the consultant has not read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, DateTimeField, F, Max, OuterRef, Q, QuerySet, Subquery, UUIDField
from django.db.models.functions import Coalesce

from consultants.models import Consultant
from naksha.kept import Kept, KeptTuples, Param, added_up
from sessions_app import rooms
from sessions_app.models import Conversation, Member, Message, Session, Side

SHOWN = 4
LATELY = timedelta(days=60)  # sessions from before: their chats are closed


@dataclass(frozen=True)
class Unread:
    """The chat of one session with words that wait."""

    session: Session
    many: int
    at: datetime
    who: str

    @property
    def url(self) -> str:
        return rooms.room_path(self.session.pk)


def _lately() -> QuerySet[Conversation]:
    return Conversation.objects.filter(
        session__consultant=Param("consultant", UUIDField()), session__starts_at__gt=Param("since", DateTimeField())
    )


def _unread() -> QuerySet[Conversation]:
    read = Member.objects.filter(conversation=OuterRef("pk"), side=Side.CONSULTANT).values("last_read_sequence")[:1]
    theirs = Q(
        messages__kind=Message.Kind.TEXT,
        messages__deleted_at__isnull=True,
        messages__member__side=Side.CLIENT,
        messages__sequence__gt=F("read"),
    )
    return (
        _lately()
        .filter(last_sequence__gt=0)
        .annotate(read=Coalesce(Subquery(read), 0))
        .filter(last_sequence__gt=F("read"))
        .annotate(many=Count("messages", filter=theirs), last=Max("messages__sent_at", filter=theirs))
        .filter(many__gt=0)
        .select_related("session__client")
        .order_by("-last")
    )


_UNREAD = Kept(_unread)
_FACTS = KeptTuples(
    lambda: added_up(
        _lately(),
        versions=Max("updated_at"),
        written=Max("last_message_at"),
        read=Max("members__last_read_at", filter=Q(members__side=Side.CONSULTANT)),
    )
)


def unread_of(consultant: Consultant, now: datetime) -> list[Unread]:
    """The newest first. One query."""
    talks: list[Any] = _UNREAD.all(consultant=consultant.pk, since=now - LATELY)
    return [
        Unread(
            session=talk.session,
            many=talk.many,
            at=talk.last,
            who=talk.session.client.name if talk.session.client else talk.session.title,
        )
        for talk in talks
    ]


def facts_of(consultant: Consultant, now: datetime) -> object:
    """Changes with each message, and with each look at a chat. One query."""
    return _FACTS.one(consultant=consultant.pk, since=now - LATELY)
