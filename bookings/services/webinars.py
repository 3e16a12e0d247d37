"""Calling a webinar off: everybody gets everything back."""

from __future__ import annotations

import structlog
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.models import User
from availability import services as time
from bookings.errors import TooLate
from bookings.models import Booking
from bookings.services import change, give_up, waitlist
from bookings.services.machine import S
from naksha.db import db_now
from naksha.errors import ReasonNeeded
from sessions_app import services as sessions
from sessions_app.models import Session
from sessions_app.services.machine import is_ahead

log = structlog.get_logger(__name__)
TOO_LATE = gettext_lazy("It has begun, so it can’t be called off any more. Refund the payments instead.")


def cancel_webinar(*, session: Session, actor: User, reason: str) -> Session:
    """Call a webinar off and give everybody back all that was paid.

    First the date itself, so that nobody can book it any more; then each booking in a transaction of its own. What a
    crash leaves undone, :func:`finish_cancelled` does. Called off already: nothing changes. Raises ReasonNeeded,
    InvalidState, TooLate once its start has come.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonNeeded(_("Say why, in a sentence that everybody who booked will read."))
    _call_off_ahead(session, actor, reason)
    finish_cancelled(session=session, actor=actor)
    session.refresh_from_db()
    return session


@transaction.atomic
def call_off_unheld(*, session: Session, actor: User | None, reason: str) -> None:
    """End a webinar's date to which guests came and its consultant did not. Everybody gets everything back, by the
    sweep. Raises InvalidState once they could have met."""
    date = _locked(session)
    if date.status == Session.Status.CANCELLED:
        return
    sessions.call_off_by_platform(session_id=date.pk, reason=reason, sequence=date.sequence + 1)
    _let_go(date, actor, reason)


@transaction.atomic
def call_off_date(*, session: Session, actor: User | None, reason: str) -> None:
    """End a webinar's date: nobody can book it or waits for it any more. Its bookings are not touched.

    Called off already: nothing changes. Raises InvalidState once it has begun.
    """
    date = _locked(session)
    if date.status == Session.Status.CANCELLED:
        return
    sessions.call_off(session_id=date.pk, reason=reason, sequence=date.sequence + 1)
    _let_go(date, actor, reason)


@transaction.atomic
def _call_off_ahead(session: Session, actor: User, reason: str) -> None:
    """As :func:`call_off_date`. Raises TooLate once its start has come, whether anybody is there or not: who came may
    be waiting in the meeting."""
    date = _locked(session)
    if date.status != Session.Status.CANCELLED and not is_ahead(date, db_now()):
        raise TooLate(TOO_LATE)
    call_off_date(session=date, actor=actor, reason=reason)


def _locked(session: Session) -> Session:
    return Session.objects.select_for_update().get(pk=session.pk)


def _let_go(date: Session, actor: User | None, reason: str) -> None:
    """Give back the consultant's time of a date that was called off, and end its line."""
    if date.occupancy_id is not None:
        time.release(occupancy_id=date.occupancy_id)
    waitlist.close_line(session_id=date.pk)
    audit.record(actor=actor, action="webinar.cancelled", subject=date, reason=reason)


def finish_cancelled(*, session: Session | None = None, actor: User | None = None) -> int:
    """Close the bookings that still hold a seat of a webinar that was called off, whatever the clock says by now.
    Returns how many. One that fails is logged, keeps no other waiting, and is met again in the next round."""
    called_off = Session.objects.filter(kind=Session.Kind.WEBINAR, status=Session.Status.CANCELLED, seats_taken__gt=0)
    if session is not None:
        called_off = called_off.filter(pk=session.pk)
    count = 0
    for webinar in called_off.select_related("consultant__user"):
        for booking in Booking.objects.filter(
            session=webinar, seat__isnull=False, status__in=[S.HELD, S.ACCEPTED]
        ).order_by("pk"):
            try:
                _give_back(booking, webinar, actor)
            except Exception:
                log.exception("seat_of_cancelled_failed", booking=str(booking.pk), session=str(webinar.pk))
            else:
                count += 1
    return count


def _give_back(booking: Booking, webinar: Session, actor: User | None) -> None:
    """Close one booking of a webinar that was called off, with all that was paid."""
    reason = webinar.cancel_reason or _("The webinar was called off.")
    if booking.status == S.HELD:
        give_up.abandon(booking=booking)
    elif not webinar.consultant.is_approved:
        change.cancel_by_platform(booking=booking, actor=actor, reason=reason)
    else:
        change.cancel_by_consultant(booking=booking, actor=actor or webinar.consultant.user, reason=reason)
