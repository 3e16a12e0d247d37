"""Paying through the JSON API: initiate, complete, fail."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from bookings.models import Booking
from bookings.testing import login_of, make_held, make_paid, pay, payment_of
from naksha.api.testing import NOWHERE, Answer, api_of
from naksha.testing import make_admin, make_client, make_consultant, make_service, make_user, next_slot_start
from naksha.times import iso
from payments.models import Payment
from payments.services import ensure_order, verify_ledger
from sessions_app.testing import make_recorded

pytestmark = pytest.mark.django_db


@pytest.fixture
def service() -> Any:
    return make_service(make_consultant(slug="asha-rao"))


def fields_of(gateway: Any, payment: Payment, **changes: Any) -> dict[str, Any]:
    """What checkout hands over once somebody has paid the order."""
    signed = gateway.signed_answer(gateway.pay(payment.order_id or ""))
    return {
        "razorpayOrderId": signed["order_id"],
        "razorpayPaymentId": signed["gateway_payment_id"],
        "razorpaySignature": signed["signature"],
        **changes,
    }


# --- initiate ---------------------------------------------------------------------------------------


def test_the_order_of_a_hold_by_login_and_by_the_links_secret(fake_gateway: Any, service: Any) -> None:
    booking, token = make_held(service.consultant, service=service)
    by_login = api_of(login_of(booking)).post("/payments/initiate", {"bookingId": str(booking.pk)})
    payment = payment_of(booking)
    assert by_login.status == 201
    assert by_login.data == {
        "paymentId": str(payment.pk),
        "orderId": payment.order_id,
        "keyId": settings.RAZORPAY_KEY_ID,
        "amountPaise": 150_000,
        "currency": "INR",
        "description": payment.description,
        "prefill": {"name": "Farhan Qureshi", "email": "farhan@example.com", "contact": "+919800000001"},
        "expiresAt": iso(booking.hold_expires_at or booking.created_at),
    }
    assert api_of().post("/payments/initiate", {"manageToken": token}).data == by_login.data
    assert len(fake_gateway.orders) == 1


def test_the_balance_after_a_deposit(fake_gateway: Any, service: Any) -> None:
    booking, _token = make_paid(fake_gateway, service.consultant, deposit_paise=50_000)
    api = api_of(login_of(booking))
    balance = api.post("/payments/initiate", {"bookingId": str(booking.pk)}).data
    assert (balance["amountPaise"], balance["expiresAt"]) == (100_000, None)
    assert pay_balance(fake_gateway, balance["orderId"]).status == 200
    assert api.post("/payments/initiate", {"bookingId": str(booking.pk)}).code == "INVALID_STATE"


def test_the_price_of_a_recorded_session(fake_gateway: Any) -> None:
    consultant = make_consultant()
    session = make_recorded(
        consultant, platform="phone", client=make_client(consultant, user=(user := make_user())), price_paise=80_000
    )
    assert api_of(user).post("/payments/initiate", {"sessionId": str(session.pk)}).data["amountPaise"] == 80_000
    assert api_of(make_user()).post("/payments/initiate", {"sessionId": str(session.pk)}).code == "NOT_FOUND"


def pay_balance(gateway: Any, order_id: str) -> Answer:
    payment = Payment.objects.get(order_id=order_id)
    return api_of().post("/payments/complete", fields_of(gateway, payment))


def test_the_amount_is_the_servers_alone(service: Any) -> None:
    booking, _token = make_held(service.consultant, service=service)
    api = api_of(login_of(booking))
    body = {"bookingId": str(booking.pk), "amountPaise": 100}
    assert list(api.post("/payments/initiate", body).details) == ["amountPaise"]


def test_initiate_wants_one_thing(service: Any) -> None:
    api = api_of(make_user())
    for body in ({}, {"bookingId": NOWHERE, "sessionId": NOWHERE}):
        assert list(api.post("/payments/initiate", body).details) == ["nonFieldErrors"]
    assert list(api.post("/payments/initiate", {"bookingId": "x"}).details) == ["bookingId"]


def test_anothers_is_not_there_and_nobody_logs_in(fake_gateway: Any, service: Any) -> None:
    booking, _token = make_held(service.consultant, service=service)
    for stranger in (make_user(), service.consultant.user, make_admin()):
        api = api_of(stranger)
        answers = [api.post("/payments/initiate", {"bookingId": str(pk)}) for pk in (booking.pk, NOWHERE)]
        assert [answer.status for answer in answers] == [404, 404]
        assert answers[0].lasting == answers[1].lasting
        assert api.post("/payments/initiate", {"sessionId": NOWHERE}).status == 404
    assert api_of().post("/payments/initiate", {"bookingId": str(booking.pk)}).code == "NOT_AUTHENTICATED"
    assert api_of().post("/payments/initiate", {"manageToken": "x" * 32}).code == "NOT_FOUND"
    assert fake_gateway.orders == {}


def test_what_is_over_is_not_paid(fake_gateway: Any, service: Any) -> None:
    booking, token = make_held(service.consultant, service=service)
    Booking.objects.filter(pk=booking.pk).update(hold_expires_at=booking.created_at)
    assert api_of().post("/payments/initiate", {"manageToken": token}).code == "INVALID_STATE"


def test_a_gateway_that_is_away_and_a_key_that_comes_again(fake_gateway: Any, service: Any) -> None:
    _booking, token = make_held(service.consultant, service=service)
    fake_gateway.down = True
    away = api_of().post("/payments/initiate", {"manageToken": token}, Idempotency_Key="k")
    assert (away.status, away.code) == (502, "GATEWAY_UNAVAILABLE")
    fake_gateway.down = False
    first = api_of().post("/payments/initiate", {"manageToken": token}, Idempotency_Key="k")
    again = api_of().post("/payments/initiate", {"manageToken": token}, Idempotency_Key="k")
    assert (first.status, again.body) == (201, first.body)
    other = api_of().post("/payments/initiate", {"manageToken": "y" * 32}, Idempotency_Key="k")
    assert other.code == "IDEMPOTENCY_CONFLICT"


# --- complete ---------------------------------------------------------------------------------------


def test_the_signed_answer_is_taken_once_in_either_spelling(fake_gateway: Any, service: Any) -> None:
    booking, _token = make_held(service.consultant, service=service)
    payment = ensure_order(payment_of(booking).pk)
    given = fields_of(fake_gateway, payment)
    answer = api_of().post("/payments/complete", given, Idempotency_Key="k")
    assert answer.status == 200
    assert answer.data == {
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
    }
    booking.refresh_from_db()
    assert booking.status == "accepted"
    as_handed_over = {
        "razorpay_order_id": given["razorpayOrderId"],
        "razorpay_payment_id": given["razorpayPaymentId"],
        "razorpay_signature": given["razorpaySignature"],
    }
    assert api_of().post("/payments/complete", given, Idempotency_Key="k").body == answer.body
    assert api_of().post("/payments/complete", as_handed_over).data == answer.data
    assert verify_ledger() == []


@pytest.mark.parametrize("change", ["razorpayOrderId", "razorpayPaymentId", "razorpaySignature"])
def test_what_the_gateway_did_not_sign_changes_nothing(fake_gateway: Any, service: Any, change: str) -> None:
    booking, _token = make_held(service.consultant, service=service)
    payment = ensure_order(payment_of(booking).pk)
    forged = api_of().post("/payments/complete", fields_of(fake_gateway, payment, **{change: "order_forged"}))
    assert (forged.status, forged.code) == (400, "PAYMENT_SIGNATURE_INVALID")
    payment.refresh_from_db()
    assert (payment.status, payment.attempts.count()) == ("created", 0)


def test_a_field_that_is_sent_in_both_spellings_is_refused(fake_gateway: Any, service: Any) -> None:
    booking, _token = make_held(service.consultant, service=service)
    given = fields_of(fake_gateway, ensure_order(payment_of(booking).pk))
    answer = api_of().post("/payments/complete", {**given, "razorpay_order_id": "order_1"})
    assert (answer.status, list(answer.details)) == (400, ["razorpayOrderId"])


def test_a_field_that_is_missing_is_named(fake_gateway: Any) -> None:
    answer = api_of().post("/payments/complete", {"razorpay_order_id": "order_1", "amount": 5})
    assert set(answer.details) == {"amount"}
    assert set(api_of().post("/payments/complete", {}).details) == {
        "razorpayOrderId", "razorpayPaymentId", "razorpaySignature"
    }  # fmt: skip


def test_a_bank_that_thinks_and_a_gateway_that_is_away(fake_gateway: Any, service: Any) -> None:
    booking, _token = make_held(service.consultant, service=service)
    payment = ensure_order(payment_of(booking).pk)
    given = fields_of(fake_gateway, payment)
    fake_gateway.down = True
    assert api_of().post("/payments/complete", given).code == "GATEWAY_UNAVAILABLE"
    fake_gateway.down = False
    begun = fake_gateway.pay(payment.order_id, "created")
    signed = fake_gateway.signed_answer(begun)
    thinking = {**given, "razorpayPaymentId": begun.id, "razorpaySignature": signed["signature"]}
    answer = api_of().post("/payments/complete", thinking)
    assert (answer.status, answer.data["status"]) == (200, "PENDING")


# --- fail -------------------------------------------------------------------------------------------


def test_a_try_that_came_to_nothing_is_noted_and_another_may_be_made(fake_gateway: Any, service: Any) -> None:
    booking, token = make_held(service.consultant, service=service)
    payment = ensure_order(payment_of(booking).pk)
    body = {"paymentId": str(payment.pk), "code": "payment_cancelled", "description": "Stopped"}
    failed = api_of(login_of(booking)).post("/payments/fail", body).data
    assert (failed["status"], failed["failureCode"]) == ("FAILED", "payment_cancelled")
    booking.refresh_from_db()
    assert booking.status == "held"
    assert api_of().post("/payments/fail", {**body, "manageToken": token}).data["status"] == "FAILED"
    assert pay(fake_gateway, booking).status == "accepted"


def test_what_was_paid_stays_paid_whatever_the_app_says(fake_gateway: Any, service: Any) -> None:
    booking, token = make_held(service.consultant, service=service)
    payment = ensure_order(payment_of(booking).pk)
    fake_gateway.pay(payment.order_id)
    answer = api_of().post("/payments/fail", {"paymentId": str(payment.pk), "manageToken": token})
    assert answer.data["status"] == "PAID"


def test_nobody_fails_anothers_payment(fake_gateway: Any, service: Any) -> None:
    booking, _token = make_held(service.consultant, service=service)
    _other, token = make_held(service.consultant, service=service, starts_at=next_slot_start(3))
    payment = payment_of(booking)
    body = {"paymentId": str(payment.pk)}
    assert api_of().post("/payments/fail", body).code == "NOT_AUTHENTICATED"
    assert api_of(make_user()).post("/payments/fail", body).code == "NOT_FOUND"
    assert api_of().post("/payments/fail", {**body, "manageToken": token}).code == "NOT_FOUND"
    for other in (service.consultant.user, make_admin()):  # they see it, and did not try to pay
        assert api_of(other).get(f"/payments/{payment.pk}").status == 200
        assert api_of(other).post("/payments/fail", body).code == "NOT_FOUND"
    payment.refresh_from_db()
    assert payment.status == "created"
