"""The page on which the API is read works under the policy of every other page: nothing inline."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tests.window import browser


@pytest.mark.django_db
def test_its_policy_is_that_of_every_page() -> None:
    page = Client().get("/api/docs")
    assert page.status_code == 200
    policy = page["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_an_operation_is_read_and_tried_without_a_complaint_of_the_browser(live_server: Any) -> None:
    with browser() as opened:
        page = opened.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(live_server.url + "/api/docs")
        page.locator("#operations-tag-Health").click()
        page.locator(".opblock-summary-control").first.click()
        page.get_by_role("button", name="Try it out").click()
        page.get_by_role("button", name="Execute").click()
        expect(page.locator(".live-responses-table")).to_contain_text('"database": "UP"')
        # What the viewer draws is dressed by its sheet, and by what it sets on its own elements.
        assert page.locator(".opblock-summary-method").first.evaluate("e => getComputedStyle(e).fontWeight") == "700"
    assert [text for text in said if "503" not in text] == []
