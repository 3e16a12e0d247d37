"""Makers of rows for tests. Each makes a whole, valid thing; keywords change what the test is about."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import User
from availability.models import WeeklyHours
from clients.models import Client
from consultants.models import BookingPolicy, City, Consultant, Field, Language, Service

PASSWORD = "Monsoon-2026!"
_number = count(1)


def make_user(**fields: Any) -> User:
    n = next(_number)
    fields.setdefault("email", f"person{n}@example.com")
    fields.setdefault("first_name", "Person")
    fields.setdefault("last_name", f"No{n}")
    password = fields.pop("password", PASSWORD)
    verified = fields.pop("verified", True)
    user = User.objects.create_user(fields.pop("email"), password, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
    return user


def make_admin(**fields: Any) -> User:
    return make_user(role=User.Role.ADMIN, **fields)


def make_consultant(*, hours: bool = True, **fields: Any) -> Consultant:
    """An approved, complete, listed consultant with terms and, unless told otherwise, 9:00 to 17:00 on all days."""
    n = next(_number)
    user = fields.pop("user", None) or make_user(role=User.Role.CONSULTANT, first_name="Asha", last_name=f"Rao{n}")
    policy = fields.pop("policy", {})
    city, _ = City.objects.get_or_create(
        slug="pune", defaults={"name": "Pune", "state_code": "27", "latitude": "18.5204", "longitude": "73.8567"}
    )
    field, _ = Field.objects.get_or_create(slug="tax", defaults={"name": "Tax"})
    language, _ = Language.objects.get_or_create(code="en", defaults={"name": "English", "own_name": "English"})
    values: dict[str, Any] = {
        "slug": f"asha-rao-{n}",
        "display_name": user.name,
        "status": Consultant.Status.APPROVED,
        "profile_completed_at": timezone.now(),
        "headline": "Tax for founders, in plain words",
        "bio": "Fourteen years of notices answered.",
        "city": city,
        "experience_years": 14,
        "state_code": "27",
        "pin_code": "411004",
        "address": "4 Karve Road, Pune",
        "legal_name": user.name,
    }
    values.update(fields)
    consultant = Consultant.objects.create(user=user, **values)
    consultant.fields.add(field)
    consultant.languages.add(language)
    BookingPolicy.objects.create(
        consultant=consultant, **{"min_notice_minutes": 0, "slot_interval_minutes": 30, "horizon_days": 60, **policy}
    )
    if hours:
        WeeklyHours.objects.bulk_create(
            WeeklyHours(consultant=consultant, weekday=day, start_minute=540, end_minute=1020) for day in range(7)
        )
    return consultant


def make_service(consultant: Consultant, **fields: Any) -> Service:
    values: dict[str, Any] = {"title": "First call", "minutes": 30, "price_paise": 150_000}
    values.update(fields)
    return Service.objects.create(consultant=consultant, **values)


def make_client(consultant: Consultant, **fields: Any) -> Client:
    n = next(_number)
    values: dict[str, Any] = {
        "name": f"Farhan Qureshi {n}",
        "email": f"farhan{n}@example.com",
        "phone": "+919800000001",
        "state_code": "27",
        "pin_code": "411001",
    }
    values.update(fields)
    return Client.objects.create(consultant=consultant, **values)


def next_slot_start(days: int = 2, hour_utc: int = 5, minute: int = 30) -> Any:
    """A start inside the hours of :func:`make_consultant`: by default 11:00 IST, two days ahead, as an instant."""
    return (timezone.now() + timedelta(days=days)).replace(hour=hour_utc, minute=minute, second=0, microsecond=0)
