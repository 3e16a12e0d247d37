"""What takes a consultant's time between two instants, as the calendar and the agenda show it. Reads only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from availability.models import Occupancy
from bookings.models import Booking
from consultants.models import Consultant
from naksha.calendar import event_uid
from naksha.times import clock, iso, people_range, zone_letters
from naksha.web.zone import zone as zone_of
from sessions_app.models import Session
from sessions_app.services.machine import is_ahead
from sessions_app.services.recording import LONGEST_MINUTES
from sessions_app.state import tone_of

LONGEST = timedelta(minutes=LONGEST_MINUTES)


class Kind(StrEnum):
    SESSION = "session"
    WEBINAR = "webinar"
    REQUEST = "request"  # a booking that waits for the consultant's answer
    HOLD = "hold"  # somebody is paying for it, or was offered it
    BLOCK = "block"
    BUSY = "busy"  # taken in another calendar


@dataclass(frozen=True)
class Event:
    """One thing that takes time. ``state`` is for style sheets and scripts, ``words`` says the same to people."""

    kind: Kind
    pk: UUID
    starts_at: datetime
    ends_at: datetime
    title: str
    state: str
    words: str
    tone: str = ""
    who: str = ""
    detail: str = ""
    url: str = ""
    move_url: str = ""
    can_move: bool = False
    can_stretch: bool = False
    version: str = ""
    uid: str = ""  # its name in other calendars, the same as in the mails to the consultant
    sequence: int = 0  # iCalendar SEQUENCE
    changed_at: datetime = datetime.max

    @property
    def name(self) -> str:
        """What it is called where one line has to do."""
        return self.who or self.title

    @property
    def about(self) -> str:
        """What the name leaves open."""
        return ", ".join(part for part in (self.title if self.who else "", self.detail) if part)

    @property
    def is_off(self) -> bool:
        """Whether it takes no time any more."""
        return self.state == Session.Status.CANCELLED

    def as_json(self, zone: str) -> dict[str, Any]:
        """For the script; ``when`` is told in ``zone``."""
        return {
            "id": f"{self.kind}:{self.pk}",
            "kind": self.kind,
            "key": str(self.pk),
            "start": iso(self.starts_at),
            "end": iso(self.ends_at),
            "title": self.name,
            "when": people_range(self.starts_at, self.ends_at, zone),
            "about": self.about,
            "state": self.state,
            "words": self.words,
            "tone": self.tone,
            "page": self.url,
            "movePage": self.move_url,
            "canMove": self.can_move,
            "canStretch": self.can_stretch,
            "version": self.version,
        }


def version_of(row: Session | Booking | Occupancy) -> str:
    """Changes whenever what the calendar shows of ``row`` does: so two windows can't overwrite each other unseen."""
    state = (row.kind, row.note) if isinstance(row, Occupancy) else (row.status, str(row.sequence), row.title)
    facts = "\n".join([iso(row.starts_at), iso(row.ends_at), *state])
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


def events_of(consultant: Consultant, first: datetime, last: datetime, now: datetime) -> list[Event]:
    """What touches ``[first, last)``, in the order of time. Three queries."""
    found = [*_sessions(consultant, first, last, now), *_taken(consultant, first, last, now)]
    return sorted(found, key=lambda event: (event.starts_at, event.ends_at, event.pk))


