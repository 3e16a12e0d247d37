"""A consultant who is logged in, a payment to them, and their bookings as they stand in the table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import Booking
from bookings.testing import make_paid, payment_of
from consultants.models import Consultant
from naksha.testing import make_client, make_service
from payments.models import Payment
from sessions_app.models import Session

TODAY = reverse("dashboard:today")
BOARD = reverse("dashboard:board")
NOON = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)  # Friday, noon in India


@pytest.fixture
def owner(client: Client, consultant: Consultant) -> Client:
    client.force_login(consultant.user)
    return client


@pytest.fixture
def payment(fake_gateway: Any, consultant: Consultant) -> Payment:
    """₹1,500 for a first call, of which Naksha keeps ₹150 and ₹27 GST on it."""
    booking, _token = make_paid(fake_gateway, consultant)
    return payment_of(booking)


def text(answer: Any) -> str:
    return answer.content.decode()


def make_booking(consultant: Consultant, starts_at: datetime, *, minutes: int = 30, **fields: Any) -> Booking:
    """A booking as it stands in the table, with its session if it is accepted."""
    service = consultant.services.first() or make_service(consultant)
    client = fields.pop("client", None) or make_client(consultant)
    ends_at = starts_at + timedelta(minutes=minutes)
    values: dict[str, Any] = {
        "status": "accepted", "timezone": "Asia/Kolkata", "title": service.title, "platform": "jitsi",
        "needs_confirmation": False, "price_paise": 150_000, "tax_paise": 0, "total_paise": 150_000,
        "due_now_paise": 150_000, "paid_paise": 150_000, "gst_basis_points": 0, "fee_basis_points": 1000,
        "free_cancel_hours": 24, "partial_cancel_hours": 4, "partial_refund_percent": 50, "reschedule_hours": 4,
        "max_reschedules": 2, "contact_name": client.name, **fields,
    }  # fmt: skip
    if values["status"] == "accepted":
        values["session"] = Session.objects.create(
            consultant=consultant, service=service, client=client, title=service.title, starts_at=starts_at,
            ends_at=ends_at, platform="jitsi", place="https://meet.example/naksha-x",
        )  # fmt: skip
    return Booking.objects.create(
        consultant=consultant, service=service, client=client, starts_at=starts_at, ends_at=ends_at, **values
    )


def page(client: Client) -> str:
    return client.get(TODAY).content.decode()
