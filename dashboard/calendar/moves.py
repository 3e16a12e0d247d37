"""What the calendar moves and stretches: by the same services as every other page, rehearsed first, then done.

A rehearsal does it all in a transaction that is undone: what refuses, and the mail that would go out, are the real
ones, and nothing has happened. Between the two the world may change; then the second refuses in words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from availability import services as time
from availability.errors import SlotTaken
from availability.models import Occupancy
from bookings.models import Booking
from bookings.services import machine as of_booking
from bookings.services import reschedule_by_consultant
from bookings.services import tell as telling
from consultants.models import Consultant
from dashboard.calendar.events import Kind, version_of
from naksha.db import lock_consultant
from naksha.errors import DomainError, InvalidState
from notifications.message import build_message
from notifications.models import OutgoingMail
from notifications.services import changed
from sessions_app import origin
from sessions_app.models import Session
from sessions_app.services import machine as of_session
from sessions_app.services import revise
from sessions_app.services.recording import in_words
from sessions_app.services.telling import key_of

MOVABLE = (Kind.SESSION, Kind.WEBINAR, Kind.REQUEST, Kind.BLOCK)
# A link that opens something, in a mail's text: who reads it over the shoulder is spared the key.
_KEY = re.compile(r"(?<=/[bs]/)[A-Za-z0-9_-]{20,64}(?=/)")


class ChangedMeanwhile(DomainError):
    """Another window, or the client, was faster (409)."""

    sentence = gettext_lazy("This was changed meanwhile, in another window or by your client. Look at it as it is now.")


class Gone(DomainError):
    """There is none such (any more), or it is another's."""

    sentence = gettext_lazy("This is not there any more.")
    http_status = 404


@dataclass(frozen=True)
class Move:
    """What is asked for. ``version`` is what the event showed when it was taken up (events.version_of)."""

    kind: Kind
    pk: UUID
    starts_at: datetime
    ends_at: datetime
    version: str

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


@dataclass(frozen=True)
class Letter:
    to: str
    subject: str
    text: str


@dataclass(frozen=True)
class Moved:
    """What was moved, or would be. ``zone`` is the client's, empty where there is none."""

    name: str
    kind: Kind
    was: tuple[datetime, datetime]
    now: tuple[datetime, datetime]
    client: str = ""
    zone: str = ""
    letter: Letter | None = None
    has_price: bool = False


class _Rehearsed(Exception):
    def __init__(self, moved: Moved) -> None:
        self.moved = moved


def rehearse(*, consultant: Consultant, move: Move) -> Moved:
    """What :func:`carry_out` would do now. Raises what it would raise; nothing has changed."""
    try:
        with transaction.atomic():
            raise _Rehearsed(carry_out(consultant=consultant, move=move))
    except _Rehearsed as done:
        return done.moved


@transaction.atomic
def carry_out(*, consultant: Consultant, move: Move) -> Moved:
    """Move or stretch it for its consultant, who is who acts.

    Raises Gone, ChangedMeanwhile, InvalidState, and what the service refuses with: availability.errors.TimeRefused with
    what is in the way, TooLate.
    """
    moved = _ACTS[move.kind](consultant, move)
    if moved.kind == Kind.BLOCK:
        changed(consultant.user, time.CALENDAR)
    return moved


def _session(consultant: Consultant, move: Move) -> Moved:
    mine = consultant.sessions.exclude(status=Session.Status.ABANDONED).filter(pk=move.pk)
    standing = Booking.objects.filter(session__in=mine, seat__isnull=True, status=Booking.Status.ACCEPTED).first()
    if standing is not None:
        of_booking.locked(standing.pk)  # the booking before its session, as everywhere
    session = of_session.locked(move.pk) if standing is None and mine.exists() else mine.first()
    if session is None:
        raise Gone
    _same(session, move)
    if session.is_webinar:
        raise InvalidState(_("A webinar’s date is not moved: whoever booked it would have to agree."))
    if standing is not None:
        if move.minutes != session.minutes:
            raise InvalidState(_("A booked session keeps the length that was booked. Move it, or agree on another."))
        return _booked(consultant, standing, move)
    was, before, client = (session.starts_at, session.ends_at), session.sequence, session.client
    if move.minutes == session.minutes:
        origin.of(session).move(actor=consultant.user, client=None, starts_at=move.starts_at)
    else:
        revise(session=session, actor=consultant.user, starts_at=move.starts_at, minutes=move.minutes)
    session.refresh_from_db()
    return Moved(
        name=session.title,
        kind=Kind.SESSION,
        was=was,
        now=(session.starts_at, session.ends_at),
        client=client.name if client else "",
        zone=client.timezone if client else "",
        letter=_letter(key_of("session_moved_client", session, f"moved:{session.sequence}"), session.sequence > before),
        has_price=session.total_paise > 0,
    )


