"""The test checkout as a payer meets it: by plain forms, and in Chromium with and without script."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

import httpx
import pytest

from payments.razorpay.emulator.testing import RunningEmulator
from tests.needs import chromium

AXE = Path(__file__).resolve().parents[3] / "node_modules/axe-core/axe.min.js"


def fields(emulator: RunningEmulator, back: str = "http://127.0.0.1:9/back", **more: str) -> dict[str, str]:
    order = emulator.gateway().create_order(amount_paise=177_000, currency="INR", receipt=uuid4().hex, notes={})
    return {
        "key_id": emulator.key_id,
        "order_id": order.id,
        "amount": "177000",
        "currency": "INR",
        "name": "Naksha",
        "description": "First call with Asha Rao <b>",
        "prefill[name]": "Farhan Qureshi",
        "prefill[email]": "farhan@example.com",
        "prefill[contact]": "+919800000001",
        "callback_url": back,
        "cancel_url": "http://127.0.0.1:9/cancel?a=1&b=2",
        **more,
    }


def post(emulator: RunningEmulator, path: str, data: dict[str, str]) -> httpx.Response:
    return httpx.post(f"{emulator.url}/v1/checkout/{path}", data=data, trust_env=False)


def hidden(page: str) -> dict[str, str]:
    return {
        html.unescape(name): html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    }


def test_the_page_says_what_is_paid_and_that_it_is_a_test(emulator: RunningEmulator) -> None:
    page = post(emulator, "embedded", fields(emulator))
    assert page.status_code == 200
    assert "Test checkout." in page.text
    assert "Pay ₹1,770.00" in page.text
    assert "Asha Rao &lt;b&gt;" in page.text
    policy = page.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "form-action 'self' http://127.0.0.1:9;" in policy
    assert "frame-ancestors 'none'" in policy
    assert "style=" not in page.text


def test_upi_pays_and_the_answer_goes_home_signed(emulator: RunningEmulator) -> None:
    sent = fields(emulator)
    page = post(emulator, "pay", {**sent, "method": "upi", "vpa": "Success@Razorpay "})
    assert f'action="{sent["callback_url"]}"' in page.text
    answer = hidden(page.text)
    assert set(answer) == {"razorpay_payment_id", "razorpay_order_id", "razorpay_signature"}
    assert emulator.gateway().verify_checkout(
        sent["order_id"], answer["razorpay_payment_id"], answer["razorpay_signature"]
    )
    payment = emulator.gateway().fetch_payment(answer["razorpay_payment_id"])
    assert (payment.status, payment.method, payment.raw["vpa"]) == ("captured", "upi", "success@razorpay")
    assert payment.raw["email"] == "farhan@example.com"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [({"method": "upi", "vpa": "failure@razorpay"}, "payment_failed"), ({"method": "fail"}, "payment_failed"),
     ({"method": "upi", "vpa": "asha@okbank"}, "invalid_vpa")],
)  # fmt: skip
def test_a_failure_says_so_and_lets_one_try_again(
    emulator: RunningEmulator, typed: dict[str, str], reason: str
) -> None:
    sent = fields(emulator)
    page = post(emulator, "pay", {**sent, **typed})
    assert "Nothing was taken" in page.text
    assert f'data-reason="{reason}"' in page.text
    assert emulator.state()["payments"][-1]["status"] == "failed"
    again = post(emulator, "pay", {**sent, "method": "upi", "vpa": "success@razorpay"})
    assert "razorpay_signature" in again.text
    assert emulator.gateway().fetch_order(sent["order_id"]).status == "paid"


def card(number: str = "4100 2800 0000 1007", **more: str) -> dict[str, str]:
    return {"method": "card", "number": number, "expiry": "12/30", "cvv": "123", **more}


def at_the_bank(emulator: RunningEmulator, number: str, **typed: str) -> str:
    page = post(emulator, "pay", {**fields(emulator), **card(number)})
    assert "Your bank asks" in page.text
    return post(emulator, "bank", {**hidden(page.text), "decision": "pay", "otp": "1234", **typed}).text


@pytest.mark.parametrize(
    "number", ["4100280000001007", "5500 6700 0000 1002", "6527-6589-0000-1005", "340256000401007"]
)
def test_a_test_card_pays_once_the_bank_is_sure(emulator: RunningEmulator, number: str) -> None:
    assert "razorpay_signature" in at_the_bank(emulator, number)
    payment = emulator.state()["payments"][-1]
    assert (payment["method"], payment["card"]["last4"]) == ("card", number[-4:])


@pytest.mark.parametrize(
    ("number", "typed", "reason"),
    [
        ("4100280000001007", {"otp": "123"}, "incorrect_otp"),
        ("4100280000001007", {"decision": "cancel"}, "payment_cancelled"),
        ("4100 2800 0008 0001", {}, "insufficient_funds"),
        ("5305 6200 0003 0003", {}, "card_declined"),
        ("4100 2800 0002 0007", {}, "gateway_technical_error"),
    ],
)
def test_a_card_fails_for_its_reason(
    emulator: RunningEmulator, number: str, typed: dict[str, str], reason: str
) -> None:
    assert f'data-reason="{reason}"' in at_the_bank(emulator, number, **typed)
    assert emulator.state()["payments"][-1]["error_reason"] == reason


def test_the_banks_page_is_answered_once(emulator: RunningEmulator) -> None:
    page = post(emulator, "pay", {**fields(emulator), **card()})
    data = {**hidden(page.text), "decision": "cancel"}
    assert post(emulator, "bank", data).status_code == 200
    assert post(emulator, "bank", {**data, "decision": "pay", "otp": "1234"}).status_code == 400


@pytest.mark.parametrize(
    "wrong", [card("4242 4242 4242 4242"), card(expiry="12/20"), card(cvv="12"), {"method": "upi", "vpa": "nobody"}, {}]
)
def test_what_cannot_be_tried_is_said_beside_its_field(emulator: RunningEmulator, wrong: dict[str, str]) -> None:
    page = post(emulator, "pay", {**fields(emulator), **wrong})
    assert 'aria-invalid="true"' in page.text
    assert emulator.state()["payments"] == []


@pytest.mark.parametrize(
    "spoilt",
    [{"amount": "1"}, {"currency": "USD"}, {"order_id": "order_x"}, {"key_id": "rzp_test_other"}],
)
def test_a_page_that_lies_about_the_order_is_stopped(emulator: RunningEmulator, spoilt: dict[str, str]) -> None:
    sent = fields(emulator, **spoilt)
    for path in ("embedded", "pay"):
        page = post(emulator, path, {**sent, "method": "upi", "vpa": "success@razorpay"})
        assert page.status_code == 400
        assert "can&#x27;t be paid" in page.text or "can't be paid" in page.text
    assert emulator.state()["payments"] == []


def test_a_paid_order_cannot_be_paid_again(emulator: RunningEmulator) -> None:
    sent = fields(emulator)
    emulator.pay(sent["order_id"])
    page = post(emulator, "embedded", sent)
    assert page.status_code == 400
    assert "paid already" in page.text


def test_an_address_that_is_none_is_not_followed(emulator: RunningEmulator) -> None:
    page = post(
        emulator, "embedded", fields(emulator, callback_url="javascript:alert(1)", cancel_url="data:text/html,x")
    )
    assert "data:text/html" not in re.sub(r"<input[^>]*>", "", page.text)
    paid = post(
        emulator,
        "pay",
        {**fields(emulator, callback_url="javascript:alert(1)"), "method": "upi", "vpa": "success@razorpay"},
    )
    assert "javascript:" not in paid.text


# --- in a browser -------------------------------------------------------------------------------


class Shop:
    """A page with a checkout, and the door to which its answer comes."""

    def __init__(self) -> None:
        self.page = ""
        self.posted: list[dict[str, str]] = []
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._say(shop.page)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                shop.posted.append(dict(parse_qsl(body)))
                self._say("<!doctype html><title>Back</title><h1>Back at the shop</h1>")

            def _say(self, page: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(page.encode())

            def log_message(self, *_: Any) -> None:
                """Requests are not told on stderr."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def form(self, emulator: RunningEmulator) -> None:
        sent = fields(emulator, back=f"{self.url}/back", cancel_url=f"{self.url}/cancelled")
        inputs = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
            for name, value in sent.items()
        )
        self.page = (
            f'<!doctype html><html lang="en"><title>Shop</title><form method="post" '
            f'action="{emulator.url}/v1/checkout/embedded">{inputs}<button>Go to checkout</button></form>'
        )


