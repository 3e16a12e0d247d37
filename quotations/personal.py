"""What this app knows of a client: as they may take it along, and how it is erased."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from consultants.models import Consultant
from naksha.db import db_now
from naksha.errors import InvalidState
from naksha.personal import ERASED_NAME, Identity, redact_rows
from quotations.models import Quotation, QuotationLine, QuotationLink, QuotationQuestion, QuotationView
from quotations.services import machine, telling


def _of(clients: Collection[UUID]) -> Any:
    """Theirs, as far as they were ever shown to them."""
    return Quotation.objects.filter(client__in=clients, sent_at__isnull=False)


def export(clients: Collection[UUID]) -> dict[str, Any]:
    return {
        "quotations": list(
            _of(clients)
            .order_by("sent_at")
            .values(
                "number",
                "version",
                "sent_at",
                "consultant__display_name",
                "title",
                "message",
                "terms",
                "status",
                "valid_until",
                "total_paise",
                "deposit_paise",
                "paid_paise",
                "refunded_paise",
                "currency",
                "accepted_at",
                "accepted_name",
                "accepted_from",
                "close_reason",
            )
        ),
        "lines": list(
            QuotationLine.objects.filter(quotation__in=_of(clients))
            .order_by("quotation__sent_at", "position")
            .values("quotation__number", "description", "details", "quantity", "unit_paise", "net_paise")
        ),
        "questions": list(
            QuotationQuestion.objects.filter(quotation__in=_of(clients))
            .order_by("created_at")
            .values("quotation__number", "created_at", "body", "answer", "answered_at")
        ),
        "when_you_looked": list(
            QuotationView.objects.filter(quotation__in=_of(clients)).order_by("at").values("quotation__number", "at")
        ),
    }


def written_names(clients: Collection[UUID]) -> set[str]:
    """Names as they were typed to accept."""
    typed = Quotation.objects.filter(client__in=clients).values_list("accepted_name", "gstin")
    return {word for row in typed for word in row}


def ids_of(clients: Collection[UUID]) -> list[UUID]:
    return list(Quotation.objects.filter(client__in=clients).values_list("pk", flat=True))


def erase(*, clients: Collection[UUID], identity: Identity) -> None:
    """Take the person out of what was offered to them. Sums, times and numbers stay; drafts go, and what waits for an
    answer ends, without a mail to anybody. What is over already stays over in its own way, and only what names the
    person is written anew. Raises InvalidState where something is owed by now."""
    waiting = Quotation.objects.filter(client__in=clients, status__in=Quotation.OPEN).order_by("pk")
    for pk in list(waiting.values_list("pk", flat=True)):
        quotation = machine.locked(pk)
        if quotation.is_open:  # else it lapsed, or was answered, while it was waited for
            machine.close(quotation, machine.S.EXPIRED, now=db_now(), ending=Quotation.Ending.WITHDRAWN)
            telling.changed(quotation)
    approved = Quotation.objects.filter(client__in=clients, consultant__status=Consultant.Status.APPROVED)
    if approved.owing().exists():
        raise InvalidState(_("A quotation was accepted just now, and something is to be paid. Look again."))
    Quotation.objects.filter(client__in=clients, status=machine.S.DRAFT).delete()
    mine = Quotation.objects.filter(client__in=clients)
    QuotationLink.objects.filter(quotation__in=mine).delete()
    QuotationView.objects.filter(quotation__in=mine).delete()
    QuotationQuestion.objects.filter(quotation__in=mine).delete()
    mine.exclude(state_code="", gstin="", accepted_from=None).update(state_code="", gstin="", accepted_from=None)
    mine.exclude(accepted_name="").update(accepted_name=ERASED_NAME)
    mine.filter(status=machine.S.DECLINED).update(close_reason="")  # the client's words; any other is the consultant's
    redact_rows(mine, identity, "title", "message", "terms", "close_reason")
    redact_rows(QuotationLine.objects.filter(quotation__in=mine), identity, "description", "details")
