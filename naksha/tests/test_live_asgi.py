"""The process of live connections, run as it is run: each kind of key opens a socket, and pages are not loaded."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection
from websockets.asyncio.client import connect

from accounts.tickets import mint_ticket
from naksha.api.testing import api_of
from naksha.testing import make_user
from sessions_app.services import chatting
from sessions_app.testing import make_session
from sessions_app.tests.chatters import guest_browser, logged_in_browser
from tests.e2e.sites import ROOT, free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PATIENCE = 120
# What draws pages, answers the API, logs people in or works through the queue.
NOT_LOADED = {
    "PIL", "allauth", "babel", "celery", "django_celery_beat", "drf_spectacular", "httpx", "kombu", "phonenumbers",
    "razorpay", "requests", "rest_framework", "typst", "unfold",
    "bookings", "client_area", "dashboard", "demo", "public", "quotations",
    "accounts.api", "accounts.forms", "accounts.views", "consultants.services", "consultants.views", "naksha.api",
    "naksha.urls", "notifications.services", "payments.services", "sessions_app.api", "sessions_app.services",
    "sessions_app.views", "django.contrib.admin", "django.core.handlers.wsgi",
}  # fmt: skip
RUN = """
import json, sys
from naksha import wire
print(flush=True)
wire.main()
print(json.dumps(sorted(sys.modules)))
"""


def people():
    """A room's session and who may hear it: its consultant's cookie, its guest's, and an app's ticket."""
    session = make_session()
    consultant = logged_in_browser(session.consultant.user)
    cookies = [browser.cookies[settings.SESSION_COOKIE_NAME].value for browser in (consultant, guest_browser(session))]
    chatting.conversation_of(session)
    return session, cookies, mint_ticket(login=api_of(make_user()).login)


def environment(port):
    """That of this test's own database. Its layer is the suite's Redis, or none is needed to open a line."""
    database = connection.settings_dict
    url = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        url = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{database['NAME']}"
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "REDIS_URL") if name in os.environ}
    return {
        **kept,
        "DATABASE_URL": url,
        "NAKSHA_DATA": str(settings.DATA_DIR),
        "SECRET_KEY": settings.SECRET_KEY,
        "PORT": str(port),
        "LOG_LEVEL": "WARNING",
    }


async def first_frame(port, path, cookie="", query=""):
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"} if cookie else {}
    origin = f"http://127.0.0.1:{port}" if cookie else None
    address = f"ws://127.0.0.1:{port}{path}{query}"
    async with connect(address, origin=origin, additional_headers=headers, open_timeout=PATIENCE) as line:
        return json.loads(await line.recv())


def answer(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as told:
            return told.status, told.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def wait_until_up(process, port):
    for _ in range(PATIENCE * 10):
        assert process.poll() is None
        try:
            return answer(port, "/health")
        except OSError:
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.1)
    raise AssertionError("it never answered")


async def test_it_opens_every_line_and_loads_what_lines_need() -> None:
    session, (consultant, guest), ticket = await sync_to_async(people)()
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", RUN], cwd=ROOT, env=environment(port), stdout=subprocess.PIPE, text=True
    )
    try:
        assert await sync_to_async(wait_until_up)(process, port) == (200, b"ok\n")
        assert (await sync_to_async(answer)(port, "/"))[0] == 404
        room = f"/ws/sessions/{session.pk}/"
        assert (await first_frame(port, room, consultant))["type"] == "welcome"
        assert (await first_frame(port, room, guest))["type"] == "welcome"
        assert (await first_frame(port, "/ws/notifications/", consultant))["type"] == "state"
        assert (await first_frame(port, "/ws/notifications/", query=f"?ticket={ticket}"))["type"] == "state"
        process.send_signal(signal.SIGINT)  # after TERM it would say no more
        told, _nothing = await sync_to_async(process.communicate)(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()
    loaded = set(json.loads(told))
    assert {"sessions_app.consumers", "notifications.consumers", "accounts.tickets"} <= loaded
    assert sorted(loaded & NOT_LOADED) == []
