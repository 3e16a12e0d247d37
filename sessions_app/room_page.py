"""Everything that the room's page shows to one visitor, asked for in a fixed number of queries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultants.models import Service
from naksha.db import db_now
from naksha.errors import InvalidState
from naksha.times import clock
from naksha.web.zone import zone as zone_of
from sessions_app import rooms
from sessions_app.access import Visitor
from sessions_app.attendance import Attendance, attendance_of
from sessions_app.chat_view import Files, files
from sessions_app.errors import TheyCame, YouDidNotCome
from sessions_app.models import Session, SessionNotes
from sessions_app.names import first_name
from sessions_app.origin import RoomFacts, room_facts
from sessions_app.reviews import ReviewPanel, review_panel
from sessions_app.rooms import Door
from sessions_app.services.machine import (
    ANSWER_WITHIN,
    can_client_answer,
    can_complete,
    can_mark_no_show,
    can_start,
    client_waits_for_word,
    no_show_refused,
)
from sessions_app.state import tone_of

S = Session.Status
P = Service.Platform
SHOWN_ATTENDANCE = 50
_NUMBER = re.compile(r"^\+?[\d\s().-]{5,}$")


class Phase(StrEnum):
    AHEAD = "ahead"
    RUNNING = "running"  # between start and end, and not called off
    TIME_UP = "time_up"  # past its end, and nobody has said how it went
    OVER = "over"  # completed, cancelled, no-show


@dataclass(frozen=True)
class RoomPage:
    visitor: Visitor
    session: Session
    now: datetime
    door: Door
    facts: RoomFacts
    notes: SessionNotes
    people: list[Attendance]
    review: ReviewPanel
    files: Files

    @property
    def is_consultant(self) -> bool:
        return self.visitor.is_consultant

    @property
    def other_name(self) -> str:
        """Whom the visitor meets; nothing for the consultant of a webinar, who meets many."""
        if not self.is_consultant:
            return self.session.consultant.display_name
        return self.facts.contact_name or (self.session.client.name if self.session.client else "")

    @property
    def other_first_name(self) -> str:
        return first_name(self.other_name)

    @property
    def heading(self) -> str:
        return self.other_name or self.session.title

    @property
    def zone(self) -> str:
        return self.visitor.timezone

    @property
    def their_zone(self) -> str:
        """Of whom the visitor meets; the same as theirs for the consultant of a webinar."""
        if not self.is_consultant:
            return self.session.consultant.timezone
        return self.session.client.timezone if self.session.client else self.zone

    @property
    def has_two_zones(self) -> bool:
        """Whether the clocks of the two differ at the start."""
        return not _same_clock(self.session.starts_at, self.zone, self.their_zone)

    @property
    def tone(self) -> str:
        return tone_of(self.session.status)

    @property
    def status_words(self) -> str:
        if self.phase == Phase.RUNNING and self.session.status == S.IN_PROGRESS:
            return _("In session")
        return str(self.session.get_status_display())

    @property
    def phase(self) -> Phase:
        if self.session.is_over:
            return Phase.OVER
        if self.now < self.session.starts_at and self.session.status != S.IN_PROGRESS:
            return Phase.AHEAD
        return Phase.RUNNING if self.now < self.session.ends_at else Phase.TIME_UP

    @property
    def minutes_in(self) -> int:
        """Whole minutes since the start, at most the session's length."""
        gone = int((self.now - self.session.starts_at).total_seconds() // 60)
        return max(0, min(gone, self.session.minutes))

    @property
    def minutes_left(self) -> int:
        return self.session.minutes - self.minutes_in

    @property
    def changes_at(self) -> list[datetime]:
        """The instants at which the page looks different by the clock alone."""
        if self.session.is_over:
            return []
        moments = [self.door.opens_at, self.session.starts_at, self.session.ends_at, self.door.closes_at]
        return [moment + timedelta(seconds=1) for moment in moments if moment > self.now]

    @property
    def phone(self) -> str:
        """What this visitor dials in a session by phone, E.164 or as the consultant wrote it; empty where that is no
        number but words."""
        if self.session.platform != P.PHONE:
            return ""
        number = self.facts.contact_phone if self.is_consultant else self.session.place
        return number if _NUMBER.match(number) else ""

    @property
    def place(self) -> str:
        """Where people meet, in words: an address, or how they reach each other by phone."""
        told = self.session.platform == P.IN_PERSON or (self.session.platform == P.PHONE and not self.phone)
        return self.session.place if told else ""

    @property
    def mine(self) -> Attendance | None:
        client_id = self.visitor.client.pk if self.visitor.client else None
        return next((person for person in self.people if person.client_id == client_id), None)

    @property
    def others(self) -> list[Attendance]:
        """Those whose coming this visitor may know of: the client's consultant, all for the consultant."""
        return [person for person in self.people[:SHOWN_ATTENDANCE] if person.is_consultant is not self.is_consultant]

    @property
    def can_start(self) -> bool:
        """Whether the consultant has to begin it by hand: who meets online begins it by joining."""
        return self.is_consultant and not rooms.is_online(self.session.platform) and can_start(self.session, self.now)

    @property
    def can_complete(self) -> bool:
        return self.is_consultant and can_complete(self.session, self.now)

    @property
    def can_mark_no_show(self) -> bool:
        return self.is_consultant and can_mark_no_show(self.session, self.now)

    @property
    def client_came(self) -> bool:
        return any(not person.is_consultant for person in self.people)

    @property
    def client_joined(self) -> bool:
        """Whether the log shows that the client came, or would have, had the meeting opened."""
        return self._no_show_refused is TheyCame

    @property
    def may_say_missed(self) -> bool:
        """Whether the log shows that the consultant waited, where it can."""
        return self._no_show_refused is not YouDidNotCome

    @property
    def _no_show_refused(self) -> type[InvalidState] | None:
        came = {person.side for person in self.people if person.joined_at or person.tried_at}
        return no_show_refused(self.session, came)

    @property
    def asks_client(self) -> bool:
        """Whether this visitor is asked if it took place."""
        return not self.is_consultant and can_client_answer(self.session, self.now)

    @property
    def host_joined(self) -> bool:
        return any(person.joined_at and person.is_consultant for person in self.people)

    @property
    def client_was_alone(self) -> bool:
        return self.client_joined and not self.host_joined

    @property
    def missing_words(self) -> str:
        """What the log says of who came, to a client who is asked; nothing once it shows the consultant."""
        if self.host_joined:
            return ""
        name = {"name": self.other_first_name}
        if self.client_was_alone:
            return _("Our log shows that you came, and does not show %(name)s in the meeting.") % name
        return _("Our log shows neither you nor %(name)s in the meeting.") % name

    @property
    def waits_for_word(self) -> bool:
        """Whether this visitor has said that it did not take place, and the consultant may still say otherwise."""
        return not self.is_consultant and client_waits_for_word(self.session)

    @property
    def word_until(self) -> datetime | None:
        asked = self.session.client_asked_at
        return asked + ANSWER_WITHIN if asked else None

    @property
    def joined_words(self) -> str:
        """Who is said to be in the meeting, under its button."""
        joined = [person for person in self.others if person.joined_at and not person.left_at]
        if not joined:
            return ""
        if self.session.is_webinar and self.is_consultant:
            return ngettext("%(n)d guest has joined.", "%(n)d guests have joined.", len(joined)) % {"n": len(joined)}
        since = joined[0].joined_at.astimezone(zone_of(self.zone)) if joined[0].joined_at else self.now
        return _("%(name)s joined at %(time)s.") % {"name": self.other_first_name, "time": clock(since)}

    @property
    def shared_to_read(self) -> str:
        """The consultant's notes for the client. The consultant sees them in the form."""
        return "" if self.is_consultant else self.notes.shared

    @property
    def has_joined(self) -> bool:
        return bool(self.mine and self.mine.joined_at)


def _same_clock(moment: datetime, one: str, other: str) -> bool:
    return moment.astimezone(zone_of(one)).utcoffset() == moment.astimezone(zone_of(other)).utcoffset()


def page_for(visitor: Visitor, now: datetime | None = None) -> RoomPage:
    """What ``visitor`` sees at ``now``."""
    session, now = visitor.session, now or db_now()
    notes = SessionNotes.objects.filter(session=session).first()
    return RoomPage(
        visitor=visitor,
        session=session,
        now=now,
        door=rooms.door_of(session, now),
        facts=room_facts(session, visitor.client),
        notes=notes or SessionNotes(session=session),
        people=attendance_of(session),
        review=review_panel(visitor),
        files=files(session),
    )
