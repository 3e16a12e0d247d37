"""A booking's own page: all that a login would do, by the link alone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from availability import picker
from availability.errors import TimeRefused
from availability.zones import zone_choices
from bookings import visitor
from bookings.errors import QuoteChanged
from bookings.facts import calendar_entry, calendar_for, has_room, place_label, place_of, place_url
from bookings.forms import FindForm
from bookings.models import Booking, BookingLink
from bookings.services import cancel_by_client, links, quote_cancellation, reschedule_by_client, terms
from bookings.services import tell as telling
from bookings.state import is_over, is_under_way
from bookings.views.pages import answer, not_here, place_icon, with_booking
from clients.fields import ReasonForm
from consultants import frozen
from naksha.calendar import Method, google_url, outlook_url
from naksha.db import db_now
from naksha.errors import DomainError
from naksha.web.converters import id_in
from naksha.web.errors import too_many
from naksha.web.parts import Part, part_alone, part_of
from naksha.web.zone import visitor_zone
from payments.documents import papers
from payments.models import Payment, Refund
from sessions_app import rooms
from sessions_app.access import let_in

S = Booking.Status
OWN_PAGES = ("cancel", "reschedule", "pay", "receipt", "calendar")


def _context(booking: Booking, token: str) -> dict[str, Any]:
    payments = list(
        Payment.objects.for_payable("booking", booking.pk)
        .captured()
        .prefetch_related("attempts")
        .order_by("captured_at")
    )
    refunds = list(Refund.objects.filter(payment__in=payments, replaced_by__isnull=True).order_by("created_at"))
    now = db_now()
    return {
        "documents": papers("booking", booking.pk, payments),
        "booking": booking,
        "token": token,
        "consultant": booking.consultant,
        "zone": booking.timezone,
        "their_zone": booking.consultant.timezone,
        "now": now,
        "place_label": place_label(booking.platform),
        "place_icon": place_icon(booking.platform),
        "place": place_of(booking),
        "place_url": place_url(booking),
        "room_url": reverse("bookings:room", args=[token]) if has_room(booking) else "",
        "gst_percent": f"{booking.gst_basis_points / 100:g}",
        "payments": payments,
        "refunds": refunds,
        "refund_total": sum(refund.amount_paise for refund in refunds),
        "can_cancel": terms.can_be_cancelled(booking, now),
        "can_move": terms.can_be_moved_by_client(booking, now),
        "free_until": terms.free_cancel_until(booking),
        "moves_left": frozen.moves_left(booking),
        "is_over": is_over(booking, now),
        "is_under_way": is_under_way(booking),
    }


@require_GET
@with_booking
def manage(request: HttpRequest, booking: Booking, token: str) -> HttpResponse:
    live = _drawn(request, booking, token)
    if live is None:
        return redirect("bookings:pay", token)
    context = {"booking": booking, "token": token, "live": live, "by_link": id_in(token) is None}
    return answer(request, "bookings/manage.html", context)


@require_GET
@with_booking
def manage_parts(request: HttpRequest, booking: Booking, token: str) -> HttpResponse:
    """All that may change of the page, for one that is open; 304 while nothing has. Where it leads elsewhere by now, so
    does this, and the page is loaded anew."""
    live = _drawn(request, booking, token)
    return redirect("bookings:pay", token) if live is None else part_alone(request, live)


def _drawn(request: HttpRequest, booking: Booking, token: str) -> Part | None:
    """None where there is only something to pay."""
    if booking.status == S.HELD:
        return None
    context = _context(booking, token)
    if booking.status == S.ABANDONED and not context["payments"]:
        return None
    if booking.status == S.ACCEPTED:
        # Without a key, of this page or the session's: it would stand in somebody else's address bar.
        entry = calendar_entry(booking, room_url=rooms.room_url(booking.session_id) if booking.session_id else "")
        context |= {"google_url": google_url(entry), "outlook_url": outlook_url(entry)}
    return part_of(request, "bookings/_manage.html", context)


@require_http_methods(["GET", "POST"])
@with_booking
def cancel(request: HttpRequest, booking: Booking, token: str) -> HttpResponse:
    """What comes back is shown first, then confirmed; if it has shrunk meanwhile, it is shown again."""
    quote = quote_cancellation(booking, db_now())
    form = ReasonForm(
        request.POST if request.method == "POST" else None,
        required=False,
        hint=_("%(name)s reads it.") % {"name": booking.consultant.display_name},
    )
    problem = ""
    if request.method == "POST" and form.is_valid():
        shown = request.POST.get("refund", "")
        try:
            cancel_by_client(
                booking=booking,
                reason=form.cleaned_data["reason"],
                by=visitor.confirmed_user(request),
                shown_refund_paise=int(shown) if shown.isdecimal() and len(shown) < 12 else quote.refund_paise,
            )
        except QuoteChanged as error:
            problem = str(error)
        except DomainError:
            return redirect("bookings:manage", token)
        else:
            return redirect("bookings:manage", token)
    context = _context(booking, token)
    if not context["can_cancel"]:
        return redirect("bookings:manage", token)
    return answer(
        request,
        "bookings/cancel.html",
        {**context, "quote": quote, "form": form, "problem": problem, "terms": frozen.in_words(booking)},
        status=409 if problem else 200,
    )


@require_http_methods(["GET", "POST"])
@with_booking
def reschedule(request: HttpRequest, booking: Booking, token: str) -> HttpResponse:
    """Pick another time, see what changes, confirm."""
    now = db_now()
    if not terms.can_be_moved_by_client(booking, now):
        return redirect("bookings:manage", token)
    start = picker.parse_start((request.POST if request.method == "POST" else request.GET).get("start"))
    problem = ""
    if request.method == "POST" and start is not None:
        try:
            reschedule_by_client(booking=booking, starts_at=start, by=visitor.confirmed_user(request))
        except TimeRefused as error:
            problem, start = str(error), None
        except DomainError:
            return redirect("bookings:manage", token)
        else:
            return redirect("bookings:manage", token)
    zone = visitor_zone(request, booking.timezone)
    page = reverse("bookings:reschedule", args=[token])
    context = {
        **_context(booking, token),
        "zone": zone,
        "zones": zone_choices(zone, booking.consultant.timezone, booking.timezone),
        "problem": problem,
        "start": start,
        "start_text": picker.start_text(start) if start else "",
        "ends_at": start + (booking.ends_at - booking.starts_at) if start else None,
        "refund_after": terms.refund_percent(booking, now),
        "from": request.GET.get("from", ""),
        "day": request.GET.get("day", ""),
        "page": page,
    }
    if start is None:
        context["picker"] = picker.for_move(booking, asked=request.GET.dict(), zone=zone, page=page, now=now)
        if problem:
            context["nearest"] = picker.nearest(booking, zone=zone, page=page)
    return answer(request, "bookings/reschedule.html", context, status=409 if problem else 200)


@require_GET
@with_booking
def room(request: HttpRequest, booking: Booking, token: str) -> HttpResponse:
    """To the session's page: whoever may open the booking may be in its session, and who needs no link is."""
    if booking.session is None or not has_room(booking):
        return redirect("bookings:manage", token)
    if id_in(token) is None:
        try:
            let_in(request, links.room_link(booking, token))
        except BookingLink.DoesNotExist:  # ended since this page was asked for
            return not_here(request)
    return redirect("sessions:room", booking.session.pk)


