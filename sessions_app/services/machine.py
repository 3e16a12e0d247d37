"""The states of a session: which moves there are, who makes them and when, and how its row is locked.

=============  =========================  ========================================================================
move           from                       who, when
=============  =========================  ========================================================================
start          confirmed                  the consultant, from 10 minutes before the start until the end is asked
                                          about; the schedule, from the start on, once somebody has joined
complete       confirmed, in progress     the consultant, once it has begun; the schedule, 15 minutes after the end
                                          when both sides had joined, or 48 hours after it asked in vain; its client,
                                          asked because the join log does not show its consultant
no-show        confirmed, in progress     the consultant, from 10 minutes after the start, of a session with one
                                          client whom the join log does not show; where people meet in our room, it
                                          has to show the consultant
cancel         confirmed                  before the start, by either side, the client under frozen terms: those of
                                          a booking (bookings), or of the recorded session itself
call off       confirmed, in progress     the platform: with its consultant's suspension, or an admin, who may also end
                                          one that its client has joined and its consultant has not; such a one
                                          also by its client's answer; such a one, or one that nobody joined, 48 hours
                                          after both were asked in vain; its consultant, after its end, saying that
                                          it did not take place
move           confirmed                  as cancel
=============  =========================  ========================================================================

A session is made confirmed, of an accepted booking or by its consultant. Pending and abandoned are names of the JSON
contract that nothing here makes: what comes before is the booking's (docs/decisions/0026).

Unanswered, a session counts as held: else its balance would never be asked for, nor its review. But not against the
join log: where that shows the client alone, or nobody, silence gives everything back (docs/decisions/0031). A move
that has been made already changes nothing and is no error; any other raises InvalidState, one that is too early or too
late TooSoon or TooLate with the moment in words.

Locks are always taken in this order: what the session came from (a booking), its payments, the session, the
consultant's time. Who moves a session on needs its row alone.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, UUIDField

from accounts.models import User
from consultants.models import Service
from naksha.errors import InvalidState
from naksha.kept import Kept, Param
from sessions_app.errors import TheyCame, YouDidNotCome
from sessions_app.models import Session, Side

S = Session.Status
MOVES: dict[str, frozenset[str]] = {
    S.PENDING: frozenset({S.CONFIRMED, S.CANCELLED, S.ABANDONED}),
    S.CONFIRMED: frozenset({S.IN_PROGRESS, S.COMPLETED, S.NO_SHOW, S.CANCELLED}),
    S.IN_PROGRESS: frozenset({S.COMPLETED, S.NO_SHOW}),
    S.COMPLETED: frozenset(),
    S.CANCELLED: frozenset(),
    S.NO_SHOW: frozenset(),
    S.ABANDONED: frozenset(),
}

EARLY = timedelta(minutes=10)  # before the start, the consultant may begin
NO_SHOW_AFTER = timedelta(minutes=10)  # after the start, whoever isn't there may be called missing
GRACE = timedelta(minutes=15)  # after the end: talks run over
ANSWER_WITHIN = timedelta(hours=48)  # after it was asked how it went
FORGOTTEN = timedelta(days=14)  # after the end, nobody is asked or told any more


def _locked(*, skip_locked: bool) -> QuerySet[Session]:
    rows = Session.objects.select_for_update(of=("self",), skip_locked=skip_locked)
    return rows.select_related("consultant__user", "client__user", "service").filter(pk=Param("pk", UUIDField()))


_WAITED_FOR, _IF_FREE = Kept(lambda: _locked(skip_locked=False)), Kept(lambda: _locked(skip_locked=True))


def locked(session_id: UUID, *, skip_locked: bool = False) -> Session | None:
    """The session as it is now, locked until the transaction ends; None where it is gone, or where ``skip_locked``
    and somebody is at it."""
    return (_IF_FREE if skip_locked else _WAITED_FOR).first(pk=session_id)


def locked_for(session: Session, actor: User) -> Session:
    """As :func:`locked`, for its consultant. Raises PermissionDenied for anybody else, Session.DoesNotExist."""
    found = locked(session.pk)
    if found is None:
        raise Session.DoesNotExist
    refuse_others(found, actor)
    return found


def refuse_others(session: Session, actor: User) -> None:
    """Raise PermissionDenied for anybody but its consultant, who has to be approved."""
    if session.consultant.user_id != actor.pk or not session.consultant.is_approved:
        raise PermissionDenied


def move(session: Session, status: str) -> None:
    """Change the state of a locked session, without saving it. Raises InvalidState for a move not in the table."""
    if status not in MOVES[session.status]:
        raise InvalidState
    session.status = status


def has_begun(session: Session, now: datetime) -> bool:
    return session.status == S.IN_PROGRESS or now >= session.starts_at


def can_start(session: Session, now: datetime) -> bool:
    return session.status == S.CONFIRMED and session.starts_at - EARLY <= now < session.ends_at + GRACE


def can_complete(session: Session, now: datetime) -> bool:
    return S.COMPLETED in MOVES[session.status] and has_begun(session, now)


def can_mark_no_show(session: Session, now: datetime) -> bool:
    """By state and clock; the join log is asked when it is done."""
    return S.NO_SHOW in MOVES[session.status] and not session.is_webinar and now >= session.starts_at + NO_SHOW_AFTER


def no_show_refused(session: Session, came: Collection[str]) -> type[InvalidState] | None:
    """Why its client can't be called missing, where ``came`` are the sides that the join log shows: whom it shows came,
    and where it tells who came, only who came can have waited in vain."""
    if Side.CLIENT in came:
        return TheyCame
    return YouDidNotCome if Side.CONSULTANT not in came and log_tells(session) else None


def is_ahead(session: Session, now: datetime) -> bool:
    """Whether it may still be cancelled or moved: nobody has begun it, and its start has not come."""
    return session.status == S.CONFIRMED and now < session.starts_at


def may_be_going_on(session: Session, now: datetime) -> bool:
    """Whether its people may be talking, or have talked. A meeting in the browser shows by itself that somebody came;
    a call, a link of the consultant's own or a room in town doesn't."""
    if session.status in (S.PENDING, S.CONFIRMED):
        unseen = session.platform != Service.Platform.JITSI
        return now >= session.ends_at or (unseen and now >= session.starts_at)
    return session.status in (S.IN_PROGRESS, S.COMPLETED, S.NO_SHOW)


def can_be_called_off(session: Session) -> bool:
    """Whether the platform may call it off: nobody has begun it, or the client waits in the meeting alone."""
    if session.status == S.IN_PROGRESS:
        return is_client_alone(session)
    return session.status in (S.PENDING, S.CONFIRMED)


def log_tells(session: Session) -> bool:
    """As :meth:`~sessions_app.models.SessionQuerySet.log_tells`. No query."""
    return session.platform == Service.Platform.JITSI and not session.place


def is_client_alone(session: Session) -> bool:
    """As :meth:`~sessions_app.models.SessionQuerySet.client_alone`."""
    return Session.objects.filter(pk=session.pk).client_alone().exists()


class Missing(StrEnum):
    """Who did not come, by the join log."""

    CONSULTANT = "consultant"  # and a client did
    BOTH = "both"


def missing(session: Session) -> Missing | None:
    """Who did not come, as far as the join log tells. None: it can't, or its consultant came; or it was begun by hand,
    which is a word as well."""
    if not log_tells(session):
        return None
    if is_client_alone(session):
        return Missing.CONSULTANT
    nobody = session.status == S.CONFIRMED and Session.objects.filter(pk=session.pk).nobody_came().exists()
    return Missing.BOTH if nobody else None


def silence_gives_back(session: Session) -> bool:
    """Whether everything goes back if its consultant says nothing: the log does not show them, or a client's word
    stands against their silence."""
    doubted = session.client_says == Session.Says.NOT_HELD or missing(session) is not None
    return doubted and can_be_called_off(session)


def client_waits_for_word(session: Session) -> bool:
    """Whether its client has said that it did not take place, and its consultant may still say otherwise."""
    return session.client_says == Session.Says.NOT_HELD and session.status in (S.CONFIRMED, S.IN_PROGRESS)


def can_client_answer(session: Session, now: datetime) -> bool:
    """Whether its client was asked if it took place and has not said: also for a while after its consultant has."""
    if session.client_asked_at is None or session.client_says or session.is_webinar:
        return False
    answered = session.status == S.COMPLETED and now < session.client_asked_at + ANSWER_WITHIN
    return answered or session.status in (S.CONFIRMED, S.IN_PROGRESS)


def can_say_not_held(session: Session, now: datetime) -> bool:
    """By state and clock, whether its consultant may say that it did not take place, and give everything back."""
    return not session.is_webinar and session.status in (S.CONFIRMED, S.IN_PROGRESS) and now >= session.ends_at


def waits_for_answer(session: Session) -> bool:
    """Whether its consultant was asked how it went and has not said."""
    return session.asked_at is not None and session.status in (S.CONFIRMED, S.IN_PROGRESS)
