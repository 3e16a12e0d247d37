"""Accepted work becomes sessions: a line of a quotation is written down as one, and the two know each other."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import ConsultantRequest, approved_consultant_required
from naksha.db import db_now
from quotations import services
from quotations.models import Quotation, QuotationLine
from sessions_app.desk_forms import first_values
from sessions_app.models import Session
from sessions_app.views.desk import record_page


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def new_session(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """The form for a new session with client and title filled in. Its price is the quotation's, so it has none."""
    mine = QuotationLine.objects.select_related("quotation__client").filter(
        quotation__consultant=request.consultant, quotation__status__in=Quotation.AGREED
    )
    line = get_object_or_404(mine, pk=pk)
    quotation = line.quotation

    def remember(session: Session) -> None:
        services.note_session(
            line=line,
            actor=request.user,
            session_id=session.pk,
            client_id=session.client_id,
            total_paise=session.total_paise,
        )

    initial = first_values(request.consultant, db_now(), quotation.client)
    note = _("From quotation %(number)s, which carries the money: leave the price empty.") % {"number": quotation.label}
    return record_page(request, initial={**initial, "title": line.description[:100]}, note=note, then=remember)
