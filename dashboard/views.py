"""Today: the consultant's home."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import condition, require_safe

from accounts.access import ConsultantRequest, approved_consultant_required
from dashboard.finding import LONGEST, find
from dashboard.today import questions, today_of, version_of
from naksha.together import asked_together
from notifications.context import count_of


def _etag(request: ConsultantRequest, now: datetime | None = None) -> str:
    return f'W/"{version_of(request.consultant, now)}"'


@require_safe
@approved_consultant_required
def today(request: ConsultantRequest) -> HttpResponse:
    now = timezone.now()
    with asked_together(*questions(request.consultant, now), partial(count_of, request.user)):
        version = _etag(request, now)  # first: what changes meanwhile is drawn once more, and not missed
        return render(request, "dashboard/today.html", {**_context(request, now), "version": version})


@require_safe
@approved_consultant_required
@condition(etag_func=_etag)
def board(request: ConsultantRequest) -> HttpResponse:
    """Today's board alone, for a page that is open; 304 while nothing has changed."""
    now = timezone.now()
    with asked_together(*questions(request.consultant, now)):
        response = render(request, "dashboard/_board.html", _context(request, now))
    response["Cache-Control"] = "private, no-cache"
    return response


def _context(request: ConsultantRequest, now: datetime) -> dict[str, object]:
    consultant = request.consultant
    return {
        "nav": "today",
        "consultant": consultant,
        "zone_name": consultant.timezone,
        "today": today_of(consultant, now),
        "page_url": settings.SITE_URL + consultant.get_absolute_url(),
    }


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Search"),
        max_length=LONGEST,
        required=False,
        error_messages={"max_length": _("Search for fewer words: %(limit_value)d letters at most.")},
    )


@require_safe
@approved_consultant_required
def search(request: ConsultantRequest) -> HttpResponse:
    """One search over the practice, as a page; it works without script."""
    return render(request, "dashboard/search.html", {"nav": "search", **_found(request)})


@require_safe
@approved_consultant_required
def found(request: ConsultantRequest) -> HttpResponse:
    """What the search has found, alone, for the palette."""
    response = render(request, "dashboard/_found.html", _found(request))
    response["Cache-Control"] = "private, no-store"
    return response


def _found(request: ConsultantRequest) -> dict[str, object]:
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    return {"form": form, "found": find(request.consultant, words), "zone_name": request.consultant.timezone}
