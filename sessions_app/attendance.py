"""The join log as people read it: who came to the page, who went into the meeting, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sessions_app.models import JOIN_OPENS, JoinEvent, Session, Side

K = JoinEvent.Kind


@dataclass
class Attendance:
    """What the log says of one person. Moments are in UTC; None: it never happened."""

    side: str
    client_id: UUID | None
    name: str
    came_at: datetime | None = None  # the first time that the page was opened
    joined_at: datetime | None = None  # the first time that they went into the meeting of the time that it has now
    tried_at: datetime | None = None  # the first time that they came and our meeting did not open
    left_at: datetime | None = None  # if leaving is the last that was heard of them

    @property
    def is_consultant(self) -> bool:
        return self.side == Side.CONSULTANT


def attendance_of(session: Session) -> list[Attendance]:
    """Everybody whom the log knows, in the order in which they came. One query."""
    people: dict[UUID | None, Attendance] = {}
    for event in JoinEvent.objects.filter(session=session).select_related("client").order_by("at", "pk"):
        name = event.client.name if event.client else session.consultant.display_name
        person = people.setdefault(event.client_id, Attendance(event.side, event.client_id, name))
        person.left_at = event.at if event.kind == K.LEFT else None
        if event.kind == K.ENTERED:
            person.came_at = person.came_at or event.at
        elif event.at < session.starts_at - JOIN_OPENS:
            continue  # of the time before it was moved
        elif event.kind == K.JOINED:
            person.joined_at = person.joined_at or event.at
        elif event.kind == K.TRIED:
            person.tried_at = person.tried_at or event.at
    return list(people.values())
