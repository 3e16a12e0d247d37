"""Makers for tests of the client area: one login with rows of every kind, with several consultants."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from clients.models import Client
from consultants.models import Consultant
from naksha.testing import make_client, make_service
from sessions_app.models import Session


def client_of(user: User, consultant: Consultant, **fields: Any) -> Client:
    """The login's row with ``consultant``."""
    known = Client.objects.filter(user=user, consultant=consultant).first()
    return known or make_client(consultant, user=user, email=user.email, name=user.name, **fields)


def booked(
    user: User,
    consultant: Consultant,
    *,
    starts_at: datetime | None = None,
    session: dict[str, Any] | None = None,
    **fields: Any,
) -> Booking:
    """A booking as its row stands, confirmed unless told otherwise; ``session`` are its session's fields."""
    client = client_of(user, consultant)
    starts_at = starts_at or timezone.now() + timedelta(days=2)
    service = fields.pop("service", None) or make_service(consultant)
    common = {
        "consultant": consultant,
        "service": service,
        "client": client,
        "title": fields.get("title", service.title),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=30),
        "platform": "jitsi",
    }
    status = fields.get("status", Booking.Status.ACCEPTED)
    made = None
    if status == Booking.Status.ACCEPTED or session is not None:
        made = Session.objects.create(**{**common, "place": "https://meet.example/x", **(session or {})})
    values: dict[str, Any] = {
        **common,
        "status": status,
        "session": made,
        "booked_by": user,
        "timezone": "Asia/Kolkata",
        "contact_name": user.name,
        "needs_confirmation": False,
        "price_paise": 150_000,
        "tax_paise": 0,
        "total_paise": 150_000,
        "due_now_paise": 150_000,
        "paid_paise": 150_000,
        "gst_basis_points": 0,
        "fee_basis_points": 1000,
        "free_cancel_hours": 24,
        "partial_cancel_hours": 4,
        "partial_refund_percent": 50,
        "reschedule_hours": 4,
        "max_reschedules": 2,
    }
    if status == Booking.Status.HELD:
        values |= {"hold_expires_at": timezone.now() + timedelta(minutes=9), "paid_paise": 0}
    if status == Booking.Status.PENDING:
        values |= {"answer_by": timezone.now() + timedelta(hours=9)}
    return Booking.objects.create(**{**values, **fields})


def recorded(user: User, consultant: Consultant, *, starts_at: datetime, **fields: Any) -> Session:
    """A session that the consultant wrote down without a booking."""
    values: dict[str, Any] = {
        "consultant": consultant,
        "client": client_of(user, consultant),
        "title": "By phone",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=45),
        "platform": "phone",
    }
    return Session.objects.create(**{**values, **fields})
