"""Somebody's walk through the pages: what they press, and how fit for everybody each state is that they come to.

``PICTURES_OF_ACTS=folder`` keeps a picture of every state that is judged.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from tests.window import browser, meanwhile

SCREENS = [pytest.param((1280, "light"), id="laptop"), pytest.param((360, "dark"), id="phone")]
AXE = Path(settings.BASE_DIR, "node_modules/axe-core/axe.min.js")
JUDGE = """async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
  .map((found) => `${found.id}: ${found.nodes.slice(0, 3).map((node) => node.target.join(' ')).join(' | ')}`)"""
# What has the focus can be seen: it is on the screen, and nothing that stays in its place lies over it.
SEEN = """(el) => {
  const { left, top, width, height } = el.getBoundingClientRect();
  const there = document.elementFromPoint(left + width / 2, top + height / 2);
  return Boolean(there) && (el === there || el.contains(there) || there.contains(el));
}"""
# The focus is on the stop of the keyboard that comes before it.
BEFORE = """(el) => {
  if (el === document.activeElement) return;
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")];
  const stops = all.filter((one) => one === el || (one.tabIndex >= 0 && !one.disabled && one.checkVisibility()));
  document.activeElement.blur();
  stops[stops.indexOf(el) - 1]?.focus({ preventScroll: true });
}"""


@dataclass
class Walk:
    page: Page
    base: str
    width: int
    name: str
    said: list[str] = field(default_factory=list)
    pictures: int = 0

    def open(self, path: str) -> None:
        answer = self.page.goto(self.base + path)
        assert answer is not None
        assert answer.status == 200, path

    def fits(self, what: str) -> None:
        """Nobody is kept out of the page as it stands, and nothing is wider than the screen."""
        if folder := os.environ.get("PICTURES_OF_ACTS"):
            self.pictures += 1
            name = f"{self.name}-{self.width}-{self.pictures:02}-{what.replace(' ', '-')}.png"
            self.page.screenshot(path=str(Path(folder, name)), full_page=True)
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE.read_text())
        assert self.page.evaluate(JUDGE) == [], what
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width, what

    def go_to(self, stop: Locator) -> None:
        """Come to ``stop`` with the Tab key, from the stop before it."""
        expect(stop).to_have_count(1)
        expect(stop).to_be_visible()
        stop.evaluate(BEFORE)
        for _ in range(3):  # a group of radio buttons is one stop
            if stop.evaluate("(el) => el === document.activeElement"):
                break
            self.page.keyboard.press("Tab")
        expect(stop).to_be_focused()
        assert stop.evaluate(SEEN), f"{stop} has the focus, and something lies over it"

    def press(self, stop: Locator, key: str = "Enter") -> None:
        self.go_to(stop)
        self.page.keyboard.press(key)

    def type(self, stop: Locator, words: str) -> None:
        """Into a field, in the place of what stands there."""
        self.go_to(stop)
        self.page.keyboard.press("Control+a")
        if words:
            self.page.keyboard.insert_text(words)
        else:
            self.page.keyboard.press("Delete")

    def button(self, name: Any) -> Locator:
        return self.page.get_by_role("button", name=name)

    def link(self, name: Any) -> Locator:
        return self.page.locator("main").get_by_role("link", name=name)

    def sees(self, words: Any) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible()

    def heading(self, words: Any) -> None:
        expect(self.page.get_by_role("heading", name=words).first).to_be_visible()

    def error_beside(self, label: str, words: str) -> None:
        """The field says what is wrong with it to those who see it and to those who hear it."""
        stop = self.page.get_by_label(label, exact=True)
        self.told()
        expect(stop).to_have_attribute("aria-invalid", "true")
        expect(stop).to_have_accessible_description(re.compile(re.escape(words)))

    def told(self) -> None:
        """The reader begins where the page says that something is wrong."""
        where = self.page.locator("[data-error-summary]:focus, [aria-invalid]:focus")
        expect(where).to_have_count(1)
        expect(where).to_be_in_viewport()

    def fetched(self, stop: Locator) -> tuple[str, bytes]:
        """The name and the content of the file that comes when ``stop`` is pressed."""
        with self.page.expect_download() as coming:
            self.press(stop)
        return coming.value.suggested_filename, coming.value.path().read_bytes()


@contextmanager
def walking(live_server: Any, user: User | None, screen: tuple[int, str], name: str) -> Iterator[Walk]:
    """Begun when its rows are there. No script may fail, and the policy may refuse nothing."""
    width, theme = screen
    with browser() as opened:
        context = opened.new_context(
            viewport={"width": width, "height": 800 if width > 400 else 640},
            color_scheme=theme,
            reduced_motion="reduce",
            timezone_id="Asia/Kolkata",
        )
        if user is not None:
            login = Client()
            meanwhile(lambda: login.force_login(user))
            cookie = login.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        walk = Walk(context.new_page(), live_server.url, width, name)
        walk.page.on("console", lambda message: walk.said.append(message.text) if message.type == "error" else None)
        walk.page.on("pageerror", lambda error: walk.said.append(str(error)))
        yield walk
        assert [words for words in walk.said if "the server responded with a status of 4" not in words] == []
