"""The jobs of bookings. Each only looks: the rows say what is to be done."""

from __future__ import annotations

import uuid

from celery import shared_task


@shared_task
def expire_due() -> int:
    """Every 30 seconds: end lapsed holds, unanswered requests and offers, and finish webinars that were called off."""
    from bookings.services import decide, webinars

    return decide.expire_due() + webinars.finish_cancelled()


@shared_task
def mail_requests() -> int:
    """Every minute: mail the requests that came in quiet hours which are over now."""
    from bookings.services import decide

    return decide.mail_requests_due()


@shared_task
def offer_days(consultant_id: str) -> int:
    """When time was freed: offer it to who waits for the day."""
    from bookings.services import waitlist

    return waitlist.offer_days(consultant_id=uuid.UUID(consultant_id))


@shared_task
def offer_waiting() -> int:
    """Every few minutes: offer what was freed without anybody being told (a lapsed hold, new hours, more seats)."""
    from bookings.services import waitlist

    return waitlist.offer_all()