@pytest.fixture
def shop() -> Iterator[Shop]:
    made = Shop()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield opened
        opened.close()


@pytest.mark.browser
@pytest.mark.parametrize("script", [True, False])
def test_a_form_leads_to_the_checkout_and_back(
    emulator: RunningEmulator, shop: Shop, browser: Any, script: bool
) -> None:
    shop.form(emulator)
    page = browser.new_context(java_script_enabled=script, viewport={"width": 360, "height": 740}).new_page()
    page.goto(shop.url)
    page.get_by_role("button", name="Go to checkout").click()
    page.get_by_role("button", name="Fail this payment").click()
    assert "Nothing was taken" in page.get_by_role("alert").inner_text()
    page.get_by_label("UPI id").fill("success@razorpay")
    page.get_by_role("button", name="by UPI").click()
    if not script:
        page.get_by_role("button", name="Back to Naksha").click()
    page.get_by_role("heading", name="Back at the shop").wait_for()
    assert [set(one) for one in shop.posted] == [{"razorpay_payment_id", "razorpay_order_id", "razorpay_signature"}]


@pytest.mark.browser
def test_walking_away_leads_to_where_the_shop_said(emulator: RunningEmulator, shop: Shop, browser: Any) -> None:
    shop.form(emulator)
    page = browser.new_page()
    page.goto(shop.url)
    page.get_by_role("button", name="Go to checkout").click()
    page.get_by_role("link", name="Walk away").click()
    page.wait_for_url(f"{shop.url}/cancelled")
    assert emulator.state()["payments"] == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(emulator: RunningEmulator, shop: Shop, browser: Any, scheme: str) -> None:
    shop.form(emulator)
    # Axe itself is put into the page, which the page's own policy would forbid.
    context = browser.new_context(color_scheme=scheme, viewport={"width": 360, "height": 740}, bypass_csp=True)
    page = context.new_page()
    page.goto(shop.url)
    page.get_by_role("button", name="Go to checkout").click()

    def check() -> None:
        page.add_script_tag(path=str(AXE))
        found = page.evaluate("axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html)))")
        assert found == []

    check()
    page.get_by_role("button", name="Fail this payment").click()
    check()
    page.get_by_text("Card", exact=True).click()
    page.get_by_role("button", name="by card").click()
    page.locator("#number-wrong").wait_for()
    check()
    page.get_by_label("Card number").fill("4100 2800 0000 1007")
    page.get_by_label("Expiry").fill("12/30")
    page.get_by_label("CVV").fill("123")
    page.get_by_role("button", name="by card").click()
    page.get_by_label("One-time password").wait_for()
    check()
