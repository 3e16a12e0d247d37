"""The emulator's own manners, asked through the plain SDK: shapes, ids, refusals, states."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import razorpay
from django.core.exceptions import ImproperlyConfigured

from payments.razorpay.emulator import create_app
from payments.razorpay.emulator.testing import RunningEmulator


@pytest.fixture
def sdk(emulator: RunningEmulator) -> razorpay.Client:
    return razorpay.Client(auth=(emulator.key_id, emulator.key_secret), base_url=emulator.url)


def make(sdk: razorpay.Client, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = sdk.order.create({"amount": 50_000, "currency": "INR", **fields})
    return made


def refusal(emulator: RunningEmulator, method: str, path: str, **options: Any) -> tuple[int, dict[str, Any]]:
    answer = emulator.http.request(method, path, **options)
    return answer.status_code, answer.json()["error"]


def test_an_order_has_the_shape_of_an_order(sdk: razorpay.Client) -> None:
    made = make(sdk, receipt="r", notes={"a": "b"})
    assert set(made) == {
        "id", "entity", "amount", "amount_paid", "amount_due", "currency", "receipt", "offer_id", "status", "attempts",
        "notes", "created_at",
    }  # fmt: skip
    assert re.fullmatch(r"order_[A-Za-z0-9]{14}", made["id"])
    assert made["notes"] == {"a": "b"}
    assert abs(made["created_at"] - time.time()) < 5


def test_empty_notes_are_a_list(sdk: razorpay.Client) -> None:
    assert make(sdk)["notes"] == []
    assert make(sdk, notes={})["notes"] == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"amount": None}, "amount"),
        ({"amount": 99}, "amount"),
        ({"amount": "500"}, "amount"),
        ({"amount": 500.5}, "amount"),
        ({"amount": True}, "amount"),
        ({"currency": "XXX"}, "currency"),
        ({"currency": None}, "currency"),
        ({"receipt": "x" * 41}, "receipt"),
        ({"notes": {str(n): "x" for n in range(16)}}, "notes"),
        ({"notes": {"a": "x" * 257}}, "notes.a"),
        ({"notes": "text"}, "notes"),
        ({"colour": "red"}, "colour"),
        ({"unique_receipt": True}, "receipt"),
        ({"first_payment_min_amount": 100}, "partial_payment"),
    ],
)
def test_what_an_order_may_not_be(emulator: RunningEmulator, fields: dict[str, Any], field: str) -> None:
    status, error = refusal(emulator, "POST", "/v1/orders", json={"amount": 50_000, "currency": "INR", **fields})
    assert (status, error["code"], error["field"]) == (400, "BAD_REQUEST_ERROR", field)
    assert error["source"] == "business"
    assert emulator.state()["orders"] == []


def test_what_is_not_json_is_refused(emulator: RunningEmulator) -> None:
    assert refusal(emulator, "POST", "/v1/orders", content=b"{nope")[0] == 400
    assert refusal(emulator, "POST", "/v1/orders", content=b"[1]")[0] == 400


@pytest.mark.parametrize("auth", [None, ("rzp_test_emulator0001", "wrong"), ("", "")])
@pytest.mark.parametrize("path", ["/v1/orders", "/_control/state"])
def test_a_wrong_key_is_401(emulator: RunningEmulator, auth: Any, path: str) -> None:
    answer = httpx.get(emulator.url + path, auth=auth, trust_env=False)
    assert answer.status_code == 401
    assert answer.json() == {"error": {"code": "BAD_REQUEST_ERROR", "description": "Authentication failed"}}


def test_an_unknown_id_is_400(emulator: RunningEmulator) -> None:
    for path in ("/v1/orders/order_x", "/v1/payments/pay_x", "/v1/refunds/rfnd_x", "/v1/orders/order_x/payments"):
        status, error = refusal(emulator, "GET", path)
        assert (status, error["description"]) == (400, "The id provided does not exist")


def test_lists_have_pages(sdk: razorpay.Client, emulator: RunningEmulator) -> None:
    ids = [make(sdk)["id"] for _ in range(12)]
    first = sdk.order.all()
    assert (first["entity"], first["count"]) == ("collection", 10)
    assert [one["id"] for one in first["items"]] == ids[:1:-1]
    assert [one["id"] for one in sdk.order.all({"count": 5, "skip": 10})["items"]] == ids[1::-1]
    assert refusal(emulator, "GET", "/v1/orders?count=101")[0] == 400


def test_only_the_notes_of_an_order_change(sdk: razorpay.Client) -> None:
    made = make(sdk)
    assert sdk.order.edit(made["id"], {"notes": {"x": "y"}})["notes"] == {"x": "y"}
    with pytest.raises(razorpay.errors.BadRequestError):
        sdk.order.edit(made["id"], {"amount": 1})


def test_a_paid_order_takes_no_other_payment(sdk: razorpay.Client, emulator: RunningEmulator) -> None:
    made = make(sdk)
    emulator.pay(made["id"])
    with pytest.raises(httpx.HTTPStatusError) as refused:
        emulator.pay(made["id"], amount=50_000)
    assert refused.value.response.json()["error"]["reason"] == "order_already_paid"
    order = sdk.order.fetch(made["id"])
    assert (order["status"], order["attempts"], order["amount_paid"], order["amount_due"]) == ("paid", 1, 50_000, 0)


def test_two_who_pay_at_once_are_one_payment(sdk: razorpay.Client, emulator: RunningEmulator) -> None:
    made = make(sdk)

    def pay(_: int) -> int:
        return emulator.http.post("/_control/pay", json={"order_id": made["id"], "amount": 50_000}).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(pay, range(8)))
    captured = [one for one in emulator.state()["payments"] if one["captured"]]
    assert answers.count(200) >= 1
    assert len(captured) == 1


def test_another_amount_is_refused(sdk: razorpay.Client, emulator: RunningEmulator) -> None:
    made = make(sdk)
    with pytest.raises(httpx.HTTPStatusError) as refused:
        emulator.pay(made["id"], amount=49_999)
    assert refused.value.response.json()["error"]["reason"] == "order_amount_mismatch"
    assert sdk.order.fetch(made["id"])["attempts"] == 0


def test_a_manual_order_waits_for_its_capture(sdk: razorpay.Client, emulator: RunningEmulator) -> None:
    made = make(sdk, payment={"capture": "manual"})
    payment = emulator.pay(made["id"])["payment"]
    assert (payment["status"], payment["fee"]) == ("authorized", None)
    assert sdk.payment.capture(payment["id"], 50_000, {"currency": "INR"})["status"] == "captured"


def test_a_failed_payment_may_be_authorised_later(sdk: razorpay.Client, emulator: RunningEmulator) -> None:
    made = make(sdk)
    payment = emulator.pay(made["id"], "failed")["payment"]
    assert (payment["status"], payment["error_reason"]) == ("failed", "payment_failed")
    late = emulator.control(f"payments/{payment['id']}/authorize")["payment"]
    assert (late["status"], late["error_code"], late["captured"]) == ("captured", None, True)
    assert sdk.order.fetch(made["id"])["status"] == "paid"


def test_a_late_yes_for_a_paid_order_is_captured_only_by_force(sdk: razorpay.Client, emulator: RunningEmulator) -> None:
    made = make(sdk)
    late = [emulator.pay(made["id"], "failed")["payment"]["id"] for _ in range(2)]
    emulator.pay(made["id"])
    assert emulator.control(f"payments/{late[0]}/authorize")["payment"]["status"] == "authorized"
    assert emulator.control(f"payments/{late[1]}/authorize", capture="force")["payment"]["status"] == "captured"
    assert sdk.order.fetch(made["id"])["amount_paid"] == 50_000
    assert len([one for one in sdk.order.payments(made["id"])["items"] if one["captured"]]) == 2


def test_an_authorised_payment_that_nobody_takes_goes_back_after_three_days(
    sdk: razorpay.Client, emulator: RunningEmulator
) -> None:
    payment = emulator.pay(make(sdk)["id"], "authorized")["payment"]
    emulator.control("advance", seconds=3 * 24 * 3600 + 60)
    gone = sdk.payment.fetch(payment["id"])
    assert (gone["status"], gone["captured"], gone["amount_refunded"]) == ("refunded", False, 50_000)


def test_a_bank_that_says_nothing_for_ten_minutes_has_failed(sdk: razorpay.Client, emulator: RunningEmulator) -> None:
    payment = emulator.pay(make(sdk)["id"], "created")["payment"]
    emulator.control("advance", seconds=601)
    assert sdk.payment.fetch(payment["id"])["error_reason"] == "payment_timed_out"


def test_a_pending_refund_arrives_or_comes_back(sdk: razorpay.Client, emulator: RunningEmulator) -> None:
    emulator.control("settings", refund_mode="pending", refund_seconds=60)
    payment = emulator.pay(make(sdk)["id"])["payment"]["id"]
    good, bad = (sdk.payment.refund(payment, {"amount": 20_000}) for _ in range(2))
    assert good["status"] == "pending"
    emulator.control(f"refunds/{bad['id']}/end", status="failed")
    assert sdk.payment.fetch(payment)["amount_refunded"] == 20_000
    emulator.control("advance", seconds=61)
    assert sdk.refund.fetch(good["id"])["status"] == "processed"
    names = [one["event"] for one in emulator.state()["events"]]
    assert names[-4:] == ["refund.created", "refund.created", "refund.failed", "refund.processed"]


def test_the_amount_that_always_fails_fails(sdk: razorpay.Client, emulator: RunningEmulator) -> None:
    payment = emulator.pay(make(sdk)["id"])["payment"]["id"]
    refund = sdk.payment.refund(payment, {"amount": 2468})
    emulator.control("advance", seconds=5)
    assert sdk.payment.fetch_refund_id(payment, refund["id"])["status"] == "failed"
    assert sdk.payment.fetch(payment)["status"] == "captured"


def test_an_uncaptured_payment_is_not_refunded(sdk: razorpay.Client, emulator: RunningEmulator) -> None:
    payment = emulator.pay(make(sdk)["id"], "authorized")["payment"]["id"]
    with pytest.raises(razorpay.errors.BadRequestError, match="should be captured"):
        sdk.payment.refund(payment, {"amount": 100})


def test_it_never_starts_where_money_is_real(tmp_path: Any, settings: Any) -> None:
    settings.EMBEDDED = False
    given = {"db_path": tmp_path / "x.sqlite3", "key_secret": "s", "webhook_secret": "w", "webhook_url": ""}
    with pytest.raises(ImproperlyConfigured):
        create_app(key_id="rzp_test_1", public_base="http://x", **given)
    with pytest.raises(ImproperlyConfigured):
        create_app(key_id="rzp_live_1", public_base="http://x", for_tests=True, **given)
    assert not (tmp_path / "x.sqlite3").exists()
