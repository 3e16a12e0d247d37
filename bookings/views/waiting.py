"""A place on the waitlist: where it stands, what is offered, how to leave."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from availability import picker
from bookings.models import WaitlistEntry
from bookings.services import leave as leave_line
from bookings.services import links
from bookings.services.waitlist import place_in_line
from bookings.views.pages import answer, summary
from naksha.db import db_now
from naksha.web.secret import secret


def _entry(token: str) -> WaitlistEntry:
    try:
        return links.resolve_waitlist(token)
    except WaitlistEntry.DoesNotExist:
        raise Http404 from None


@require_GET
def place(request: HttpRequest, token: str) -> HttpResponse:
    entry = _entry(token)
    now = db_now()
    offered = (
        entry.status == WaitlistEntry.Status.OFFERED
        and entry.offer_expires_at is not None
        and entry.offer_expires_at > now
    )
    query = {"offer": token, "tz": entry.timezone}
    if entry.session_id is not None:
        query["session"] = str(entry.session_id)
    elif entry.offer_starts_at is not None:
        query["start"] = picker.start_text(entry.offer_starts_at)
    details = reverse("bookings:details", args=[entry.consultant.slug, entry.service_id])
    context = {
        **summary(entry.service, entry.consultant),
        "entry": entry,
        "token": token,
        "offered": offered,
        "waiting": entry.status == WaitlistEntry.Status.WAITING,
        "booked": entry.status == WaitlistEntry.Status.BOOKED,
        "left": entry.status == WaitlistEntry.Status.LEFT,
        "line": place_in_line(entry) if entry.status == WaitlistEntry.Status.WAITING else 0,
        "take_url": f"{details}?{urlencode(query)}",
        "zone": entry.timezone,
        "now": timezone.now(),
    }
    return secret(answer(request, "bookings/waitlist.html", context))


@require_POST
def leave(request: HttpRequest, token: str) -> HttpResponse:
    leave_line(entry=_entry(token))
    return redirect("bookings:waitlist", token)
