"""Asks again, for all sockets of a process together, whether they may stay open."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.db import DatabaseError, InterfaceError

from naksha import layers
from naksha.outage import Outage
from naksha.web.browsers import browsers
from naksha.web.close_codes import LOGGED_OUT, TRY_LATER

if TYPE_CHECKING:
    from naksha.web.sockets import Socket

CHECK_SECONDS = 2.0
# How long sockets stay open while the database can't say whether they may, from the last question that it answered on;
# with the second in which they are closed it is five in all.
TRUST_SECONDS = 4.0
# When sockets ask for what the layer has lost: not before it hears again, and not all at once.
CATCH_UP_SECONDS = (0.5, 4.0)
BEAT_SECONDS = 20.0  # a client that hears nothing for twice as long knows that its connection is dead

database_outage = Outage("database of sockets")


@dataclass(frozen=True)
class Verdict:
    """What a check found for one socket: a reason to close it, or frames that it should have."""

    close: int | None = None
    frames: tuple[dict[str, Any], ...] = ()


class Watch:
    """Minds all open sockets of one event loop, in one task that lives as long as any is open."""

    _of_loop: ClassVar[WeakKeyDictionary[asyncio.AbstractEventLoop, Watch]] = WeakKeyDictionary()

    def __init__(self) -> None:
        self.sockets: set[Socket] = set()
        self._task: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()

    @classmethod
    def here(cls) -> Watch:
        return cls._of_loop.setdefault(asyncio.get_running_loop(), cls())

    def mind(self, socket: Socket) -> None:
        self.sockets.add(socket)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._go_round())

    def forget(self, socket: Socket) -> None:
        self.sockets.discard(socket)
        if not self.sockets and self._task is not None:
            self._task.cancel()
            self._task = None

    def count(self, person: str) -> int:
        return sum(socket.person == person for socket in self.sockets)

    def hurry(self) -> None:
        """Check now."""
        self._hurry.set()

    def catch_up(self) -> None:
        """The layer was cut off and is back: nobody knows what it has lost."""
        loop = asyncio.get_running_loop()
        for socket in self.sockets:
            loop.call_later(random.uniform(*CATCH_UP_SECONDS), socket.catch_up)  # noqa: S311 - spreads load

    async def _go_round(self) -> None:
        known = beaten = time.monotonic()  # known: when the last question was asked that had an answer
        while True:
            left = known + TRUST_SECONDS - time.monotonic()
            try:
                await asyncio.wait_for(self._hurry.wait(), max(0.0, min(CHECK_SECONDS, left)))
                await asyncio.sleep(0.1)  # many may be told at once
            except TimeoutError:
                pass
            self._hurry.clear()
            begun = time.monotonic()
            asked = asyncio.create_task(database_sync_to_async(_examine)(list(self.sockets)))
            left = max(0.0, known + TRUST_SECONDS - begun)
            if not (await asyncio.wait({asked}, timeout=left))[0]:  # it neither answers nor fails
                await self._close(dict.fromkeys(self.sockets, TRY_LATER))
                known = time.monotonic()
            try:
                verdicts = await asked
            except (DatabaseError, InterfaceError) as error:
                database_outage.began(error)
                if time.monotonic() - known >= TRUST_SECONDS:
                    await self._close(dict.fromkeys(self.sockets, TRY_LATER))
                    known = time.monotonic()
                continue
            database_outage.ended()
            known = begun
            for socket, verdict in verdicts.items():
                for frame in verdict.frames:
                    socket.say(frame)
            if begun - beaten >= BEAT_SECONDS:
                beaten = begun
                for socket in self.sockets:
                    socket.say({"type": "beat"})
            await self._close({s: v.close for s, v in verdicts.items() if v.close is not None})

    async def _close(self, codes: dict[Socket, int]) -> None:
        await asyncio.shield(asyncio.gather(*(socket.end(code) for socket, code in codes.items())))


layers.when_back.append(lambda: Watch.here().catch_up())


def _examine(sockets: list[Socket]) -> dict[Socket, Verdict]:
    there = browsers({socket.browser.key for socket in sockets})
    verdicts: dict[Socket, Verdict] = {}
    in_class: dict[type[Socket], list[Socket]] = {}
    for socket in sockets:
        now = there.get(socket.browser.key)
        if now is None or now.user_id != socket.browser.user_id:
            verdicts[socket] = Verdict(close=LOGGED_OUT)
        else:
            socket.browser = now
            in_class.setdefault(type(socket), []).append(socket)
    for kind, group in in_class.items():
        verdicts.update(kind.recheck(group))
    return verdicts
