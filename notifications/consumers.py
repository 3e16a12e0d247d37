"""The one socket of every page: the count, the newest line, and which parts of the page to fetch again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import Any, ClassVar

import structlog
from channels.db import database_sync_to_async
from django.db import DatabaseError

from naksha.web.close_codes import TRY_LATER
from naksha.web.sockets import Socket
from notifications.centre import state_of
from notifications.live import EVERYTHING, NOTIFICATIONS, group_of

log = structlog.get_logger(__name__)

TOGETHER = 0.05  # seconds: what one change tells in several parts goes out as one
PAUSE = 1.0  # seconds between two frames, however much happens


class Bell(Socket):
    """``/ws/notifications/``: tells a login's open page what has changed. What it hears, it passes over."""

    needs_login: ClassVar[bool] = True

    def groups(self) -> Iterable[str]:
        return [group_of(self.browser.user_id)] if self.browser.user_id else []

    async def entered(self) -> None:
        self._topics: set[str] = {NOTIFICATIONS}
        self._told_at = 0.0
        self._telling = asyncio.create_task(self._tell())

    async def left(self) -> None:
        self._telling.cancel()

    async def look(self, message: dict[str, Any]) -> None:
        """From the layer: something has changed. A thousand of these become one frame a second."""
        self._look(message["topic"])

    def catch_up(self) -> None:
        self._look(NOTIFICATIONS, EVERYTHING)

    def _look(self, *topics: str) -> None:
        if not self._open:
            return
        self._topics.update(topics)
        if self._telling.done():
            self._telling = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        while self._topics and self._open:
            await asyncio.sleep(max(TOGETHER, self._told_at + PAUSE - time.monotonic()))
            topics, self._topics = self._topics, set()
            frame: dict[str, Any] = {"type": "changed", "topics": sorted(topics)}
            if NOTIFICATIONS in topics:
                try:
                    state = await database_sync_to_async(state_of)(self.browser.user_id)
                except DatabaseError as error:  # the page comes back, or asks
                    log.warning("bell_without_database", error=type(error).__name__)
                    await self.end(TRY_LATER)
                    return
                frame = {**state, **frame, "type": "state"}
            self.say(frame)
            self._told_at = time.monotonic()
