"""For tests: a gateway in memory that keeps Razorpay's rules, and a payable that writes down what it is told.

    def test_something(fake_gateway, payable_kind): …

``pytest_plugins`` of the root conftest loads the fixtures.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.db import transaction
from uuid_utils.compat import uuid7

from naksha.db import refuse_transaction
from payments import payable, services
from payments.errors import GatewayRefused, GatewayUnavailable
from payments.gateway import GatewayPayment, GatewayRefund, Order
from payments.models import Payment, Refund

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from accounts.models import User
    from consultants.models import Consultant

SECRET = b"the fake gateway's secret"


def sign(*parts: str) -> str:
    return hmac.new(SECRET, "|".join(parts).encode(), hashlib.sha256).hexdigest()


class FakeGateway:
    """Orders, payments and refunds in memory. ``down`` makes every call fail before it does anything, ``hang_after``
    makes the named call do its work and then time out, once for each count. ``calls`` is what was asked."""

    key_id = "rzp_test_fake0000000001"

    def __init__(self) -> None:
        self.orders: dict[str, Order] = {}
        self.payments: dict[str, GatewayPayment] = {}
        self.refunds: dict[str, GatewayRefund] = {}
        self.by_key: dict[str, str] = {}
        self.calls: list[str] = []
        self.down = False
        self.hang_after: dict[str, int] = {}
        self.refuse_refunds = ""
        self.mood: Callable[[], str] = lambda: ""  # "away" before a call, "hangs" after it; anything else is well
        self.refund_status = "processed"
        self._number = count(1)

    def _name(self, prefix: str) -> str:
        return f"{prefix}_{next(self._number):014d}"

    def _asked(self, call: str) -> None:
        refuse_transaction(f"the gateway is asked to {call}")
        self.calls.append(call)
        if self.down or self.mood() == "away":
            raise GatewayUnavailable

    def _answered(self, call: str) -> None:
        if self.hang_after.get(call, 0):
            self.hang_after[call] -= 1
            raise GatewayUnavailable
        if self.mood() == "hangs":
            raise GatewayUnavailable

    # --- what the app asks -----------------------------------------------------------------------

    def create_order(self, *, amount_paise: int, currency: str, receipt: str, notes: Mapping[str, str]) -> Order:
        self._asked("create_order")
        known = [order for order in self.orders.values() if order.receipt == receipt]
        order = known[0] if known else Order(self._name("order"), amount_paise, currency, receipt, "created")
        self.orders[order.id] = order
        self._answered("create_order")
        return order

    def fetch_order(self, order_id: str) -> Order:
        self._asked("fetch_order")
        return self.orders[order_id]

    def order_payments(self, order_id: str) -> list[GatewayPayment]:
        self._asked("order_payments")
        return [payment for payment in self.payments.values() if payment.order_id == order_id]

    def fetch_payment(self, payment_id: str) -> GatewayPayment:
        self._asked("fetch_payment")
        if payment_id not in self.payments:
            raise GatewayRefused("The id provided does not exist", "BAD_REQUEST_ERROR")
        return self.payments[payment_id]

    def capture(self, *, payment_id: str, amount_paise: int, currency: str) -> GatewayPayment:
        self._asked("capture")
        payment = self.payments[payment_id]
        if payment.status != "authorized" or (amount_paise, currency) != (payment.amount_paise, payment.currency):
            raise GatewayRefused("This payment has already been captured", "BAD_REQUEST_ERROR")
        self._captured(payment_id)
        self._answered("capture")
        return self.payments[payment_id]

    def refund(
        self, *, payment_id: str, amount_paise: int, idempotency_key: str, notes: Mapping[str, str]
    ) -> GatewayRefund:
        self._asked("refund")
        if idempotency_key in self.by_key:
            refund = self.refunds[self.by_key[idempotency_key]]
        elif self.refuse_refunds:
            raise GatewayRefused(self.refuse_refunds, "BAD_REQUEST_ERROR")
        else:
            refund = self.make_refund(payment_id, amount_paise, notes=notes, status=self.refund_status)
            self.by_key[idempotency_key] = refund.id
        self._answered("refund")
        return refund

    def fetch_refunds(self, payment_id: str) -> list[GatewayRefund]:
        self._asked("fetch_refunds")
        return [refund for refund in self.refunds.values() if refund.payment_id == payment_id]

    def verify_checkout(self, order_id: str, payment_id: str, signature: str) -> bool:
        return hmac.compare_digest(sign(order_id, payment_id).encode(), signature.encode())

    def verify_webhook(self, raw_body: bytes, signature: str) -> bool:
        return hmac.compare_digest(self.sign_webhook(raw_body).encode(), signature.encode())

    # --- what happens at the gateway -------------------------------------------------------------

    def sign_webhook(self, raw_body: bytes) -> str:
        return hmac.new(SECRET, raw_body, hashlib.sha256).hexdigest()

    def pay(self, order_id: str, status: str = "captured", /, **changes: object) -> GatewayPayment:
        """Somebody pays the order (or ``status="authorized"``, ``"failed"`` …); ``changes`` spoil the answer."""
        order = self.orders[order_id]
        made = GatewayPayment(
            id=self._name("pay"),
            order_id=order.id,
            amount_paise=order.amount_paise,
            currency=order.currency,
            status="authorized" if status == "captured" else status,
            captured=False,
            method="upi",
            error_reason="payment_failed" if status == "failed" else "",
        )
        self.payments[made.id] = made
        if status == "captured":
            self._captured(made.id)
        self.payments[made.id] = replace(self.payments[made.id], **changes)  # type: ignore[arg-type]
        return self.payments[made.id]

    def change(self, payment_id: str, status: str) -> GatewayPayment:
        """The payment's state moves at the gateway: a late authorisation, a capture there, a failure."""
        self.payments[payment_id] = replace(self.payments[payment_id], status=status)
        if status == "captured":
            self._captured(payment_id)
        return self.payments[payment_id]

    def _captured(self, payment_id: str) -> None:
        payment = self.payments[payment_id]
        tax = payment.amount_paise * 36 // 10_000
        fee = payment.amount_paise * 200 // 10_000 + tax
        self.payments[payment_id] = replace(payment, status="captured", captured=True, fee_paise=fee, tax_paise=tax)

    def make_refund(
        self, payment_id: str, amount_paise: int, *, notes: Mapping[str, str] | None = None, status: str = "processed"
    ) -> GatewayRefund:
        """A refund at the gateway, also one that nobody here asked for."""
        payment = self.payments[payment_id]
        refunded = payment.amount_refunded_paise + amount_paise
        if not payment.captured or refunded > payment.amount_paise:
            raise GatewayRefused("The total refund amount is greater than the refund payment amount")
        refund = GatewayRefund(
            self._name("rfnd"), payment_id, amount_paise, payment.currency, status, notes=dict(notes or {})
        )
        self.refunds[refund.id] = refund
        whole = "refunded" if refunded == payment.amount_paise else payment.status
        self.payments[payment_id] = replace(payment, amount_refunded_paise=refunded, status=whole)
        return refund

    def change_refund(self, refund_id: str, status: str) -> GatewayRefund:
        """A refund's state moves at the gateway; what it could not pay out is the payment's again."""
        refund = self.refunds[refund_id] = replace(self.refunds[refund_id], status=status)
        if status == "failed":
            payment = self.payments[refund.payment_id]
            left = payment.amount_refunded_paise - refund.amount_paise
            self.payments[payment.id] = replace(payment, amount_refunded_paise=left, status="captured")
        return refund

    def signed_answer(self, payment: GatewayPayment) -> dict[str, str]:
        """What the payer's browser brings to :func:`payments.services.complete`."""
        return {
            "order_id": payment.order_id,
            "gateway_payment_id": payment.id,
            "signature": sign(payment.order_id, payment.id),
        }


