"""Makers for tests of quotations: all through the services."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from clients.models import Client
from consultants.models import Consultant
from naksha.testing import make_client, make_consultant
from payments.models import Payment
from payments.services import complete, ensure_order
from quotations.models import Quotation
from quotations.services import Draft, LineFacts, accept, open_part, send, write_draft


def draft_of(**fields: Any) -> Draft:
    """Two lines that come to ₹25,000 before a discount."""
    values: dict[str, Any] = {
        "title": "Incorporation of a company",
        "valid_until": timezone.localdate() + timedelta(days=14),
        "lines": (
            LineFacts("Name, papers and filing", 100, 2_000_000),
            LineFacts("Advice by the hour", 250, 200_000),
        ),
        "message": "As we said on the phone.",
        "terms": "Half before we begin.",
    }
    return Draft(**{**values, **fields})


def make_draft(consultant: Consultant | None = None, *, client: Client | None = None, **fields: Any) -> Quotation:
    consultant = consultant or make_consultant()
    client = client or make_client(consultant)
    return write_draft(consultant=consultant, actor=consultant.user, client=client, draft=draft_of(**fields))


def make_sent(consultant: Consultant | None = None, **fields: Any) -> tuple[Quotation, str]:
    """One that waits for its answer, and the token of its link."""
    quotation = make_draft(consultant, **fields)
    token = send(quotation=quotation, actor=quotation.consultant.user)
    return _fresh(quotation), token


def make_accepted(consultant: Consultant | None = None, **fields: Any) -> tuple[Quotation, str]:
    quotation, token = make_sent(consultant, **fields)
    accept(quotation=quotation, version=quotation.version, name="Farhan Qureshi", address="203.0.113.9")
    return _fresh(quotation), token


def pay_part(gateway: Any, quotation: Quotation, part: str = "") -> Payment:
    """Pay the deposit, or what is left, by way of the gateway."""
    payment = ensure_order(open_part(quotation=quotation, part=part).pk)
    return complete(**gateway.signed_answer(gateway.pay(payment.order_id or "")))


def _fresh(quotation: Quotation) -> Quotation:
    return Quotation.objects.select_related("consultant__user", "client__user").get(pk=quotation.pk)


__all__ = ["draft_of", "make_accepted", "make_draft", "make_sent", "pay_part"]
