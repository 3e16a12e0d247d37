"""What becomes of a session once its time comes, by its consultant's hand. The table is in
:mod:`sessions_app.services.machine`; what the schedule does is in :mod:`sessions_app.services.schedule`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from consultants import live
from naksha import past
from naksha.db import db_now
from naksha.errors import InvalidState
from naksha.queue import tell
from sessions_app import origin
from sessions_app.errors import TooLate, TooSoon
from sessions_app.live import say_changed
from sessions_app.models import Session, SessionNotes, Side
from sessions_app.services import machine, moved_on, telling
from sessions_app.services.machine import S

log = structlog.get_logger(__name__)
TRY_AGAIN = timedelta(minutes=10)  # longer than any follow-up takes


@transaction.atomic
def start(*, session: Session, actor: User) -> Session:
    """Begin the session, from ten minutes before its start. Begun already: nothing changes.

    Raises InvalidState, TooSoon, TooLate, PermissionDenied for anybody but its consultant.
    """
    session = machine.locked_for(session, actor)
    if session.status == S.IN_PROGRESS:
        return session
    now = db_now()
    machine.move(session, S.IN_PROGRESS)
    if now < session.starts_at - machine.EARLY:
        raise TooSoon(_("You can start it from 10 minutes before."))
    if now >= session.ends_at + machine.GRACE:
        raise TooLate(_("Its time is over. Say how it went instead."))
    words = _("%(name)s started the session.") % {"name": session.consultant.display_name}
    begin(session, now=now, actor=actor, words=words)
    telling.begun_by_consultant(session)
    return session


def begin(session: Session, *, now: datetime, actor: User | None, words: str) -> None:
    """Save a locked session that was moved to in progress; ``words`` say so in its chat."""
    session.started_at = now
    session.save(update_fields=["status", "started_at", "updated_at"])
    audit.record(actor=actor, action="session.started", subject=session)
    moved_on.tell(session, words, open_chat=True)


@transaction.atomic
def complete(*, session: Session, actor: User, summary: str = "") -> Session:
    """Say that the session was held. Its clients are thanked and asked for what they owe and for a review.

    ``summary`` is for the client and takes the place of one that was written before, unless it is empty. Completed
    already: nothing changes but such a summary. Raises InvalidState, TooSoon, PermissionDenied.
    """
    session = machine.locked_for(session, actor)
    if session.status == S.COMPLETED:
        _keep_summary(session, summary)
        return session
    now = db_now()
    begun = machine.has_begun(session, now)
    machine.move(session, S.COMPLETED)
    if not begun:
        raise TooSoon(_("It has not begun."))
    _keep_summary(session, summary)
    # Who says so on the next day doesn't mean that it lasted until then.
    ended_at = now if now < session.ends_at + machine.GRACE else session.ends_at
    end(session, ended_at=ended_at, actor=actor, action="session.completed")
    return session


def _keep_summary(session: Session, summary: str) -> None:
    if summary := summary.strip():
        notes, _made = SessionNotes.objects.get_or_create(session=session)
        SessionNotes.objects.filter(pk=notes.pk).update(summary=summary, version=F("version") + 1)
        say_changed(session.pk)
        live.say_changed(session.consultant_id, moved_on.SESSIONS)


@transaction.atomic
def mark_no_show(*, session: Session, actor: User) -> Session:
    """Say that the client did not come, from ten minutes after the start. What was paid is kept, no balance asked for.

    The join log is the evidence, and is kept with the audit line: whoever it shows in the meeting came, or would
    have, had our meeting opened. Where it tells who came, only who came can have waited in vain. Marked already:
    nothing changes. Raises InvalidState, TooSoon, TheyCame, YouDidNotCome, PermissionDenied.
    """
    session = machine.locked_for(session, actor)
    if session.status == S.NO_SHOW:
        return session
    now = db_now()
    machine.move(session, S.NO_SHOW)
    if session.is_webinar:
        raise InvalidState(_("A webinar is held even if somebody misses it."))
    if now < session.starts_at + machine.NO_SHOW_AFTER:
        raise TooSoon(_("Give your client 10 minutes from the start."))
    if refused := machine.no_show_refused(session, _came(session)):
        raise refused
    end(session, ended_at=now, actor=actor, action="session.no_show", data={"join_log": _evidence(session)})
    return session


def joined(session: Session, side: Side) -> bool:
    """Whether the join log shows somebody of that side in the meeting, at the time that it has now."""
    return session.join_events.joined().filter(side=side).exists()


def can_be_missed(session: Session, now: datetime) -> bool:
    """Whether its client may be marked as missing now: by state and clock, and by the join log."""
    return machine.can_mark_no_show(session, now) and machine.no_show_refused(session, _came(session)) is None


def _came(session: Session) -> set[str]:
    """The sides that came to the meeting, or would have, had it opened."""
    return set(session.join_events.came().values_list("side", flat=True))


def _evidence(session: Session) -> list[str]:
    return [f"{event.at.isoformat()} {event.side} {event.kind}" for event in session.join_events.all()[:100]]


def end(
    session: Session,
    *,
    ended_at: datetime,
    actor: User | None,
    action: str,
    data: dict[str, Any] | None = None,
    tell_clients: bool = True,
) -> None:
    """Save a locked session that was moved to an end, and have its clients told. Who was there may write on in the
    chat; one that nobody came to gets none for it."""
    session.ended_at = ended_at
    session.save(update_fields=["status", "ended_at", "updated_at"])
    past.changed(session.consultant_id, session.starts_at)
    audit.record(actor=actor, action=action, subject=session, data=data)
    held = session.status == S.COMPLETED
    words = _("The session was completed.") if held else _("The session was marked as missed.")
    moved_on.tell(session, words, open_chat=held and tell_clients)
    if tell_clients:
        follow_up_later(session)


def count_as_held(session: Session, *, why: str, actor: User | None = None, tell_clients: bool = True) -> None:
    """Complete a locked session by something else than its consultant's word. It lasted as long as was planned."""
    machine.move(session, S.COMPLETED)
    end(
        session,
        ended_at=session.ends_at,
        actor=actor,
        action="session.completed",
        data={"why": why},
        tell_clients=tell_clients,
    )


def follow_up_later(session: Session) -> None:
    """Have the clients of a session that is over told, once the caller's transaction commits."""
    from sessions_app import tasks

    Session.objects.filter(pk=session.pk).update(follow_up_due_at=db_now())
    tell(tasks.follow_up, str(session.pk))


def follow_up(*, session_id: UUID) -> int:
    """Tell the clients of a session that is over, and ask for what they owe. Returns how many were told.

    One caller claims it; what that one leaves undone is met again ten minutes later. Call it outside of a transaction:
    each client has one of their own.
    """
    now = db_now()
    due = Session.objects.filter(pk=session_id, follow_up_due_at__lte=now)
    if not due.update(follow_up_due_at=now + TRY_AGAIN):
        return 0
    session = Session.objects.select_related("consultant__user", "client__user", "notes").get(pk=session_id)
    told = origin.of(session).follow_up()
    Session.objects.filter(pk=session_id).update(follow_up_due_at=None)
    return told


def follow_up_due(*, limit: int = 200) -> int:
    """What the queue has dropped, or a crash has cut short. One that fails is logged and met again."""
    due = Session.objects.filter(follow_up_due_at__lte=db_now()).order_by("follow_up_due_at")
    told = 0
    for session_id in list(due.values_list("pk", flat=True)[:limit]):
        try:
            told += follow_up(session_id=session_id)
        except Exception:
            log.exception("follow_up_failed", session=str(session_id))
    return told
