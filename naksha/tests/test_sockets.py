"""The doors that every live connection keeps."""

import asyncio
import json
import random
import time
from threading import Event
from types import SimpleNamespace

import pytest
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from channels.security.websocket import OriginValidator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import DatabaseError, InterfaceError
from django.test import Client
from django.urls import path

from accounts.services import close_account, end_logins
from naksha.testing import make_admin, make_user
from naksha.tests.lines import Line, is_refused, logged_in, talking
from naksha.web import sockets
from naksha.web.sockets import Socket, Verdict, is_our_origin, user_group

pytestmark = pytest.mark.django_db(transaction=True)


class Echo(Socket):
    """Says back what it hears."""

    needs_login = True
    barred: set = set()

    def admit(self):
        return self.scope["path"] != "/ws/closed/"

    def groups(self):
        return ["echo"]

    async def heard(self, frame):
        self.say({"type": "echo", "of": frame["type"]})

    @classmethod
    def recheck(cls, open_now):
        return {s: Verdict(close=sockets.NO_ACCESS) for s in open_now if s.browser.user_id in cls.barred}


class Lobby(Echo):
    needs_login = False


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.setattr(sockets, "_paces", type(sockets._paces)())
    monkeypatch.setattr(Echo, "barred", set())


app = OriginValidator(
    URLRouter(
        [path("ws/echo/", Echo.as_asgi()), path("ws/closed/", Echo.as_asgi()), path("ws/lobby/", Lobby.as_asgi())]
    ),
    ["naksha.test"],
)


def somebody():
    return database_sync_to_async(make_user)()


def call(cookie=None, where="/ws/echo/", **scope):
    return Line(app, where, cookie, **scope)


def talk(cookie, where="/ws/echo/"):
    return talking(app, where, cookie)


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


async def ends_within_five_seconds(user, act, code):
    cookie = await logged_in(user)
    async with talk(cookie) as line:
        started = time.monotonic()
        await database_sync_to_async(act)(cookie)
        assert await line.closed() == code
        assert time.monotonic() - started < 5
    assert await is_refused(call(cookie))


async def test_a_login_whose_session_is_deleted_is_closed():
    user = await somebody()
    await ends_within_five_seconds(user, lambda key: Session.objects.filter(pk=key).delete(), 4401)


async def test_a_new_password_closes():
    user = await somebody()

    def act(_key):
        user.set_password("Another-2026!")
        user.save()

    await ends_within_five_seconds(user, act, 4401)


async def test_a_closed_account_is_closed_here_too():
    user, admin = await database_sync_to_async(lambda: (make_user(), make_admin(is_superuser=True)))()
    await ends_within_five_seconds(user, lambda _: close_account(user=user, actor=admin, reason="Spam."), 4401)


async def test_ended_logins_are_closed():
    user = await somebody()
    await ends_within_five_seconds(user, lambda _: end_logins(user=user), 4401)


async def test_a_logout_closes_and_leaves_others_open():
    user = await somebody()
    leaving, staying = await logged_in(user), await logged_in(user)
    async with talk(leaving) as line, talk(staying) as other:

        def log_out():
            browser = Client()
            browser.cookies[settings.SESSION_COOKIE_NAME] = leaving
            browser.post("/accounts/logout/")

        await sync_to_async(log_out, thread_sensitive=False)()
        assert await line.closed(within=5) == 4401
        await other.say({"type": "hello"})
        assert (await other.hear())["of"] == "hello"


async def test_losing_access_closes():
    user = await somebody()
    async with talk(await logged_in(user)) as line:
        Echo.barred.add(user.pk)
        assert await line.closed() == 4403


async def test_a_check_that_is_asked_for_does_not_wait(monkeypatch):
    monkeypatch.setattr(sockets, "CHECK_SECONDS", 60)
    user = await somebody()
    async with talk(await logged_in(user)) as line:
        Echo.barred.add(user.pk)
        await get_channel_layer().group_send(user_group(user.pk), {"type": "socket.recheck"})
        assert await line.closed(within=2) == 4403


async def test_with_a_database_that_hangs_the_wait_and_the_trust_are_no_sum(monkeypatch):
    """It is trusted from the last question that it answered on, not from the next one that it doesn't."""
    monkeypatch.setattr(sockets, "CHECK_SECONDS", 1.0)
    monkeypatch.setattr(sockets, "TRUST_SECONDS", 1.4)
    examined, answer, real = [], Event(), sockets._examine

    def silent(them):
        if examined:
            answer.wait(20)
        examined.append(time.monotonic())
        return real(them)

    monkeypatch.setattr(sockets, "_examine", silent)
    async with talk(await logged_in(await somebody())) as line:
        try:
            while not examined:
                await asyncio.sleep(0.01)
            assert await line.closed(within=5) == 1013
            assert 1.2 < time.monotonic() - examined[0] < 2.0
        finally:
            answer.set()


async def test_errors_of_the_database_are_no_longer_borne_with(monkeypatch):
    monkeypatch.setattr(sockets, "CHECK_SECONDS", 0.8)
    monkeypatch.setattr(sockets, "TRUST_SECONDS", 1.0)
    examined, real = [], sockets._examine

    def away(them):
        examined.append(time.monotonic())
        if len(examined) > 1:
            raise DatabaseError("away")
        return real(them)

    monkeypatch.setattr(sockets, "_examine", away)
    async with talk(await logged_in(await somebody())) as line:
        assert await line.closed(within=5) == 1013
        assert 0.9 < time.monotonic() - examined[0] < 1.5


