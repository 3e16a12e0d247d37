"""A socket that says back what it hears, for tests of what all sockets have in common."""

from __future__ import annotations

from collections import OrderedDict

import pytest
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from channels.security.websocket import OriginValidator
from django.urls import path

from naksha.testing import make_user
from naksha.tests.lines import Line, talking
from naksha.web import pace
from naksha.web.close_codes import NO_ACCESS
from naksha.web.sockets import Socket
from naksha.web.watch import Verdict


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
        return {s: Verdict(close=NO_ACCESS) for s in open_now if s.browser.user_id in cls.barred}


class Lobby(Echo):
    needs_login = False


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.setattr(pace, "_paces", OrderedDict())
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
