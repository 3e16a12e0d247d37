"""Somebody's walk through the pages: what they press, and how fit for everybody each state is that they come to.

``PICTURES_OF_ACTS=folder`` keeps a picture of every state that is judged.
"""

from __future__ import annotations

import csv
import io
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
from playwright.sync_api import Error, Locator, Page, expect

from accounts.models import User
from tests.window import browser, close_kept, keep, meanwhile

Screen = tuple[int, str]
SCREENS = [pytest.param((1280, "light"), id="laptop"), pytest.param((360, "dark"), id="phone")]
AXE = Path(settings.BASE_DIR, "node_modules/axe-core/axe.min.js")
# Every page is handed axe as a function, which is only read when it is called: cheaper than sending it to each.
BRINGS_AXE = "window.bringAxe = () => {%s\n};"
JUDGE = """async () => {
  window.axe ?? window.bringAxe();
  const { violations } = await axe.run(document, { resultTypes: ['violations'] });
  const where = (found) => found.nodes.slice(0, 3).map((node) => node.target.join(' ')).join(' | ');
  return [violations.map((found) => `${found.id}: ${where(found)}`), document.documentElement.scrollWidth];
}"""
# Whether it has the focus; and whether that can be seen: it is on the screen, and nothing that stays lies over it.
REACHED = """(el) => {
  if (el !== document.activeElement) return [false, false];
  const { left, top, width, height } = el.getBoundingClientRect();
  const there = document.elementFromPoint(left + width / 2, top + height / 2);
  return [true, Boolean(there) && (el === there || el.contains(there) || there.contains(el))];
}"""
# The focus is on the stop of the keyboard that comes before it, or on it if it was there.
BEFORE = """(el) => {
  if (el === document.activeElement) return true;
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")];
  const stops = all.filter((one) => one === el || (one.tabIndex >= 0 && !one.disabled && one.checkVisibility()));
  document.activeElement.blur();
  stops[stops.indexOf(el) - 1]?.focus({ preventScroll: true });
  return false;
}"""
expect.set_options(timeout=15_000)  # a busy machine is no fault of the page
_windows: dict[Screen, Any] = {}


@dataclass
class Walk:
    page: Page
    base: str
    width: int
    name: str
    said: list[str] = field(default_factory=list)
    pictures: int = 0

    def hears(self, message: Any) -> None:
        if message.type == "error":
            self.said.append(message.text)

    def fails(self, error: Any) -> None:
        self.said.append(str(error))

    def open(self, path: str) -> None:
        answer = self.page.goto(self.base + path)
        assert answer is not None
        assert answer.status == 200, path

    def fits(self, what: str) -> None:
        """Nobody is kept out of the page as it stands, and nothing is wider than the screen."""
        self.pictured(what)
        try:
            found, wide = self.page.evaluate(JUDGE)
        except Error as error:
            if "context was destroyed" not in str(error):
                raise
            self.page.wait_for_load_state()  # it was the page before, which a press had just left
            found, wide = self.page.evaluate(JUDGE)
        assert found == [], what
        assert wide <= self.width, what

    def pictured(self, what: str) -> None:
        if folder := os.environ.get("PICTURES_OF_ACTS"):
            self.pictures += 1
            name = f"{self.name}-{self.width}-{self.pictures:02}-{what.replace(' ', '-')}.png"
            whole = not self.page.locator("[data-calendar]").count()  # which would take the picture for a phone
            self.page.screenshot(path=str(Path(folder, name)), full_page=whole)

    def go_to(self, stop: Locator) -> None:
        """Come to ``stop``, the only one of its kind, with the Tab key, from the stop before it."""
        stop.wait_for()
        here = stop.evaluate(BEFORE)
        for _ in range(6):  # a date is several stops, a group of radio buttons is one
            if not here:
                self.page.keyboard.press("Tab")
            here, seen = stop.evaluate(REACHED)
            if here:
                break
        expect(stop).to_be_focused()
        assert seen, f"{stop} has the focus, and something lies over it"

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
        self.page.get_by_text(words).first.wait_for()

    def heading(self, words: Any) -> None:
        self.page.get_by_role("heading", name=words).first.wait_for()

    def error_beside(self, label: str, words: str) -> None:
        """The field says what is wrong with it to those who see it and to those who hear it."""
        self.told()
        self.wrong(label, words)

    def wrong(self, label: str, words: str) -> None:
        stop = self.page.get_by_label(label, exact=True).and_(self.page.locator("input, select, textarea"))
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


def rows_of(file: tuple[str, bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file[1].decode("utf-8-sig"))))


def window(opened: Any, screen: Screen) -> Any:
    """One for each screen, which the walks share: scripts and fonts are fetched once. Nobody's, at first."""
    width, theme = screen
    if screen not in _windows:
        context = opened.new_context(
            viewport={"width": width, "height": 800 if width > 400 else 640},
            color_scheme=theme,
            reduced_motion="reduce",
            timezone_id="Asia/Kolkata",
        )
        context.set_default_timeout(20_000)
        context.add_init_script(BRINGS_AXE % AXE.read_text())
        _windows[screen] = keep(context)
    return _windows[screen]


def close_windows() -> None:
    _windows.clear()
    close_kept()


@contextmanager
def walking(live_server: Any, user: User | None, screen: Screen, name: str) -> Iterator[Walk]:
    """Begun when its rows are there. No script may fail, and the policy may refuse nothing."""
    with browser() as opened:
        context = window(opened, screen)
        if user is not None:
            login = Client()
            meanwhile(lambda: login.force_login(user))
            cookie = login.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        walk = Walk(page, live_server.url, screen[0], name)
        page.on("console", walk.hears)
        page.on("pageerror", walk.fails)
        try:
            yield walk
            page.evaluate("localStorage.clear()")
        except BaseException:
            walk.pictured("failed")
            raise
        finally:
            context.clear_cookies()
            page.close()
        assert [words for words in walk.said if "the server responded with a status of 4" not in words] == []
