"""The doors that every live connection keeps."""

import asyncio
import json

import pytest
from channels.db import database_sync_to_async
from django.conf import settings
from django.test import Client

from naksha.tests.echo import Echo, _fresh, call, somebody, talk
from naksha.tests.lines import is_refused, logged_in
from naksha.web import pace, sockets
from naksha.web.close_codes import LOGGED_OUT, TOO_FAST
from naksha.web.origins import is_our_origin

__all__ = ["_fresh"]
pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_browser_with_a_login_is_let_in_and_answered():
    async with talk(await logged_in(await somebody())) as line:
        await line.say({"type": "hello"})
        assert await line.hear() == {"type": "echo", "of": "hello"}


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "https://evil.test",
        "https://naksha.test.evil.test",
        "https://naksha.test:8443",
        "file://naksha.test",
    ],
)
async def test_a_foreign_or_missing_origin_is_refused(origin):
    assert await is_refused(call(await logged_in(await somebody()), origin=origin))


def test_our_origin_is_the_host_that_was_asked_and_what_the_settings_trust(settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://app.naksha.test"]
    assert is_our_origin("http://127.0.0.1:8000", "127.0.0.1:8000")
    assert is_our_origin("https://naksha.test", "naksha.test")
    assert is_our_origin("https://naksha.test", "naksha.test:443")
    assert is_our_origin("https://app.naksha.test", "naksha.test")
    assert is_our_origin("http://[::1]:8000", "[::1]:8000")
    assert not is_our_origin("http://127.0.0.1:9000", "127.0.0.1:8000")
    assert not is_our_origin("http://127.0.0.1:x", "127.0.0.1:8000")


@pytest.mark.parametrize("cookie", [None, "", "0" * 32, "x" * 32, "\\000", "a" * 5000])
async def test_without_a_login_nobody_is_let_in(cookie):
    assert await is_refused(call(cookie))


async def test_a_session_without_login_is_let_in_only_where_guests_are():
    @database_sync_to_async
    def guest():
        browser = Client()
        browser.session.save()
        session = browser.session
        session["rooms"] = {}
        session.save()
        return session.session_key

    key = await guest()
    assert await is_refused(call(key))
    async with talk(key, where="/ws/lobby/") as line:
        await line.say({"type": "hello"})
        assert (await line.hear())["of"] == "hello"


async def test_what_the_subclass_does_not_admit_is_refused():
    assert await is_refused(call(await logged_in(await somebody()), where="/ws/closed/"))


async def test_a_closed_account_is_not_let_in():
    user = await somebody()
    cookie = await logged_in(user)
    await database_sync_to_async(lambda: type(user).objects.filter(pk=user.pk).update(is_active=False))()
    assert await is_refused(call(cookie))


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"text": json.dumps({"type": "x" * 65_600})}, 1009),
        ({"text": json.dumps({"type": "ह" * 30_000}, ensure_ascii=False)}, 1009),
        ({"bytes": b"x" * 70_000}, 1009),
        ({"bytes": b"{}"}, 1003),
        ({"text": "not json"}, 1007),
        ({"text": "[" * 60_000}, 1007),
        ({"text": "[]"}, 1007),
        ({"text": '{"type": 5}'}, 1007),
    ],
)
async def test_a_frame_that_is_too_big_or_makes_no_sense_closes(sent, code):
    async with talk(await logged_in(await somebody())) as line:
        await line.send_input({"type": "websocket.receive", **sent})
        assert await line.closed() == code


async def test_a_hundred_frames_a_minute_and_no_more_even_after_coming_back():
    cookie = await logged_in(await somebody())
    async with talk(cookie) as line:
        for _ in range(100):
            await line.say({"type": "hello"})
        for _ in range(100):
            assert (await line.hear())["of"] == "hello"
        for _ in range(50):
            await line.say({"type": "hello"})
        assert await line.closed() == 1008
        assert await line.receive_nothing()
    async with talk(cookie) as line:
        await line.say({"type": "hello"})
        await line.say({"type": "hello"})
        assert await line.closed() == 1008


async def test_one_person_opens_only_so_many(monkeypatch):
    monkeypatch.setattr(sockets, "MOST_SOCKETS", 2)
    user = await somebody()
    async with talk(await logged_in(user)), talk(await logged_in(user)):
        assert await is_refused(call(await logged_in(user)))


async def test_coming_back_too_often_is_refused_without_a_query(monkeypatch):
    monkeypatch.setattr(sockets, "CONNECTS_A_MINUTE", 2)
    cookie = await logged_in(await somebody())
    assert not await is_refused(call(cookie))
    assert not await is_refused(call(cookie))
    monkeypatch.setattr(sockets, "browsers", None)
    assert await is_refused(call(cookie))


