"""A live connection without a network, for tests of sockets."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from django.conf import settings
from django.test import Client


class Line(ApplicationCommunicator):
    """One WebSocket handshake to ``app`` and what comes after. ``cookie`` is the key of a Django session."""

    def __init__(
        self,
        app: Any,
        path: str,
        cookie: str | None = None,
        *,
        origin: str | None = "https://naksha.test",
        host: str = "naksha.test",
        **scope: Any,
    ) -> None:
        headers = [(b"host", host.encode())]
        if origin is not None:
            headers.append((b"origin", origin.encode()))
        if cookie is not None:
            headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()))
        super().__init__(app, {"type": "websocket", "path": path, "headers": headers, "query_string": b"", **scope})  # type: ignore[no-untyped-call]

    async def connect(self, timeout: float = 10) -> int | None:
        """The handshake: None when it was accepted, else the code with which it was refused."""
        await self.send_input({"type": "websocket.connect"})  # type: ignore[no-untyped-call]
        answer = await self.receive_output(timeout)  # type: ignore[no-untyped-call]
        return None if answer["type"] == "websocket.accept" else answer.get("code", 1000)

    async def say(self, frame: Any) -> None:
        await self.send_input({"type": "websocket.receive", "text": json.dumps(frame)})  # type: ignore[no-untyped-call]

    async def hear(self, kind: str | None = None, timeout: float = 10) -> Any:
        """The next frame, or the next whose type is ``kind``. A close fails the test."""
        until = time.monotonic() + timeout
        while True:
            event = await self.receive_output(max(0.01, until - time.monotonic()))  # type: ignore[no-untyped-call]
            assert event["type"] == "websocket.send", event
            frame = json.loads(event["text"])
            if kind is None or frame["type"] == kind:
                return frame

    async def closed(self, within: float = 5.0) -> int:
        """The code with which the server closes; what it says before is passed over."""
        until = time.monotonic() + within
        while True:
            event = await self.receive_output(max(0.01, until - time.monotonic()))  # type: ignore[no-untyped-call]
            if event["type"] == "websocket.close":
                return event["code"]

    async def hang_up(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})  # type: ignore[no-untyped-call]
        await self.wait(5)  # type: ignore[no-untyped-call]


async def is_refused(line: Line) -> bool:
    code = await line.connect()
    await line.hang_up()
    return code is not None


@asynccontextmanager
async def talking(app: Any, path: str, cookie: str | None, **scope: Any) -> AsyncIterator[Line]:
    line = Line(app, path, cookie, **scope)
    assert await line.connect() is None
    try:
        yield line
    finally:
        await line.hang_up()


@database_sync_to_async
def logged_in(user: Any) -> str:
    """The cookie of a browser in which ``user`` is logged in."""
    browser = Client()
    browser.force_login(user)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value
