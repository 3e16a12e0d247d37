"""Recorded sessions that Naksha itself calls off: with their consultant's suspension, or by an admin's hand."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from naksha.db import db_now
from naksha.errors import InvalidState, ReasonNeeded
from sessions_app.errors import TooLate
from sessions_app.models import Session
from sessions_app.services import machine, moved_on, telling
from sessions_app.services.opening import cancelled_words
from sessions_app.services.recording import close_off
from sessions_app.terms import refundable


@transaction.atomic
def cancel_by_platform(*, session: Session, actor: User | None, reason: str) -> int | None:
    """Cancel a recorded session that nobody has begun, for the platform: all that was paid goes back.

    Its client reads the reason, told of the session before or not: nobody else would tell them. Returns the paise that
    were promised back; None, and nothing has changed, when there is nothing to cancel (any more).
    """
    found = machine.locked(session.pk)
    if found is None or found.status != Session.Status.CONFIRMED or machine.may_be_going_on(found, db_now()):
        return None
    return _call_off(found, actor, reason)


@transaction.atomic
def cancel_by_admin(*, session: Session, actor: User | None, reason: str) -> int:
    """Cancel a recorded session by an admin's hand, also one in which the client waits alone: all that was paid goes
    back, and both sides read the reason. So does one that did not take place by what people say, or by the log alone
    (``actor`` is None). Cancelled already: nothing changes.

    Returns the paise that were promised back. Raises ReasonNeeded, InvalidState for one that was booked, TooLate once
    both could have met.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonNeeded(_("Say why, in a sentence that the client and the consultant will read."))
    found = machine.locked(session.pk)
    if found is None or found.reference is None:
        raise InvalidState(_("This session was booked. Change the booking instead."))
    if found.status == Session.Status.CANCELLED:
        return 0
    if not machine.can_be_called_off(found):
        raise TooLate(_("It has begun, so it can't be cancelled any more. Refund the payment instead."))
    refund = _call_off(found, actor, reason)
    telling.consultant_of_recorded(
        found,
        "called_off_consultant",
        _("Naksha has cancelled a session"),
        once="cancelled",
        calendar="CANCEL",
        refund_paise=refund,
    )
    return refund


def _call_off(session: Session, actor: User | None, reason: str) -> int:
    """Call off a locked session and tell its client. Returns the paise that were promised back."""
    session.status = Session.Status.CANCELLED
    refund = refundable(session)
    close_off(session, now=db_now(), actor=actor, reason=reason, why=_("Cancelled by Naksha"), refund_paise=refund)
    audit.record(
        actor=actor,
        action="session.cancelled_by_platform",
        subject=session,
        reason=reason,
        data={"refund_paise": refund},
    )
    telling.client_of_recorded(
        session,
        "called_off_client",
        _("Naksha has cancelled your session"),
        once="cancelled",
        calendar="CANCEL",
        refund_paise=refund,
    )
    moved_on.tell(session, cancelled_words(reason))
    return refund
