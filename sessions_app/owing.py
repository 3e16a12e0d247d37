"""Recorded sessions on their consultant's desk of money (payments.payable.Desk)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from consultants.models import Consultant
from payments.payable import Subject
from sessions_app.models import Session
from sessions_app.services import ask_for_price


class SessionDesk:
    @property
    def noun(self) -> str:
        return _("Session")

    def subjects(self, ids: Collection[UUID]) -> dict[UUID, Subject]:
        rows = Session.objects.filter(pk__in=ids, client__isnull=False).select_related("client")
        return {row.pk: _subject(row) for row in rows.only("reference", "title", "client__name")}

    def owing(self, consultant: Consultant) -> QuerySet[Session]:
        rows = Session.objects.filter(consultant=consultant, client__isnull=False).owing()
        return rows.annotate(over_at=F("ends_at"), owed=F("total_paise") - F("paid_paise"), price=F("total_paise"))

    def ending_from(self, consultant: Consultant, moment: datetime) -> QuerySet[Session]:
        rows = Session.objects.filter(consultant=consultant, paid_paise__gt=0)
        return rows.annotate(over_at=Coalesce("cancelled_at", "ends_at")).filter(over_at__gte=moment)

    def ended_by_refund(self, payable_id: UUID, amount_paise: int) -> str:
        return ""  # whoever cancels says so

    def ask(self, payable_id: UUID, *, actor: User) -> None:
        theirs = Session.objects.filter(consultant__user=actor, reference__isnull=False)
        ask_for_price(session=theirs.get(pk=payable_id), actor=actor)


def _subject(session: Session) -> Subject:
    assert session.client is not None
    return Subject(
        noun=SessionDesk().noun,
        reference=session.reference or "",
        title=session.title,
        url=reverse("sessions:desk", args=[session.pk]),
        client_id=session.client.pk,
        client_name=session.client.name,
    )
