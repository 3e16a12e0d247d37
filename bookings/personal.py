"""What this app knows of a client: as they may take it along, and how it is erased."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Q

from bookings.models import Booking, BookingLink, WaitlistEntry, WaitlistLink
from bookings.services import leave
from naksha.personal import ERASED_NAME, Identity, erased_mail, redact_rows


def export(clients: Collection[UUID], emails: Collection[str]) -> dict[str, Any]:
    return {
        "bookings": list(
            Booking.objects.filter(client__in=clients)
            .order_by("created_at")
            .values(
                "reference",
                "created_at",
                "consultant__display_name",
                "title",
                "status",
                "starts_at",
                "ends_at",
                "timezone",
                "contact_name",
                "contact_phone",
                "state_code",
                "pin_code",
                "billing_name",
                "billing_address",
                "gstin",
                "answers",
                "total_paise",
                "paid_paise",
                "refunded_paise",
                "currency",
                "close_reason",
            )
        ),
        "waitlists": list(
            _waiting(emails)
            .order_by("created_at")
            .values("created_at", "consultant__display_name", "service__title", "date", "status", "name", "phone")
        ),
    }


def _waiting(emails: Collection[str]) -> Any:
    found = Q(pk__in=[])
    for email in emails:
        found |= Q(email__iexact=email)
    return WaitlistEntry.objects.filter(found)


def written_names(clients: Collection[UUID], emails: Collection[str]) -> set[str]:
    """Names and numbers as they were typed while booking."""
    typed = Booking.objects.filter(client__in=clients).values_list(
        "contact_name", "contact_phone", "billing_name", "billing_address", "gstin"
    )
    waited = _waiting(emails).values_list("name", "phone")
    return {word for row in [*typed, *waited] for word in row}


def erase(*, clients: Collection[UUID], emails: Collection[str], identity: Identity) -> None:
    """Take the person out of their bookings; time, terms and sums stay. Links end, places on lists are given up."""
    mine = Booking.objects.filter(client__in=clients)
    BookingLink.objects.filter(booking__in=mine).delete()
    mine.update(
        contact_name=ERASED_NAME,
        contact_phone="",
        answers=[],
        state_code="",
        pin_code="",
        billing_name="",
        billing_address="",
        gstin="",
        origin="",
        request_hash=None,
        close_reason="",
    )
    redact_rows(mine, identity, "place")
    for entry in _waiting(emails):
        leave(entry=entry)
        WaitlistLink.objects.filter(entry=entry).delete()
        WaitlistEntry.objects.filter(pk=entry.pk).update(name=ERASED_NAME, email=erased_mail(entry.pk), phone="")
