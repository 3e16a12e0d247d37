"""Time that the consultant of the demo login keeps free."""

from __future__ import annotations

from datetime import datetime, timedelta

from availability import services as time
from availability.errors import TimeRefused
from consultants.models import Consultant
from demo.papers import INDIA

# days from today, hour, length in hours, why
KEPT = [(1, 17, 1.5, "Dentist"), (4, 10, 2, "School meeting"), (6, 9, 5, "GST returns, no calls"), (9, 14, 50, "Goa")]
LATER = 4  # hours that it may be put off where somebody has booked


def keep(consultant: Consultant, now: datetime) -> None:
    """Block what is still free of it: whoever has booked stays."""
    for days, hour, hours, why in KEPT:
        first = (now + timedelta(days=days)).astimezone(INDIA).replace(hour=hour, minute=0)
        for start in (first + timedelta(hours=n) for n in range(LATER)):
            if _block(consultant, start, timedelta(hours=hours), why):
                break


def _block(consultant: Consultant, start: datetime, length: timedelta, why: str) -> bool:
    try:
        time.block(consultant_id=consultant.pk, starts_at=start, ends_at=start + length, note=why)
    except TimeRefused:
        return False
    return True