async def test_cookies_that_are_of_no_session_are_counted_by_where_they_come_from(monkeypatch):
    asked = []

    def browsers(keys):
        asked.extend(keys)
        return known(keys)

    async def code(cookie, where="2001:db8:7:2::1"):
        line = call(cookie, client=(where, 5000))
        told = await line.connect()
        await line.hang_up()
        return told

    known = sockets.browsers
    monkeypatch.setattr(sockets, "CONNECTS_A_MINUTE", 2)
    monkeypatch.setattr(sockets, "browsers", browsers)
    theirs, late = await logged_in(await somebody()), await logged_in(await somebody())
    assert await code(theirs) is None  # who is known is not counted among strangers
    keys = [f"{n:032x}" for n in range(4)]
    codes = [await code(key) for key in keys]
    assert codes == [LOGGED_OUT, LOGGED_OUT, TOO_FAST, TOO_FAST]
    assert not set(keys[2:]) & set(asked)
    assert not any(pace._key(f"visits:{key}") in pace._paces for key in keys[2:])
    assert await code(theirs) is None  # and comes in while these are turned away
    assert await code(late) == TOO_FAST
    assert await code(late, "2001:db8:7:3::1") is None


async def with_ticket(number, where, *headers):
    line = call(query_string=b"ticket=wrong%d" % number, client=(where, 5000 + number))
    line.scope["headers"] += headers
    code = await line.connect()
    await line.hang_up()
    return code


async def test_tickets_that_open_nothing_are_counted_by_where_they_come_from(monkeypatch):
    asked = []
    monkeypatch.setattr(sockets, "CONNECTS_A_MINUTE", 2)
    monkeypatch.setattr(sockets, "by_ticket", asked.append)  # it would be an UPDATE
    codes = [await with_ticket(n, f"2001:db8:1:2::{n}") for n in range(1, 5)]
    assert codes == [LOGGED_OUT, LOGGED_OUT, TOO_FAST, TOO_FAST]
    assert asked == ["wrong1", "wrong2"]
    assert await with_ticket(5, "2001:db8:1:3::1") == LOGGED_OUT


@pytest.mark.parametrize(("proxies", "code"), [(0, TOO_FAST), (1, LOGGED_OUT)])
async def test_where_a_ticket_comes_from_is_what_our_own_proxy_says(monkeypatch, settings, proxies, code):
    settings.TRUSTED_PROXIES = proxies
    monkeypatch.setattr(sockets, "CONNECTS_A_MINUTE", 1)
    told = []
    for number in (1, 2):
        theirs, ours = (b"x-forwarded-for", b"6.6.6.6"), (b"x-forwarded-for", b"198.51.100.%d" % number)
        told.append(await with_ticket(number, "203.0.113.9", theirs, ours))
    assert told == [LOGGED_OUT, code]


async def test_who_reads_too_slowly_is_cut_off_and_nothing_is_kept():
    slow, sent, cut = asyncio.Event(), [], []
    user_cookie = await logged_in(await somebody())

    async def receive():
        if not sent:
            return {"type": "websocket.connect"}
        return await asyncio.sleep(60)

    async def send(event):
        sent.append(event)
        if event["type"] == "websocket.send":
            await slow.wait()

    cookie = f"{settings.SESSION_COOKIE_NAME}={user_cookie}".encode()
    headers = [(b"host", b"naksha.test"), (b"origin", b"https://naksha.test"), (b"cookie", cookie)]
    scope = {"type": "websocket", "path": "/ws/echo/", "headers": headers, "abort": lambda: cut.append(True)}
    socket = Echo()
    running = asyncio.ensure_future(socket(scope, receive, send))
    while not sent:
        await asyncio.sleep(0.01)
    for number in range(sockets.WAITING_FRAMES * 4):
        socket.say({"type": "news", "number": number})
    await asyncio.sleep(0.05)
    assert cut == [True]
    assert not socket._waiting
    assert len(sent) <= 2
    running.cancel()


async def test_a_channel_layer_that_is_away_refuses_politely(monkeypatch, unused_tcp_port):
    monkeypatch.setattr(
        settings,
        "CHANNEL_LAYERS",
        {
            "default": {
                "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
                "CONFIG": {"hosts": [{"address": f"redis://127.0.0.1:{unused_tcp_port}/0"}]},
            }
        },
    )
    from channels import layers

    monkeypatch.setattr(layers.channel_layers, "backends", {})
    line = call(await logged_in(await somebody()))
    assert await line.connect() == 1013
