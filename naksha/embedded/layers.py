"""The in-memory channel layer, made safe to call from worker threads."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from channels.layers import InMemoryChannelLayer


class LoopBoundInMemoryLayer(InMemoryChannelLayer):
    """Runs every change on the loop that runs the consumers.

    The stock layer completes a future of another loop without waking it, so what a worker thread sends arrives
    when that loop wakes by itself, up to a second later. The home loop is the first that receives; a loop that
    has been closed (one test's) gives way to the next.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._home: asyncio.AbstractEventLoop | None = None

    async def receive(self, channel: str) -> Any:
        if self._home is None or self._home.is_closed():
            self._home = asyncio.get_running_loop()
        return await super().receive(channel)

    async def _at_home(self, act: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        home = self._home
        if home is None or not home.is_running() or home is asyncio.get_running_loop():
            return await act(*args)

        async def run() -> Any:
            return await act(*args)

        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(run(), home))

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        await self._at_home(super().send, channel, message)

    async def group_add(self, group: str, channel: str) -> None:
        await self._at_home(super().group_add, group, channel)

    async def group_discard(self, group: str, channel: str) -> None:
        await self._at_home(super().group_discard, group, channel)

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        await self._at_home(super().group_send, group, message)
