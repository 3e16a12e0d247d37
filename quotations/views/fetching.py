"""Fetching a quotation: through its consultant's login, or through a link."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.access import ConsultantRequest
from naksha.web.secret import secret
from quotations.models import Quotation
from quotations.services import links
from quotations.services.drafting import as_sent_now

P = ParamSpec("P")


def own(request: ConsultantRequest, pk: UUID) -> Quotation:
    """A quotation of this consultant; another's is 404. A draft is as it would be sent now."""
    found: Quotation = get_object_or_404(
        Quotation.objects.select_related("consultant__user", "client__user"), pk=pk, consultant=request.consultant
    )
    return as_sent_now(found)


def with_link(
    view: Callable[Concatenate[HttpRequest, Quotation, str, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Fetch what a token opens, in the version that counts; for an unknown one, 404 with where to look for it. The page
    is nobody else's to keep."""

    @wraps(view)
    def fetched(request: HttpRequest, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            quotation = links.resolve(token)
        except Quotation.DoesNotExist:
            return not_here(request)
        return secret(view(request, quotation, token, *args, **kwargs))

    return fetched


def not_here(request: HttpRequest) -> HttpResponse:
    """The same for a link that is unknown, one that was stopped, and one of a draft."""
    return secret(render(request, "quotations/not_here.html", status=404))


def sums_of(quotation: Quotation) -> dict[str, Any]:
    """What the table of lines shows, wherever it stands. One query."""
    return {
        "quotation": quotation,
        "lines": list(quotation.lines.all()),
        "split": quotation.split,
        "gst_percent": f"{quotation.gst_points / 100:g}",
        "half_percent": f"{quotation.gst_points / 200:g}",
        "discount_percent": f"{quotation.discount_points / 100:g}",
        "deposit_percent": f"{quotation.deposit_points / 100:g}",
    }
