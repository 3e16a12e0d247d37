"""The vectors of the facts, and everything that is not a signature."""

from __future__ import annotations

import pytest

from payments.razorpay.client import RazorpayGateway

CHECKOUT = "d8f35aaecfebb3d81d02cc3544ee4a7bb9118f31ebb6ada03f738de473e877fc"
WEBHOOK = "07f81e23e15d4daaea44149bc1edbc0d3ded8518974ae191c47173203e589325"


@pytest.fixture
def gateway() -> RazorpayGateway:
    return RazorpayGateway(
        key_id="rzp_test_x", key_secret="sec", webhook_secrets=["newest", "wh"], base_url="http://127.0.0.1:9"
    )


def test_a_checkout_that_razorpay_signed_holds(gateway: RazorpayGateway) -> None:
    assert gateway.verify_checkout("order_1", "pay_1", CHECKOUT) is True


@pytest.mark.parametrize(
    ("order", "payment", "signature"),
    [
        ("order_2", "pay_1", CHECKOUT),
        ("order_1", "pay_2", CHECKOUT),
        ("order_1", "pay_1", CHECKOUT.upper()),
        ("order_1", "pay_1", CHECKOUT[:-1]),
        ("order_1", "pay_1", ""),
        ("order_1", "pay_1", "प्रमाण"),
        ("order_1", "pay_1", None),
        ("", "", CHECKOUT),
        (None, None, None),
    ],
)
def test_any_other_checkout_does_not(gateway: RazorpayGateway, order: str, payment: str, signature: str) -> None:
    assert gateway.verify_checkout(order, payment, signature) is False


def test_a_webhook_holds_under_any_of_our_secrets(gateway: RazorpayGateway) -> None:
    assert gateway.verify_webhook(b'{"a":1}', WEBHOOK) is True


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        (b'{"a":2}', WEBHOOK),
        (b'{"a": 1}', WEBHOOK),
        (b"", WEBHOOK),
        (b"", ""),
        (b'{"a":1}', ""),
        (b'{"a":1}', None),
        (b'{"a":1}', "हस्ताक्षर"),
        (b"\xff\xfe", WEBHOOK),
        (None, WEBHOOK),
    ],
)
def test_any_other_webhook_does_not(gateway: RazorpayGateway, body: bytes, signature: str) -> None:
    assert gateway.verify_webhook(body, signature) is False


def test_a_webhook_holds_under_no_secret_when_there_is_none() -> None:
    gateway = RazorpayGateway(key_id="k", key_secret="s", webhook_secrets=[""], base_url="http://127.0.0.1:9")
    assert gateway.verify_webhook(b'{"a":1}', WEBHOOK) is False
