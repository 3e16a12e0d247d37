"""Calling a webinar off: everybody gets everything back."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from availability import services as time
from bookings.models import Booking
from bookings.services import change, give_up, waitlist
from bookings.services.machine import S
from naksha.errors import ReasonNeeded
from sessions_app import services as sessions
from sessions_app.models import Session


def cancel_webinar(*, session: Session, actor: User, reason: str) -> Session:
    """Call a webinar off and give everybody back all that was paid.

    First the date itself, so that nobody can book it any more; then each booking in a transaction of its own. What a
    crash leaves undone, :func:`finish_cancelled` does. Raises ReasonNeeded, InvalidState.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonNeeded(_("Say why, in a sentence that everybody who booked will read."))
    call_off_date(session=session, actor=actor, reason=reason)
    finish_cancelled(session=session, actor=actor)
    session.refresh_from_db()
    return session


@transaction.atomic
def call_off_date(*, session: Session, actor: User | None, reason: str) -> None:
    """End a webinar's date: nobody can book it or waits for it any more. Its bookings are not touched.

    Called off already: nothing changes. Raises InvalidState once it has begun.
    """
    session = Session.objects.select_for_update().get(pk=session.pk)
    if session.status == Session.Status.CANCELLED:
        return
    sessions.call_off(session_id=session.pk, reason=reason, sequence=session.sequence + 1)
    if session.occupancy_id is not None:
        time.release(occupancy_id=session.occupancy_id)
    waitlist.close_line(session_id=session.pk)
    audit.record(actor=actor, action="webinar.cancelled", subject=session, reason=reason)


def finish_cancelled(*, session: Session | None = None, actor: User | None = None) -> int:
    """Close the bookings that still hold a seat of a webinar that was called off. Returns how many."""
    called_off = Session.objects.filter(kind=Session.Kind.WEBINAR, status=Session.Status.CANCELLED, seats_taken__gt=0)
    if session is not None:
        called_off = called_off.filter(pk=session.pk)
    count = 0
    for webinar in called_off.select_related("consultant__user"):
        seated = Booking.objects.filter(session=webinar, seat__isnull=False, status__in=[S.HELD, S.ACCEPTED])
        for booking in seated:
            if booking.status == S.HELD:
                give_up.abandon(booking=booking)
            elif not webinar.consultant.is_approved:
                change.cancel_by_platform(booking=booking, actor=actor, reason=webinar.cancel_reason)
            else:
                change.cancel_by_consultant(
                    booking=booking,
                    actor=actor or webinar.consultant.user,
                    reason=webinar.cancel_reason or _("The webinar was called off."),
                )
            count += 1
    return count
