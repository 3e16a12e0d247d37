"""What the desk's pages of sessions share."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.access import ConsultantRequest
from sessions_app.models import Session


def their_session(request: ConsultantRequest, pk: UUID) -> Session:
    """A session of this consultant; another's, or one that came to nothing, is 404."""
    mine = request.consultant.sessions.select_related("consultant__user", "client__user", "service", "terms")
    return get_object_or_404(mine.exclude(status=Session.Status.ABANDONED), pk=pk)


def back_to(request: HttpRequest, pk: UUID) -> str:
    """Where the button was pressed: the room says so with ``next``, which stays on this site; else the desk's page."""
    there = request.POST.get("next") or request.GET.get("next") or ""
    if there.startswith("/") and url_has_allowed_host_and_scheme(there, allowed_hosts=None):
        return there
    return reverse("sessions:desk", args=[pk])
