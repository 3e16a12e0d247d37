"""One socket for every page of a login: the count, the newest line, and what to fetch again."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

import naksha.live
from naksha.asgi import application
from naksha.outage import Outage
from naksha.testing import make_user
from naksha.tests.lines import Line, is_refused, logged_in, talking
from naksha.web import pace, watch
from naksha.web.close_codes import LOGGED_OUT, TRY_LATER
from naksha.web.sockets import user_group
from notifications import consumers, live, services
from notifications.models import Notification
from tests.own_redis import own_redis, server

pytestmark = pytest.mark.django_db(transaction=True)
WHERE = "/ws/notifications/"


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "_paces", type(pace._paces)())


somebody = database_sync_to_async(make_user)
notify = database_sync_to_async(services.notify)


async def a_line(user: Any) -> Any:
    return talking(application, WHERE, await logged_in(user))


async def silent(line: Line, seconds: float = 1.5) -> bool:
    return await line.receive_nothing(timeout=seconds, interval=0.05)


async def test_a_page_hears_the_count_when_it_comes() -> None:
    user = await somebody()
    await notify(user=user, kind="booking", title="Farhan booked you")
    async with await a_line(user) as line:
        state = await line.hear("state")
        assert (state["count"], state["latest"]["title"], state["quiet"]) == (1, "Farhan booked you", False)


async def test_a_line_that_is_written_is_heard_by_every_page_of_its_reader_and_by_nobody_else() -> None:
    user, other = await somebody(), await somebody()
    async with await a_line(user) as one, await a_line(user) as two, await a_line(other) as foreign:
        for line in (one, two, foreign):
            assert (await line.hear("state"))["count"] == 0
        started = time.monotonic()
        await notify(user=user, kind="payment", title="Paid")
        for line in (one, two):
            state = await line.hear("state")
            assert (state["count"], state["latest"]["title"], state["topics"]) == (1, "Paid", ["notifications"])
        assert time.monotonic() - started < 5
        assert await silent(foreign)


async def test_reading_in_one_page_is_heard_by_the_other() -> None:
    user = await somebody()
    line = await notify(user=user, kind="booking", title="x")
    async with await a_line(user) as page:
        assert (await page.hear("state"))["count"] == 1
        for act in (
            lambda: services.mark_read(notification=line),
            lambda: services.remove(notification=line),
        ):
            await database_sync_to_async(act)()
            state = await page.hear("state")
            assert (state["count"], state["latest"]) == (0, None)
        await notify(user=user, kind="booking", title="y")
        assert (await page.hear("state"))["count"] == 1
        await database_sync_to_async(services.mark_all_read)(user=user, until=timezone.now())
        assert (await page.hear("state"))["count"] == 0


async def test_what_is_rolled_back_is_told_to_nobody() -> None:
    user = await somebody()

    def rolled_back() -> None:
        with transaction.atomic():
            services.notify(user=user, kind="booking", title="x")
            transaction.set_rollback(True)

    async with await a_line(user) as line:
        await line.hear("state")
        await database_sync_to_async(rolled_back)()
        assert await silent(line)


async def test_a_kind_that_is_off_rings_no_bell() -> None:
    user = await somebody()
    off = {"user": user, "on_screen": {"review": False}, "by_mail": {}}
    await database_sync_to_async(services.save_preferences)(**off)
    async with await a_line(user) as line:
        await line.hear("state")
        await notify(user=user, kind="review", title="Five stars")
        assert await line.hear() == {"type": "changed", "topics": ["lines"]}  # no count, and no line
        assert await silent(line)


async def test_a_topic_is_told_without_asking_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    user = await somebody()
    async with await a_line(user) as line:
        await line.hear("state")
        monkeypatch.setattr(consumers, "state_of", lambda _: pytest.fail("asked"))
        await database_sync_to_async(services.changed)(user, "bookings")
        assert await line.hear() == {"type": "changed", "topics": ["bookings"]}


async def test_a_thousand_lines_are_a_few_frames_and_the_last_is_right() -> None:
    user = await somebody()

    def storm(first: int) -> None:
        for n in range(first, first + 20):
            Notification.objects.create(user=user, kind="system", title=f"line {n}")
            services.changed(user)
            services.changed(user, "bookings")

    async with await a_line(user) as line:
        await line.hear("state")
        started = time.monotonic()
        for first in range(0, 1000, 20):  # who checks the line's access has turns between, and soon
            await database_sync_to_async(storm)(first)
        frames = []
        while not frames or frames[-1].get("count") != 1000:
            frames.append(await line.hear())
        assert frames[-1]["latest"]["title"] == "line 999"
        assert len(frames) <= 3 + (time.monotonic() - started) / consumers.PAUSE
        late = 0  # what was told while a count was made is told once more; a slow machine makes several
        while not await silent(line, 1.5):
            assert (await line.hear()).get("count", 1000) == 1000
            late += 1
        assert late <= 5


async def test_nobody_without_a_login_is_let_in() -> None:
    def guest() -> Any:
        browser = Client()
        session = browser.session
        session["x"] = 1
        session.save()
        return session.session_key

    assert await is_refused(Line(application, WHERE, None))
    assert await is_refused(Line(application, WHERE, await database_sync_to_async(guest)()))


async def test_a_page_of_another_site_hears_nothing() -> None:
    cookie = await logged_in(await somebody())
    assert await is_refused(Line(application, WHERE, cookie, origin="https://evil.test"))


async def test_logging_out_closes_it() -> None:
    user = await somebody()
    cookie = await logged_in(user)

    def log_out() -> None:
        browser = Client()
        browser.cookies["sessionid"] = cookie
        browser.post("/accounts/logout/")

    async with talking(application, WHERE, cookie) as line:
        await line.hear("state")
        await database_sync_to_async(log_out)()
        assert await line.closed() == LOGGED_OUT


async def test_a_database_that_is_away_closes_it_so_that_the_page_asks_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: Any) -> Any:
        raise DatabaseError

    user = await somebody()
    async with await a_line(user) as line:
        await line.hear("state")
        monkeypatch.setattr(consumers, "state_of", away)
        await notify(user=user, kind="booking", title="x")
        assert await line.closed() == TRY_LATER


async def test_other_sockets_of_the_login_are_not_troubled() -> None:
    """The base puts every socket of a login into one group, where nobody but this one knows what to look at."""
    user = await somebody()
    assert live.group_of(user.pk) != user_group(user.pk)
    async with await a_line(user) as line:
        await line.hear("state")
        await get_channel_layer().group_send(user_group(user.pk), {"type": "socket.recheck"})
        await asyncio.sleep(0.3)
        assert await silent(line, 0.5)


@pytest.mark.redis
@pytest.mark.skipif(server() is None, reason="no redis-server on this machine")
async def test_what_is_said_while_redis_is_away_is_asked_for_when_it_is_back(
    tmp_path: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "CATCH_UP_SECONDS", (0.1, 0.2))
    monkeypatch.setattr(naksha.live, "outage", Outage("channel layer"))
    user = await somebody()
    with own_redis(tmp_path) as own:
        hosts = [{"address": own.url, "socket_connect_timeout": 0.5}]
        settings.CHANNEL_LAYERS = {"default": {"BACKEND": "naksha.layers.RedisLayer", "CONFIG": {"hosts": hosts}}}
        async with await a_line(user) as line:
            assert (await line.hear("state"))["count"] == 0
            own.kill()
            await notify(user=user, kind="booking", title="Farhan booked you")
            own.start()
            state = await line.hear("state", timeout=20)
            assert (state["count"], state["topics"]) == (1, ["*", "notifications"])
