"""Whatever ends a login or an access closes its sockets within five seconds, also where the database can't be asked."""

import asyncio
import time
from threading import Event

import pytest
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import DatabaseError, InterfaceError
from django.test import Client

from accounts.services import close_account, end_logins
from naksha.testing import make_admin, make_user
from naksha.tests.echo import Echo, _fresh, call, somebody, talk
from naksha.tests.lines import is_refused, logged_in
from naksha.web import sockets, watch
from naksha.web.sockets import user_group
from naksha.web.watch import Watch

__all__ = ["_fresh"]
pytestmark = pytest.mark.django_db(transaction=True)


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
    monkeypatch.setattr(watch, "CHECK_SECONDS", 60)
    user = await somebody()
    async with talk(await logged_in(user)) as line:
        Echo.barred.add(user.pk)
        await get_channel_layer().group_send(user_group(user.pk), {"type": "socket.recheck"})
        assert await line.closed(within=2) == 4403


async def test_with_a_database_that_hangs_the_wait_and_the_trust_are_no_sum(monkeypatch):
    """It is trusted from the last question that it answered on, not from the next one that it doesn't."""
    monkeypatch.setattr(watch, "CHECK_SECONDS", 1.0)
    monkeypatch.setattr(watch, "TRUST_SECONDS", 1.4)
    examined, answer, real = [], Event(), watch._examine

    def silent(them):
        if examined:
            answer.wait(20)
        examined.append(time.monotonic())
        return real(them)

    monkeypatch.setattr(watch, "_examine", silent)
    async with talk(await logged_in(await somebody())) as line:
        try:
            while not examined:
                await asyncio.sleep(0.01)
            assert await line.closed(within=5) == 1013
            assert 1.2 < time.monotonic() - examined[0] < 2.0
        finally:
            answer.set()


async def test_errors_of_the_database_are_no_longer_borne_with(monkeypatch):
    monkeypatch.setattr(watch, "CHECK_SECONDS", 0.8)
    monkeypatch.setattr(watch, "TRUST_SECONDS", 1.0)
    examined, real = [], watch._examine

    def away(them):
        examined.append(time.monotonic())
        if len(examined) > 1:
            raise DatabaseError("away")
        return real(them)

    monkeypatch.setattr(watch, "_examine", away)
    async with talk(await logged_in(await somebody())) as line:
        assert await line.closed(within=5) == 1013
        assert 0.9 < time.monotonic() - examined[0] < 1.5


def test_the_seconds_are_five_in_all():
    assert watch.TRUST_SECONDS + sockets.CLOSE_SECONDS <= 5
    assert watch.CHECK_SECONDS + 0.1 + sockets.CLOSE_SECONDS <= 5, "where the database answers"
    assert watch.CHECK_SECONDS < watch.TRUST_SECONDS, "a healthy database has time to answer"


@pytest.mark.parametrize("kind", [DatabaseError, InterfaceError])
async def test_nobody_stays_where_the_database_cannot_be_asked(monkeypatch, kind):
    monkeypatch.setattr(watch, "CHECK_SECONDS", 0.05)
    monkeypatch.setattr(watch, "TRUST_SECONDS", 0.3)

    def away(_sockets):
        raise kind("away")

    async with talk(await logged_in(await somebody())) as line:
        monkeypatch.setattr(watch, "_examine", away)
        assert await line.closed() == 1013


async def test_nobody_stays_where_the_database_never_answers(monkeypatch):
    monkeypatch.setattr(watch, "CHECK_SECONDS", 0.05)
    monkeypatch.setattr(watch, "TRUST_SECONDS", 0.3)
    answer = Event()

    def silent(_sockets):
        answer.wait(20)
        return {}

    async with talk(await logged_in(await somebody())) as line:
        monkeypatch.setattr(watch, "_examine", silent)
        try:
            assert await line.closed(within=5) == 1013
        finally:
            answer.set()


@pytest.mark.parametrize("is_gone", [True, False])
async def test_who_cannot_be_told_of_the_end_does_not_keep_the_others_from_it(monkeypatch, is_gone):
    monkeypatch.setattr(watch, "CHECK_SECONDS", 0.05)
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
        while Watch.here().count(f"user:{stuck.pk}") == 0:
            await asyncio.sleep(0.01)
        Echo.barred.add(stuck.pk)
        while Watch.here().count(f"user:{stuck.pk}") == 1:
            await asyncio.sleep(0.01)
        Echo.barred.add(other.pk)
        assert await line.closed() == 4403
        assert cut == ([] if is_gone else [True])
        running.cancel()
