"""Bookings on their consultant's desk of money (payments.payable.Desk)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Case, F, QuerySet, When
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from bookings.models import Booking
from bookings.services.balance import ask_for_balance
from consultants.models import Consultant
from payments.payable import Subject

S = Booking.Status
_CLOSED = (S.CANCELLED, S.REJECTED, S.EXPIRED)
_NAMED = ("reference", "title", "status", "contact_name", "client__name")


class BookingDesk:
    @property
    def noun(self) -> str:
        return _("Booking")

    def subjects(self, ids: Collection[UUID]) -> dict[UUID, Subject]:
        rows = Booking.objects.filter(pk__in=ids).select_related("client")
        return {row.pk: _subject(row) for row in rows.only(*_NAMED)}

    def owing(self, consultant: Consultant) -> QuerySet[Booking]:
        rows = Booking.objects.filter(consultant=consultant).owing()
        return rows.annotate(over_at=F("ends_at"), owed=F("total_paise") - F("paid_paise"), price=F("total_paise"))

    def ending_from(self, consultant: Consultant, moment: datetime) -> QuerySet[Booking]:
        over = Case(When(status__in=_CLOSED, then=F("closed_at")), default=F("ends_at"))
        rows = Booking.objects.filter(consultant=consultant, paid_paise__gt=0)
        return rows.annotate(over_at=over).filter(over_at__gte=moment)

    def ended_by_refund(self, payable_id: UUID, amount_paise: int) -> str:
        return ""  # whoever cancels says so

    def ask(self, payable_id: UUID, *, actor: User) -> None:
        ask_for_balance(booking=Booking.objects.filter(consultant__user=actor).get(pk=payable_id), actor=actor)


def _subject(booking: Booking) -> Subject:
    return Subject(
        noun=BookingDesk().noun,
        reference=booking.reference,
        title=booking.title,
        # What has come to nothing yet has no page there.
        url="" if booking.status in (S.HELD, S.ABANDONED) else reverse("bookings:request", args=[booking.pk]),
        client_id=booking.client_id,
        client_name=booking.contact_name or booking.client.name,
    )
