"""Live connections over a real server and real TCP: who floods is cut off, who reads nothing is let go of."""

import asyncio
import json
import os
import socket
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import uvicorn
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings
from websockets.asyncio.client import connect

from naksha.asgi import application
from naksha.web import pace
from naksha.web.close_codes import NO_ACCESS, TOO_FAST
from naksha.web.watch import Watch
from naksha.wire import PINGS_A_MINUTE, WEBSOCKETS
from sessions_app.live import room_group
from sessions_app.models import Session, SessionLink
from sessions_app.testing import make_session
from sessions_app.tests.chatters import guest_browser, guest_of, say

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
db = database_sync_to_async
PATIENCE = 60
FRAME, PING = b"\x81", b"\x89"


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.setattr(pace, "_paces", type(pace._paces)())


@db
def room():
    """A session with the cookie of its guest."""
    session = Session.objects.select_related("consultant__user", "client").get(pk=make_session().pk)
    return session, guest_browser(session).cookies[settings.SESSION_COOKIE_NAME].value


@asynccontextmanager
async def serving():
    """The server as it runs, on a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            application, lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=2, **WEBSOCKETS
        )
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            assert not task.done()
            await asyncio.sleep(0.02)
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await task


def reading(port, session, cookie):
    """A browser that reads what comes."""
    return connect(
        f"ws://127.0.0.1:{port}/ws/sessions/{session.pk}/",
        origin=f"http://127.0.0.1:{port}",
        additional_headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"},
        compression=None,
        max_size=None,
    )


async def bare(port, session, cookie):
    """An open connection that nobody reads from, with as little room for what is unread as the system allows."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(line, ("127.0.0.1", port))
    request = (
        f"GET /ws/sessions/{session.pk}/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        f"Cookie: {settings.SESSION_COOKIE_NAME}={cookie}\r\n\r\n"
    )
    await loop.sock_sendall(line, request.encode())
    answer = await asyncio.wait_for(loop.sock_recv(line, 12), PATIENCE)
    assert answer == b"HTTP/1.1 101"
    return line


def frames(kind, count, words=b""):
    """So many masked frames, one after the other."""
    return (kind + bytes([0x80 | len(words)]) + bytes(4) + words) * count


async def rest_of(line):
    """All that the server says until it hangs up."""
    loop, told = asyncio.get_running_loop(), b""
    with suppress(ConnectionError):
        while more := await asyncio.wait_for(loop.sock_recv(line, 65536), PATIENCE):
            told += more
    line.close()
    return told


async def send_all(line, data):
    with suppress(ConnectionError):  # cut off before the end
        await asyncio.get_running_loop().sock_sendall(line, data)


async def only(count):
    """Wait until the server minds so many connections."""
    async with asyncio.timeout(PATIENCE):
        while len(Watch.here().sockets) != count:
            await asyncio.sleep(0.05)


async def hears(browser, words):
    while words not in await asyncio.wait_for(browser.recv(), PATIENCE):
        continue


def memory():
    """What this process holds, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def test_ten_thousand_frames_at_once_are_cut_off_and_fill_no_memory():
    session, cookie = await room()
    other, other_cookie = await room()
    async with serving() as port, reading(port, other, other_cookie) as browser:
        line = await bare(port, session, cookie)
        await only(2)
        before = memory()
        await send_all(line, frames(FRAME, 10_000, b'{"type":"typing"}'))
        await only(1)
        told = await rest_of(line)
        assert memory() - before < 20 * 1024 * 1024
        assert b"\x88\x02" + TOO_FAST.to_bytes(2, "big") in told
        await db(lambda: say(guest_of(other), "Still heard"))()
        await hears(browser, "Still heard")


async def test_a_flood_of_pings_is_hung_up_on():
    session, cookie = await room()
    async with serving() as port:
        line = await bare(port, session, cookie)
        await only(1)
        await send_all(line, frames(PING, PINGS_A_MINUTE - 1))
        await asyncio.sleep(0.5)
        assert len(Watch.here().sockets) == 1
        await send_all(line, frames(PING, 10))
        await only(0)
        assert b"\x88" not in (await rest_of(line))[-4:]  # at once, not by the manners of closing


async def test_who_reads_nothing_is_dropped_while_the_others_hear_everything():
    session, cookie = await room()
    async with serving() as port, reading(port, session, cookie) as browser:
        line = await bare(port, session, cookie)
        await only(2)
        layer, sent, dropped_after = get_channel_layer(), 0, None
        while sent < 1000 and (dropped_after is None or sent < dropped_after + 20):
            text = json.dumps({"type": "test", "n": sent, "filling": "x" * 32_000})
            await layer.group_send(room_group(session.pk), {"type": "socket.frame", "text": text})
            await hears(browser, f'"n": {sent},')
            sent += 1
            if dropped_after is None and len(Watch.here().sockets) == 1:
                dropped_after = sent
        assert dropped_after is not None
        await db(lambda: say(guest_of(session), "Still heard"))()
        await hears(browser, "Still heard")
        told = await rest_of(line)
        assert f'"n": {sent - 1},'.encode() not in told


async def test_who_reads_nothing_and_loses_access_keeps_nobody_elses_access_alive():
    session, cookie = await room()
    other, other_cookie = await room()
    async with serving() as port, reading(port, other, other_cookie) as browser:
        line = await bare(port, session, cookie)
        await only(2)
        [stuck] = [one for one in Watch.here().sockets if str(one.session_id) == str(session.pk)]
        text = json.dumps({"type": "test", "filling": "x" * 32_000})
        async with asyncio.timeout(PATIENCE):
            while len(stuck._waiting) < 3:  # its writer waits for the line
                stuck.say_text(text)
                await asyncio.sleep(0.05)
        await db(SessionLink.objects.filter(session=session).delete)()
        await only(1)
        await db(SessionLink.objects.filter(session=other).delete)()
        async with asyncio.timeout(15):  # the server gives up on who answers no ping after 40
            await browser.wait_closed()
        line.close()
    assert browser.close_code == NO_ACCESS
