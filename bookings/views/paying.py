"""The held time, its countdown and the way to the gateway; and the way back from it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from availability import picker, slots
from bookings import visitor
from bookings.errors import REFUSED, NothingOwed, NotOpen, TooManyHeld
from bookings.models import Booking
from bookings.services import abandon, hold_again, links
from bookings.services.balance import first_payment, open_balance
from bookings.views.pages import answer, not_here, opened, place_icon, summary, with_booking
from consultants import frozen
from naksha.db import db_now
from naksha.errors import InvalidState
from naksha.times import people_time
from naksha.web.converters import id_in
from naksha.web.errors import too_many
from naksha.web.secret import secret
from payments.checkout import answer_query, back_unknown, came, checkout
from payments.errors import PaymentMismatch, SignatureInvalid
from payments.models import Payment
from sessions_app.errors import WebinarClosed
from sessions_app.models import Session

S = Booking.Status


@require_GET
@with_booking
def pay(request: HttpRequest, booking: Booking, token: str) -> HttpResponse:
    """What is to be paid now: for a hold within its minutes, or the balance of a confirmed booking."""
    now = db_now()
    if booking.is_held_at(now) and booking.consultant.is_approved:
        payment = first_payment(booking)
        return _checkout(request, booking, token, payment) if payment else redirect("bookings:manage", token)
    if booking.status in (S.HELD, S.ABANDONED):
        return _over(request, booking, token)
    if booking.payable_paise:
        try:
            return _checkout(request, booking, token, open_balance(booking=booking))
        except (InvalidState, NothingOwed):
            pass
    return redirect("bookings:manage", token)


def _checkout(request: HttpRequest, booking: Booking, token: str, payment: Payment) -> HttpResponse:
    """The form that leads to the gateway. When the gateway can't be asked, the hold stays and the page says so."""
    way = checkout(
        request,
        payment,
        pay_path=reverse("bookings:pay", args=[token]),
        done_path=reverse("bookings:pay_done", args=[token]),
    )
    context = {
        **_context(booking, token),
        **way.context(),
        "is_balance": payment.purpose == Payment.Purpose.BALANCE,
    }
    return way.allow(answer(request, "bookings/pay.html", context))


def _context(booking: Booking, token: str) -> dict[str, Any]:
    return {
        **summary(booking.service, booking.consultant),
        "step": "pay",
        "booking": booking,
        "token": token,
        "zone": booking.timezone,
        "now": timezone.now(),
        "place_icon": place_icon(booking.platform),
        "terms": frozen.in_words(booking),
        "move_terms": frozen.move_in_words(booking) if booking.seat_id is None else "",
        "gst_percent": f"{booking.gst_basis_points / 100:g}",
        "later_paise": booking.total_paise - booking.due_now_paise,
        "details_url": _details_url(booking),
    }


def _details_url(booking: Booking) -> str:
    page = reverse("bookings:details", args=[booking.consultant.slug, booking.service_id])
    if booking.seat_id is not None:
        return f"{page}?session={booking.session_id}"
    return f"{page}?start={picker.start_text(booking.starts_at)}"


def _over(request: HttpRequest, booking: Booking, token: str) -> HttpResponse:
    """The minutes are over: the same time again if nobody has it, or one near it, with all that was typed."""
    now = timezone.now()
    free: list[dict[str, str]] = []
    is_open = booking.consultant.is_public and booking.service.is_active and booking.service.archived_at is None
    if is_open and booking.seat_id is None:
        near = slots.nearest_free(
            consultant=booking.consultant, minutes=booking.minutes, around=booking.starts_at, limit=4, now=now
        )
        free = [
            {"start": picker.start_text(start), "words": people_time(start, booking.timezone, now)} for start in near
        ]
    context = {
        **_context(booking, token),
        "is_open": is_open,
        "no_change": not is_open,
        "why_gone": _why_gone(booking, now) if is_open else str(NotOpen.sentence),
        "again_start": picker.start_text(booking.starts_at),
        "nearest": free,
        "problem": visitor.problem(request),
    }
    response = answer(request, "bookings/over.html", context)
    visitor.forget_hold(response)
    return response


