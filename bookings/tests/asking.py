"""What an app sends to book a time."""

from __future__ import annotations

from typing import Any

from naksha.testing import next_slot_start
from naksha.times import iso

FARHAN = {"name": "Farhan Qureshi", "email": "farhan@example.com", "phone": "98200 12345"}


def sent(service: Any, **changes: Any) -> dict[str, Any]:
    body = {
        "consultantSlug": service.consultant.slug,
        "serviceId": str(service.pk),
        "start": iso(next_slot_start()),
        "client": FARHAN,
        "timezone": "Europe/London",
    }
    return {name: value for name, value in {**body, **changes}.items() if value is not None}
