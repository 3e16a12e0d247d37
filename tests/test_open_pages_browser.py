"""Pages that are open while something happens, in a real browser: what they show, and what they leave alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from bookings.services import accept
from bookings.testing import make_paid
from consultants.models import Consultant
from dashboard.tests.test_analytics_browser import AS_TABLE
from naksha.testing import make_service, next_slot_start
from quotations import services as quoting
from quotations.testing import make_sent
from tests.window import browser, meanwhile

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
A_ROUND = 21_000  # ms; without a socket a page looks every 20 s


@contextmanager
def open_page(url: str, *cookies: dict[str, str]) -> Iterator[Any]:
    """A page whose clock the test moves. No script on it may fail."""
    said: list[str] = []
    with browser() as running:
        context = running.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies(list(cookies))
        page = context.new_page()
        page.on("pageerror", lambda error: said.append(str(error)))
        page.clock.install()
        page.goto(url)
        yield page
    assert said == []


def test_a_client_cancels_by_their_link_while_the_page_is_open(
    live_server: Any, consultant: Consultant, fake_gateway: Any
) -> None:
    from playwright.sync_api import expect

    booking, token = make_paid(fake_gateway, consultant)
    desk = Browser()
    desk.force_login(consultant.user)
    cookie = {"name": "sessionid", "value": desk.cookies["sessionid"].value, "url": live_server.url}
    with open_page(live_server.url + reverse("sessions:desk", args=[booking.session_id]), cookie) as page:
        badge = page.locator(".title .badge")
        expect(badge).to_have_text("Confirmed")
        page.get_by_role("link", name="Move to another time").focus()
        meanwhile(lambda: Browser().post(reverse("bookings:cancel", args=[token]), {"reason": "I am ill."}))
        page.clock.fast_forward(A_ROUND)
        expect(badge).to_have_text("Cancelled")
        expect(page.get_by_text("I am ill.")).to_be_visible()
        expect(page.get_by_role("link", name="Move to another time")).to_have_count(0)
        assert page.locator("[data-live-news]").inner_text() == "The session has changed."
        assert page.evaluate("document.activeElement.tagName") == "H1"


def test_what_somebody_types_stays_and_what_they_unfolded_too(live_server: Any, consultant: Consultant) -> None:
    from playwright.sync_api import expect

    quotation, token = make_sent(consultant)
    asked = quoting.ask(quotation=quotation, body="Is the fee in it?")
    with open_page(live_server.url + reverse("quotations:page", args=[token])) as page:
        page.get_by_text("Decline it").click()
        name = page.locator("#answer").get_by_role("textbox")
        name.fill("Farhan")
        meanwhile(lambda: quoting.answer_question(question=asked, actor=consultant.user, answer="All of it."))
        asked_for: list[str] = []
        page.on("request", lambda sent: asked_for.append(sent.url))
        page.clock.fast_forward(A_ROUND)
        page.evaluate("fetch('/robots.txt').then((answer) => answer.text())")
        assert [url.rpartition("/")[2] for url in asked_for] == ["robots.txt"]
        expect(name).to_have_value("Farhan")
        name.fill("")
        page.clock.fast_forward(A_ROUND)
        expect(page.get_by_text("All of it.")).to_be_visible()
        expect(page.get_by_role("button", name="Decline")).to_be_visible()
        meanwhile(lambda: quoting.withdraw(quotation=quotation, actor=consultant.user))
        page.clock.fast_forward(A_ROUND)
        expect(page.get_by_role("heading", level=1)).to_have_text("This quotation was withdrawn")


def logged_in(live_server: Any, consultant: Consultant) -> dict[str, str]:
    desk = Browser()
    desk.force_login(consultant.user)
    return {"name": "sessionid", "value": desk.cookies["sessionid"].value, "url": live_server.url}


def test_figures_are_drawn_anew_and_what_was_unfolded_or_typed_stays(
    live_server: Any, consultant: Consultant, fake_gateway: Any
) -> None:
    from playwright.sync_api import expect

    service = make_service(consultant, price_paise=150_000)
    make_paid(fake_gateway, consultant, service=service)
    address = live_server.url + reverse("dashboard:analytics")
    with open_page(address, logged_in(live_server, consultant)) as page:
        page.wait_for_function("() => document.querySelector('figure[data-chart]:not([hidden])')")
        page.locator(".own-dates summary").click()
        page.fill("#id_from", "2026-01-02")
        unfold = page.locator(".as-table summary").first
        unfold.click()
        revenue = page.locator(".figures .fig").first
        expect(revenue).to_contain_text("1,500")
        meanwhile(lambda: make_paid(fake_gateway, consultant, service=service, starts_at=next_slot_start(days=4)))
        page.clock.fast_forward(A_ROUND)
        expect(revenue).to_contain_text("3,000")
        expect(page.get_by_role("table").first).to_be_visible()
        assert page.evaluate("document.activeElement.closest('details').className") == "as-table"
        expect(page.locator("#id_from")).to_have_value("2026-01-02")
        expect(page.locator("#id_from")).to_be_visible()
        assert page.evaluate(AS_TABLE)
        assert page.evaluate("[...document.querySelectorAll('figure[data-chart]')].every((figure) => !figure.hidden)")
        assert page.locator("[data-live-news]").inner_text() == "The figures have changed."


def test_the_link_that_is_shown_once_stays_while_the_quotation_changes(
    live_server: Any, consultant: Consultant
) -> None:
    from playwright.sync_api import expect

    quotation, _token = make_sent(consultant)
    address = live_server.url + reverse("quotations:one", args=[quotation.pk])
    with open_page(address, logged_in(live_server, consultant)) as page:
        page.get_by_role("button", name="Make a link to copy").click()
        link = page.locator("#link")
        made = link.input_value()
        badge = page.locator(".title .badge")
        expect(badge).to_have_text("Sent")
        meanwhile(lambda: quoting.accept(quotation=quotation, version=1, name="Farhan Qureshi", address=None))
        page.clock.fast_forward(A_ROUND)
        expect(badge).to_have_text("Accepted")
        expect(link).to_have_value(made)


def test_a_guest_sees_that_the_request_was_accepted(
    live_server: Any, consultant: Consultant, fake_gateway: Any
) -> None:
    from playwright.sync_api import expect

    booking, token = make_paid(fake_gateway, consultant, confirmation="manual")
    with open_page(live_server.url + reverse("bookings:manage", args=[token])) as page:
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text("Your request is with the consultant")
        meanwhile(lambda: accept(booking=booking, actor=consultant.user))
        page.clock.fast_forward(A_ROUND)
        expect(heading).to_have_text("Booked.")
        assert page.locator("[data-live-news]").inner_text() == "Your booking has changed."


def test_a_page_asks_once_at_a_time_and_once_more_for_what_came_meanwhile(
    live_server: Any, consultant: Consultant
) -> None:
    from playwright.sync_api import expect

    quotation, token = make_sent(consultant)
    part = "**" + reverse("quotations:page_parts", args=[token])
    with open_page(live_server.url + reverse("quotations:page", args=[token])) as page:
        held: list[Any] = []
        page.route(part, lambda route: held.append(route))
        with page.expect_request(part):
            page.clock.fast_forward(A_ROUND)
        asked_for: list[str] = []
        page.on("request", lambda sent: asked_for.append(sent.url))
        page.clock.fast_forward(A_ROUND)
        page.clock.fast_forward(A_ROUND)
        page.evaluate("fetch('/robots.txt').then((answer) => answer.text())")
        assert [url.rpartition("/")[2] for url in asked_for] == ["robots.txt"]
        with page.expect_request(part):
            held.pop().fulfill(status=304)
        meanwhile(lambda: quoting.withdraw(quotation=quotation, actor=consultant.user))
        page.evaluate("fetch('/robots.txt').then((answer) => answer.text())")
        held.pop().continue_()
        expect(page.get_by_role("heading", level=1)).to_have_text("This quotation was withdrawn")
        page.evaluate("fetch('/robots.txt').then((answer) => answer.text())")
        assert [url.rpartition("/")[2] for url in asked_for].count("") == 1  # two rounds came to one look
