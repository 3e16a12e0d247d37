"""A quotation as PDF and as a picture: for its consultant by login, for its client by the link."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import ConsultantRequest, approved_consultant_required
from naksha.web.secret import secret
from payments import documents
from quotations import papers
from quotations.models import Quotation
from quotations.views.fetching import own, with_link


def _pdf(quotation: Quotation) -> HttpResponse:
    response = HttpResponse(documents.draw(papers.facts(quotation)), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{quotation.filename}"'
    return response


def _picture(quotation: Quotation) -> HttpResponse:
    response = HttpResponse(papers.picture(quotation), content_type="image/png")
    response["Content-Disposition"] = f'inline; filename="{quotation.picture_name}"'
    return response


@require_safe
@approved_consultant_required
def own_pdf(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    return secret(_pdf(own(request, pk)))


@require_safe
@approved_consultant_required
def own_picture(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    return secret(_picture(own(request, pk)))


@require_safe
@with_link
def pdf(request: HttpRequest, quotation: Quotation, token: str) -> HttpResponse:
    return _pdf(quotation)


@require_safe
@with_link
def picture(request: HttpRequest, quotation: Quotation, token: str) -> HttpResponse:
    """What a chat shows of the link. No look of the client's."""
    return _picture(quotation)
