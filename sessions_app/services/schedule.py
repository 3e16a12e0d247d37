"""What the schedule does with sessions that nobody starts or ends. Each in a transaction of its own: a crash leaves
some moved and the others for the next round, and two rounds at once skip each other's rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from naksha.db import db_now
from naksha.errors import DomainError
from sessions_app.models import JoinEvent, Session, Side
from sessions_app.services import held, lifecycle, machine, telling
from sessions_app.services.machine import S

log = structlog.get_logger(__name__)
RUNNING = (S.CONFIRMED, S.IN_PROGRESS)


def move_on_due(*, limit: int = 500) -> int:
    """Begin what has begun, end what is over, ask where nobody knows. Returns how many were moved or asked about.

    - In progress: its start has come, its end has not, and somebody has joined the meeting.
    - Completed, 15 minutes after the end: both sides had joined.
    - Called off with everything given back, 48 hours after both were asked in vain where the join log shows the
      client alone or nobody, or where the client says that it did not take place.
    - Asked about, once: any other; its client too, where the log shows the client alone or nobody.
    - Completed, 48 hours after it was asked about in vain; or 14 days after the end, without a word to anybody, where
      the schedule had stood still for so long that a question would only puzzle.
    """
    now = db_now()
    came = JoinEvent.objects.joined().filter(session=OuterRef("pk"))
    begun = Session.objects.filter(Exists(came), status=S.CONFIRMED, starts_at__lte=now, ends_at__gt=now)
    over = Session.objects.filter(
        Q(asked_at__isnull=True) | Q(asked_at__lte=now - machine.ANSWER_WITHIN),
        status__in=RUNNING,
        ends_at__lte=now - machine.GRACE,
    )
    asked_in_vain = Q(client_asked_at__lte=now - machine.ANSWER_WITHIN) | Q(
        kind=Session.Kind.WEBINAR, asked_at__lte=now - machine.ANSWER_WITHIN
    )
    waiting = Session.objects.filter(asked_in_vain, status__in=RUNNING)
    unheld = (
        waiting.log_tells().client_alone()
        | waiting.log_tells().nobody_came().filter(status=S.CONFIRMED)
        | waiting.filter(client_says=Session.Says.NOT_HELD)
    )
    return _each(begun, limit, begin_one) + _each(over, limit, end_one) + _each(unheld, limit, give_back_one)


def _each(rows: object, limit: int, move: Callable[[UUID], bool]) -> int:
    ids = list(rows.order_by("starts_at").values_list("pk", flat=True)[:limit])  # type: ignore[attr-defined]
    moved = 0
    for session_id in ids:
        try:
            moved += move(session_id)
        except Exception:
            log.exception("move_on_failed", session=str(session_id))
    return moved


@transaction.atomic
def begin_one(session_id: UUID) -> bool:
    """Begin a session that somebody has joined. False when it isn't one (any more)."""
    session = machine.locked(session_id, skip_locked=True)
    now = db_now()
    if session is None or session.status != S.CONFIRMED or not session.starts_at <= now < session.ends_at:
        return False
    there = {side for side in Side if lifecycle.joined(session, side)}
    if not there:
        return False
    machine.move(session, S.IN_PROGRESS)
    lifecycle.begin(session, now=now, actor=None, words=_("The session has begun."))
    telling.begun_by_itself(session, there)
    return True


@transaction.atomic
def end_one(session_id: UUID) -> bool:
    """Complete a session that is over, or ask its consultant how it went. False when there is nothing to do."""
    session = machine.locked(session_id, skip_locked=True)
    now = db_now()
    if session is None or session.status not in RUNNING or session.ends_at > now - machine.GRACE:
        return False
    missing = machine.missing(session)
    if missing and session.client_asked_at is None and not session.is_webinar:
        held.ask_client(session, now, missing)
        return session.asked_at is not None or _ask(session, now, missing)
    if session.asked_at is None:
        if session.ends_at <= now - machine.FORGOTTEN and not missing:
            return _complete(session, "long_over", tell_clients=False)
        if all(lifecycle.joined(session, side) for side in Side):
            return _complete(session, "both_joined")
        return _ask(session, now, missing)
    if machine.silence_gives_back(session):
        return False  # give_back_one, or whoever answers
    if session.asked_at > now - machine.ANSWER_WITHIN:
        return False
    return _complete(session, "not_answered")


@transaction.atomic
def give_back_one(session_id: UUID) -> bool:
    """Call off a session whose consultant has not said that it was held, where the join log does not show them or its
    client says that it was not. What it came from is locked first, as always. False when somebody has answered
    meanwhile."""
    session = Session.objects.select_related("consultant__user", "client__user").get(pk=session_id)
    if session.status not in RUNNING or not machine.silence_gives_back(session):
        return False
    try:
        held.give_back(session, actor=None, reason=held.unheld_in_words(session))
    except DomainError:
        log.info("answered_meanwhile", session=str(session_id))
        return False
    return True


def _complete(session: Session, why: str, *, tell_clients: bool = True) -> bool:
    lifecycle.count_as_held(session, why=why, tell_clients=tell_clients)
    if tell_clients:
        telling.completed_by_itself(session, answered=why != "not_answered")
    return True


def _ask(session: Session, now: datetime, missing: machine.Missing | None) -> bool:
    session.asked_at = now
    session.save(update_fields=["asked_at", "updated_at"])
    if session.consultant.is_approved:  # one who is suspended can't log in to answer
        telling.how_did_it_go(session, missing=missing or "")
    return True
