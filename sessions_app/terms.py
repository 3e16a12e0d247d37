"""The terms of a recorded session, read for its client: what cancelling gives back, and whether it can be moved."""

from __future__ import annotations

from datetime import datetime

from consultants import frozen
from payments.models import Payment
from sessions_app.models import Session, SessionTerms
from sessions_app.services import machine


def terms_of(session: Session) -> SessionTerms | None:
    """What was frozen; None for a session that was booked, whose booking has them."""
    try:
        return session.terms
    except SessionTerms.DoesNotExist:
        return None


def free_cancel_until(session: Session) -> datetime | None:
    """The last moment at which all that was paid comes back; None when there is no such moment."""
    terms = terms_of(session)
    return frozen.free_cancel_until(terms, session.starts_at) if terms else None


def refundable(session: Session) -> int:
    """What was paid for a recorded session and has not been promised back yet, in paise."""
    paid = Payment.objects.for_payable(Session.PAYABLE, session.pk).captured()
    return sum(payment.refundable_paise for payment in paid)


def quote_cancellation(session: Session, now: datetime) -> frozen.Quote:
    """What the client gets back by cancelling at ``now``, under the terms that were frozen."""
    terms = terms_of(session)
    return frozen.quote(refundable(session), frozen.refund_percent(terms, session.starts_at, now) if terms else 0)


def cancelling_in_words(session: Session) -> list[str]:
    """What comes back when, as its terms stand now; nothing for a session that has none."""
    terms = terms_of(session)
    if terms is None:
        return []
    return frozen.standing_in_words(terms) if session.total_paise else frozen.free_in_words()


def moving_in_words(session: Session) -> str:
    """How often and until when it can be moved; nothing for a session that has no terms."""
    terms = terms_of(session)
    return frozen.move_in_words(terms) if terms else ""


def all_in_words(session: Session, now: datetime) -> list[str]:
    """What its client may still do, and what comes back; nothing once it has begun."""
    if not can_be_cancelled(session, now):
        return []
    return [*cancelling_in_words(session), moving_in_words(session)]


def can_be_cancelled(session: Session, now: datetime) -> bool:
    """Whether it has terms of its own, and has not begun."""
    return terms_of(session) is not None and machine.is_ahead(session, now)


def can_be_moved(session: Session, now: datetime) -> bool:
    """Within the terms: soon enough, and not too often."""
    terms = terms_of(session)
    return terms is not None and machine.is_ahead(session, now) and frozen.can_be_moved(terms, session.starts_at, now)
