"""The consultant's own pages in a real browser: axe, keyboard, what lives while it is open, and all without script."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dashboard.tests.scene import make_booking
from naksha.testing import make_service
from notifications.services import notify
from tests.window import browser, meanwhile

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cookie(live_server: Any, consultant: Any) -> dict[str, str]:
    client = Client()
    client.force_login(consultant.user)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}


def test_axe_finds_nothing_on_any_page_in_both_themes_and_widths(
    live_server: Any, cookie: dict[str, str], consultant: Any, settings: Any
) -> None:
    settings.MAIL_EMULATOR = True
    service = make_service(consultant, price_paise=150_000)
    now = timezone.now()
    make_booking(consultant, now + timedelta(minutes=30), answers=[{"question": "?", "answer": "What is late?"}])
    make_booking(consultant, now - timedelta(days=1), paid_paise=50_000)
    make_booking(consultant, now + timedelta(days=2), status="pending", answer_by=now + timedelta(hours=5))
    notify(user=consultant.user, kind="booking", title="Farhan booked you", url="/dashboard/")
    paths = [
        reverse("dashboard:today"),
        reverse("consultants:profile"),
        reverse("consultants:invoice_details"),
        reverse("consultants:settings"),
        reverse("consultants:services"),
        reverse("consultants:new_service"),
        reverse("consultants:confirm_archive", args=[service.pk]),
        reverse("notifications:list"),
        reverse("notifications:dev_mails"),
    ]
    axe = (django_settings.BASE_DIR / "node_modules/axe-core/axe.min.js").read_text()
    with browser() as opened:
        for theme in ("light", "dark"):
            for width in (360, 1280):
                context = opened.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
                context.add_cookies([cookie])
                page = context.new_page()
                said: list[str] = []
                page.on("console", lambda message, said=said: said.append(message.text))
                for path in paths:
                    assert page.goto(live_server.url + path).status == 200, path
                    page.evaluate(axe)
                    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
                    assert found == [], (theme, width, path)
                    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, path)
                assert said == []  # the Content-Security-Policy complains here
                context.close()


def test_a_booking_appears_on_the_open_page_and_the_keyboard_stays_where_it_is(
    live_server: Any, cookie: dict[str, str], consultant: Any
) -> None:
    make_service(consultant)
    now = timezone.now()

    def ask() -> None:
        make_booking(
            consultant, now + timedelta(days=2), status="pending", answer_by=now + timedelta(hours=5),
            contact_name="Nandini Rao",
        )  # fmt: skip

    with browser() as opened:
        context = opened.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies([cookie])
        page = context.new_page()
        page.clock.install()
        page.goto(live_server.url + reverse("dashboard:today"))
        assert page.get_by_text("Nandini Rao").count() == 0
        page.get_by_role("link", name="All bookings").focus()
        meanwhile(ask)
        page.clock.fast_forward(21_000)
        page.get_by_text("Nandini Rao asks for").first.wait_for()
        assert page.locator("[data-live-news]").inner_text() == "Something new has come in."
        assert page.evaluate("document.activeElement.textContent") == "All bookings"
        context.set_offline(True)
        page.clock.fast_forward(21_000)
        page.get_by_text("Not connected. Trying again.").wait_for()
        context.set_offline(False)
        page.clock.fast_forward(21_000)
        page.get_by_text("Live", exact=True).wait_for()


def test_a_price_tells_what_is_left_while_it_is_typed(live_server: Any, cookie: dict[str, str]) -> None:
    with browser() as opened:
        context = opened.new_context()
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(live_server.url + reverse("consultants:new_service"))
        page.get_by_role("textbox", name="Price").fill("1,500")
        page.get_by_text("₹1,323.00").wait_for()
        assert page.get_by_label("Seats").is_hidden()
        page.get_by_label("Webinar").check()
        assert page.get_by_label("Seats").is_visible()
        assert page.get_by_text("A booking is confirmed").is_hidden()


def test_a_service_with_questions_is_set_up_without_script(
    live_server: Any, cookie: dict[str, str], consultant: Any
) -> None:
    with browser() as opened:
        context = opened.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(live_server.url + reverse("consultants:new_service"))
        page.get_by_label("Title").fill("First call")
        page.get_by_role("textbox", name="Price").fill("1500")
        page.get_by_role("button", name="Add a question").click()
        page.get_by_label("Question", exact=True).fill("What is it about?")
        page.get_by_role("button", name="Add a question").click()
        page.get_by_label("Question", exact=True).nth(1).fill("Since when?")
        page.get_by_role("button", name="Up 2").click()
        assert page.get_by_label("Title").input_value() == "First call"
        page.get_by_role("button", name="Put it on my page").click()
        assert page.url == live_server.url + reverse("consultants:services")
        page.get_by_text("“First call” is on your page.").wait_for()
    questions = [question.label for question in consultant.services.get().questions.all()]
    assert questions == ["Since when?", "What is it about?"]


def test_enter_in_a_field_saves_and_arranges_nothing(live_server: Any, cookie: dict[str, str], consultant: Any) -> None:
    service = make_service(consultant)
    with browser() as opened:
        context = opened.new_context()
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(live_server.url + reverse("consultants:edit_service", args=[service.pk]))
        page.get_by_label("Title").fill("Second call")
        page.get_by_label("Title").press("Enter")
        page.wait_for_url("**" + reverse("consultants:services"))
    service.refresh_from_db()
    assert service.title == "Second call"
