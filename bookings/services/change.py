"""After it is booked: cancelling under the frozen terms, and moving to another time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from availability import services as time
from bookings.errors import InvalidState, QuoteChanged, TooLate
from bookings.models import Booking
from bookings.services import decide, give_up, terms
from bookings.services import tell as telling
from bookings.services.machine import S, close, locked
from consultants import frozen
from naksha.calendar import Method
from naksha.db import db_now
from naksha.errors import ReasonNeeded
from payments.services import request_refund
from sessions_app import services as sessions
from sessions_app.models import Session
from sessions_app.services import machine


@transaction.atomic
def cancel_by_client(
    *, booking: Booking, reason: str = "", by: User | None = None, shown_refund_paise: int | None = None
) -> Booking:
    """Cancel for the client: the frozen terms say what comes back. ``by`` is the login, None for who has the link.

    ``shown_refund_paise`` is the refund that the person has read: when it is more than that of now, nothing is
    cancelled and QuoteChanged is raised. Cancelled already: nothing changes. Raises InvalidState, TooLate.
    """
    booking = locked(booking.pk)
    if booking.status == S.CANCELLED:
        return booking
    if booking.seat_id is not None and _date_is_off(booking):
        raise InvalidState(_("It was called off. Everything that you paid comes back to you."))
    now = db_now()
    if booking.status in (S.PENDING, S.ACCEPTED) and now >= booking.starts_at:
        raise TooLate(_("It has begun, so it can't be cancelled any more."))
    quote = terms.quote_cancellation(booking, now)
    if shown_refund_paise is not None and shown_refund_paise > quote.refund_paise:
        raise QuoteChanged
    _call_off(booking, now=now, reason=reason.strip(), by=by)
    if quote.refund_paise:
        request_refund(
            payable_kind="booking",
            payable_id=booking.pk,
            amount_paise=quote.refund_paise,
            reason=_("Cancelled by the client"),
            actor=by,
            key=f"booking-{booking.pk}-closed",
        )
    audit.record(
        actor=by,
        action="booking.cancelled_by_client",
        subject=booking,
        reason=reason,
        data={"refund_paise": quote.refund_paise, "percent": quote.percent},
    )
    _tell_cancelled(booking, quote.refund_paise)
    return booking


@transaction.atomic
def cancel_by_consultant(*, booking: Booking, actor: User, reason: str) -> Booking:
    """Cancel for the consultant: everything that was paid goes back. The client reads the reason.

    Cancelled already: nothing changes. A seat of a webinar's date that was called off is given back at any
    time. Raises ReasonNeeded, InvalidState, TooLate.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonNeeded(_("Say why, in a sentence that the client will read."))
    booking = locked(booking.pk)
    if booking.status == S.CANCELLED:
        return booking
    now = db_now()
    if booking.status == S.ACCEPTED and now >= booking.starts_at and not _date_is_off(booking):
        raise TooLate(_("It has begun, so it can't be cancelled any more."))
    _call_off(booking, now=now, reason=reason, by=actor)
    refund = decide.refund_all(booking, reason=_("Cancelled by the consultant"), actor=actor)
    audit.record(
        actor=actor,
        action="booking.cancelled_by_consultant",
        subject=booking,
        reason=reason,
        data={"refund_paise": refund},
    )
    _tell_cancelled(booking, refund)
    return booking


@transaction.atomic
def cancel_by_platform(*, booking: Booking, actor: User | None, reason: str) -> int:
    """Cancel a request or a booking for the platform: everything that was paid goes back, whatever its terms say.

    Both sides read the reason. Nobody has to have come so far: a session that nobody began can be cancelled after its
    start, and so can one that the client joined and the consultant did not. Cancelled already: nothing changes. Returns
    the paise that were promised back. Raises ReasonNeeded, InvalidState, TooLate once both could have met.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonNeeded(_("Say why, in a sentence that the client and the consultant will read."))
    booking = locked(booking.pk)
    if booking.status == S.CANCELLED:
        return 0
    if booking.status == S.ACCEPTED and not can_be_called_off(booking):
        raise TooLate(_("It has begun, so it can't be cancelled any more. Refund the payment instead."))
    booking.closed_by_platform = True
    _call_off(booking, now=db_now(), reason=reason, by=actor)
    refund = decide.refund_all(booking, reason=_("Cancelled by Naksha"), actor=actor)
    audit.record(
        actor=actor,
        action="booking.cancelled_by_platform",
        subject=booking,
        reason=reason,
        data={"refund_paise": refund},
    )
    calendar: Method | None = "CANCEL" if booking.session_id is not None else None
    telling.client(
        booking,
        "called_off_client",
        _("Naksha has cancelled your booking"),
        calendar=calendar,
        refund_paise=refund,
        more={"has_calendar": calendar is not None},
        reply_to="",
    )
    telling.consultant(
        booking,
        "called_off_consultant",
        _("Naksha has cancelled a booking"),
        calendar=calendar,
        refund_paise=refund,
    )
    return refund


def can_be_called_off(booking: Booking) -> bool:
    """Whether the platform may still cancel it: nobody has begun its session, or the client waits there alone. With a
    webinar's date that was called off, its seats are given back."""
    session = booking.session
    return session is None or _date_is_off(booking) or machine.can_be_called_off(session)


