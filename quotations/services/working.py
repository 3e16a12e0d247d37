"""Accepted work that is done: the sessions that come of its lines."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from naksha.errors import InvalidState, WrongInput
from quotations.models import Quotation, QuotationLine, QuotedSession
from quotations.services import machine, telling


@transaction.atomic
def note_session(
    *, line: QuotationLine, actor: User, session_id: UUID, client_id: UUID | None, total_paise: int
) -> QuotedSession:
    """Note that a session is the work of ``line``; what it costs and whom it is for is told, for this floor knows no
    sessions.

    Raises WrongInput for one with a price of its own, or for another client; InvalidState where the work is not
    agreed, or not any more; PermissionDenied.
    """
    quotation = machine.locked_for(line.quotation, actor)
    if quotation.status not in Quotation.AGREED:
        raise InvalidState
    if total_paise:
        raise WrongInput("price_paise", _("The quotation carries the money: leave the price empty."))
    if client_id != quotation.client_id:
        words = _("The quotation is for %(name)s, and so is its work.")
        raise WrongInput("client", words % {"name": quotation.client.name})
    noted = QuotedSession.objects.create(line=line, session_id=session_id, made_by=actor)
    telling.written(quotation)
    return noted
