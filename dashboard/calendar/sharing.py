"""The page that shares the calendar with others, and the file at its secret address."""

from __future__ import annotations

import hashlib
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import ConsultantRequest, approved_consultant_required
from dashboard.calendar import feeds
from dashboard.calendar.models import CalendarFeed
from naksha.db import db_now
from naksha.web import limits
from naksha.web.address import client_address, neighbourhood
from naksha.web.errors import too_many
from naksha.web.secret import secret

HOUR = 3600
FETCHES = 120  # of one address in an hour: a handful of devices that ask every few minutes
WRONG = 60  # addresses that are none, from one place in an hour


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def subscribe(request: ConsultantRequest) -> HttpResponse:
    """The address, and how other calendars are told of it. A POST makes it, or says how much stands there."""
    consultant = request.consultant
    if request.method == "POST":
        detail = request.POST.get("detail", "")
        if detail not in CalendarFeed.Detail.values:
            messages.error(request, _("Choose what others see."))
        else:
            feeds.share(consultant=consultant, detail=detail)
            messages.success(request, _("Your calendar has an address."))
        return redirect("dashboard:subscribe")
    feed = CalendarFeed.objects.filter(consultant=consultant).first()
    context = {"nav": "calendar", "feed": feed, "details": CalendarFeed.Detail.choices, "consultant": consultant}
    if feed is not None:
        address = feeds.address_of(feed)
        webcal = "webcal://" + address.split("://", 1)[1]
        context |= {
            "address": address,
            "webcal": webcal,
            "google": "https://calendar.google.com/calendar/r?" + urlencode({"cid": webcal}),
            "outlook": "https://outlook.live.com/calendar/0/addfromweb?"
            + urlencode({"url": address, "name": "Naksha"}, quote_via=quote),
        }
    return secret(render(request, "dashboard/calendar/subscribe.html", context))


@require_POST
@approved_consultant_required
def renew(request: ConsultantRequest) -> HttpResponse:
    if feeds.renew(consultant=request.consultant):
        messages.success(request, _("There is a new address. Calendars that have the old one get nothing any more."))
    return redirect("dashboard:subscribe")


@require_POST
@approved_consultant_required
def close(request: ConsultantRequest) -> HttpResponse:
    if feeds.close(consultant=request.consultant):
        messages.success(request, _("Your calendar is not shared any more."))
    return redirect("dashboard:subscribe")


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar as a file, for whoever has the address; 304 while it is as it was."""
    found = feeds.find(token)
    if found is None:
        place = neighbourhood(client_address(request))
        tried = limits.hit(key=f"calendar:wrong:{place}", limit=WRONG, seconds=HOUR)
        if not tried.allowed:
            return too_many(request, tried.retry_after)
        raise Http404
    asked = limits.hit(key=f"calendar:feed:{found.pk}", limit=FETCHES, seconds=HOUR)
    if not asked.allowed:
        response = HttpResponse(_("This calendar is asked for too often."), status=429, content_type="text/plain")
        response["Retry-After"] = str(asked.retry_after)
        return response
    body = feeds.file_of(found, db_now())
    etag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        body, content_type="text/calendar; charset=utf-8"
    )
    response["ETag"] = etag
    response["Content-Disposition"] = 'inline; filename="naksha.ics"'
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
