"""Our client against the running emulator: what each answer of Razorpay's becomes."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from payments.errors import GatewayRefused, GatewayUnavailable
from payments.razorpay import client
from payments.razorpay.client import RazorpayGateway, get_gateway
from payments.razorpay.emulator.testing import RunningEmulator
from payments.razorpay.errors import RazorpayRefused


def order(gateway: RazorpayGateway, amount: int = 118_000, receipt: str = ""):  # type: ignore[no-untyped-def]
    return gateway.create_order(
        amount_paise=amount, currency="INR", receipt=receipt or uuid4().hex, notes={"payment": "1"}
    )


def test_an_order_comes_back_whole(emulator: RunningEmulator) -> None:
    made = order(emulator.gateway(), receipt="r-1")
    assert made.id.startswith("order_")
    assert len(made.id) == 20
    assert (made.amount_paise, made.currency, made.receipt, made.status) == (118_000, "INR", "r-1", "created")
    assert emulator.gateway().fetch_order(made.id) == made


def test_the_same_receipt_is_the_same_order(emulator: RunningEmulator) -> None:
    gateway = emulator.gateway()
    assert order(gateway, receipt="r-2").id == order(gateway, receipt="r-2").id
    with ThreadPoolExecutor(8) as pool:
        ids = {made.id for made in pool.map(lambda _: order(gateway, receipt="r-3"), range(16))}
    assert len(ids) == 1
    assert len(emulator.state()["orders"]) == 2


def test_a_time_out_after_the_order_was_made_makes_no_second_one(emulator: RunningEmulator) -> None:
    emulator.control("faults", path="POST /v1/orders", kind="commit_then_hang", seconds=1.0)
    with pytest.raises(GatewayUnavailable):
        order(emulator.gateway(timeout=(1, 0.2)), receipt="r-4")
    again = order(emulator.gateway(), receipt="r-4")
    assert [one["id"] for one in emulator.state()["orders"]] == [again.id]


@pytest.mark.parametrize("kind", ["429", "500", "gateway_error", "html_502", "commit_then_drop"])
def test_what_settles_nothing_is_unavailable(emulator: RunningEmulator, kind: str) -> None:
    emulator.control("faults", path="* /v1/orders*", kind=kind)
    with pytest.raises(GatewayUnavailable):
        order(emulator.gateway())
    assert order(emulator.gateway()).status == "created"  # the fault is used up


def test_nobody_is_kept_from_the_database_while_it_is_asked(
    emulator: RunningEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_back: list[int] = []
    monkeypatch.setattr(client, "give_back_connection", lambda: given_back.append(len(emulator.state()["orders"])))
    order(emulator.gateway())
    assert given_back == [0]


def test_a_gateway_that_hangs_is_unavailable_in_the_time_that_was_given(emulator: RunningEmulator) -> None:
    emulator.control("faults", path="POST /v1/orders", kind="hang", seconds=1.0)
    began = time.monotonic()
    with pytest.raises(GatewayUnavailable):
        order(emulator.gateway(timeout=(0.2, 0.2)))
    assert time.monotonic() - began < 0.9
    assert emulator.state()["orders"] == []


def test_nobody_there_is_unavailable_and_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    gateway = RazorpayGateway(key_id="k", key_secret="s", webhook_secrets=[], base_url="http://127.0.0.1:9")
    with pytest.raises(GatewayUnavailable):
        order(gateway)
    assert "Connection failed" not in capfd.readouterr().out


def test_a_refusal_keeps_all_that_razorpay_said(emulator: RunningEmulator) -> None:
    with pytest.raises(RazorpayRefused) as refused:
        order(emulator.gateway(), amount=99)
    error = refused.value
    assert (error.status, error.error_code, error.field, error.reason) == (
        400,
        "BAD_REQUEST_ERROR",
        "amount",
        "input_validation_failed",
    )
    assert error.description == "Order amount less than minimum amount allowed"
    assert emulator.state()["orders"] == []


def test_a_wrong_key_is_a_refusal_with_its_status(emulator: RunningEmulator) -> None:
    gateway = RazorpayGateway(key_id="rzp_test_x", key_secret="s", webhook_secrets=[], base_url=emulator.url)
    with pytest.raises(GatewayRefused) as refused:
        order(gateway)
    assert refused.value.status == 401


@pytest.mark.parametrize("name", ["pay_doesnotexist01", "../../v1/orders", "pay_1?x=1", "", "पे_1"])
def test_an_id_that_leads_nowhere_is_refused(emulator: RunningEmulator, name: str) -> None:
    with pytest.raises(GatewayRefused):
        emulator.gateway().fetch_payment(name)


def test_a_paid_order_shows_its_payment_with_the_gateways_charge(emulator: RunningEmulator) -> None:
    gateway = emulator.gateway()
    made = order(gateway, amount=500_000)
    emulator.pay(made.id, "failed", reason="insufficient_funds")
    paid = emulator.pay(made.id)
    found = {one.id: one for one in gateway.order_payments(made.id)}
    payment = found[paid["payment"]["id"]]
    assert (payment.status, payment.captured, payment.fee_paise, payment.tax_paise) == ("captured", True, 11_800, 1_800)
    failed = next(one for one in found.values() if one.id != payment.id)
    assert (failed.status, failed.error_code, failed.error_reason) == (
        "failed",
        "BAD_REQUEST_ERROR",
        "insufficient_funds",
    )
    assert gateway.fetch_order(made.id).status == "paid"
    assert gateway.verify_checkout(made.id, payment.id, paid["checkout"]["razorpay_signature"])
    assert not gateway.verify_checkout(made.id, failed.id, paid["checkout"]["razorpay_signature"])


def test_an_authorised_payment_is_captured_once(emulator: RunningEmulator) -> None:
    gateway = emulator.gateway()
    made = order(gateway)
    payment = emulator.pay(made.id, "authorized")["payment"]
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def capture() -> None:
        together.wait()
        try:
            outcomes.append(gateway.capture(payment_id=payment["id"], amount_paise=118_000, currency="INR").status)
        except GatewayRefused as refused:
            outcomes.append(refused.description)

    threads = [threading.Thread(target=capture) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["This payment has already been captured", "captured"]
    events = [one["event"] for one in emulator.state()["events"]]
    assert events == ["payment.authorized", "payment.captured", "order.paid"]


def test_a_capture_of_another_amount_is_refused(emulator: RunningEmulator) -> None:
    gateway = emulator.gateway()
    payment = emulator.pay(order(gateway).id, "authorized")["payment"]
    with pytest.raises(GatewayRefused):
        gateway.capture(payment_id=payment["id"], amount_paise=117_999, currency="INR")
    assert gateway.fetch_payment(payment["id"]).status == "authorized"


def test_refunds_run_up_to_what_was_captured(emulator: RunningEmulator) -> None:
    gateway = emulator.gateway()
    payment = emulator.pay(order(gateway).id)["payment"]
    first = gateway.refund(
        payment_id=payment["id"], amount_paise=18_000, idempotency_key="refund-key-1", notes={"refund": "a"}
    )
    assert (first.status, first.amount_paise, first.notes) == ("processed", 18_000, {"refund": "a"})
    assert gateway.fetch_payment(payment["id"]).status == "captured"
    with pytest.raises(GatewayRefused):
        gateway.refund(payment_id=payment["id"], amount_paise=100_001, idempotency_key="refund-key-2", notes={})
    gateway.refund(payment_id=payment["id"], amount_paise=100_000, idempotency_key="refund-key-3", notes={})
    whole = gateway.fetch_payment(payment["id"])
    assert (whole.status, whole.amount_refunded_paise, whole.captured) == ("refunded", 118_000, True)
    assert sorted(one.amount_paise for one in gateway.fetch_refunds(payment["id"])) == [18_000, 100_000]
    with pytest.raises(GatewayRefused) as refused:
        gateway.refund(payment_id=payment["id"], amount_paise=1, idempotency_key="refund-key-4", notes={})
    assert refused.value.description == "The payment has been fully refunded already"


def test_a_refund_key_gives_one_refund(emulator: RunningEmulator) -> None:
    gateway = emulator.gateway()
    payment = emulator.pay(order(gateway).id)["payment"]

    def ask(amount: int = 1000, key: str = "refund-key-1") -> str:
        return gateway.refund(payment_id=payment["id"], amount_paise=amount, idempotency_key=key, notes={}).id

    assert ask() == ask()
    with pytest.raises(RazorpayRefused) as other:
        ask(amount=2000)
    assert other.value.status == 409
    with pytest.raises(RazorpayRefused) as short:
        ask(key="short")
    assert short.value.status == 400
    assert len(emulator.state()["refunds"]) == 1


def test_a_refund_key_that_is_still_at_work_is_asked_again_later(emulator: RunningEmulator) -> None:
    gateway = emulator.gateway()
    payment = emulator.pay(order(gateway).id)["payment"]
    emulator.control("faults", path="POST /v1/payments/*/refund", kind="commit_then_hang", seconds=0.8)

    def ask(timeout: float = 5.0) -> str:
        one = emulator.gateway(timeout=(1, timeout))
        return one.refund(payment_id=payment["id"], amount_paise=1000, idempotency_key="refund-key-1", notes={}).id

    with pytest.raises(GatewayUnavailable):
        ask(timeout=0.2)
    with pytest.raises(GatewayUnavailable):  # 409: the first is still under way
        ask()
    time.sleep(0.8)
    assert ask() == emulator.state()["refunds"][0]["id"]
    assert len(emulator.state()["refunds"]) == 1


def test_refunds_of_many_pages_all_come(emulator: RunningEmulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("payments.razorpay.client.PAGE", 3)
    gateway = emulator.gateway()
    payment = emulator.pay(order(gateway).id)["payment"]
    for number in range(7):
        gateway.refund(
            payment_id=payment["id"], amount_paise=100 + number, idempotency_key=f"refund-key-{number}", notes={}
        )
    assert sorted(one.amount_paise for one in gateway.fetch_refunds(payment["id"])) == list(range(100, 107))


def test_each_thread_keeps_its_own_line(emulator: RunningEmulator) -> None:
    gateway = emulator.gateway()
    lines = []
    threads = [threading.Thread(target=lambda: lines.append(gateway._api())) for _ in range(2)]
    for thread in threads:
        thread.start()
        thread.join()
    assert lines[0] is not lines[1]
    assert gateway._api() is gateway._api()


def test_the_settings_name_the_gateway(emulator: RunningEmulator) -> None:
    assert get_gateway() is get_gateway()
    assert order(get_gateway()).status == "created"
    assert emulator.key_secret not in repr(get_gateway())


def test_the_sites_own_policy_admits_the_gateway_on_no_page_but_the_one_that_asks() -> None:
    from django.conf import settings

    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert "razorpay" not in str(directives)
    assert not any("unsafe" in str(value) for values in directives.values() for value in values)
