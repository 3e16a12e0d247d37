"""The base of every live connection, so that each keeps the same doors shut.

At the handshake: an origin of our own and a browser whose session stands in the database, or an app's one-time ticket
(``?ticket=``), and whatever the subclass asks (:meth:`Socket.admit`). Afterwards one task of the process asks the same
again for all its sockets together, every two seconds and at once when it is told to (:func:`look_again`), so that a
logout, a suspension or an ended access closes them. Frames that come in are capped in size and number; frames that go
out wait in a short queue, and who reads too slowly is cut off: it comes back and asks for what it missed, because the
database is the truth.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from array import array
from bisect import bisect_right
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import structlog
from channels.consumer import AsyncConsumer, get_handler_name
from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from django.db import DatabaseError, InterfaceError
from redis.exceptions import RedisError

from naksha.live import push
from naksha.outage import Outage
from naksha.web.address import address_in, neighbourhood
from naksha.web.browsers import Browser, browsers, by_ticket, session_key
from naksha.web.origins import is_our_origin, ticket_of

log = structlog.get_logger(__name__)

# Why we close (RFC 6455 §7.4.1; 4000 and above are ours).
NOT_TEXT, NOT_JSON, TOO_FAST, TOO_BIG, TRY_LATER = 1003, 1007, 1008, 1009, 1013
LOGGED_OUT, NO_ACCESS = 4401, 4403

FRAME_BYTES = 64 * 1024
MINUTE = 60.0
FRAMES_A_MINUTE = 100
CONNECTS_A_MINUTE = 60
MOST_SOCKETS = 30  # of one person, in one process
CHECK_SECONDS = 2.0
# How long sockets stay open while the database can't say whether they may, from the last question that it answered on;
# with the second in which they are closed it is five in all.
TRUST_SECONDS = 4.0
BEAT_SECONDS = 20.0  # a client that hears nothing for twice as long knows that its connection is dead
WAITING_FRAMES, WAITING_BYTES = 256, 1024 * 1024
CLOSE_SECONDS = 1.0  # for a close frame to leave; all sockets of the process wait for it
# The server's ways to say that nothing can be sent any more: its disconnect follows, or has come.
LINE_GONE = (OSError, RuntimeError)
LAYER_AWAY = (RedisError, ConnectionError, TimeoutError)

layer_outage = Outage("channel layer of sockets")
database_outage = Outage("database of sockets")


@dataclass(frozen=True)
class Verdict:
    """What a check found for one socket: a reason to close it, or frames that it should have."""

    close: int | None = None
    frames: tuple[dict[str, Any], ...] = ()


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
            return _pace(f"tickets:{where}", CONNECTS_A_MINUTE).take()
        self._strangers = None if _is_known(f"visits:{self.key}") else _pace(f"strangers:{where}", CONNECTS_A_MINUTE)
        if self._strangers and not self._strangers.take():
            return False
        return _pace(f"visits:{self.key}", CONNECTS_A_MINUTE).take()

    def _known(self) -> None:
        """The cookie's session stands: it is no stranger's."""
        _pace(f"visits:{self.key}", CONNECTS_A_MINUTE).known = True
        if self._strangers:
            self._strangers.give_back()

    def _refusal(self) -> int | None:
        browser = self.authenticate()
        if browser is None or (self.needs_login and browser.user_id is None):
            return LOGGED_OUT
        self.browser = browser
        self.person = f"user:{browser.user_id}" if browser.user_id else f"browser:{browser.key}"
        self.pace = _pace(self.person, FRAMES_A_MINUTE)
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


class Pace:
    """So many in any minute: each is remembered for as long.

    Counted by each process: a count that all share would ask Redis for every frame, and no frame writes anything down.
    A message goes over HTTP, where all processes count together.
    """

    __slots__ = ("known", "most", "taken")

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken = array("d")  # when, the oldest first; eight bytes each
        self.known = False

    def take(self) -> bool:
        now = time.monotonic()
        del self.taken[: bisect_right(self.taken, now - MINUTE)]
        if len(self.taken) >= self.most:
            return False
        self.taken.append(now)
        return True

    def give_back(self) -> None:
        """The last one does not count."""
        if self.taken:
            self.taken.pop()


_paces: OrderedDict[bytes, Pace] = OrderedDict()
MOST_PACES = 20_000


def _pace(name: str, most: int) -> Pace:
    """The pace of ``name``, which outlives a connection: who comes back finds it as it was."""
    key = _key(name)
    pace = _paces.setdefault(key, Pace(most))
    _paces.move_to_end(key)
    if len(_paces) > MOST_PACES:
        _paces.popitem(last=False)
    return pace


def _is_known(name: str) -> bool:
    """Without making a pace: of names that are made up none is kept."""
    pace = _paces.get(_key(name))
    return pace is not None and pace.known


def _key(name: str) -> bytes:
    return hashlib.blake2b(name.encode("utf-8", "surrogateescape"), digest_size=12).digest()


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