def _sessions(consultant: Consultant, first: datetime, last: datetime, now: datetime) -> Iterator[Event]:
    within = {"starts_at__gt": first - LONGEST, "starts_at__lt": last, "ends_at__gt": first}
    booked = {
        session_id: (key, name)
        for session_id, key, name in Booking.objects.filter(
            consultant=consultant,
            session__isnull=False,
            seat__isnull=True,
            **{f"session__{name}": value for name, value in within.items()},
        )
        .order_by("created_at")
        .values_list("session_id", "pk", "contact_name")
    }
    sessions = consultant.sessions.filter(**within).exclude(status=Session.Status.ABANDONED).select_related("client")
    for session in sessions:
        ahead = is_ahead(session, now)
        webinar = session.is_webinar
        booking, name = booked.get(session.pk, (None, ""))
        yield Event(
            kind=Kind.WEBINAR if webinar else Kind.SESSION,
            pk=session.pk,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            title=session.title,
            state=session.status,
            words=str(session.get_status_display()),
            tone=tone_of(session.status),
            who=(name or session.client.name) if session.client else "",
            detail=_("%(taken)s of %(all)s seats taken") % {"taken": session.seats_taken, "all": session.capacity}
            if webinar
            else "",
            url=reverse("bookings:webinar" if webinar else "sessions:desk", args=[session.pk]),
            move_url=reverse("sessions:move", args=[session.pk]) if ahead and not webinar else "",
            can_move=ahead and not webinar,
            can_stretch=ahead and session.reference is not None,  # what was booked keeps the length that was paid for
            version=version_of(session),
            uid=event_uid("booking", booking) if booking else event_uid("session", session.pk),
            sequence=session.sequence,
            changed_at=session.updated_at,
        )


def _taken(consultant: Consultant, first: datetime, last: datetime, now: datetime) -> Iterator[Event]:
    kinds = Occupancy.Kind
    rows = (
        consultant.occupancies.filter(
            kind__in=[kinds.HOLD, kinds.BLOCK, kinds.EXTERNAL], core_starts_at__lt=last, ends_at__gt=first
        )
        .exclude(kind=kinds.HOLD, expires_at__lte=now)
        .select_related("booking__client")
    )
    for row in rows:
        if row.core_ends_at <= first:
            continue
        if row.kind == kinds.BLOCK:
            yield _block(row, now)
        elif row.kind == kinds.EXTERNAL:
            yield _of(row, Kind.BUSY, "busy", _("Busy in another calendar"), title=row.note or _("Busy"))
        else:
            yield _held(row, consultant, now)


def _of(row: Occupancy, kind: Kind, state: str, words: str, **rest: Any) -> Event:
    return Event(
        kind=kind, pk=row.pk, starts_at=row.core_starts_at, ends_at=row.core_ends_at, state=state, words=words, **rest
    )


def _block(row: Occupancy, now: datetime) -> Event:
    return _of(
        row,
        Kind.BLOCK,
        "blocked",
        _("Blocked"),
        title=row.note or _("Blocked"),
        url=reverse("dashboard:block", args=[row.pk]),
        can_move=row.ends_at > now,
        can_stretch=row.ends_at > now,
        version=version_of(row),
        uid=event_uid("block", row.pk),
        sequence=int((row.updated_at - row.created_at).total_seconds()),
        changed_at=row.updated_at,
    )


def _held(row: Occupancy, consultant: Consultant, now: datetime) -> Event:
    booking: Booking | None = getattr(row, "booking", None)
    if booking is not None and booking.status == Booking.Status.PENDING:
        ahead = now < booking.starts_at
        return Event(
            kind=Kind.REQUEST,
            pk=booking.pk,
            starts_at=booking.starts_at,
            ends_at=booking.ends_at,
            title=booking.title,
            state="request",
            words=_("Waits for your answer"),
            tone="wait",
            who=booking.contact_name or booking.client.name,
            url=reverse("bookings:request", args=[booking.pk]),
            move_url=reverse("bookings:reschedule_theirs", args=[booking.pk]) if ahead else "",
            can_move=ahead,
            version=version_of(booking),
            uid=event_uid("booking", booking.pk),
            sequence=booking.sequence,
            changed_at=booking.updated_at,
        )
    until = ""
    if row.expires_at is not None:
        local = row.expires_at.astimezone(zone_of(consultant.timezone))
        until = _("until %(time)s %(zone)s") % {
            "time": clock(local),
            "zone": zone_letters(row.expires_at, consultant.timezone),
        }
    title = booking.title if booking is not None else _("Offered to the waitlist")
    words = _("Held while it is paid") if booking is not None else _("Held")
    return _of(row, Kind.HOLD, "held", words, tone="wait", title=title, detail=until)
