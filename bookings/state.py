"""How a booking stands, in a word: its own state, and once it is accepted that of the session which came of it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from bookings.models import Booking
from sessions_app.models import Session
from sessions_app.state import OVER, tone_of

B, S = Booking.Status, Session.Status
_TONES = {
    B.HELD: "wait",
    B.PENDING: "wait",
    B.ACCEPTED: tone_of(S.CONFIRMED),
    B.REJECTED: "bad",
    B.CANCELLED: "bad",
    B.EXPIRED: "bad",
    B.ABANDONED: "",
}
_TOLD_BY_THE_SESSION = (S.IN_PROGRESS, S.COMPLETED, S.NO_SHOW, S.CANCELLED)


def state_of(booking: Booking, now: datetime) -> tuple[str, str]:
    """The badge: its tone and its word. It looks at the session."""
    session = booking.session if booking.status == B.ACCEPTED else None
    if session is None:
        return _TONES[B(booking.status)], str(booking.get_status_display())
    if session.status in _TOLD_BY_THE_SESSION:
        return tone_of(session.status), str(session.get_status_display())
    if booking.ends_at <= now:
        return OVER, _("Over")
    return _TONES[B.ACCEPTED], str(booking.get_status_display())


def is_over(booking: Booking, now: datetime) -> bool:
    """Whether its session is behind, by the clock or because somebody has said so. One that runs on is not."""
    if booking.session is not None and booking.status == B.ACCEPTED:
        if booking.session.status == S.IN_PROGRESS:
            return False
        if booking.session.is_over:
            return True
    return booking.ends_at <= now


def is_under_way(booking: Booking) -> bool:
    return booking.status == B.ACCEPTED and booking.session is not None and booking.session.status == S.IN_PROGRESS
