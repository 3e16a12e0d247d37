"""Analytics in a real browser: axe, both widths and themes, the drawing against its table, the keyboard, no script."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dashboard.tests.practice import Practice
from naksha.testing import make_service
from tests.window import browser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGE = reverse("dashboard:analytics")
ALL_DRAWN = "() => document.querySelectorAll('figure[data-chart]:not([hidden])').length >= 6"
COLOUR = "Chart.getChart(document.querySelector('canvas')).getDatasetMeta(0).data[0].options.backgroundColor"


@pytest.fixture
def cookie(live_server: Any, consultant: Any) -> dict[str, str]:
    Practice(consultant, timezone.now()).fill(12, 25)
    client = Client()
    client.force_login(consultant.user)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}


def test_the_page_is_sound_in_both_themes_and_widths(live_server: Any, cookie: dict[str, str]) -> None:
    axe = (django_settings.BASE_DIR / "node_modules/axe-core/axe.min.js").read_text()
    with browser() as opened:
        for theme, width in (("light", 360), ("dark", 1280)):
            context = opened.new_context(
                viewport={"width": width, "height": 800}, color_scheme=theme, reduced_motion="reduce"
            )
            context.add_cookies([cookie])
            page = context.new_page()
            said: list[str] = []
            page.on("console", lambda message, said=said: said.append(message.text))
            page.on("pageerror", lambda error, said=said: said.append(str(error)))
            for query in ("", "?period=12m"):
                assert page.goto(live_server.url + PAGE + query).status == 200
                page.wait_for_function(ALL_DRAWN)
                for summary in page.locator(".as-table summary").all():
                    summary.click()
                page.evaluate(axe)
                found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
                assert found == [], (theme, width, query)
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, query)
            assert said == []  # the Content-Security-Policy complains here
            context.close()


AS_TABLE = """() => [...document.querySelectorAll('figure[data-chart]')].every(figure => {
  const chart = Chart.getChart(figure.querySelector('canvas'));
  const table = figure.parentElement.querySelector('table');
  const heads = [...table.tHead.rows[0].cells];
  return chart.data.datasets.every(set => {
    const at = heads.findIndex(head => head.textContent.trim() === set.label);
    return chart.data.labels.every((label, n) => {
      const cell = table.tBodies[0].rows[n].cells[at];
      return (cell.dataset.n === undefined ? null : Number(cell.dataset.n)) === set.data[n];
    });
  });
})"""


def test_what_is_drawn_is_the_table_and_takes_the_pages_colours(live_server: Any, cookie: dict[str, str]) -> None:
    with browser() as opened:
        context = opened.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(live_server.url + PAGE)
        page.wait_for_function(ALL_DRAWN)
        assert page.evaluate(AS_TABLE)
        light = page.evaluate(f"() => {COLOUR}")
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(f"light => {COLOUR} !== light", arg=light)
        ink = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--ink').trim()")
        assert page.evaluate(f"() => {COLOUR}") == ink
        context.close()


def test_on_paper_there_are_charts_and_tables_in_the_papers_colours(live_server: Any, cookie: dict[str, str]) -> None:
    with browser() as opened:
        context = opened.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(live_server.url + PAGE)
        page.wait_for_function(ALL_DRAWN)
        light = page.evaluate(f"() => {COLOUR}")
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(f"light => {COLOUR} !== light", arg=light)
        page.emulate_media(media="print", color_scheme="dark")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.wait_for_function(f"light => {COLOUR} === light", arg=light)
        for left_out in (".side", ".top", ".subnav", ".own-dates", ".as-table summary"):
            assert not page.locator(left_out).first.is_visible(), left_out
        tables = page.get_by_role("table")
        assert tables.count() == page.locator(".as-table").count() > 5
        page.set_viewport_size({"width": 700, "height": 1000})  # A4 within its margins
        right = "(box) => box.getBoundingClientRect().right"
        widest = f"Math.max(...[...document.querySelectorAll('.chart-card :is(canvas, table)')].map({right}))"
        assert page.evaluate(f"{widest} <= ({right})(document.querySelector('main'))")
        page.emulate_media(media="screen", color_scheme="dark")
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        page.wait_for_function(f"light => {COLOUR} !== light", arg=light)
        assert page.locator(".as-table[open]").count() == 0
        context.close()


def test_periods_and_tables_are_reached_by_keyboard(live_server: Any, cookie: dict[str, str]) -> None:
    with browser() as opened:
        context = opened.new_context(viewport={"width": 1280, "height": 800})
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(live_server.url + PAGE)
        page.get_by_role("link", name="7 days", exact=True).focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**?period=7d")
        assert page.get_by_role("link", name="7 days", exact=True).get_attribute("aria-current") == "page"
        page.locator(".own-dates summary").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") == "from"
        page.locator(".as-table summary").first.focus()
        page.keyboard.press("Enter")
        assert page.get_by_role("table").first.is_visible()
        context.close()


def test_without_script_the_tables_and_periods_are_there(live_server: Any, cookie: dict[str, str]) -> None:
    with browser() as opened:
        context = opened.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False)
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(live_server.url + PAGE)
        assert not page.locator("figure[data-chart]").first.is_visible()
        page.locator(".as-table summary").first.click()
        assert page.get_by_role("table").first.is_visible()
        page.locator(".own-dates summary").click()
        page.fill("#id_from", "2020-01-01")
        page.get_by_role("button", name="Show these days").click()
        assert "At most 5 years at a time." in page.inner_text("#id_from_error")
        assert page.input_value("#id_from") == "2020-01-01"
        context.close()


def test_a_look_at_the_public_page_is_counted_once(live_server: Any, cookie: dict[str, str], consultant: Any) -> None:
    from dashboard.figures.visits import _salts
    from dashboard.models import Visit

    _salts.clear()
    make_service(consultant)
    phone = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
    with browser() as opened:
        context = opened.new_context(user_agent=phone)
        page = context.new_page()
        with page.expect_response("**/seen/**") as told:
            page.goto(live_server.url + consultant.get_absolute_url())
        assert told.value.status == 204
        assert {each["name"] for each in context.cookies()} <= {"tz"}  # the zone's, which the page keeps anyway
        context.close()
    counted = list(Visit.objects.values_list("page_views", "booking_views"))
    assert counted == [(1, 0)]
