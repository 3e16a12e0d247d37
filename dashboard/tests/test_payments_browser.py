"""The consultant's payments in a real browser: axe, width, keyboard, what lives while it is open, without script."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.urls import reverse
from playwright.sync_api import expect

from bookings.testing import make_paid, payment_of
from dashboard.tests.test_practice_browser import browser, cookie
from naksha.testing import next_slot_start
from payments.models import Payment, Refund
from payments.services import refund_by_hand
from tests.window import meanwhile

__all__ = ["cookie"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXE = django_settings.BASE_DIR / "node_modules/axe-core/axe.min.js"
JUDGE = "async () => (await axe.run()).violations.map(v => v.id + ': ' + v.nodes[0].target)"


@pytest.fixture
def payment(fake_gateway: Any, consultant: Any) -> Payment:
    deposit, _token = make_paid(fake_gateway, consultant, deposit_paise=50_000)
    whole, _token = make_paid(fake_gateway, consultant, starts_at=next_slot_start(4))
    given = payment_of(whole)
    refund_by_hand(payment=given, amount_paise=100, seen_refunding_paise=0, reason="x", actor=consultant.user)
    return payment_of(deposit)


def test_every_page_is_fit_for_everybody(live_server: Any, cookie: dict[str, str], payment: Payment) -> None:
    names = ("list", "due", "papers", "payouts", "statement")
    one = [reverse(f"money:{name}", args=[payment.pk]) for name in ("one", "refund")]
    wrong = []
    axe = AXE.read_text()
    with browser() as chromium:
        context = chromium.new_context()
        context.add_cookies([cookie])
        page = context.new_page()
        for path in [*(reverse(f"money:{name}") for name in names), *one, reverse("money:list") + "?from=1926-01-01"]:
            page.goto(live_server.url + path)
            page.evaluate(axe)
            for width in (360, 1280):
                page.set_viewport_size({"width": width, "height": 900})
                for scheme in ("light", "dark"):
                    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                    wrong += [f"{path} {width} {scheme}: {found}" for found in page.evaluate(JUDGE)]
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    wrong.append(f"{path} {width}: wider than the screen")
    assert wrong == []


def test_money_is_given_back_by_keyboard_and_another_open_list_hears_of_it(
    live_server: Any,
    cookie: dict[str, str],
    payment: Payment,
) -> None:
    with browser() as chromium:
        context = chromium.new_context()
        context.add_cookies([cookie])
        other, page = context.new_page(), context.new_page()
        other.goto(live_server.url + reverse("money:list"))
        expect(other.get_by_text("₹123.45")).to_have_count(0)
        page.goto(live_server.url + reverse("money:refund", args=[payment.pk]))
        page.get_by_label("Amount").fill("123.45")
        page.get_by_label("Reason").fill("We ended early")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Give ₹123.45 back?")).to_be_visible()
        page.get_by_role("button", name="Give ₹123.45 back").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("₹123.45 is on its way back.")).to_be_visible()
        expect(page.get_by_text("₹123.45 promised back")).to_be_visible()
        other.evaluate("document.dispatchEvent(new CustomEvent('naksha:changed', { detail: 'payments' }))")
        expect(other.get_by_text("₹123.45").first).to_be_visible()
    assert Refund.objects.filter(amount_paise=12_345).count() == 1


def test_without_script_a_filter_is_sent_and_a_client_is_asked(
    live_server: Any,
    cookie: dict[str, str],
    payment: Payment,
) -> None:
    with browser() as chromium:
        context = chromium.new_context(java_script_enabled=False)
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(live_server.url + reverse("money:list"))
        page.get_by_role("searchbox", name="Search").fill("zebra")
        page.get_by_role("button", name="Find").click()
        expect(page.get_by_text("No payment fits all of that")).to_be_visible()
        page.goto(live_server.url + reverse("money:due"))
        page.get_by_role("button", name="Ask").click()
        expect(page.get_by_text("Asked. Your client has the link to pay by mail.")).to_be_visible()


def test_an_open_payment_tells_what_becomes_of_it(
    live_server: Any,
    cookie: dict[str, str],
    payment: Payment,
    consultant: Any,
) -> None:
    with browser() as chromium:
        context = chromium.new_context()
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(live_server.url + reverse("money:one", args=[payment.pk]))
        meanwhile(
            lambda: refund_by_hand(
                payment=payment, amount_paise=700, seen_refunding_paise=0, reason="Sorry", actor=consultant.user
            )
        )
        page.evaluate("document.dispatchEvent(new CustomEvent('naksha:changed', { detail: 'payments' }))")
        expect(page.get_by_text("₹7.00 promised back")).to_be_visible()
