"""Quotations as their client sees them: all that were sent to any row of the login, in the version that counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse

from accounts.models import User
from consultants.models import Consultant
from quotations.models import OWES, Quotation

PER_PAGE = 20
_APPROVED = Q(consultant__status=Consultant.Status.APPROVED)  # a suspended one is neither answered nor paid


@dataclass(frozen=True)
class Offer:
    quotation: Quotation
    now: datetime

    @property
    def is_open(self) -> bool:
        return self.quotation.is_open_at(self.now) and self.quotation.consultant.is_approved

    @property
    def has_lapsed(self) -> bool:
        """Its last day is over, and the schedule has not come by yet."""
        return self.quotation.is_open and not self.quotation.is_open_at(self.now)

    @property
    def state(self) -> tuple[str, str]:
        """The badge: its tone and its word."""
        if self.has_lapsed:
            return "", str(Quotation.Ending.LAPSED.label)
        return self.quotation.client_tone, self.quotation.client_words

    @property
    def due_paise(self) -> int:
        """What is asked for first: the deposit, or all that is left."""
        return self.quotation.due_deposit_paise or self.quotation.payable_paise

    @property
    def url(self) -> str:
        return reverse("quotations:by_login", args=[self.quotation.pk])


def offered_to(user: User) -> QuerySet[Quotation]:
    """What was sent to ``user`` as anybody's client; of several versions the newest that was sent."""
    sent = Quotation.objects.filter(client__user=user, sent_at__isnull=False)
    return sent.exclude(ending=Quotation.Ending.REVISED)


def _waiting(now: datetime) -> Q:
    return _APPROVED & (Q(status__in=Quotation.OPEN, lapses_at__gt=now) | OWES)


def waiting_for(user: User, now: datetime, most: int) -> list[Offer]:
    """What waits for the client's answer or money, what lapses first on top. One query."""
    rows = offered_to(user).filter(_waiting(now)).select_related("consultant")
    return [Offer(row, now) for row in rows.order_by(F("accepted_at").asc(nulls_first=True), "lapses_at", "pk")[:most]]


def page_of(user: User, number: Any, now: datetime) -> tuple[Page, list[Offer]]:
    """A page of them, what waits for the client first. Two queries."""
    first = Case(When(_waiting(now), then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = offered_to(user).select_related("consultant").order_by(first, "-sent_at", "-pk")
    page = Paginator(rows, PER_PAGE).get_page(number)
    return page, [Offer(row, now) for row in page.object_list]
