"""Sockets of apps: a ticket opens one, once, and it closes when the login ends."""

from typing import Any

import pytest
import time_machine
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from django.urls import path

from accounts.api import tokens
from accounts.models import SocketTicket
from accounts.services import close_account
from naksha.api.testing import api_of
from naksha.logs import masked
from naksha.testing import make_admin, make_user
from naksha.tests.lines import Line, is_refused, logged_in
from naksha.web import pace
from naksha.web.close_codes import LOGGED_OUT
from naksha.web.origins import OwnPagesAndTickets
from notifications.consumers import Bell
from notifications.services import notify

pytestmark = pytest.mark.django_db(transaction=True)
WHERE = "/ws/notifications/"
app = OwnPagesAndTickets(URLRouter([path("ws/notifications/", Bell.as_asgi())]))
in_thread = database_sync_to_async


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: Any) -> None:
    monkeypatch.setattr(pace, "_paces", type(pace._paces)())


@in_thread
def device(user: Any = None) -> Any:
    return api_of(user or make_user())


@in_thread
def ticket_of(api: Any) -> Any:
    return api.post("/auth/ws-ticket").data["ticket"]


def line(ticket: Any, **scope: Any) -> Any:
    """As an app calls: without an origin."""
    return Line(app, WHERE, origin=None, query_string=f"ticket={ticket}".encode(), **scope)


async def test_a_ticket_opens_one_socket_once() -> None:
    ticket = await ticket_of(await device())
    first = line(ticket)
    assert await first.connect() is None
    assert (await first.hear("state"))["topics"] == ["notifications"]
    assert await is_refused(line(ticket))
    await first.hang_up()


async def test_it_is_the_logins_own_bell() -> None:
    @in_thread
    def told() -> Any:
        user = make_user()
        notify(user=user, kind="system", title="Yours alone")
        return user

    mine = line(await ticket_of(await device(await told())))
    assert await mine.connect() is None
    assert (await mine.hear("state"))["count"] == 1
    await mine.hang_up()


@pytest.mark.parametrize("ticket", ["", "x", "x" * 43, "x" * 5000, "%00", "a&ticket=b"])
async def test_what_is_no_ticket_opens_nothing(ticket: Any) -> None:
    assert await is_refused(line(ticket))


async def test_after_30_seconds_it_is_spent() -> None:
    api = await device()
    with time_machine.travel("2026-11-20T10:00:00Z", tick=False) as clock:
        ticket = await in_thread(tokens.mint_ticket)(login=api.login)
        clock.shift(31)
        assert await is_refused(line(ticket))


@pytest.mark.parametrize("how", ["logout", "closed"])
async def test_the_socket_closes_within_seconds_of_the_logins_end(how: Any) -> None:
    api = await device()
    open_one = line(await ticket_of(api))
    assert await open_one.connect() is None
    if how == "logout":
        await in_thread(api.post)("/auth/logout")
    else:
        await in_thread(lambda: close_account(user=api.login.user, actor=make_admin(), reason="Abuse."))()
    assert await open_one.closed(within=5) == LOGGED_OUT
    await open_one.hang_up()


async def test_a_ticket_of_an_ended_login_opens_nothing() -> None:
    api = await device()
    ticket = await ticket_of(api)
    await in_thread(api.post)("/auth/logout")
    assert await is_refused(line(ticket))


async def test_a_page_of_others_gains_nothing_by_a_wrong_ticket() -> None:
    """Where there is a ticket, the cookie that a browser sends along does not count, nor does it without one."""
    cookie = await logged_in(await in_thread(make_user)())
    foreign = {"origin": "https://evil.test"}
    assert await is_refused(Line(app, WHERE, cookie, query_string=b"ticket=wrong", **foreign))
    assert await is_refused(Line(app, WHERE, cookie, **foreign))


async def test_without_a_login_there_is_no_ticket() -> None:
    @in_thread
    def refused() -> Any:
        return api_of().post("/auth/ws-ticket").status

    assert await refused() == 401
    assert not await in_thread(SocketTicket.objects.exists)()


def test_a_ticket_is_kept_as_a_hash_and_shown_in_no_log() -> None:
    api = api_of(make_user())
    ticket = api.post("/auth/ws-ticket").data["ticket"]
    assert ticket not in str(SocketTicket.objects.values())
    assert ticket not in masked(f'"WebSocket /ws/notifications/?ticket={ticket}" [accepted]')
    assert "short" not in masked("/ws/notifications/?ticket=short")
