"""``python -m bench.api_data``: a consultant with 5,000 sessions, most of them booked, and a token of theirs; ``plans``
says by which way PostgreSQL reads a page of their list."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
SESSIONS, CLIENTS, OTHERS = 5_000, 400, 5_000
BOOKED_OF_TEN = 8


def fill() -> dict[str, Any]:
    """One consultant's sessions beside another's, made as rows: no rule of time keeps them apart."""
    from itertools import count

    from accounts.api import tokens
    from naksha import testing
    from naksha.testing import make_consultant

    testing._number = count(2_000_000)  # beside the people whom other parts made in processes of their own
    busy, other = make_consultant(slug="busy-practice"), make_consultant(slug="other-practice")
    history(other, OTHERS)
    history(busy, SESSIONS)
    analyze()
    _login, pair = tokens.begin(user=busy.user, device="bench")
    return {"consultant": str(busy.pk), "token": pair.access}


def history(consultant: Any, many: int) -> None:
    """``many`` sessions, one each hour back from next month; eight of ten came of a booking that was paid."""
    from django.utils import timezone

    from bookings.models import Booking
    from clients.models import Client
    from naksha.testing import make_service
    from sessions_app.models import Session
    from sessions_app.services.recording import new_reference

    service = make_service(consultant)
    clients = Client.objects.bulk_create(
        Client(consultant=consultant, name=f"Client {n}", email=f"client{n}@example.com") for n in range(CLIENTS)
    )
    first = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=30)
    sessions, bookings = [], []
    for n in range(many):
        start = first - timedelta(hours=n)
        booked = n % 10 < BOOKED_OF_TEN
        facts = {"starts_at": start, "ends_at": start + timedelta(minutes=30), "title": service.title}
        price = {"price_paise": 150_000, "tax_paise": 0, "total_paise": 150_000}
        session = Session(
            consultant=consultant,
            service=service,
            client=clients[n % CLIENTS],
            platform="jitsi",
            status="completed" if start < timezone.now() else "confirmed",
            reference=None if booked else new_reference(),
            **facts,
            **({} if booked else price),
        )
        sessions.append(session)
        if booked:
            bookings.append(
                Booking(
                    consultant=consultant,
                    service=service,
                    client=session.client,
                    status="accepted",
                    session=session,
                    timezone="Asia/Kolkata",
                    platform="jitsi",
                    needs_confirmation=False,
                    due_now_paise=150_000,
                    paid_paise=150_000,
                    gst_basis_points=0,
                    fee_basis_points=1000,
                    free_cancel_hours=24,
                    partial_cancel_hours=6,
                    partial_refund_percent=50,
                    reschedule_hours=12,
                    max_reschedules=2,
                    **facts,
                    **price,
                )
            )
    Session.objects.bulk_create(sessions, batch_size=2_000)
    Booking.objects.bulk_create(bookings, batch_size=2_000)


def analyze() -> None:
    """Bring what the planner knows, and which pages are whole, up to date, as autovacuum does in the background."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE sessions_app_session, bookings_booking, clients_client, payments_payment")


def plans(consultant_id: str) -> dict[str, Any]:
    from uuid import UUID

    from sessions_app.api import whole

    return {"page": whole.page(UUID(consultant_id))[:20].explain(format="json", analyze=True)}


if __name__ == "__main__":
    django.setup()
    parts: dict[str, Callable[..., Any]] = {"fill": fill, "plans": plans}
    json.dump(parts[sys.argv[1]](*sys.argv[2:]), sys.stdout)
