"""Services that may be away: nobody waits for them twice, and the log says it once."""

from __future__ import annotations

import threading
import time

import structlog
from redis import exceptions as redis

# A Redis that does not answer, or that takes nothing in: it is full, or became a replica.
REDIS_AWAY = (redis.ConnectionError, redis.TimeoutError, redis.OutOfMemoryError, redis.ReadOnlyError)

log = structlog.get_logger(__name__)


class Outage:
    """Remembers for ``seconds`` that a service did not answer, so that the next caller need not wait for it."""

    def __init__(self, service: str, seconds: float = 2.0) -> None:
        self.service = service
        self.seconds = seconds
        self._lock = threading.Lock()
        self._down = False
        self._ask_again_at = 0.0

    @property
    def worth_asking(self) -> bool:
        """False while the service is known to be away."""
        return not self._down or time.monotonic() >= self._ask_again_at

    def began(self, error: BaseException) -> None:
        """Told by a caller that got no answer. Only the first of an outage is logged."""
        with self._lock:
            first, self._down = not self._down, True
            self._ask_again_at = time.monotonic() + self.seconds
        if first:
            log.warning("service_down", service=self.service, error=type(error).__name__)

    def ended(self) -> None:
        """Told by a caller that got an answer."""
        if not self._down:
            return
        with self._lock:
            was, self._down = self._down, False
        if was:
            log.warning("service_back", service=self.service)
