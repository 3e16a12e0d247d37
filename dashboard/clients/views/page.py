"""One client: who they are, with everything that happened, part by part."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import ConsultantRequest, approved_consultant_required
from clients import services
from clients.forms import NoteForm
from clients.models import Client, ClientAddress, ClientNote, CustomValue
from dashboard.clients import history, sections
from dashboard.clients.figures import NOTHING, activity_of, figures_of
from naksha.errors import DomainError
from naksha.india import STATES
from naksha.web.parts import Part, part_alone, part_of

SHOWN_NOTES = 5
SHOWN_EVENTS = 12


def their_client(request: ConsultantRequest, pk: UUID) -> Client:
    """A client of this consultant; another's is 404."""
    return get_object_or_404(Client, consultant=request.consultant, pk=pk)


@require_GET
@approved_consultant_required
def client(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """``?show=`` names the part."""
    found = Client.objects.filter(consultant=request.consultant).called(pk)
    if found is None:
        raise Http404
    if found.pk != pk:
        return redirect("clients:client", found.pk)
    return drawn(request, found, request.GET.get("show", ""))


@require_GET
@approved_consultant_required
def parts(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """All that may change of the page, for one that is open; 304 while nothing has."""
    found = their_client(request, pk)
    return part_alone(request, _live(request, found, request.GET.get("show", "")))


def drawn(request: ConsultantRequest, found: Client, show: str, *, status: int = 200, **more: Any) -> HttpResponse:
    live = _live(request, found, show, **more)
    context = {"nav": "clients", "client": found, "show": sections.section(show).key, "live": live}
    return render(request, "clients/client.html", context, status=status)


def _live(request: ConsultantRequest, found: Client, show: str, **more: Any) -> Part:
    consultant, now = request.consultant, timezone.now()
    part = sections.section(show)
    figures = figures_of(consultant, [found.pk], now).get(found.pk, NOTHING)
    asked = sections.Asked(found, consultant, request.GET.get("page"), now)
    context = {
        "client": found,
        "figures": figures,
        "activity": activity_of(found, figures, now),
        "tags": found.tags.order_by("name"),
        "part": part,
        "parts": sections.sections(),
        "zone": consultant.timezone,
        "now": now,
        **part.load(asked),
        **more,
    }
    return part_of(request, "clients/_client.html", context)


def _overview(asked: sections.Asked) -> dict[str, Any]:
    notes = list(asked.client.notes.select_related("by")[: SHOWN_NOTES + 1])
    return {
        "events": history.timeline(asked.client, SHOWN_EVENTS, asked.now),
        "notes": notes[:SHOWN_NOTES],
        "more_notes": len(notes) > SHOWN_NOTES,
        "note_form": NoteForm(),
        "values": CustomValue.objects.filter(client=asked.client).select_related("field").order_by("field__position"),
        "state": STATES.get(asked.client.state_code, ""),
        "addresses": ClientAddress.objects.filter(client=asked.client).order_by("email"),
    }


def _sessions(asked: sections.Asked) -> dict[str, Any]:
    page = history.meetings(asked.client, asked.page, asked.now)
    return {"page": page, "new_url": f"{reverse('sessions:new')}?client={asked.client.pk}"}


def _money(asked: sections.Asked) -> dict[str, Any]:
    return {"page": history.money(asked.client, asked.page), "sums": history.sums_of(asked.client)}


def _messages(asked: sections.Asked) -> dict[str, Any]:
    return {"page": history.messages(asked.client, asked.page)}


def _files(asked: sections.Asked) -> dict[str, Any]:
    return {"page": history.files(asked.client, asked.page)}


def _quotations(asked: sections.Asked) -> dict[str, Any]:
    return {"page": history.quotations(asked.client, asked.page)}


def _notes(asked: sections.Asked) -> dict[str, Any]:
    rows = asked.client.notes.select_related("by")
    return {"page": history.paged(rows, asked.page), "note_form": NoteForm()}


for _part in (
    sections.Section("overview", gettext_lazy("Overview"), "clients/_overview.html", _overview),
    sections.Section("sessions", gettext_lazy("Sessions"), "clients/_sessions.html", _sessions),
    sections.Section("money", gettext_lazy("Money"), "clients/_money.html", _money),
    sections.Section("quotations", gettext_lazy("Quotations"), "clients/_quotations.html", _quotations),
    sections.Section("messages", gettext_lazy("Messages"), "clients/_messages.html", _messages),
    sections.Section("files", gettext_lazy("Files"), "clients/_files.html", _files),
    sections.Section("notes", gettext_lazy("Notes"), "clients/_notes.html", _notes),
):
    sections.register(_part)


@require_POST
@approved_consultant_required
def add_note(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    found = their_client(request, pk)
    show = "notes" if request.POST.get("show") == "notes" else "overview"
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            services.add_note(client=found, actor=request.user, body=form.cleaned_data["body"])
        except DomainError as error:
            form.add_error(None, str(error))
    if form.errors:
        return drawn(request, found, show, status=400, note_form=form)
    messages.success(request, _("The note is kept."))
    return redirect(f"{reverse('clients:client', args=[pk])}?show={show}")


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def delete_note(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    note = get_object_or_404(ClientNote.objects.select_related("client"), client__consultant=request.consultant, pk=pk)
    if request.method == "POST":
        services.delete_note(note=note)
        messages.success(request, _("The note is gone."))
        return redirect(f"{reverse('clients:client', args=[note.client_id])}?show=notes")
    context = {"nav": "clients", "note": note, "client": note.client, "zone": request.consultant.timezone}
    return render(request, "clients/delete_note.html", context)


@require_POST
@approved_consultant_required
def archive(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    return _moved(request, pk, services.archive, _("%(name)s is in the archive. A booking brings them back."))


@require_POST
@approved_consultant_required
def restore(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    return _moved(request, pk, services.restore, _("%(name)s is among your clients again."))


def _moved(request: ConsultantRequest, pk: UUID, act: Any, words: str) -> HttpResponse:
    found = their_client(request, pk)
    try:
        act(client=found, actor=request.user)
        messages.success(request, words % {"name": found.name})
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("clients:client", pk)
