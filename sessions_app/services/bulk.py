"""One thing done with several sessions: each by itself, so that what one refuses keeps no other back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import structlog
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import User
from consultants.models import Consultant
from naksha.db import db_now
from naksha.errors import DomainError, InvalidState
from sessions_app import origin
from sessions_app.errors import TheyCame, YouDidNotCome
from sessions_app.models import JoinEvent, Session
from sessions_app.services import lifecycle, machine, recording

log = structlog.get_logger(__name__)
S = Session.Status
MOST = 100  # at a time: each is a transaction of its own, and somebody waits for the report


@dataclass(frozen=True)
class Words:
    """What is said with an act; each act takes what is its own."""

    reason: str = ""  # of a cancellation
    summary: str = ""  # of what was held


def _start(session: Session, actor: User, words: Words) -> None:
    lifecycle.start(session=session, actor=actor)


def _complete(session: Session, actor: User, words: Words) -> None:
    lifecycle.complete(session=session, actor=actor, summary=words.summary)


def _miss(session: Session, actor: User, words: Words) -> None:
    lifecycle.mark_no_show(session=session, actor=actor)


def _cancel(session: Session, actor: User, words: Words) -> None:
    origin.of(session).cancel(actor=actor, client=None, reason=words.reason)


def _paid_elsewhere(session: Session, actor: User, words: Words) -> None:
    recording.paid_elsewhere(session=session, actor=actor)


def _not_paid_elsewhere(session: Session, actor: User, words: Words) -> None:
    recording.not_paid_elsewhere(session=session, actor=actor)


ACTS: dict[str, Callable[[Session, User, Words], None]] = {
    "start": _start,
    "complete": _complete,
    "cancel": _cancel,
    "no-show": _miss,
    "paid-elsewhere": _paid_elsewhere,
    "not-paid-elsewhere": _not_paid_elsewhere,
}


@dataclass(frozen=True)
class Refusal:
    """What was not done and why. ``session`` is None where the consultant has none of that id."""

    session_id: UUID
    session: Session | None
    code: str
    sentence: str


@dataclass
class Report:
    done: list[Session] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def own_sessions(consultant: Consultant, ids: Iterable[UUID]) -> dict[UUID, Session]:
    """Those of ``ids`` that are the consultant's, in that order. One query."""
    mine = Session.objects.filter(consultant=consultant).exclude(status=S.ABANDONED)
    asked = list(dict.fromkeys(ids))
    found = mine.select_related("consultant__user", "client__user", "service").in_bulk(asked)
    return {pk: found[pk] for pk in asked if pk in found}


def do(*, consultant: Consultant, actor: User, ids: Iterable[UUID], act: str, words: Words | None = None) -> Report:
    """Do ``act`` (a name of ACTS) with each session of ``ids`` that is the consultant's; whatever another has is
    reported as not there. Call it outside of a transaction, with at most MOST ids. Doing it again changes nothing."""
    asked = list(dict.fromkeys(ids))
    mine = own_sessions(consultant, asked)
    report = Report()
    for pk in asked:
        session = mine.get(pk)
        if session is None:
            report.refused.append(Refusal(pk, None, "NOT_FOUND", _("There is no such thing.")))
            continue
        try:
            ACTS[act](session, actor, words or Words())
        except DomainError as error:
            report.refused.append(Refusal(pk, session, error.code, _why(session, act, error)))
        except PermissionDenied:  # suspended meanwhile
            report.refused.append(Refusal(pk, session, "PERMISSION_DENIED", _("This account may not do that.")))
        except Exception:
            log.exception("bulk_act_failed", session=str(pk), act=act)
            words_of_it = _("This one did not work, and nothing of it has changed. Try it by itself.")
            report.refused.append(Refusal(pk, session, "INTERNAL_ERROR", words_of_it))
        else:
            report.done.append(session)
    return report


def _why(session: Session, act: str, error: DomainError) -> str:
    """What ``error`` says. Where that is only that its state is another: which one, if it was so before."""
    said = str(error)
    return (said == str(InvalidState.sentence) and forecast([session], act).get(session.pk)) or said


def forecast(sessions: Iterable[Session], act: str) -> dict[UUID, str]:
    """Why ``act`` would be refused for some of ``sessions``, in words, as they are now. Whom it leaves out can most
    likely be done: the services have the last word. Two queries at most."""
    now = db_now()
    sessions = list(sessions)
    came: dict[UUID, set[str]] = {}
    if act == "no-show":
        asked = [session.pk for session in sessions if machine.can_mark_no_show(session, now)]
        events = JoinEvent.objects.came().filter(session__in=asked)
        for session_id, side in events.order_by().values_list("session_id", "side").distinct() if asked else ():
            came.setdefault(session_id, set()).add(side)
    told = {session.pk: _why_not(session, act, now, came.get(session.pk, set())) for session in sessions}
    return {pk: why for pk, why in told.items() if why}


def _why_not(session: Session, act: str, now: datetime, came: set[str]) -> str:
    if act == "paid-elsewhere":
        return _why_not_elsewhere(session)
    targets = {"start": S.IN_PROGRESS, "complete": S.COMPLETED, "cancel": S.CANCELLED, "no-show": S.NO_SHOW}
    if act not in targets:
        return ""
    if targets[act] not in machine.MOVES[session.status] or session.status == S.PENDING:
        return _("Its state is: %(state)s.") % {"state": session.get_status_display()}
    if act == "start" and not machine.can_start(session, now):
        return _("You can start it from 10 minutes before.") if now < session.starts_at else _("Its time is over.")
    if act == "complete" and not machine.can_complete(session, now):
        return _("It has not begun.")
    if act == "cancel" and not machine.is_ahead(session, now):
        return _("It has begun, so it can't be cancelled any more.")
    if act == "no-show":
        if session.is_webinar:
            return _("A webinar is held even if somebody misses it.")
        if not machine.can_mark_no_show(session, now):
            return _("Give your client 10 minutes from the start.")
        refused = machine.no_show_refused(session, came)
        if refused is TheyCame:
            return _("The join log shows that your client came.")
        if refused is YouDidNotCome:
            return _("The join log does not show you in the meeting.")
    return ""


def _why_not_elsewhere(session: Session) -> str:
    if session.reference is None:
        return _("It was booked here and is paid here.")
    if session.elsewhere_paise or session.owed_paise:
        return ""
    return _("There is nothing left to pay.")
