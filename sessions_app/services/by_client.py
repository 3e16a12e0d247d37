"""What the client of a recorded session does with it before it begins: cancel and move, under the terms that were
frozen when it was recorded. What the consultant does is in :mod:`sessions_app.services.recording`."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from availability import services as time
from clients.models import Client
from consultants import frozen
from naksha.db import db_now
from naksha.errors import InvalidState
from sessions_app.errors import QuoteChanged, TooLate
from sessions_app.models import Session
from sessions_app.services import machine, moved_on, telling
from sessions_app.services.opening import cancelled_words, moved_words
from sessions_app.services.recording import close_off, take_to
from sessions_app.terms import quote_cancellation, terms_of


@transaction.atomic
def cancel_by_client(
    *,
    session: Session,
    client: Client,
    reason: str = "",
    by: User | None = None,
    shown_refund_paise: int | None = None,
) -> Session:
    """Cancel for the client: the frozen terms say what comes back. ``by`` is the login, None for who has the link.

    ``shown_refund_paise`` is the refund that the person has read: when it is more than that of now, nothing is
    cancelled and QuoteChanged is raised. Cancelled already: nothing changes. Raises InvalidState, TooLate,
    PermissionDenied for anybody but its client.
    """
    session = _own_session(session, client)
    if session.status == Session.Status.CANCELLED:
        return session
    now = db_now()
    machine.move(session, Session.Status.CANCELLED)
    if now >= session.starts_at:
        raise TooLate(_("It has begun, so it can't be cancelled any more."))
    quote = quote_cancellation(session, now)
    if shown_refund_paise is not None and shown_refund_paise > quote.refund_paise:
        raise QuoteChanged
    reason = reason.strip()
    close_off(
        session,
        now=now,
        actor=by,
        reason=reason,
        why=_("Cancelled by the client"),
        refund_paise=quote.refund_paise,
    )
    audit.record(
        actor=by,
        action="session.cancelled_by_client",
        subject=session,
        reason=reason,
        data={"refund_paise": quote.refund_paise, "percent": quote.percent},
    )
    telling.consultant_of_recorded(
        session,
        "booking_cancelled_consultant",
        _("Session cancelled"),
        once="cancelled",
        calendar="CANCEL",
        refund_paise=quote.refund_paise,
    )
    if session.client_told or quote.refund_paise:
        telling.client_of_recorded(
            session,
            "session_cancelled_client",
            _("Session cancelled"),
            once="cancelled",
            calendar="CANCEL",
            refund_paise=quote.refund_paise,
        )
    moved_on.tell(session, cancelled_words(reason))
    return session


@transaction.atomic
def reschedule_by_client(*, session: Session, client: Client, starts_at: datetime, by: User | None = None) -> Session:
    """Move to another listed time, within the terms. At that time already: nothing changes.

    Whoever moves late keeps the refund of that moment at the most. Raises InvalidState, TooLate,
    availability.errors.SlotTaken or NotBookable, PermissionDenied for anybody but its client.
    """
    session = _own_session(session, client)
    if session.starts_at == starts_at:
        return session
    now = db_now()
    terms = terms_of(session)
    if terms is None or session.status != Session.Status.CONFIRMED or session.occupancy_id is None:
        raise InvalidState
    if now >= session.starts_at:
        raise TooLate(_("It has begun, so it can't be moved any more."))
    if not frozen.moves_left(terms):
        raise TooLate(_("This session has been moved as often as its terms allow. You can still cancel it."))
    if not frozen.can_be_moved(terms, session.starts_at, now):
        raise TooLate(_("It is too close to the start to move it. You can still cancel it."))
    frozen.count_move(terms, frozen.refund_percent(terms, session.starts_at, now))
    terms.save()
    time.move(occupancy_id=session.occupancy_id, starts_at=starts_at, minutes=session.minutes, listed_only=True)
    before = session.starts_at
    take_to(session, starts_at)
    audit.record(actor=by, action="session.moved_by_client", subject=session, data={"to": starts_at.isoformat()})
    once = f"moved:{session.sequence}"
    telling.consultant_of_recorded(
        session,
        "booking_moved_consultant",
        _("Session moved"),
        once=once,
        calendar="REQUEST",
        old_starts_at=before,
    )
    if session.client_told:
        telling.client_of_recorded(session, "session_moved_client", _("Session moved"), once=once, calendar="REQUEST")
    moved_on.tell(session, moved_words(session))
    return session


def _own_session(session: Session, client: Client) -> Session:
    """A recorded session, locked, for its client. One that was booked is changed under its booking's terms."""
    found = machine.locked(session.pk)
    if found is None:
        raise Session.DoesNotExist
    if found.client_id != client.pk:
        raise PermissionDenied
    if terms_of(found) is None:
        raise InvalidState(_("This session has no terms of its own. Ask your consultant in the chat."))
    return found
