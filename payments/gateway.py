"""What this app asks of a payment gateway, in its own words. ``payments.razorpay`` is the one that answers.

Amounts are paise. Every asking method raises GatewayUnavailable when nobody knows what became of the request and
GatewayRefused when the gateway said no (:mod:`payments.errors`). None may be called while a transaction is open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from naksha.db import refuse_transaction


@dataclass(frozen=True)
class Order:
    id: str
    amount_paise: int
    currency: str
    receipt: str
    status: str  # created, attempted, paid
    amount_paid_paise: int = 0
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class GatewayPayment:
    id: str
    order_id: str
    amount_paise: int
    currency: str
    status: str  # created, authorized, captured, refunded, failed
    captured: bool  # false for a refunded one that was never captured, only let go
    amount_refunded_paise: int = 0
    fee_paise: int | None = None  # the gateway's charge, its GST included; known once captured
    tax_paise: int | None = None
    method: str = ""
    error_code: str = ""
    error_reason: str = ""
    error_description: str = ""
    created_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class GatewayRefund:
    id: str
    payment_id: str
    amount_paise: int
    currency: str
    status: str  # pending, processed, failed
    notes: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)


class Gateway(Protocol):
    @property
    def key_id(self) -> str: ...
    def create_order(self, *, amount_paise: int, currency: str, receipt: str, notes: Mapping[str, str]) -> Order:
        """The same receipt gives the same order, however often it is asked for."""
        ...

    def fetch_order(self, order_id: str) -> Order: ...
    def order_payments(self, order_id: str) -> Sequence[GatewayPayment]: ...
    def fetch_payment(self, payment_id: str) -> GatewayPayment: ...
    def capture(self, *, payment_id: str, amount_paise: int, currency: str) -> GatewayPayment: ...
    def refund(
        self, *, payment_id: str, amount_paise: int, idempotency_key: str, notes: Mapping[str, str]
    ) -> GatewayRefund: ...
    def fetch_refunds(self, payment_id: str) -> Sequence[GatewayRefund]: ...
    def verify_checkout(self, order_id: str, payment_id: str, signature: str) -> bool: ...
    def verify_webhook(self, raw_body: bytes, signature: str) -> bool: ...


def get_gateway() -> Gateway:
    """The gateway to ask. Raises RuntimeError inside a transaction: rows mustn't stay locked while it thinks."""
    refuse_transaction("the gateway is asked")
    made: Gateway = import_string(settings.PAYMENT_GATEWAY)()
    return made