def _request(consultant: Consultant, move: Move) -> Moved:
    if not consultant.bookings.filter(pk=move.pk).exclude(status__in=[Booking.Status.HELD]).exists():
        raise Gone
    booking = of_booking.locked(move.pk)
    _same(booking, move)
    if move.minutes != booking.minutes:
        raise InvalidState(_("A request keeps the length that was asked for. Move it, or decline it with a word."))
    return _booked(consultant, booking, move)


def _booked(consultant: Consultant, booking: Booking, move: Move) -> Moved:
    was, before = (booking.starts_at, booking.ends_at), booking.sequence
    kind = Kind.REQUEST if booking.status == Booking.Status.PENDING else Kind.SESSION
    try:
        reschedule_by_consultant(booking=booking, starts_at=move.starts_at, actor=consultant.user)
    except SlotTaken as error:
        raise in_words(error, consultant, move.starts_at, move.minutes, without=booking.occupancy_id) from error
    booking.refresh_from_db()
    return Moved(
        name=booking.title,
        kind=kind,
        was=was,
        now=(booking.starts_at, booking.ends_at),
        client=booking.contact_name or booking.client.name,
        zone=booking.timezone,
        letter=_letter(telling.key_of("booking_moved_client", booking), booking.sequence > before),
        has_price=booking.total_paise > 0,
    )


@contextmanager
def in_version(consultant: Consultant, block_id: UUID, version: str) -> Iterator[Occupancy]:
    """Hold the consultant's time and give the block, if it is as ``version`` says. Raises Gone, ChangedMeanwhile."""
    with transaction.atomic():
        lock_consultant(consultant.pk)
        row = consultant.occupancies.filter(kind=Occupancy.Kind.BLOCK, pk=block_id).first()
        if row is None:
            raise Gone
        if version_of(row) != version:
            raise ChangedMeanwhile
        yield row


def _block(consultant: Consultant, move: Move) -> Moved:
    with in_version(consultant, move.pk, move.version) as row:
        return _moved_block(consultant, row, move)


def _moved_block(consultant: Consultant, row: Occupancy, move: Move) -> Moved:
    time.change_block(
        consultant_id=consultant.pk,
        occupancy_id=row.pk,
        starts_at=move.starts_at,
        ends_at=move.ends_at,
        note=row.note,
    )
    now = (move.starts_at, move.ends_at)
    return Moved(name=row.note or _("Blocked time"), kind=Kind.BLOCK, was=(row.starts_at, row.ends_at), now=now)


_ACTS: dict[Kind, Callable[[Consultant, Move], Moved]] = {
    Kind.SESSION: _session,
    Kind.WEBINAR: _session,
    Kind.REQUEST: _request,
    Kind.BLOCK: _block,
}


def _same(row: Session | Booking, move: Move) -> None:
    if version_of(row) != move.version:
        raise ChangedMeanwhile


def _letter(key: str, is_moved: bool) -> Letter | None:
    """The client's mail as it goes out, without the keys in its links; None where none does."""
    mail = OutgoingMail.objects.filter(dedupe_key=key).first() if is_moved else None
    if mail is None or not mail.sealed_context:
        return None
    message = build_message(mail)
    return Letter(to=mail.to, subject=str(message.subject), text=_KEY.sub("…", str(message.body)))
