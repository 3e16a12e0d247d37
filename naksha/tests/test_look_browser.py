"""The look in a real browser: axe over every part in both themes and widths, and the behaviours that need a script."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from tests.window import browser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def staff_cookie(live_server, admin_user) -> dict[str, str]:
    client = Client()
    client.force_login(admin_user)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}


def test_axe_finds_nothing_in_the_style_guide_in_both_themes_and_widths(live_server, staff_cookie):
    axe = (settings.BASE_DIR / "node_modules/axe-core/axe.min.js").read_text()
    with browser() as opened:
        for theme in ("light", "dark"):
            for width in (360, 1280):
                context = opened.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
                context.add_cookies([staff_cookie])
                page = context.new_page()
                said: list[str] = []
                page.on("console", lambda message, said=said: said.append(message.text))
                for path in ("/styleguide/", "/styleguide/dashboard/", "/styleguide/booking/", "/styleguide/entrance/"):
                    page.goto(live_server.url + path)
                    page.evaluate(axe)
                    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
                    assert found == [], (theme, width, path)
                    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, path)
                assert said == []  # the Content-Security-Policy complains here
                context.close()


def test_the_theme_changes_at_once_and_stays(live_server):
    ground = "getComputedStyle(document.body).backgroundColor"
    with browser() as opened:
        page = opened.new_context(color_scheme="light").new_page()
        page.goto(f"{live_server.url}/accounts/login/")
        light = page.evaluate(ground)
        page.get_by_role("button", name="Dark").click()
        dark = page.evaluate(ground)
        assert dark != light
        page.reload()
        assert page.evaluate(ground) == dark
        assert page.get_by_role("button", name="Dark").get_attribute("aria-pressed") == "true"


def test_the_theme_changes_without_a_script_too(live_server):
    with browser() as opened:
        page = opened.new_context(java_script_enabled=False, color_scheme="light").new_page()
        page.goto(f"{live_server.url}/accounts/login/")
        page.get_by_role("button", name="Dark").click()
        assert page.url == f"{live_server.url}/accounts/login/"
        assert page.locator("html").get_attribute("data-theme") == "dark"


def test_the_visitors_zone_is_told_to_the_server(live_server):
    with browser() as opened:
        context = opened.new_context(timezone_id="America/New_York")
        context.new_page().goto(f"{live_server.url}/accounts/login/")
        assert {"tz": "America/New_York"}.items() <= {c["name"]: c["value"] for c in context.cookies()}.items()


def test_menu_dialog_and_keyboard(live_server, staff_cookie):
    with browser() as opened:
        context = opened.new_context(viewport={"width": 360, "height": 740})
        context.add_cookies([staff_cookie])
        page = context.new_page()
        page.goto(f"{live_server.url}/styleguide/dashboard/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.goto(f"{live_server.url}/styleguide/")
        page.locator(".bar-menu > summary").click()
        assert page.locator(".menu-sheet").is_visible()
        page.keyboard.press("Escape")
        assert not page.locator(".menu-sheet").is_visible()
        page.get_by_role("link", name="Open the dialog").click()
        assert page.get_by_role("dialog").is_visible()
        page.get_by_role("button", name="Keep it").click()
        assert page.get_by_role("dialog").count() == 0
        before = page.locator("[data-left]").inner_text()
        page.wait_for_function("was => document.querySelector('[data-left]').textContent !== was", arg=before)


def test_a_form_is_sent_once(live_server):
    with browser() as opened:
        page = opened.new_page()
        page.goto(f"{live_server.url}/accounts/login/")
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
        page.get_by_label("Mail address").fill("nobody@example.com")
        page.get_by_label("Password", exact=True).fill("not-the-password")
        page.evaluate(
            "() => { const b = document.querySelector('main form button:not([type=button])');"
            " b.click(); b.click(); b.click(); }"
        )
        page.get_by_role("alert").wait_for()
        assert len(sent) == 1
