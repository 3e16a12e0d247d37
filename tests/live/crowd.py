"""Those who are in a room, without a browser: they follow what static/js/pages/chat.js does, one letter more strictly.

What comes is written down in the order of versions and never put between: a gap is first asked for.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from uuid import uuid4

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

POLL_SECONDS = 5.0
TOKEN = "c" * 32  # CSRF: cookie and header have to say the same
NO_ACCESS = 4403


def http_client() -> httpx.AsyncClient:
    """One for all of them: it keeps no cookie, each request brings its own."""
    return httpx.AsyncClient(
        timeout=30,
        limits=httpx.Limits(max_connections=40, max_keepalive_connections=40),
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
    )


@dataclass
class Town:
    """Where everybody knocks: the pages, the processes that hold sockets, and whether the day is over."""

    web: str
    live: Sequence[str]
    http: httpx.AsyncClient
    over: bool = False

    def socket(self, session: Any, cookie: str) -> connect:
        base = random.choice(self.live)
        return connect(
            f"ws{base.removeprefix('http')}/ws/sessions/{session}/",
            origin=base,  # type: ignore[arg-type]
            additional_headers={"Cookie": cookie} if cookie else {},
            compression=None,
            ping_interval=None,
            open_timeout=30,
            close_timeout=1,
        )

    async def ask(self, method: str, session: Any, part: str, cookie: str, **more: Any) -> httpx.Response:
        headers = {"Cookie": f"{cookie}; csrftoken={TOKEN}".lstrip("; "), "X-CSRFToken": TOKEN}
        headers["X-Requested-With"] = "fetch"
        return await self.http.request(method, f"{self.web}/sessions/{session}/{part}", headers=headers, **more)


@dataclass
class Member:
    """One side of a room. ``heard`` is what is on the screen, ``said`` what the server has said yes to."""

    town: Town
    room: int
    session: Any
    cookie: str = field(repr=False)
    version: int = 0
    heard: list[dict[str, Any]] = field(default_factory=list)
    said: list[tuple[str, str]] = field(default_factory=list)  # (key, the message's id)
    by_socket: int = 0
    by_asking: int = 0
    welcomes: int = 0
    turned_out: bool = False

    # --- hearing ---------------------------------------------------------------------------

    async def stay(self) -> None:
        tries = 0
        while not self.town.over and not self.turned_out:
            try:
                async with self.town.socket(self.session, self.cookie) as socket:
                    async for text in socket:
                        tries = 0
                        await self._hear(json.loads(text))
            except ConnectionClosed as error:
                self.turned_out = error.rcvd is not None and error.rcvd.code == NO_ACCESS
            except (OSError, WebSocketException):
                pass  # the process is away, or takes nobody in now
            if self.town.over:
                return
            await self.catch_up()
            await asyncio.sleep(min(POLL_SECONDS, 0.5 * 2**tries) * random.uniform(0.5, 1.5))
            tries += 1

    async def _hear(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "message":
            if frame["version"] == self.version + 1:
                self._write_down(frame)
                self.by_socket += 1
            elif frame["version"] > self.version:
                await self.catch_up()
        elif frame["type"] in ("welcome", "version"):
            self.welcomes += frame["type"] == "welcome"
            if frame["version"] > self.version:
                await self.catch_up()

    async def catch_up(self) -> None:
        more = True
        while more and not self.turned_out:
            try:
                changes = f"messages/changes/?after={self.version}"
                answer = await self.town.ask("GET", self.session, changes, self.cookie)
            except httpx.TransportError:
                return
            if answer.status_code == 404:
                self.turned_out = True
                return
            if answer.status_code != 200:
                return
            told = answer.json()
            assert not told["reset"]
            for frame in told["messages"]:
                if frame["version"] > self.version:
                    self._write_down(frame)
                    self.by_asking += 1
            more = told["more"]

    def _write_down(self, frame: dict[str, Any]) -> None:
        self.version = frame["version"]
        self.heard.append(frame)

    # --- saying ----------------------------------------------------------------------------

    async def say(self, words: str, *, twice: bool = False) -> None:
        """Until the server says yes, under one key. ``twice``: two windows send it at the same moment."""
        key = str(uuid4())
        answers = await asyncio.gather(*(self._post(key, words) for _ in range(1 + twice)))
        self.said.append((key, answers[0]))
        assert set(answers) == {answers[0]}, f"one key, two messages: {answers}"

    async def _post(self, key: str, words: str) -> str:
        while True:
            try:
                answer = await self.town.ask(
                    "POST", self.session, "messages/", self.cookie, data={"client_message_id": key, "body": words}
                )
            except httpx.TransportError:
                await asyncio.sleep(random.uniform(0.3, 1.0))
                continue
            if answer.status_code in (200, 201):
                return str(answer.json()["message"]["id"])
            assert answer.status_code >= 500, f"{answer.status_code}: {answer.text[:300]}"
            await asyncio.sleep(random.uniform(0.3, 1.0))


@dataclass
class Outsider:
    """Tries every door of every room, and has no key to any."""

    town: Town
    who: str
    cookie: str = field(repr=False)
    sessions: Sequence[Any]
    got: list[str] = field(default_factory=list)
    refused: int = 0

    async def try_doors(self) -> None:
        while not self.town.over:
            session = random.choice(self.sessions)
            with suppress(OSError, WebSocketException):  # the process is away, or takes nobody in now
                try:
                    async with self.town.socket(session, self.cookie):
                        self.got.append("a socket")  # open is in, whether it says anything or not
                except InvalidStatus as error:
                    self.refused += error.response.status_code == 403
            for method, part in (("GET", "messages/changes/?after=0"), ("GET", "messages/"), ("POST", "messages/")):
                try:
                    answer = await self.town.ask(method, session, part, self.cookie)
                except httpx.TransportError:
                    continue
                self.refused += answer.status_code == 404
                if answer.status_code < 400:
                    self.got.append(f"{method} {part}: {answer.text[:200]}")
            await asyncio.sleep(3)


def wrongs(members: Sequence[Member], written: dict[Any, list[tuple[str, str, str]]]) -> list[str]:
    """What a room's members miss, have twice, in another order, or of another room.

    ``written``: for each session its messages as the database has them, ``(id, key, words)`` by sequence.
    """
    found = []
    for member in members:
        rows = written[member.session]
        heard = [frame["id"] for frame in member.heard]
        name = f"room {member.room}"
        if len(set(heard)) != len(heard):
            found.append(f"{name}: something came twice")
        if heard != [row_id for row_id, _key, _words in rows]:
            found.append(f"{name}: {len(heard)} messages came, {len(rows)} are written, or the order is another")
        for frame, (_id, _key, words) in zip(member.heard, rows, strict=False):
            if f"room {member.room}," not in frame["html"] or words not in frame["html"]:
                found.append(f"{name}: came {frame['html'][:200]!r}")
        mine = {key for key, _id in member.said}
        if [(key, row_id) for row_id, key, _words in rows if key in mine] != member.said:
            found.append(f"{name}: what was acknowledged is not what is written, in the order of saying")
    for session, rows in written.items():
        said = {key for member in members if member.session == session for key, _id in member.said}
        if sorted(key for _id, key, _words in rows) != sorted(said):
            found.append(f"{session}: {len(rows)} rows for {len(said)} acknowledged messages")
    return found
