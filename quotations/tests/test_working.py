"""A session is noted as the work of a line only where that was agreed, and by its own consultant."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from naksha.errors import InvalidState
from quotations import services
from quotations.models import Quotation, QuotedSession
from quotations.testing import make_accepted, make_sent

pytestmark = pytest.mark.django_db


def note(quotation: Quotation, actor: Any) -> QuotedSession:
    line = quotation.lines.all()[0]
    return services.note_session(
        line=line, actor=actor, session_id=uuid4(), client_id=quotation.client_id, total_paise=0
    )


def test_work_that_is_agreed_is_noted(consultant: Any) -> None:
    quotation, _token = make_accepted(consultant)
    noted = note(quotation, consultant.user)
    assert (noted.line.quotation, noted.made_by) == (quotation, consultant.user)


def test_what_is_not_agreed_or_not_any_more_has_no_work(consultant: Any) -> None:
    sent, _token = make_sent(consultant)
    ended, _token = make_accepted(consultant)
    services.call_off(quotation=ended, actor=consultant.user, reason="It is not needed any more", refund_paise=0)
    for quotation in (sent, ended):
        with pytest.raises(InvalidState):
            note(quotation, consultant.user)
    assert not QuotedSession.objects.exists()


def test_nobody_notes_it_for_another(consultant: Any, other_consultant: Any) -> None:
    quotation, _token = make_accepted(consultant)
    with pytest.raises(PermissionDenied):
        note(quotation, other_consultant.user)
    assert not QuotedSession.objects.exists()
