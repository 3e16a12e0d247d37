"""What runs again and again for a consultant's time (naksha/schedule.py)."""

from __future__ import annotations

from celery import shared_task

from availability import services


@shared_task
def sweep_expired() -> int:
    return services.sweep_expired()
