"""The ASGI lifespan: what runs in this process starts before the first request and stops after the last."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog

log = structlog.get_logger(__name__)
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[Any]]


class WithServices:
    """``app`` with blocking ``start`` and ``stop``, run off the loop, around its life."""

    def __init__(self, app: ASGIApp, *, start: Callable[[], None], stop: Callable[[], None]) -> None:
        self.app, self.start, self.stop = app, start, stop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return
        loop = asyncio.get_running_loop()
        for phase, act in (("startup", self.start), ("shutdown", self.stop)):
            await receive()
            try:
                await loop.run_in_executor(None, act)
            except Exception as error:
                log.exception("lifespan_failed", phase=phase)
                await send({"type": f"lifespan.{phase}.failed", "message": str(error)})
                return
            await send({"type": f"lifespan.{phase}.complete"})
