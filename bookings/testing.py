"""Makers for tests: bookings come about through the services, as they do in life."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from bookings.services import Details, hold, hold_seat
from clients.models import Client
from consultants.models import Consultant, Service
from naksha.testing import make_service, make_user, next_slot_start
from payments.models import Payment
from payments.services import complete, ensure_order
from payments.testing import FakeGateway
from sessions_app.models import Session
from sessions_app.services import schedule_webinar


def details(**changes: Any) -> Details:
    values: dict[str, Any] = {
        "name": "Farhan Qureshi",
        "email": "farhan@example.com",
        "phone": "+919800000001",
        "timezone": "Asia/Kolkata",
    }
    return Details(**{**values, **changes})


def make_held(consultant: Consultant, *, starts_at: datetime | None = None, **fields: Any) -> tuple[Booking, str]:
    """A booking that waits for its money."""
    typed = fields.pop("details", None) or details()
    service = fields.pop("service", None) or make_service(consultant, **fields)
    return hold(service=service, starts_at=starts_at or next_slot_start(), details=typed)


def payment_of(booking: Booking) -> Payment:
    return Payment.objects.for_payable("booking", booking.pk).latest("created_at")


def login_of(booking: Booking, **fields: Any) -> User:
    """A login that the booking's client row belongs to."""
    user = make_user(email=booking.client.email, **fields)
    Client.objects.filter(pk=booking.client_id).update(user=user)
    return user


def pay(gateway: FakeGateway, booking: Booking) -> Booking:
    """Pay what is due, as the client's browser does it. Call it outside of a transaction of yours."""
    payment = ensure_order(payment_of(booking).pk)
    complete(**gateway.signed_answer(gateway.pay(payment.order_id or "")))
    booking.refresh_from_db()
    return booking


def make_paid(gateway: FakeGateway, consultant: Consultant, **fields: Any) -> tuple[Booking, str]:
    booking, token = make_held(consultant, **fields)
    return pay(gateway, booking), token


def make_webinar(consultant: Consultant, *, days: int = 3, **fields: Any) -> Session:
    service: Service = fields.pop("service", None) or make_service(
        consultant, **{"kind": "webinar", "title": "GST for makers", "capacity": 2, "price_paise": 0, **fields}
    )
    start = (timezone.now() + timedelta(days=days)).replace(minute=0, second=0, microsecond=0)
    return schedule_webinar(service=service, starts_at=start, actor=consultant.user)


__all__ = ["details", "hold_seat", "make_held", "make_paid", "make_webinar", "pay", "payment_of"]
