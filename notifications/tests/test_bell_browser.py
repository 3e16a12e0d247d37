"""The bell of every page in a real browser: what it shows, and what it does while its socket is away.

The socket's far end is played by the test, so that it breaks when it should; what the page asks for over HTTP is the
product's own answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, WebSocketRoute, expect

from accounts.models import User
from naksha.testing import make_user
from notifications.services import notify
from tests.window import browser, meanwhile

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SOON = {"id": "1", "at": "2026-11-21T10:00:00.000001Z", "title": "Farhan booked you"}
LATER = {"id": "2", "at": "2026-11-21T10:05:00.000001Z", "title": "Meera paid"}


@dataclass
class FarEnd:
    """Each socket that the page has opened, oldest first; ``refuses`` closes the next ones with that code at once."""

    sockets: list[WebSocketRoute] = field(default_factory=list)
    refuses: int = 0

    def take(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        if self.refuses:
            socket.close(code=self.refuses)

    def says(self, **frame: Any) -> None:
        self.sockets[-1].send(json.dumps({"type": "state", "quiet": False, "topics": ["notifications"], **frame}))


@dataclass
class Desk:
    page: Page
    far: FarEnd
    asked: list[str]  # the addresses of the bell's own requests

    def open(self, url: str) -> None:
        self.page.goto(url)
        self.page.evaluate(
            "document.addEventListener('naksha:changed', e => (window.heard = [...(window.heard ?? []), e.detail]))"
        )

    def stop(self) -> None:
        """The page's clock moves only by ``run_for`` from here, however slowly this machine goes."""
        self.page.clock.pause_at(self.page.evaluate("Date.now()") / 1000 + 1)

    @property
    def heard(self) -> list[str]:
        found: list[str] = self.page.evaluate("window.heard ?? []")
        return found

    @property
    def count(self) -> Any:
        return self.page.locator("[data-bell-count]")

    @property
    def toast(self) -> Any:
        return self.page.locator(".toast")

    def waits_for(self, sockets: int) -> None:
        for _ in range(400):
            if len(self.far.sockets) >= sockets:
                return
            self.page.wait_for_timeout(25)
        pytest.fail(f"{len(self.far.sockets)} sockets were opened, not {sockets}")


@pytest.fixture
def user() -> User:
    return make_user(first_name="Farhan", last_name="Qureshi")


@pytest.fixture
def desk(live_server: Any, settings: Any, user: User) -> Iterator[Desk]:
    settings.LIVE_SOCKETS = True
    client = Client()
    client.force_login(user)
    cookie: Any = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    with browser() as opened:
        context = opened.new_context()
        context.add_cookies([cookie])
        page = context.new_page()
        page.clock.install()
        far, asked = FarEnd(), []
        page.route_web_socket("**/ws/notifications/", far.take)
        page.on("request", lambda sent: "/notifications/state/" in sent.url and asked.append(sent.url))
        yield Desk(page, far, asked)


def test_what_comes_is_counted_named_in_the_title_and_said_once(desk: Desk, live_server: Any) -> None:
    desk.open(live_server.url + "/me/")
    desk.waits_for(1)
    plain = desk.page.title()
    desk.far.says(count=1, latest=SOON)
    expect(desk.count).to_have_text("1")
    assert desk.toast.count() == 0, "what was there before the page is no news"
    desk.far.says(count=2, latest=LATER)
    expect(desk.toast).to_have_text("Meera paid")
    expect(desk.count).to_have_text("2")
    assert desk.page.title() == f"(2) {plain}"
    expect(desk.page.get_by_label("Notifications, 2 new")).to_be_visible()
    desk.page.clock.run_for(9_000)
    expect(desk.toast).to_have_count(0)
    desk.far.says(count=1, latest=SOON)  # one was read elsewhere
    expect(desk.count).to_have_text("1")
    desk.far.says(count=0, latest=None)
    expect(desk.count).to_be_hidden()
    assert desk.page.title() == plain
    assert desk.toast.count() == 0