def test_the_seconds_are_five_in_all():
    assert sockets.TRUST_SECONDS + sockets.CLOSE_SECONDS <= 5
    assert sockets.CHECK_SECONDS + 0.1 + sockets.CLOSE_SECONDS <= 5, "where the database answers"
    assert sockets.CHECK_SECONDS < sockets.TRUST_SECONDS, "a healthy database has time to answer"


@pytest.mark.parametrize("kind", [DatabaseError, InterfaceError])
async def test_nobody_stays_where_the_database_cannot_be_asked(monkeypatch, kind):
    monkeypatch.setattr(sockets, "CHECK_SECONDS", 0.05)
    monkeypatch.setattr(sockets, "TRUST_SECONDS", 0.3)

    def away(_sockets):
        raise kind("away")

    async with talk(await logged_in(await somebody())) as line:
        monkeypatch.setattr(sockets, "_examine", away)
        assert await line.closed() == 1013


async def test_nobody_stays_where_the_database_never_answers(monkeypatch):
    monkeypatch.setattr(sockets, "CHECK_SECONDS", 0.05)
    monkeypatch.setattr(sockets, "TRUST_SECONDS", 0.3)
    answer = Event()

    def silent(_sockets):
        answer.wait(20)
        return {}

    async with talk(await logged_in(await somebody())) as line:
        monkeypatch.setattr(sockets, "_examine", silent)
        try:
            assert await line.closed(within=5) == 1013
        finally:
            answer.set()


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
    assert codes == [sockets.LOGGED_OUT, sockets.LOGGED_OUT, sockets.TOO_FAST, sockets.TOO_FAST]
    assert not set(keys[2:]) & set(asked)
    assert not any(sockets._key(f"visits:{key}") in sockets._paces for key in keys[2:])
    assert await code(theirs) is None  # and comes in while these are turned away
    assert await code(late) == sockets.TOO_FAST
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
    assert codes == [sockets.LOGGED_OUT, sockets.LOGGED_OUT, sockets.TOO_FAST, sockets.TOO_FAST]
    assert asked == ["wrong1", "wrong2"]
    assert await with_ticket(5, "2001:db8:1:3::1") == sockets.LOGGED_OUT


@pytest.mark.parametrize(("proxies", "code"), [(0, sockets.TOO_FAST), (1, sockets.LOGGED_OUT)])
async def test_where_a_ticket_comes_from_is_what_our_own_proxy_says(monkeypatch, settings, proxies, code):
    settings.TRUSTED_PROXIES = proxies
    monkeypatch.setattr(sockets, "CONNECTS_A_MINUTE", 1)
    told = []
    for number in (1, 2):
        theirs, ours = (b"x-forwarded-for", b"6.6.6.6"), (b"x-forwarded-for", b"198.51.100.%d" % number)
        told.append(await with_ticket(number, "203.0.113.9", theirs, ours))
    assert told == [sockets.LOGGED_OUT, code]


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


@pytest.mark.parametrize("is_gone", [True, False])
async def test_who_cannot_be_told_of_the_end_does_not_keep_the_others_from_it(monkeypatch, is_gone):
    monkeypatch.setattr(sockets, "CHECK_SECONDS", 0.05)
    stuck, other, sent, cut = await somebody(), await somebody(), [], []

    async def receive():
        return {"type": "websocket.connect"} if not sent else await asyncio.sleep(60)

    async def send(event):
        sent.append(event)
        if event["type"] == "websocket.close":
            if is_gone:
                raise RuntimeError("Unexpected ASGI message 'websocket.close'")
            await asyncio.sleep(60)

    async with talk(await logged_in(other)) as line:
        scope = {**call(await logged_in(stuck)).scope, "abort": lambda: cut.append(True)}
        running = asyncio.ensure_future(Echo()(scope, receive, send))
        while sockets.Watch.here().count(f"user:{stuck.pk}") == 0:
            await asyncio.sleep(0.01)
        Echo.barred.add(stuck.pk)
        while sockets.Watch.here().count(f"user:{stuck.pk}") == 1:
            await asyncio.sleep(0.01)
        Echo.barred.add(other.pk)
        assert await line.closed() == 4403
        assert cut == ([] if is_gone else [True])
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


@pytest.mark.parametrize("seed", range(5))
def test_in_no_minute_are_there_more_than_the_pace_allows(monkeypatch, seed):
    """Also not at the turn of two, after a pause, or for who sends as fast as it lets them."""
    clock, chance = [1000.0], random.Random(seed)
    monkeypatch.setattr(sockets, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    pace, taken = sockets.Pace(100), []
    for _ in range(6):
        clock[0] += chance.uniform(0, 120)
        for _ in range(400):
            clock[0] += chance.uniform(0, 0.4)
            if pace.take():
                taken.append(clock[0])
    assert len(taken) > 600
    for first, last in zip(taken, taken[100:], strict=False):
        assert last - first >= 60


def test_after_a_burst_the_minute_has_to_pass_and_what_is_given_back_counts_not(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(sockets, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    pace = sockets.Pace(100)
    assert [pace.take() for _ in range(101)] == [True] * 100 + [False]
    clock[0] = 59.9
    assert not pace.take()
    pace.give_back()
    assert pace.take()
    assert not pace.take()
    clock[0] = 60.0
    assert sum(pace.take() for _ in range(101)) == 99
