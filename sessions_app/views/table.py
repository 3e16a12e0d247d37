"""The table of a consultant's sessions: the page, its rows alone, and the file of all that fit."""

from __future__ import annotations

from functools import partial

from django.contrib.messages import get_messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from accounts.access import ConsultantRequest, approved_consultant_required
from clients.choosing import label_of, named_clients
from clients.fields import plain
from naksha.together import asked_together
from naksha.web import etags
from naksha.web.parts import version_of
from notifications.context import count_of
from sessions_app.export import exported
from sessions_app.find_form import FindForm
from sessions_app.models import SavedView
from sessions_app.table import Table

MOST_FOUND = 20


def table_of(request: ConsultantRequest) -> Table:
    """What the address asks for."""
    form = FindForm(request.GET, consultant=request.consultant)
    return Table(request.consultant, form, request.GET.get("page", ""))


@require_GET
@approved_consultant_required
def sessions(request: ConsultantRequest) -> HttpResponse:
    """The table; for htmx its rows alone, with the address as it is best written. An address that asks for nothing
    opens the view that the consultant wants first."""
    if not request.GET and (first := SavedView.objects.filter(consultant=request.consultant, is_default=True).first()):
        return redirect(f"{request.path}?{first.query}")
    table = table_of(request)
    with asked_together(*table.questions, partial(count_of, request.user)):
        return _listed(request, table)


def _listed(request: ConsultantRequest, table: Table) -> HttpResponse:
    rows = _rows(request, table)
    if request.htmx and not request.htmx.history_restore_request:  # type: ignore[attr-defined]
        response = HttpResponse(rows)
        here = table.form.query_with(page=str(table.page.number) if table.page.number > 1 else "")
        response["HX-Push-Url"] = f"{reverse('sessions:list')}?{here}"
    else:
        context = {"nav": "sessions", "table": table, "listed": rows, "version": version_of(rows)}
        response = render(request, "sessions/desk/list.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_GET
@approved_consultant_required
def rows(request: ConsultantRequest) -> HttpResponse:
    """The rows alone, for a page that is open; 304 while they would look the same. What there is to say of something
    that was just done comes before them."""
    text = _rows(request, table_of(request))
    version = version_of(text)
    said = get_messages(request)
    if etags.has(request, version) and not len(said):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(render_to_string("components/messages.html", {"messages": said}) + text)
    response["ETag"] = version
    response["Cache-Control"] = "private, no-cache"
    return response


def _rows(request: ConsultantRequest, table: Table) -> str:
    return render_to_string("sessions/desk/_list.html", {"table": table}, request)


@require_GET
@approved_consultant_required
def export(request: ConsultantRequest) -> HttpResponseBase:
    """All that fit, streamed."""
    return exported(table_of(request).rows, consultant=request.consultant, user=None)


@require_GET
@approved_consultant_required
def clients(request: ConsultantRequest) -> HttpResponse:
    """Those of the consultant's clients whom ``?q=`` may mean, for a list that is offered while one types."""
    words = plain(request.GET.get("q", ""))[:100]
    found = named_clients(request.consultant, words).order_by("name", "email").only("name", "email")[:MOST_FOUND]
    return render(request, "sessions/desk/_clients.html", {"labels": [label_of(client) for client in found]})
