"""The base of every live connection, so that each keeps the same doors shut.

At the handshake: an origin of our own and a browser whose session stands in the database, or an app's one-time ticket
(``?ticket=``), and whatever the subclass asks (:meth:`Socket.admit`). Afterwards one task of the process asks the same
again for all its sockets together (:mod:`naksha.web.watch`), every two seconds and at once when it is told to
(:func:`look_again`), so that a logout, a suspension or an ended access closes them. Frames that come in are capped in
size and number; frames that go out wait in a short queue, and who reads too slowly is cut off: it comes back and asks
for what it missed, because the database is the truth.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import structlog
from channels.consumer import AsyncConsumer, get_handler_name
from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from redis.exceptions import RedisError

from naksha.live import push
from naksha.outage import Outage
from naksha.web.address import address_in, neighbourhood
from naksha.web.browsers import Browser, browsers, by_ticket, session_key
from naksha.web.close_codes import LOGGED_OUT, NO_ACCESS, NOT_JSON, NOT_TEXT, TOO_BIG, TOO_FAST, TRY_LATER
from naksha.web.origins import is_our_origin, ticket_of
from naksha.web.pace import Pace, is_known, pace_of
from naksha.web.watch import Verdict, Watch

log = structlog.get_logger(__name__)

FRAME_BYTES = 64 * 1024
FRAMES_A_MINUTE = 100
CONNECTS_A_MINUTE = 60
MOST_SOCKETS = 30  # of one person, in one process
WAITING_FRAMES, WAITING_BYTES = 256, 1024 * 1024
CLOSE_SECONDS = 1.0  # for a close frame to leave; all sockets of the process wait for it
# The server's ways to say that nothing can be sent any more: its disconnect follows, or has come.
LINE_GONE = (OSError, RuntimeError)
LAYER_AWAY = (RedisError, ConnectionError, TimeoutError)

layer_outage = Outage("channel layer of sockets")


class Socket(AsyncConsumer):
    """One live connection that carries JSON. Subclasses say who is let in, which groups they hear, and what to do."""

    needs_login: ClassVar[bool] = False
    ticket: str  # an app's; with one, cookie and origin count for nothing
    key: str | None  # of the session that the cookie names
    browser: Browser
    person: str  # who is counted
    pace: Pace
    _strangers: Pace | None = None
    _open = False
    _too_slow = False
    _writer: asyncio.Task[None]
    _ending: asyncio.Task[None]

    # --- what subclasses say -----------------------------------------------------------------

    def authenticate(self) -> Browser | None:
        """Whose connection this is, by its ticket or its cookie. Runs in a thread, before :meth:`admit`."""
        if self.ticket:
            return by_ticket(self.ticket)
        return browsers([self.key]).get(self.key) if self.key else None

    def admit(self) -> bool:
        """Whether ``self.browser`` is let in; keep here what is needed later. Runs in a thread."""
        return True

    def groups(self) -> Iterable[str]:
        """The groups of the channel layer that this socket hears."""
        return ()

    async def entered(self) -> None:
        """It is open."""

    async def left(self) -> None:
        """It was open, and is no more. Nothing can be said to it."""

    async def heard(self, frame: dict[str, Any]) -> None:
        """A frame came: a JSON object whose ``type`` is a string."""

    def catch_up(self) -> None:
        """What the layer said for a while may be lost: say what lets the browser ask for it. It may be closed."""

    @classmethod
    def recheck(cls, sockets: Sequence[Any]) -> dict[Any, Verdict]:
        """Ask the database again for all open sockets of this class at once; their logins were just checked.

        Runs in a thread: read what :meth:`admit` kept, change nothing. Those without a verdict stay as they are.
        """
        return {}

    # --- talking -------------------------------------------------------------------------------

    def say(self, frame: dict[str, Any]) -> None:
        """Send ``frame`` after those that wait."""
        self.say_text(json.dumps(frame, separators=(",", ":")))

    def say_text(self, text: str) -> None:
        """Send what is JSON already: a broadcast is serialised once for all its readers."""
        if not self._open or self._too_slow:
            return
        self._waiting.append(text)
        self._waiting_size += len(text)
        if len(self._waiting) > WAITING_FRAMES or self._waiting_size > WAITING_BYTES:
            log.info("socket_too_slow", frames=len(self._waiting))
            self._waiting.clear()
            self._too_slow = True
            self._ending = asyncio.create_task(self.end(TRY_LATER, at_once=True))
            return
        self._something.set()

    async def end(self, code: int, *, at_once: bool = False) -> None:
        """Close with ``code``. ``at_once`` drops the line of somebody who reads nothing, not a close frame either; else
        they have a second to take it."""
        if not self._open:
            return
        self._open = False
        Watch.here().forget(self)
        self._writer.cancel()
        abort = self.scope.get("abort")
        if at_once and abort:
            abort()
            return
        try:
            await asyncio.wait_for(self.base_send({"type": "websocket.close", "code": code}), CLOSE_SECONDS)
        except TimeoutError:
            if abort:
                abort()
        except LINE_GONE:
            return

    async def socket_frame(self, message: dict[str, Any]) -> None:
        """From the layer: ``text`` as it is, JSON already."""
        self.say_text(message["text"])

    async def socket_recheck(self, message: dict[str, Any]) -> None:
        """From the layer: somebody's access may have ended."""
        Watch.here().hurry()

    # --- the connection ------------------------------------------------------------------------

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._joined: list[str] = []
        self._waiting: deque[str] = deque()
        self._waiting_size = 0
        self._something = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        except LAYER_AWAY as error:  # pages go on by asking
            layer_outage.began(error)
            await self._leave()
            await send({"type": "websocket.close", "code": TRY_LATER})

    async def dispatch(self, message: dict[str, Any]) -> None:
        """As the parent's, without its walk through a thread for each message: queries go by their own way here."""
        handler = getattr(self, get_handler_name(message), None)
        if handler is None:
            raise ValueError(f"no handler for {message['type']}")
        await handler(message)

    def header(self, name: bytes) -> str:
        """A header of the handshake; one that is there twice counts as not there."""
        values = [value for key, value in self.scope.get("headers", []) if key == name]
        return values[0].decode("latin-1") if len(values) == 1 else ""

    async def websocket_connect(self, message: dict[str, Any]) -> None:
        self.ticket = ticket_of(self.scope)
        self.key = None if self.ticket else session_key(self.header(b"cookie"))
        if not self.ticket and not is_our_origin(self.header(b"origin"), self.header(b"host")):
            refused: int | None = NO_ACCESS
        elif (self.ticket or self.key) and not self._in_time():
            refused = TOO_FAST
        else:
            refused = await database_sync_to_async(self._refusal)()
            if self.key and refused != LOGGED_OUT:
                self._known()
            if refused is None and Watch.here().count(self.person) >= MOST_SOCKETS:
                refused = TOO_FAST
        if refused is not None:
            await self.base_send({"type": "websocket.close", "code": refused})
            return
        for group in (*self.groups(), *([user_group(self.browser.user_id)] if self.browser.user_id else [])):
            await self.channel_layer.group_add(group, self.channel_name)
            self._joined.append(group)
        layer_outage.ended()
        await self.base_send({"type": "websocket.accept"})
        self._open = True
        self._writer = asyncio.create_task(self._write())
        Watch.here().mind(self)
        await self.entered()

    def _in_time(self) -> bool:
        """Counts the handshake before anything is asked for it: a ticket by where it comes from; a cookie by itself
        and, until it is known, by where it comes from, for whoever makes them up has as many as they like."""
        where = neighbourhood(address_in(self.scope))
        if self.ticket:
            return pace_of(f"tickets:{where}", CONNECTS_A_MINUTE).take()
        self._strangers = None if is_known(f"visits:{self.key}") else pace_of(f"strangers:{where}", CONNECTS_A_MINUTE)
        if self._strangers and not self._strangers.take():
            return False
        return pace_of(f"visits:{self.key}", CONNECTS_A_MINUTE).take()

    def _known(self) -> None:
        """The cookie's session stands: it is no stranger's."""
        pace_of(f"visits:{self.key}", CONNECTS_A_MINUTE).known = True
        if self._strangers:
            self._strangers.give_back()

    def _refusal(self) -> int | None:
        browser = self.authenticate()
        if browser is None or (self.needs_login and browser.user_id is None):
            return LOGGED_OUT
        self.browser = browser
        self.person = f"user:{browser.user_id}" if browser.user_id else f"browser:{browser.key}"
        self.pace = pace_of(self.person, FRAMES_A_MINUTE)
        return None if self.admit() else NO_ACCESS

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        if not self._open:
            return
        if not self.pace.take():
            await self.end(TOO_FAST)
            return
        text = message.get("text")
        if text is None:
            await self.end(TOO_BIG if len(message.get("bytes") or b"") > FRAME_BYTES else NOT_TEXT)
            return
        if len(text) > FRAME_BYTES or len(text.encode()) > FRAME_BYTES:
            await self.end(TOO_BIG)
            return
        try:
            frame = json.loads(text)
        except (ValueError, RecursionError):
            frame = None
        if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
            await self.end(NOT_JSON)
            return
        await self.heard(frame)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        await self._leave()
        raise StopConsumer

    async def _leave(self) -> None:
        entered, self._open = hasattr(self, "_writer"), False
        if entered:
            self._writer.cancel()
            Watch.here().forget(self)
        try:
            if entered:
                await self.left()
            for group in self._joined:
                await self.channel_layer.group_discard(group, self.channel_name)
        except LAYER_AWAY as error:
            layer_outage.began(error)

    async def _write(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            while self._waiting:
                text = self._waiting.popleft()
                self._waiting_size -= len(text)
                try:
                    await self.base_send({"type": "websocket.send", "text": text})
                except LINE_GONE:
                    return


def user_group(user_id: Any) -> str:
    """The group of all sockets that one login has open."""
    return f"login.{user_id}"


def look_again(user_id: Any) -> None:
    """Check the sockets of one login when the transaction commits, because it may have ended."""
    push(user_group(user_id), {"type": "socket.recheck"})