def _why_gone(booking: Booking, now: datetime) -> str:
    """Why the same time, or the same seat, can't be held again; empty where it can."""
    if booking.starts_at <= now:
        return _("It can’t be had any more: that time has passed.")
    session = booking.session
    if booking.seat_id is None or session is None:
        return "" if _is_free(booking) else _("That time is not free any more.")
    if session.status != Session.Status.CONFIRMED:
        return str(WebinarClosed.sentence)
    return "" if session.seats_left > 0 else _("Every seat is taken now.")


def _is_free(booking: Booking) -> bool:
    day = booking.starts_at.date()
    return booking.starts_at in slots.free_slots(
        consultant=booking.consultant,
        minutes=booking.minutes,
        first=day - timedelta(days=1),
        last=day + timedelta(days=1),
    )


@require_POST
@with_booking
def again(request: HttpRequest, booking: Booking, token: str) -> HttpResponse:
    """Hold once more, at the same time or at another, with everything that was typed."""
    start = picker.parse_start(request.POST.get("start")) or booking.starts_at
    overdrawn = visitor.try_to_hold(request, booking.client.email)
    if overdrawn is not None:
        return too_many(request, overdrawn.retry_after)
    try:
        _made, fresh = hold_again(booking=booking, starts_at=start, origin=visitor.origin(request))
    except InvalidState:
        return redirect("bookings:manage", token)
    except TooManyHeld:
        return too_many(request, settings.HOLD_MINUTES * 60)
    except REFUSED as error:
        visitor.tell_problem(request, str(error))
        return redirect("bookings:pay", token)
    response = redirect("bookings:pay", fresh)
    visitor.remember_hold(response, fresh)
    return response


@require_POST
@with_booking
def release(request: HttpRequest, booking: Booking, token: str) -> HttpResponse:
    """Let the hold go: the time is free for others, and what was typed is kept for another choice."""
    booking = abandon(booking=booking)
    if booking.status != S.ABANDONED:
        return redirect("bookings:manage", token)
    visitor.keep_draft(
        request, visitor.typed_before(request, booking.service, booking, visitor.confirmed_user(request))
    )
    response = redirect("bookings:time", booking.consultant.slug, booking.service_id)
    visitor.forget_hold(response)
    return response


@csrf_exempt
@require_http_methods(["GET", "POST"])
def done(request: HttpRequest, token: str) -> HttpResponse:
    """Back from the gateway, which posts its signed answer here from its own pages (so without our cookies). By a link
    that was revoked since the payment was begun, too: the money has left its payer.

    Nothing that is posted is believed: the signature is checked, and the gateway is asked.
    """
    booking = opened(request, token)
    if booking is not None:
        return secret(_back(request, booking, token))
    return secret(_back_unknown(request, token) or _back_by_revoked(request, token))


def _back_unknown(request: HttpRequest, token: str) -> HttpResponse | None:
    booking_id = id_in(token)
    if booking_id is None:
        return None
    pay_path = reverse("bookings:pay", args=[token])
    return back_unknown(request, payable_kind="booking", payable_id=booking_id, pay_path=pay_path)


def _back(request: HttpRequest, booking: Booking, token: str) -> HttpResponse:
    try:
        query = answer_query(request, payable_kind="booking", payable_id=booking.pk)
    except (SignatureInvalid, PaymentMismatch) as error:
        context = {**_context(booking, token), "problem": str(error)}
        return answer(request, "bookings/refused.html", context, status=400)
    if query:
        return redirect(f"{reverse('bookings:pay', args=[token])}?{query}")
    booking.refresh_from_db()
    if booking.status == S.ABANDONED:
        return redirect("bookings:manage", token)
    response = redirect("bookings:manage", token)
    visitor.forget_hold(response)
    return response


def _back_by_revoked(request: HttpRequest, token: str) -> HttpResponse:
    """What became of a payment whose signed answer is here. Anything else is 404, as all that the link opened."""
    try:
        booking = links.resolve_stopped(token)
    except Booking.DoesNotExist:
        return not_here(request)
    told = {"reference": booking.reference, "name": booking.consultant.display_name}
    page = came(
        request,
        payable_kind="booking",
        payable_id=booking.pk,
        label=_("Booking %(reference)s, %(name)s") % told,
        title=booking.title,
        find_path=reverse("bookings:find"),
    )
    return page or not_here(request)