def test_in_quiet_hours_it_counts_and_says_nothing(desk: Desk, live_server: Any) -> None:
    desk.open(live_server.url + "/me/")
    desk.waits_for(1)
    desk.far.says(count=1, latest=SOON)
    desk.far.says(count=120, latest=LATER, quiet=True)
    expect(desk.count).to_have_text("99+")
    assert desk.toast.count() == 0


def test_a_socket_that_is_cut_is_opened_again_and_the_page_is_told_to_look(
    desk: Desk, live_server: Any, user: User
) -> None:
    desk.open(live_server.url + "/me/")
    desk.waits_for(1)
    desk.far.says(count=0, latest=None)
    meanwhile(lambda: notify(user=user, kind="booking", title="While it was away"))
    desk.stop()
    desk.far.sockets[0].close(code=1001)
    expect(desk.count).to_have_text("1")  # asked at once, over HTTP
    desk.page.clock.run_for(100)  # a frame, in which the words are drawn; the shortest pause is 500 ms
    expect(desk.toast).to_have_text("While it was away")
    assert len(desk.asked) == 1
    assert "*" not in desk.heard
    desk.page.clock.run_for(1_100)  # the first pause is a second at the most
    desk.waits_for(2)
    desk.page.wait_for_function("(window.heard ?? []).includes('*')")
    assert desk.page.locator("html[data-socket=open]").count() == 1
    desk.page.clock.run_for(40_000)
    assert len(desk.asked) == 1, "who has a socket does not ask"


def test_without_a_socket_it_asks_every_minute(desk: Desk, live_server: Any, user: User) -> None:
    desk.far.refuses = 1011
    with desk.page.expect_response("**/notifications/state/"):  # a closed socket asks at once
        desk.open(live_server.url + "/me/")
    desk.page.wait_for_function("document.documentElement.dataset.socket === 'closed'")
    desk.page.clock.run_for(1_000)
    before = len(desk.asked)
    meanwhile(lambda: notify(user=user, kind="booking", title="By asking"))
    desk.page.clock.run_for(61_000)
    expect(desk.count).to_have_text("1")
    assert len(desk.asked) > before
    assert "notifications" in desk.heard
    assert 3 <= len(desk.far.sockets) < 12, "and tries again, with growing pauses"


def test_where_nothing_serves_sockets_none_is_tried(desk: Desk, live_server: Any, settings: Any, user: User) -> None:
    settings.LIVE_SOCKETS = False
    desk.open(live_server.url + "/me/")
    meanwhile(lambda: notify(user=user, kind="booking", title="By asking"))
    desk.page.clock.run_for(62_000)
    expect(desk.count).to_have_text("1")
    assert desk.far.sockets == []


def test_whoever_is_logged_out_is_not_asked_for_any_more(desk: Desk, live_server: Any) -> None:
    desk.open(live_server.url + "/me/")
    desk.waits_for(1)
    desk.far.sockets[0].close(code=4401)
    desk.page.wait_for_function("document.documentElement.dataset.socket === 'closed'")
    desk.page.clock.run_for(180_000)
    assert (len(desk.far.sockets), desk.asked) == (1, [])


def test_a_socket_that_says_nothing_for_long_is_given_up(desk: Desk, live_server: Any) -> None:
    desk.open(live_server.url + "/me/")
    desk.waits_for(1)
    desk.page.wait_for_function("document.documentElement.dataset.socket === 'open'")
    desk.page.clock.run_for(46_000)
    desk.page.clock.run_for(2_000)
    desk.waits_for(2)


def test_being_offline_is_said_until_it_is_over(desk: Desk, live_server: Any) -> None:
    desk.open(live_server.url + "/me/")
    desk.waits_for(1)
    mark = desk.page.locator("[data-offline]").first
    expect(mark).to_be_hidden()
    desk.page.context.set_offline(True)
    expect(mark).to_be_visible()
    desk.page.context.set_offline(False)
    expect(mark).to_be_hidden()