@require_GET
@with_booking
def calendar(request: HttpRequest, booking: Booking, token: str) -> HttpResponse:
    """The booking as a file for the calendar; a cancelled one takes itself out again."""
    if booking.status not in (S.ACCEPTED, S.PENDING, S.CANCELLED):
        return redirect("bookings:manage", token)
    url = links.manage_url(token)
    method: Method = "CANCEL" if booking.status == S.CANCELLED else "PUBLISH"
    room_url = settings.SITE_URL + reverse("bookings:room", args=[token])
    text = calendar_for(booking, method, now=timezone.now(), manage_url=url, room_url=room_url)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{booking.reference}.ics"'
    return response


@require_GET
@with_booking
def receipt(request: HttpRequest, booking: Booking, token: str) -> HttpResponse:
    context = _context(booking, token)
    if not context["payments"]:
        return redirect("bookings:manage", token)
    return answer(request, "bookings/receipt.html", context)


@require_GET
@with_booking
def of(request: HttpRequest, booking: Booking, token: str) -> HttpResponse:
    """The way to a booking's own page without the link from a mail, by its id; ``?to=`` one of OWN_PAGES leads on to
    that page."""
    page = request.GET.get("to", "")
    return redirect(f"bookings:{page if page in OWN_PAGES else 'manage'}", token)


@require_safe
def lost(request: HttpRequest, broken: str) -> HttpResponse:
    """A link that lost a part on its way."""
    return not_here(request)


@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """A lost link is mailed again. Whether there is such a booking is told to nobody but its mail address."""
    form = FindForm(request.POST if request.method == "POST" else None)
    sent = False
    if request.method == "POST" and form.is_valid():
        overdrawn = visitor.try_to_find(request, form.cleaned_data["email"])
        if overdrawn is not None:
            return too_many(request, overdrawn.retry_after)
        booking = (
            Booking.objects.select_related("consultant__user", "client__user", "service", "session")
            .filter(reference=form.cleaned_data["reference"], client__email__iexact=form.cleaned_data["email"])
            .first()
        )
        if booking is not None:
            telling.send_link(booking)
        sent = True
    return answer(request, "bookings/find.html", {"form": form, "sent": sent}, status=400 if form.errors else 200)
