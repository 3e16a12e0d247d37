"""Money that has come, through the JSON API: lists, papers, refunds, the gateway's call and earnings."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pypdf import PdfReader

from bookings.testing import details, login_of, make_held, make_paid, payment_of
from clients.models import Client
from naksha.api.idempotency import CLAIM
from naksha.api.models import KeptAnswer
from naksha.api.testing import NOWHERE, Answer, api_of
from naksha.testing import make_admin, make_consultant, make_service, make_user, next_slot_start
from naksha.times import iso
from payments.clearing import payout_day
from payments.models import GatewayEvent, Refund
from payments.services import ensure_order, verify_ledger
from payments.tax import issue_date
from payments.testing import work_through

pytestmark = pytest.mark.django_db


@pytest.fixture
def service() -> Any:
    return make_service(make_consultant(slug="asha-rao"))


# --- lists ------------------------------------------------------------------------------------------


def test_each_side_sees_its_payments_and_the_fee_is_the_consultants(fake_gateway: Any, service: Any) -> None:
    booking, _token = make_paid(fake_gateway, service.consultant, service=service)
    payment = payment_of(booking)
    (row,) = api_of(service.consultant.user).get("/payments").data["payments"]
    assert row == {
        "id": str(payment.pk),
        "type": "FULL",
        "status": "PAID",
        "payableType": "BOOKING",
        "payableId": str(booking.pk),
        "orderId": payment.order_id,
        "amountPaise": 150_000,
        "paidPaise": 150_000,
        "refundedPaise": 0,
        "refundingPaise": 0,
        "currency": "INR",
        "failureCode": "",
        "description": payment.description,
        "payer": {"name": "Farhan Qureshi", "email": "farhan@example.com", "phone": "+919800000001"},
        "consultant": {"slug": "asha-rao", "name": service.consultant.display_name},
        "feePaise": 15_000,
        "feeTaxPaise": 2_700,
        "refunds": [],
        "createdAt": iso(payment.created_at),
        "paidAt": iso(payment.captured_at or payment.created_at),
    }
    client = api_of(login_of(booking))
    assert client.get("/payments").data["payments"] == [{**row, "feePaise": None, "feeTaxPaise": None}]
    detail = client.get(f"/payments/{payment.pk}").data
    assert [document["kind"] for document in detail["documents"]] == ["INVOICE"]
    for stranger in (make_user(), make_consultant().user):
        api = api_of(stranger)
        assert api.get("/payments").data["payments"] == []
        assert api.get(f"/payments/{payment.pk}").lasting == api.get(f"/payments/{NOWHERE}").lasting
    assert len(api_of(make_admin()).get("/payments").data["payments"]) == 1
    assert api_of(make_consultant(status="draft").user).get("/payments").code == "ADMIN_APPROVAL_REQUIRED"


def test_the_list_is_filtered_ordered_and_costs_the_same(
    fake_gateway: Any, service: Any, django_assert_num_queries: Any
) -> None:
    make_paid(fake_gateway, service.consultant, service=service)
    api = api_of(service.consultant.user)
    with django_assert_num_queries(5):
        api.get("/payments")
    gita = details(email="gita@example.com", name="Gita Nair")
    make_paid(fake_gateway, service.consultant, deposit_paise=50_000, starts_at=next_slot_start(3), details=gita)
    make_held(service.consultant, service=service, starts_at=next_slot_start(4), details=gita)

    def found(**query: Any) -> list[int]:
        return [row["amountPaise"] for row in api.get("/payments", **query).data["payments"]]

    assert sorted(found()) == [50_000, 150_000, 150_000]
    assert found(type="DEPOSIT") == [50_000]
    assert found(status="PENDING") == [150_000]
    assert found(status="PAID", ordering="amount") == [50_000, 150_000]
    assert found(search="gita", ordering="-amount") == [150_000, 50_000]
    assert found(to="2020-01-01") == found(**{"from": "2099-01-01"}) == []
    assert found(page=2) == []
    with django_assert_num_queries(5):
        api.get("/payments")
    for query, named in (({"type": "x"}, "type"), ({"status": "CAPTURED"}, "status"), ({"from": "x"}, "from")):
        assert list(api.get("/payments", **query).details) == [named]


def test_the_invoice_is_a_pdf_for_its_parties(fake_gateway: Any, service: Any) -> None:
    booking, _token = make_paid(fake_gateway, service.consultant, service=service)
    path = f"/payments/{payment_of(booking).pk}/invoice.pdf"
    answer = api_of(login_of(booking)).get(path)
    assert (answer.status, answer["Content-Type"]) == (200, "application/pdf")
    assert booking.reference in PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert api_of(service.consultant.user).get(path).status == 200
    asked_for = api_of(service.consultant.user).send("GET", path, headers={"Accept": "application/pdf"})
    assert (asked_for.status, asked_for["Content-Type"]) == (200, "application/pdf")
    assert api_of(make_user()).get(path).code == "NOT_FOUND"
    unpaid, _token = make_held(service.consultant, service=service, starts_at=next_slot_start(3))
    assert api_of(service.consultant.user).get(f"/payments/{payment_of(unpaid).pk}/invoice.pdf").code == "NOT_FOUND"


# --- refunds ----------------------------------------------------------------------------------------


def test_a_part_and_then_all_that_is_left_goes_back(fake_gateway: Any, service: Any) -> None:
    booking, _token = make_paid(fake_gateway, service.consultant, service=service)
    payment = payment_of(booking)
    api = api_of(service.consultant.user)
    body = {"paymentId": str(payment.pk), "amountPaise": 50_000, "reason": "Cut short"}
    part = api.post("/payments/refund", body, Idempotency_Key="k")
    assert (part.status, part.data["amountPaise"], part.data["status"]) == (201, 50_000, "PENDING")
    assert part.data["currency"] == "INR"
    assert api.post("/payments/refund", body, Idempotency_Key="k").body == part.body
    assert api_of(make_admin()).post("/payments/refund", {"paymentId": str(payment.pk)}).data["amountPaise"] == 100_000
    nothing = api.post("/payments/refund", {"paymentId": str(payment.pk)})
    assert (nothing.status, nothing.code) == (409, "INVALID_STATE")
    work_through()
    row = api.get(f"/payments/{payment.pk}").data
    assert (row["status"], row["refundedPaise"]) == ("REFUNDED", 150_000)
    assert [refund["amountPaise"] for refund in row["refunds"]] == [50_000, 100_000]
    assert verify_ledger() == []


@pytest.mark.parametrize("part", [{"amountPaise": 50_000}, {}], ids=["a part", "all that is left"])
def test_a_refund_whose_answer_was_lost_is_made_once_all_the_same(
    fake_gateway: Any, service: Any, part: dict[str, int]
) -> None:
    """Whoever died after it was promised has left a claim, and no answer."""
    booking, _token = make_paid(fake_gateway, service.consultant, service=service)
    api = api_of(service.consultant.user)
    body = {"paymentId": str(payment_of(booking).pk), "reason": "Cut short", **part}
    first = api.post("/payments/refund", body, Idempotency_Key="k")
    KeptAnswer.objects.update(status=None, body="", claimed_at=timezone.now() - CLAIM - timedelta(seconds=1))
    again = api.post("/payments/refund", body, Idempotency_Key="k")
    assert (again.status, again.body) == (first.status, first.body)
    assert again.status == 201
    assert [one.amount_paise for one in Refund.objects.all()] == [part.get("amountPaise", 150_000)]
    meant = api.post("/payments/refund", body, Idempotency_Key="another")
    assert meant.status == (201 if part else 409)


@pytest.mark.parametrize("amount", [0, -5, 1.5, "all", 150_001])
def test_a_wrong_amount_goes_nowhere(fake_gateway: Any, service: Any, amount: Any) -> None:
    booking, _token = make_paid(fake_gateway, service.consultant, service=service)
    body = {"paymentId": str(payment_of(booking).pk), "amountPaise": amount}
    answer = api_of(service.consultant.user).post("/payments/refund", body)
    assert answer.code == ("INVALID_STATE" if amount == 150_001 else "VALIDATION_ERROR")
    assert not Refund.objects.exists()


def test_only_whose_money_it_was_gives_it_back(fake_gateway: Any, service: Any) -> None:
    booking, _token = make_paid(fake_gateway, service.consultant, service=service)
    body = {"paymentId": str(payment_of(booking).pk)}
    assert api_of(login_of(booking)).post("/payments/refund", body).code == "PERMISSION_DENIED"
    other = api_of(make_consultant().user)
    assert (
        other.post("/payments/refund", body).lasting == other.post("/payments/refund", {"paymentId": NOWHERE}).lasting
    )
    asker = make_consultant()
    Client.objects.filter(pk=booking.client_id).update(user=asker.user)
    assert api_of(asker.user).post("/payments/refund", body).code == "NOT_FOUND"
    assert not Refund.objects.exists()


# --- the gateway's call -----------------------------------------------------------------------------


def call(body: bytes, **headers: str) -> Answer:
    return api_of().send("POST", "/payments/webhook", body, headers=headers)


def test_the_gateway_calls_at_the_apis_address_too(fake_gateway: Any, service: Any) -> None:
    booking, _token = make_held(service.consultant, service=service)
    payment = ensure_order(payment_of(booking).pk)
    paid = fake_gateway.pay(payment.order_id)
    entity = {"id": paid.id, "order_id": paid.order_id}
    body = json.dumps({"event": "payment.captured", "payload": {"payment": {"entity": entity}}}).encode()
    signature = fake_gateway.sign_webhook(body)
    for _ in range(2):
        answer = call(body, **{"X-Razorpay-Signature": signature, "X-Razorpay-Event-Id": "evt_1"})
        assert (answer.status, answer.data) == (200, None)
    assert GatewayEvent.objects.get().deliveries == 2
    work_through()
    booking.refresh_from_db()
    assert booking.status == "accepted"


def test_what_is_unsigned_no_event_or_too_large_is_refused(fake_gateway: Any) -> None:
    unsigned = call(b"{}")
    assert (unsigned.status, unsigned.code) == (400, "PAYMENT_SIGNATURE_INVALID")
    assert call(b"{}", **{"X-Razorpay-Signature": "é"}).code == "PAYMENT_SIGNATURE_INVALID"
    for body in (b"", b"[]", b"no json", b"\xff\xfe"):
        answer = call(body, **{"X-Razorpay-Signature": fake_gateway.sign_webhook(body)})
        assert answer.status == 400
    large = b"x" * (256 * 1024 + 1)
    refused = call(large, **{"X-Razorpay-Signature": fake_gateway.sign_webhook(large)})
    assert (refused.status, refused.message) == (400, "This request is too large.")
    assert not GatewayEvent.objects.exists()


@pytest.mark.parametrize("door", ["/payments/webhook", "/payments/webhook/", "/payments/webhook/razorpay/"])
def test_whoever_shares_the_gateways_address_cant_lock_it_out(
    fake_gateway: Any, client: Any, monkeypatch: pytest.MonkeyPatch, door: str
) -> None:
    monkeypatch.setattr("naksha.api.middleware.REQUESTS", 2)
    body = json.dumps({"event": "payment.captured", "payload": {}}).encode()
    signed = {"X-Razorpay-Signature": fake_gateway.sign_webhook(body), "X-Razorpay-Event-Id": "evt_1"}

    def knock(**headers: str) -> int:
        address = door if "razorpay" in door else f"/api/v1{door}"
        status: int = client.post(address, body, content_type="application/json", headers=headers).status_code
        return status

    for _ in range(3):
        assert api_of().get("/payments/balance").status in (401, 429)  # the same address, used up
    assert {knock() for _ in range(5)} == {400}  # nor by what they forge there
    assert all(knock(**signed) in (200, 204) for _ in range(5))  # and again, as the gateway does for a day
    assert api_of().get("/payments/balance").status == 429
    assert GatewayEvent.objects.get().deliveries == 5


# --- earnings ---------------------------------------------------------------------------------------


def test_the_balance_is_the_ledgers(fake_gateway: Any, service: Any) -> None:
    make_paid(fake_gateway, service.consultant, service=service)
    second, _token = make_paid(fake_gateway, service.consultant, service=service, starts_at=next_slot_start(3))
    api = api_of(service.consultant.user)
    api.post("/payments/refund", {"paymentId": str(payment_of(second).pk), "amountPaise": 75_000})
    make_paid(fake_gateway, make_consultant())
    assert api.get("/payments/balance").data == {
        "currency": "INR",
        "receivedPaise": 300_000,
        "refundedPaise": 75_000,
        "earnedPaise": 225_000,
        "feePaise": 22_500,
        "feeTaxPaise": 4_050,
        "chargedPaise": 26_550,
        "netPaise": 198_450,
        "paidOutPaise": 0,
        "clearingPaise": 198_450,  # both are still to be held
        "availablePaise": 0,
        "nextPayoutOn": payout_day(issue_date(timezone.now())).isoformat(),
    }
    assert api.get("/payments/payouts").data["payouts"] == []


@pytest.mark.parametrize("path", ["/payments/balance", "/payments/payouts"])
def test_earnings_are_a_consultants(path: str) -> None:
    assert api_of(make_user()).get(path).code == "PERMISSION_DENIED"
    assert api_of(make_admin()).get(path).code == "PERMISSION_DENIED"
    assert api_of(make_consultant(status="draft").user).get(path).code == "ADMIN_APPROVAL_REQUIRED"
    empty = api_of(make_consultant().user).get(path).data
    assert empty.get("availablePaise", 0) == 0
