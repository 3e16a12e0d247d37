"""The centre: what somebody was told on screen, read, taken off the list and put back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import condition, require_POST, require_safe

from accounts.access import AccountRequest, account_required
from naksha.web.zone import visitor_zone, zone
from notifications import services
from notifications.centre import Filter, latest_of, mark_of, state_of, version_of
from notifications.frame import frame_of
from notifications.models import Notification


@require_safe
@account_required
def notifications(request: AccountRequest) -> HttpResponse:
    context = {**_context(request), "frame": frame_of(request.user), "removed_at": _moment(request.GET.get("removed"))}
    return render(request, "notifications/list.html", context)


@require_safe
@account_required
def lines(request: AccountRequest) -> HttpResponse:
    """The list alone, for a page that is open; 304 while nothing has changed."""
    context = _context(request)
    unchanged = get_conditional_response(request, etag=context["version"])
    response = unchanged or render(request, "notifications/_lines.html", context)
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = context["version"]
    return response


def _context(request: AccountRequest) -> dict[str, Any]:
    asked = Filter.of(request.GET)
    page = asked.page(request.user, request.GET.get("page"))
    zone_name = visitor_zone(request)
    now = timezone.now()
    waiting = mark_of(request.user.pk).count
    return {
        "page": page,
        "asked": asked,
        "kinds": Notification.Kind.choices,
        "shown_at": now.isoformat(),
        "zone_name": zone_name,
        "unread_notifications": waiting,
        "version": version_of(page, waiting, now.astimezone(zone(zone_name)).date()),
        "nav": "notifications",
    }


@require_safe
@account_required
def latest(request: AccountRequest) -> HttpResponse:
    """The few lines that the bell shows when it is opened."""
    context = {"lines": latest_of(request.user), "zone_name": visitor_zone(request)}
    response = render(request, "notifications/_latest.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _mark(request: AccountRequest) -> str | None:
    return mark_of(request.user.pk).etag if request.user.is_authenticated else None


@require_safe
@condition(etag_func=_mark)
def state(request: AccountRequest) -> HttpResponse:
    """How much waits, for a page whose socket can't be had: 304 for one query, and 401 where nobody is logged in."""
    if not request.user.is_authenticated:
        return JsonResponse({}, status=401)
    response = JsonResponse(state_of(request.user.pk))
    response["Cache-Control"] = "private, no-cache"
    return response


@require_POST
@account_required
def open_notification(request: AccountRequest, pk: str) -> HttpResponse:
    """Mark one line read and go where it leads."""
    notification = _line(request, pk)
    services.mark_read(notification=notification)
    return redirect(notification.url or "notifications:list")


@require_POST
@account_required
def read_all(request: AccountRequest) -> HttpResponse:
    """Mark read what was on the page; a line that came since stays unread."""
    services.mark_all_read(user=request.user, until=_moment(request.POST.get("shown_at")) or timezone.now())
    return redirect("notifications:list")


@require_POST
@account_required
def remove(request: AccountRequest, pk: str) -> HttpResponse:
    return _removed(services.remove(notification=_line(request, pk)))


@require_POST
@account_required
def remove_all(request: AccountRequest) -> HttpResponse:
    """Take off what was on the page and is read; a line that came since, or waits, stays."""
    until = _moment(request.POST.get("shown_at")) or timezone.now()
    return _removed(services.remove_all(user=request.user, until=until))


@require_POST
@account_required
def put_back(request: AccountRequest) -> HttpResponse:
    if removed_at := _moment(request.POST.get("removed_at")):
        services.put_back(user=request.user, removed_at=removed_at)
    return redirect("notifications:list")


def _removed(moment: datetime) -> HttpResponse:
    return redirect(f"{reverse('notifications:list')}?{urlencode({'removed': moment.isoformat()})}")


def _line(request: AccountRequest, pk: str) -> Notification:
    return get_object_or_404(Notification.objects.of(request.user).select_related("user"), pk=pk)


def _moment(text: str | None) -> datetime | None:
    try:
        moment = parse_datetime(text or "")
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None