def _date_is_off(booking: Booking) -> bool:
    """Whether what it was booked for was called off, and its seat has still to be given back."""
    return booking.session is not None and booking.session.status == Session.Status.CANCELLED


def _call_off(booking: Booking, *, now: datetime, reason: str, by: User | None) -> None:
    accepted = booking.status == S.ACCEPTED
    close(booking, S.CANCELLED, now=now, reason=reason)
    booking.closed_by = by
    booking.sequence += 1
    if accepted and booking.seat_id is None and booking.session_id is not None:
        call_off = sessions.call_off_by_platform if booking.closed_by_platform else sessions.call_off
        call_off(session_id=booking.session_id, reason=reason, sequence=booking.sequence)
    give_up.free(booking)
    booking.save()


def _tell_cancelled(booking: Booking, refund_paise: int) -> None:
    calendar: Method | None = "CANCEL" if booking.session_id is not None else None
    telling.client(
        booking, "booking_cancelled_client", _("Booking cancelled"), calendar=calendar, refund_paise=refund_paise
    )
    telling.consultant(
        booking, "booking_cancelled_consultant", _("Booking cancelled"), calendar=calendar, refund_paise=refund_paise
    )


@transaction.atomic
def reschedule_by_client(*, booking: Booking, starts_at: datetime, by: User | None = None) -> Booking:
    """Move to another listed time, within the terms. At that time already: nothing changes.

    Whoever moves late keeps the refund of that moment at the most, so that moving isn't a way round the terms.
    Raises InvalidState, TooLate, availability.errors.SlotTaken or NotBookable.
    """
    booking = locked(booking.pk)
    if booking.starts_at == starts_at:
        return booking
    now = db_now()
    if booking.status not in (S.PENDING, S.ACCEPTED) or booking.seat_id is not None:
        raise InvalidState
    if not frozen.moves_left(booking):
        raise TooLate(_("This booking has been moved as often as its terms allow. You can still cancel it."))
    if not terms.can_be_moved_by_client(booking, now):
        raise TooLate(_("It is too close to the start to move it. You can still cancel it."))
    frozen.count_move(booking, terms.refund_percent(booking, now))
    _move(booking, starts_at, listed_only=True)
    audit.record(actor=by, action="booking.moved_by_client", subject=booking, data={"to": starts_at.isoformat()})
    _tell_moved(booking)
    return booking


@transaction.atomic
def reschedule_by_consultant(*, booking: Booking, starts_at: datetime, actor: User) -> Booking:
    """Move to any time that is free, listed or not. The client may then cancel with everything back until it begins.

    At that time already: nothing changes. Raises InvalidState, TooLate, availability.errors.SlotTaken.
    """
    booking = locked(booking.pk)
    if booking.starts_at == starts_at:
        return booking
    now = db_now()
    if booking.status not in (S.PENDING, S.ACCEPTED) or booking.seat_id is not None:
        raise InvalidState
    if now >= booking.starts_at:
        raise TooLate(_("It has begun, so it can't be moved any more."))
    if starts_at <= now:
        raise TooLate(_("Choose a time that is still to come."))
    booking.least_refund_percent = 100
    _move(booking, starts_at, listed_only=False)
    audit.record(actor=actor, action="booking.moved_by_consultant", subject=booking, data={"to": starts_at.isoformat()})
    _tell_moved(booking)
    return booking


def _move(booking: Booking, starts_at: datetime, *, listed_only: bool) -> None:
    if booking.occupancy_id is None:
        raise InvalidState
    minutes = booking.minutes
    time.move(occupancy_id=booking.occupancy_id, starts_at=starts_at, minutes=minutes, listed_only=listed_only)
    booking.starts_at = starts_at
    booking.ends_at = starts_at + timedelta(minutes=minutes)
    booking.sequence += 1
    if booking.status == S.ACCEPTED and booking.session_id is not None:
        sessions.move_session(
            session_id=booking.session_id,
            starts_at=booking.starts_at,
            ends_at=booking.ends_at,
            sequence=booking.sequence,
        )
        if booking.session is not None:
            booking.session.refresh_from_db()
    elif booking.answer_by is not None and booking.answer_by > starts_at:
        booking.answer_by = starts_at
        time.settle(occupancy_id=booking.occupancy_id, expires_at=starts_at)
    booking.save()
    give_up.offer_what_is_free(booking)


def _tell_moved(booking: Booking) -> None:
    calendar: Method | None = "REQUEST" if booking.status == S.ACCEPTED else None
    telling.client(booking, "booking_moved_client", _("Booking moved"), calendar=calendar)
    telling.consultant(booking, "booking_moved_consultant", _("Booking moved"), calendar=calendar)
