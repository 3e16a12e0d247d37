"""Rows of a practice for tests of its clients, as the services leave them; and lists that it takes in."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from bookings.models import Booking
from clients.models import Client, ClientImport
from clients.services.importing import confirm, start, work
from consultants.models import Consultant, Service
from naksha.testing import make_client, make_service
from sessions_app.models import Seat, Session

_number = count(1)
DAY = timedelta(days=1)
HEAD = "Name,Mail address,Phone,Tags\n"


def make_held(
    consultant: Consultant, client: Client | None, *, days_ago: float = 1, status: str = "completed", **fields: Any
) -> Session:
    """A session ``days_ago``, or as many days ahead where that is negative; the time it took is not kept."""
    starts_at = timezone.now() - days_ago * DAY
    values = {
        "title": "First call",
        "kind": "personal" if client else "webinar",
        "status": status,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=30),
        "platform": "jitsi",
        **fields,
    }
    return Session.objects.create(consultant=consultant, client=client, **values)


def make_seat(session: Session, client: Client, status: str = "taken") -> Seat:
    return Seat.objects.create(session=session, client=client, status=status)


def make_booking(client: Client, *, service: Service | None = None, **fields: Any) -> Booking:
    service = service or make_service(client.consultant)
    starts_at: datetime = fields.pop("starts_at", timezone.now() + 3 * DAY)
    total = fields.pop("total_paise", 0)
    values = {
        "status": "pending",
        "answer_by": starts_at,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=30),
        "timezone": "Asia/Kolkata",
        "title": service.title,
        "platform": "jitsi",
        "needs_confirmation": False,
        "price_paise": total,
        "tax_paise": 0,
        "total_paise": total,
        "due_now_paise": 0,
        "gst_basis_points": 0,
        "fee_basis_points": 0,
        "free_cancel_hours": 24,
        "partial_cancel_hours": 4,
        "partial_refund_percent": 50,
        "reschedule_hours": 12,
        "max_reschedules": 2,
        **fields,
    }
    return Booking.objects.create(consultant=client.consultant, service=service, client=client, **values)


def make_practice(consultant: Consultant, clients: int, each: int = 2) -> list[Client]:
    """Clients with sessions and a tag each."""
    made = []
    for n in range(clients):
        client = make_client(consultant, name=f"Person {chr(97 + n % 26)}{'x' * (n // 26)}")
        for k in range(each):
            make_held(consultant, client, days_ago=3 + n + 10 * k)
        made.append(client)
    return made


# --- lists that are taken in ------------------------------------------------------------------------


def many(n: int) -> str:
    return HEAD + "".join(f"Person {chr(97 + k % 26)},p{k}@x.example,,T{k % 3}\n" for k in range(n))


def taken(consultant: Consultant, text: str | bytes, **more: Any) -> ClientImport:
    data = text if isinstance(text, bytes) else text.encode()
    return start(consultant=consultant, actor=consultant.user, filename="mine.csv", data=data, **more)


def checked(consultant: Consultant, text: str | bytes) -> ClientImport:
    job = taken(consultant, text)
    work(job.pk)
    job.refresh_from_db()
    return job


def written(consultant: Consultant, text: str | bytes) -> ClientImport:
    job = checked(consultant, text)
    confirm(job=job, actor=consultant.user)
    work(job.pk)
    job.refresh_from_db()
    return job


def outcomes(job: ClientImport) -> list[tuple[int, str, str]]:
    return [(row.number, row.outcome, row.why) for row in job.rows.all()]
