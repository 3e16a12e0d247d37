"""Accepted quotations on their consultant's desk of money (payments.payable.Desk)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from consultants.models import Consultant
from payments.payable import Subject
from quotations.models import Quotation
from quotations.services.calling_off import ends_with
from quotations.services.paying import ask_for_rest


class QuotationDesk:
    @property
    def noun(self) -> str:
        return _("Quotation")

    def subjects(self, ids: Collection[UUID]) -> dict[UUID, Subject]:
        rows = Quotation.objects.filter(pk__in=ids).select_related("client")
        return {row.pk: _subject(row) for row in rows}

    def owing(self, consultant: Consultant) -> QuerySet[Quotation]:
        rows = Quotation.objects.filter(consultant=consultant).owing()
        return rows.annotate(over_at=F("accepted_at"), price=F("total_paise"))

    def ending_from(self, consultant: Consultant, moment: datetime) -> QuerySet[Quotation]:
        """Work has no end that is known here."""
        return Quotation.objects.none().annotate(over_at=F("accepted_at"))

    def ended_by_refund(self, payable_id: UUID, amount_paise: int) -> str:
        quotation = Quotation.objects.select_related("client").filter(pk=payable_id).first()
        if quotation is None or not ends_with(quotation, amount_paise):
            return ""
        return _("This calls the work off; %(name)s is told.") % {"name": quotation.client.name}

    def ask(self, payable_id: UUID, *, actor: User) -> None:
        theirs = Quotation.objects.filter(consultant__user=actor)
        ask_for_rest(quotation=theirs.get(pk=payable_id), actor=actor)


def _subject(quotation: Quotation) -> Subject:
    return Subject(
        noun=QuotationDesk().noun,
        reference=quotation.label,
        title=quotation.title,
        url=reverse("quotations:one", args=[quotation.pk]),
        client_id=quotation.client_id,
        client_name=quotation.client.name,
    )
