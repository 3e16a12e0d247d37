"""Two clients who are one: chosen, shown, and only then done."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import ConsultantRequest, approved_consultant_required
from clients import services
from clients.fields import plain
from clients.models import Client
from dashboard.clients.figures import values_of
from dashboard.clients.listing import LONGEST_SEARCH
from dashboard.clients.views.page import their_client
from naksha.errors import DomainError

SHOWN = 10


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def merge(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """The client of the address is kept; ``other`` goes into them."""
    kept = their_client(request, pk)
    wanted = (request.POST if request.method == "POST" else request.GET).get("other", "")
    if not wanted:
        return _choice(request, kept)
    try:
        other = get_object_or_404(Client, consultant=request.consultant, pk=UUID(wanted))
    except ValueError:
        return _choice(request, kept)
    if request.method == "POST":
        try:
            services.merge(kept=kept, gone=other, actor=request.user)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("They are one client now."))
            return redirect("clients:client", kept.pk)
    plan = services.merge_plan(kept=kept, gone=other)
    values = values_of(request.consultant, [kept.pk, other.pk])
    context = {
        "nav": "clients",
        "client": kept,
        "plan": plan,
        "kept_paise": values.get(kept.pk, 0),
        "gone_paise": values.get(other.pk, 0),
        "both_paise": sum(values.values()),
    }
    return render(request, "clients/merge.html", context, status=409 if request.method == "POST" else 200)


def _choice(request: ConsultantRequest, kept: Client) -> HttpResponse:
    """Who could be meant: what was searched for, else who has the same name or number."""
    words = plain(request.GET.get("q", "")).strip()[:LONGEST_SEARCH]
    others = Client.objects.known().filter(consultant=request.consultant).exclude(pk=kept.pk)
    alike = Q(name__iexact=kept.name)
    if kept.phone:
        alike |= Q(phone=kept.phone)
    found = (others.about(words) if words else others.filter(alike)).order_by("name", "pk")
    context = {"nav": "clients", "client": kept, "words": words, "found": found[:SHOWN], "most": SHOWN}
    return render(request, "clients/merge_choice.html", context)
