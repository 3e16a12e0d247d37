"""The schedule's own pulse."""

from __future__ import annotations

import time

from celery import shared_task
from django.core.cache import cache

HEARTBEAT = "heartbeat"


@shared_task
def heartbeat() -> None:
    """Leave the time of day in the cache: schedule, queue and worker all work if it is young (naksha.web.health)."""
    cache.set(HEARTBEAT, int(time.time()), timeout=600)
