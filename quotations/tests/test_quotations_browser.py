"""Quotations in a real browser: axe and widths in both themes, live totals, lines by keyboard, and the client's yes."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from quotations import services
from quotations.testing import make_accepted, make_draft, make_sent
from tests.window import browser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cookie(live_server: Any, consultant: Any) -> dict[str, str]:
    client = Client()
    client.force_login(consultant.user)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}


def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    live_server: Any, cookie: dict[str, str], consultant: Any
) -> None:
    draft, (sent, token), (agreed, paying) = (
        make_draft(consultant, title="Long" * 25, deposit_points=5_000),
        make_sent(consultant, discount_points=1_000),
        make_accepted(consultant, deposit_points=5_000),
    )
    services.ask(quotation=sent, body="Is the fee in it?")
    desk = ["/dashboard/quotations/", "/dashboard/quotations/new/", reverse("quotations:edit", args=[draft.pk])]
    desk += [reverse("quotations:one", args=[one.pk]) for one in (draft, sent, agreed)]
    desk += [reverse("quotations:withdraw", args=[sent.pk]), f"/q/{token}/", f"/q/{paying}/"]
    axe = (django_settings.BASE_DIR / "node_modules/axe-core/axe.min.js").read_text()
    wrong = []
    with browser() as opened:
        for theme in ("light", "dark"):
            context = opened.new_context(color_scheme=theme, reduced_motion="reduce")
            context.add_cookies([cookie])
            page = context.new_page()
            page.on("console", lambda said, wrong=wrong: said.type == "error" and wrong.append(said.text))
            for path in desk:
                page.goto(live_server.url + path)
                page.evaluate(axe)
                for width in (360, 1280):
                    page.set_viewport_size({"width": width, "height": 900})
                    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
                    wrong += [(theme, width, path, one["id"], one["nodes"][0]["target"]) for one in found]
                    if page.evaluate("document.documentElement.scrollWidth") > width:
                        wrong.append((theme, width, path, "too wide"))
            context.close()
    assert not wrong


def test_totals_follow_what_is_typed_and_lines_are_made_by_keyboard(live_server: Any, cookie: dict[str, str]) -> None:
    with browser() as opened:
        context = opened.new_context(viewport={"width": 360, "height": 900})
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(live_server.url + "/dashboard/quotations/new/")
        page.fill("[name=name]", "Meera Iyer")
        page.fill("[name=email]", "meera@example.com")
        page.fill("[name=title]", "Audit of the year")
        page.fill("[name=line-0-description]", "Books")
        page.fill("[name=line-0-quantity]", "2.5")
        page.fill("[name=line-0-unit_paise]", "10,000")
        page.wait_for_selector("#totals:has-text('₹25,000.00')")
        assert page.text_content("#line-0-net") == "₹25,000.00"
        page.focus("[name=arrange][value=add]")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.input_value("[name=line-0-description]") == "Books"
        page.fill("[name=line-1-description]", "Report")
        page.fill("[name=line-1-unit_paise]", "5000")
        page.wait_for_selector("#totals:has-text('₹30,000.00')")
        page.focus("[name=arrange][value='up:1']")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.input_value("[name=line-0-description]") == "Report"
        page.click("text=Save the draft")
        page.wait_for_url("**/dashboard/quotations/*-*/")
        assert "₹30,000.00" in page.text_content("main")


def test_the_client_accepts_on_a_phone_without_script(live_server: Any, consultant: Any, fake_gateway: Any) -> None:
    _quotation, token = make_sent(consultant, deposit_points=5_000)
    with browser() as opened:
        context = opened.new_context(viewport={"width": 360, "height": 780}, java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{live_server.url}/q/{token}/")
        page.fill("[name=name]", "Farhan Qureshi")
        page.click("text=Accept for ₹25,000.00")
        assert "Pay to begin" in page.text_content("h1")
        assert "₹12,500.00" in page.text_content("main")
