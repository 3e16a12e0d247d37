"""What clients still owe, and asking for it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_POST, require_safe

from accounts.access import ConsultantRequest, approved_consultant_required
from dashboard.payments.versions import due_version
from naksha.errors import DomainError
from payments.owed import Owing
from payments.payable import desks

PER_PAGE = 25


@require_safe
@approved_consultant_required
def page(request: ConsultantRequest) -> HttpResponse:
    # The version is read first: what changes while the page is made is then fetched once too often, never missed.
    return render(request, "dashboard/payments/due.html", {"version": due_version(request), **_listed(request)})


@require_safe
@approved_consultant_required
@condition(etag_func=due_version)
def rows(request: ConsultantRequest) -> HttpResponse:
    """The list alone, for a page that is open; 304 while nothing has changed."""
    response = render(request, "dashboard/payments/_due.html", _listed(request))
    response["Cache-Control"] = "private, no-cache"
    return response


def _listed(request: ConsultantRequest) -> dict[str, Any]:
    owing = Owing(request.consultant)
    return {
        "nav": "payments",
        "tab": "due",
        "zone": request.consultant.timezone,
        "now": timezone.now(),
        "owing": owing,
        "page": Paginator(owing, PER_PAGE).get_page(request.GET.get("page")),
    }


@require_POST
@approved_consultant_required
def ask(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """Mail the client of a booking or a recorded session the link to pay; another's is 404."""
    for desk in desks().values():
        try:
            desk.ask(pk, actor=request.user)
        except ObjectDoesNotExist:
            continue
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Asked. Your client has the link to pay by mail."))
        return redirect("money:due")
    raise Http404
