"""Whether a session took place, where the join log does not show its consultant: both sides are asked, and nobody is
paid by silence. What the answers do is the same however often they are given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from clients.models import Client
from naksha.db import db_now
from naksha.errors import InvalidState
from sessions_app import origin
from sessions_app.errors import AnsweredAlready, TooSoon
from sessions_app.live import say_changed
from sessions_app.models import Session
from sessions_app.services import lifecycle, machine, telling
from sessions_app.services.machine import Missing, S

Says = Session.Says


@dataclass(frozen=True)
class Question:
    """What one side is asked of a session: whether it took place."""

    answer_by: datetime
    silence: Says  # what it counts as, if nobody says anything by then


def question(session: Session, *, of_consultant: bool, now: datetime) -> Question | None:
    """What its consultant is asked, or its client; None for whom nobody asks (any more)."""
    waits = machine.waits_for_answer(session) if of_consultant else machine.can_client_answer(session, now)
    if not waits:
        return None
    gives_back = machine.silence_gives_back(session)
    asked_at = (session.client_asked_at if gives_back or not of_consultant else None) or session.asked_at
    assert asked_at is not None
    return Question(asked_at + machine.ANSWER_WITHIN, Says.NOT_HELD if gives_back else Says.HELD)


def ask_client(session: Session, now: datetime, missing: Missing) -> None:
    """Ask the client of a locked session, once: by mail, by a line on screen, and in the session's room."""
    session.client_asked_at = now
    session.save(update_fields=["client_asked_at", "updated_at"])
    telling.did_it_take_place(session, missing=missing)
    say_changed(session.pk)


@transaction.atomic
def answer(*, session: Session, client: Client, took_place: bool, by: User | None = None) -> Session:
    """Its client says whether it took place. ``by`` is the login, None for who has the link.

    Yes: it is completed. No, where the log shows the client alone: it is called off and all that was paid goes back, as
    when its consultant cancels. No, where the log does not show the client either: its consultant is told, and has the
    rest of the two days to say otherwise. If its consultant has said meanwhile that it was held, nothing is moved: both
    words stand, and Naksha looks at it. The same answer again changes nothing. Raises AnsweredAlready for the other
    one, InvalidState where nobody is asked (any more), PermissionDenied for anybody but its client.
    """
    if session.client_id is None or session.client_id != client.pk:
        raise PermissionDenied
    says = Says.HELD if took_place else Says.NOT_HELD
    now = db_now()
    found = Session.objects.select_related("consultant__user", "client__user").get(pk=session.pk)
    if found.client_says:
        if found.client_says != says:
            raise AnsweredAlready
        return found
    if not machine.can_client_answer(found, now):
        raise InvalidState(_("There is nothing to say about this session any more."))
    if not took_place and found.status != S.COMPLETED and machine.missing(found) == Missing.CONSULTANT:
        give_back(found, actor=by, reason=_client_in_words(found))  # its booking is locked before the session
    locked = machine.locked(session.pk)
    if locked is None or locked.client_says not in ("", says):
        raise AnsweredAlready
    if locked.client_says:
        return locked
    locked.client_says, locked.client_said_at = says, now
    locked.save(update_fields=["client_says", "client_said_at", "updated_at"])
    if took_place and locked.status != S.COMPLETED:
        lifecycle.count_as_held(locked, why="client_says_held", actor=by)
        telling.line_for_consultant(locked, _("Your client says that it took place"))
    elif locked.status != S.CANCELLED:
        audit.record(actor=by, action=f"session.client_says_{says}", subject=locked)
        if not took_place:
            telling.client_says_not_held(locked)
    say_changed(locked.pk)
    return locked


@transaction.atomic
def say_not_held(*, session: Session, actor: User) -> Session:
    """Its consultant says, after its end, that it did not take place: all that was paid goes back, and both are told.
    Called off already: nothing changes.

    Raises InvalidState, TooSoon, PermissionDenied, and TooLate where the log or its consultant has it begun.
    """
    machine.refuse_others(session, actor)
    found = Session.objects.select_related("consultant__user", "client__user").get(pk=session.pk)
    if found.status == S.CANCELLED:
        return found
    if found.status in (S.CONFIRMED, S.IN_PROGRESS) and db_now() < found.ends_at:
        raise TooSoon(_("It is not over yet."))
    if not machine.can_say_not_held(found, db_now()):
        raise InvalidState
    words = _("%(consultant)s says that it did not take place.") % {"consultant": found.consultant.display_name}
    give_back(found, actor=actor, reason=words)
    found.refresh_from_db()
    return found


def give_back(session: Session, *, actor: User | None, reason: str) -> None:
    """Call it off with everything that was paid, by what it came from. Raises InvalidState, TooLate."""
    origin.of(session).call_off(actor=actor, reason=reason)


def unheld_in_words(session: Session) -> str:
    """Why it is called off when its consultant has not answered."""
    if session.client_says == Says.NOT_HELD:
        return _client_in_words(session)
    names = _names(session)
    if machine.missing(session) == Missing.BOTH:
        if session.client is None:
            return _("Our log shows nobody in the meeting, and %(consultant)s has not said that it was held.") % names
        return _("Our log shows nobody in the meeting, and neither of you has said that it was held.")
    if session.client is None:
        return _("Guests came to the meeting, and our log does not show %(consultant)s there.") % names
    return _("%(client)s came to the meeting, and our log does not show %(consultant)s there.") % names


def _client_in_words(session: Session) -> str:
    if machine.missing(session) == Missing.CONSULTANT:
        words = _(
            "%(client)s says that it did not take place, and our log does not show %(consultant)s in the meeting."
        )
    else:
        words = _("%(client)s says that it did not take place, and %(consultant)s has not said otherwise.")
    return words % _names(session)


def _names(session: Session) -> dict[str, str]:
    client = session.client.name if session.client else ""
    return {"client": client, "consultant": session.consultant.display_name}
