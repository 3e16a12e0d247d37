"""A section that saves by itself, in a browser of which the test can hold, drop and answer the requests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from accounts.tests.test_accounts_browser import log_in
from consultants.models import Consultant
from consultants.services.mail_words import words_of
from tests.window import meanwhile


@dataclass
class Desk:
    page: Page
    base: str
    consultant: Consultant
    sent: list[Route] = field(default_factory=list)  # the saves that the page has asked for
    held: bool = False
    answers: list[dict[str, Any]] = field(default_factory=list)  # given in the product's place, the first first

    def open(self, path: str) -> None:
        self.page.goto(self.base + path)
        self.page.route(f"**{path}", self._take)

    def log_in_elsewhere(self, email: str) -> None:
        """By the login's own form in another tab, as somebody new to this browser or back in it."""
        self.page.context.clear_cookies(name="sessionid")
        tab = self.page.context.new_page()
        log_in(tab, self.base, email)
        tab.close()

    def _take(self, route: Route) -> None:
        if route.request.method == "POST":
            self.sent.append(route)
            if self.held:
                return
            if self.answers:
                route.fulfill(**self.answers.pop(0))
                return
        route.continue_()

    def waits_for(self, saves: int) -> None:
        for _ in range(200):
            if len(self.sent) >= saves:
                return
            self.page.wait_for_timeout(25)
        pytest.fail(f"{len(self.sent)} saves were asked for, not {saves}")

    @property
    def said(self) -> Any:
        return self.page.locator("[data-save-said]")

    def type(self, name: str, words: str) -> None:
        self.page.fill(f"#id_{name}", words)

    def leave(self) -> None:
        self.page.evaluate("document.activeElement.blur()")

    def stored(self) -> dict[str, str]:
        found: dict[str, str] = {}
        meanwhile(lambda: found.update(words_of(self.consultant.pk)))
        return found
