"""What becomes of a request: the consultant's yes or no, or no answer in time. And what the clock ends."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from availability.errors import SlotTaken
from bookings.errors import InvalidState, TooLate
from bookings.invoicing import issue_once_agreed
from bookings.models import Booking, WaitlistEntry
from bookings.services import confirm, give_up, terms, waitlist
from bookings.services import tell as telling
from bookings.services.machine import S, close, locked, move
from naksha.db import db_now
from naksha.errors import ReasonNeeded
from payments.services import request_refund

log = structlog.get_logger(__name__)


@transaction.atomic
def accept(*, booking: Booking, actor: User) -> Booking:
    """Say yes to a request: its time is the session's from now on.

    Accepted already: nothing changes. Raises InvalidState for anything but a request, TooLate when the time to answer
    is over.
    """
    booking = locked(booking.pk)
    if booking.status == S.ACCEPTED:
        return booking
    if booking.status != S.PENDING:
        raise InvalidState
    if booking.answer_by is None or booking.answer_by <= db_now():
        raise TooLate(_("The time to answer this request is over."))
    try:
        confirm.take_for_good(booking)
    except SlotTaken as error:
        raise TooLate(_("The time to answer this request is over.")) from error
    move(booking, S.ACCEPTED)
    booking.save()
    issue_once_agreed(booking)
    audit.record(actor=actor, action="booking.accepted", subject=booking)
    telling.client(booking, "booking_confirmed_client", _("Booked"), calendar="REQUEST")
    telling.consultant(booking, "booking_confirmed_consultant", _("Booking accepted"), calendar="REQUEST")
    return booking


@transaction.atomic
def decline(*, booking: Booking, actor: User, reason: str) -> Booking:
    """Say no to a request, with a reason that the client reads. What was paid goes back in full.

    Declined already: nothing changes. Raises ReasonNeeded, InvalidState.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonNeeded(_("Say why, in a sentence that the client will read."))
    booking = locked(booking.pk)
    if booking.status == S.REJECTED:
        return booking
    close(booking, S.REJECTED, now=db_now(), reason=reason)
    booking.closed_by = actor
    refund = refund_all(booking, reason=_("Declined"), actor=actor)
    give_up.free(booking)
    booking.save()
    audit.record(actor=actor, action="booking.declined", subject=booking, reason=reason)
    telling.client(booking, "booking_declined", _("Request declined"), refund_paise=refund)
    return booking


@transaction.atomic
def expire(*, booking: Booking) -> bool:
    """End a request that nobody answered in time; what was paid goes back in full. False when it isn't one."""
    booking = locked(booking.pk)
    now = db_now()
    if booking.status != S.PENDING or booking.answer_by is None or booking.answer_by > now:
        return False
    close(booking, S.EXPIRED, now=now, reason=_("Not answered in time."))
    refund = refund_all(booking, reason=_("Not answered in time"), actor=None)
    give_up.free(booking)
    booking.save()
    telling.client(booking, "booking_expired_client", _("Request not answered"), refund_paise=refund)
    telling.consultant(booking, "booking_expired_consultant", _("Request expired"), refund_paise=refund)
    return True


def mail_requests_due(*, limit: int = 500) -> int:
    """Mail the requests that came in their consultant's quiet hours and still wait for an answer when those are over.
    Each in a transaction of its own; one that fails is met again at the next round. Returns how many went out."""
    due = Booking.objects.filter(status=S.PENDING, request_mail_due_at__lte=db_now()).order_by("request_mail_due_at")
    found = list(due.values_list("pk", flat=True)[:limit])
    return sum(_done("request_mail", pk, lambda booking_id=pk: _mail_request(booking_id)) for pk in found)


@transaction.atomic
def _mail_request(booking_id: UUID) -> bool:
    booking = locked(booking_id)
    now = db_now()
    if booking.status != S.PENDING or booking.request_mail_due_at is None or booking.request_mail_due_at > now:
        return False
    if booking.answer_by is None or booking.answer_by <= now:
        return False  # it ends unanswered just now
    return telling.mail_request(booking)


def refund_all(booking: Booking, *, reason: str, actor: User | None) -> int:
    """Ask for all that a locked booking was paid, once. Returns the paise."""
    paise = terms.refundable(booking)
    if paise:
        request_refund(
            payable_kind="booking",
            payable_id=booking.pk,
            amount_paise=paise,
            reason=reason,
            actor=actor,
            key=f"booking-{booking.pk}-closed",
        )
    return paise


def expire_due(*, limit: int = 500) -> int:
    """End what the clock ends: holds that nobody paid, requests that nobody answered, offers that nobody took.

    Each in a transaction of its own; one that fails is logged and met again at the next round. Returns how many ended.
    """
    now = db_now()
    ended = 0
    holds = Booking.objects.filter(status=S.HELD, hold_expires_at__lte=now).order_by("hold_expires_at")
    for booking in holds[:limit]:
        ended += _done("hold", booking.pk, lambda b=booking: give_up.lapse(booking=b))
    requests = Booking.objects.filter(status=S.PENDING, answer_by__lte=now).order_by("answer_by")
    for booking in requests[:limit]:
        ended += _done("request", booking.pk, lambda b=booking: expire(booking=b))
    offers = WaitlistEntry.objects.filter(status=WaitlistEntry.Status.OFFERED, offer_expires_at__lte=now)
    for entry_id in offers.order_by("offer_expires_at").values_list("pk", flat=True)[:limit]:
        ended += _done("offer", entry_id, lambda e=entry_id: waitlist.lapse(entry_id=e))
    return ended


def _done(kind: str, row: UUID, end: object) -> int:
    try:
        return 1 if end() else 0  # type: ignore[operator]
    except Exception:
        log.exception("expire_failed", kind=kind, row=str(row))
        return 0
