"""What the first page of the client area tells, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Q

from accounts.models import User
from client_area import agenda, offers, reviewing, ways
from client_area.agenda import Entry
from sessions_app.models import Member, Message

SHOWN = 6
SHOWN_REVIEWS = 3


@dataclass(frozen=True)
class Unread:
    """Messages of others that wait in one session's room."""

    session_id: UUID
    title: str
    consultant: str
    count: int

    @property
    def url(self) -> str:
        return ways.room_url(self.session_id)


@dataclass(frozen=True)
class Home:
    now: datetime
    next: Entry | None
    upcoming: list[Entry]
    has_more: bool
    requests: list[Entry]
    held: list[Entry]
    owing: list[Entry]
    offers: list[offers.Offer]
    reviews: list[reviewing.ToWrite]
    unread: list[Unread]

    @property
    def has_tasks(self) -> bool:
        return bool(self.requests or self.held or self.owing or self.offers or self.reviews or self.unread)


def home_of(user: User, now: datetime) -> Home:
    lines = agenda.first(user, "upcoming", 60, now)
    sure = [entry for entry in lines if not entry.is_held and not entry.is_request]
    return Home(
        now=now,
        next=sure[0] if sure else None,
        upcoming=sure[1 : SHOWN + 1],
        has_more=len(sure) > SHOWN + 1,
        requests=[entry for entry in lines if entry.is_request][:SHOWN],
        held=[entry for entry in lines if entry.is_held][:SHOWN],
        owing=agenda.owing(user, now, SHOWN),
        offers=offers.waiting_for(user, now, SHOWN),
        reviews=reviewing.to_review(user, now, SHOWN_REVIEWS),
        unread=unread_of(user),
    )


def unread_of(user: User) -> list[Unread]:
    """Rooms in which somebody else has written since this login last read, the newest first."""
    theirs = Q(
        ~Q(conversation__messages__member=F("pk")),
        conversation__messages__sequence__gt=F("last_read_sequence"),
        conversation__messages__kind=Message.Kind.TEXT,
        conversation__messages__deleted_at__isnull=True,
    )
    waiting = (
        Member.objects.filter(client__user=user, conversation__last_sequence__gt=F("last_read_sequence"))
        .annotate(count=Count("conversation__messages", filter=theirs))
        .filter(count__gt=0)
        .select_related("conversation__session__consultant")
        .order_by("-conversation__last_message_at")[:SHOWN]
    )
    rooms = [(member.conversation.session, member.count) for member in waiting]  # type: ignore[attr-defined]
    return [Unread(room.pk, room.title, room.consultant.display_name, count) for room, count in rooms]