_current = FakeGateway()


def current_fake() -> FakeGateway:
    return _current


@pytest.fixture
def fake_gateway(settings: object) -> FakeGateway:
    """The gateway in memory, in place of the real one."""
    global _current
    _current = FakeGateway()
    settings.PAYMENT_GATEWAY = "payments.testing.current_fake"  # type: ignore[attr-defined]
    return _current


class FakePayable:
    """A payable that holds no row: it writes down what it is told. ``verdict`` is its answer to money."""

    payable_kind = "fake"

    def __init__(self) -> None:
        self.payable_id: UUID = uuid7()
        self.verdict: payable.Settled | payable.RefundInFull = payable.Settled()
        self.captured: list[Payment] = []
        self.promised: list[Refund] = []
        self.refunded: list[Refund] = []
        self.excess: list[Refund] = []
        self.fee_basis_points = 500

    def payment_captured(self, payment: Payment) -> payable.Settled | payable.RefundInFull:
        self.captured.append(payment)
        return self.verdict

    def refund_promised(self, refund: Refund) -> None:
        self.promised.append(refund)

    def payment_refunded(self, refund: Refund) -> None:
        self.refunded.append(refund)

    def excess_refunded(self, refund: Refund) -> None:
        self.excess.append(refund)

    def invoice_facts(self) -> payable.InvoiceFacts:
        return payable.InvoiceFacts(
            reference="NK-TEST2345",
            description="First call",
            currency="INR",
            price_paise=100_000,
            tax_paise=18_000,
            total_paise=118_000,
            gst_basis_points=1_800,
            fee_basis_points=self.fee_basis_points,
            client_name="Farhan Qureshi",
            client_email="farhan@example.com",
        )


@pytest.fixture
def fake_payable() -> Iterator[FakePayable]:
    """One payable of kind ``fake``, registered while the test runs."""
    made = FakePayable()
    payable.register("fake", lambda _payable_id: made)
    yield made
    payable.unregister("fake")


def work_through(rounds: int = 20) -> None:
    """Do at once what the sweepers would find: events to work, refunds to send."""
    from payments.services import events, sending

    for _ in range(rounds):
        waiting_events, waiting_refunds = events.unworked(), sending.unsent()
        if not waiting_events and not waiting_refunds:
            return
        for event_id in waiting_events:
            events.process(event_id)
        for refund_id in waiting_refunds:
            sending.send(refund_id)
    raise AssertionError("the sweepers find no end")


def open_for(owed_for: FakePayable, consultant: Consultant, amount_paise: int = 118_000, **fields: Any) -> Payment:
    """A payment of what ``owed_for`` costs, in full unless told otherwise; no order yet."""
    values: dict[str, Any] = {
        "payable_kind": owed_for.payable_kind,
        "payable_id": owed_for.payable_id,
        "consultant_id": consultant.pk,
        "purpose": "full",
        "amount_paise": amount_paise,
        "currency": "INR",
        "payer_name": "Farhan Qureshi",
        "payer_email": "farhan@example.com",
        "payer_phone": "+919800000001",
        "description": "First call",
    }
    return services.open_payment(**{**values, **fields})


def ordered(owed_for: FakePayable, consultant: Consultant, amount_paise: int = 118_000, **fields: Any) -> Payment:
    """As :func:`open_for`, with its order made."""
    return services.ensure_order(open_for(owed_for, consultant, amount_paise, **fields).pk)


def paid(owed_for: FakePayable, consultant: Consultant, amount_paise: int = 118_000, **fields: Any) -> Payment:
    """As :func:`ordered`, paid through the browser."""
    payment = ordered(owed_for, consultant, amount_paise, **fields)
    return services.complete(**current_fake().signed_answer(current_fake().pay(str(payment.order_id))))


def promise_refund(
    owed_for: FakePayable, amount_paise: int = 118_000, *, key: str = "cancelled", actor: User | None = None
) -> list[Refund]:
    """Give back what was paid for ``owed_for``; the gateway hears of it later."""
    with transaction.atomic():
        return services.request_refund(
            payable_kind=owed_for.payable_kind,
            payable_id=owed_for.payable_id,
            amount_paise=amount_paise,
            reason="Cancelled by the client.",
            actor=actor,
            key=key,
        )


def posted_answer(gateway: FakeGateway, order_id: str | None) -> dict[str, str]:
    """What the gateway's own page posts to ours once the order was paid there."""
    answer = gateway.signed_answer(gateway.pay(str(order_id)))
    return {
        "razorpay_order_id": answer["order_id"],
        "razorpay_payment_id": answer["gateway_payment_id"],
        "razorpay_signature": answer["signature"],
    }


def webhook(client: Client, kind: str, payment: GatewayPayment, *, event_id: str = "", **changes: Any) -> HttpResponse:
    """Deliver an event about ``payment`` as the fake gateway would, signed; the same ``event_id`` is a repeat."""
    gateway = current_fake()
    told = {
        "entity": "event",
        "event": kind,
        "contains": ["payment"],
        "payload": {"payment": {"entity": {"id": payment.id, "order_id": payment.order_id, **changes}}},
    }
    body = json.dumps(told).encode()
    return client.post(  # type: ignore[return-value]
        "/payments/webhook/razorpay/",
        data=body,
        content_type="application/json",
        headers={
            "X-Razorpay-Signature": gateway.sign_webhook(body),
            "X-Razorpay-Event-Id": event_id or gateway._name("evt"),
        },
    )
