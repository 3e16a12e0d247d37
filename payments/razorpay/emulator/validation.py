"""What Razorpay accepts in a request's body, and in which words it refuses the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from payments.razorpay.emulator.refusal import Refusal

MINIMUM_PAISE = 100
CURRENCIES = frozenset({"INR", "USD", "EUR", "GBP", "SGD", "AED", "AUD", "CAD"})
ORDER_FIELDS = frozenset(
    {
        "amount",
        "currency",
        "receipt",
        "notes",
        "partial_payment",
        "first_payment_min_amount",
        "payment",
        "transfers",
        "customer_id",
        "unique_receipt",
        "payment_capture",
    }
)
REFUND_FIELDS = frozenset({"amount", "speed", "notes", "receipt", "reverse_all"})
CAPTURE_FIELDS = frozenset({"amount", "currency"})
REFUND_KEY = re.compile(r"[A-Za-z0-9_-]{10,}")


def only(body: Mapping[str, Any], allowed: frozenset[str]) -> None:
    extra = sorted(set(body) - allowed)
    if extra:
        raise Refusal(f"{', '.join(extra)} is/are not required and should not be sent", field=extra[0])


def amount(body: Mapping[str, Any], *, minimum: int = MINIMUM_PAISE) -> int:
    value = body.get("amount")
    if value is None:
        raise Refusal("The amount field is required.", field="amount")
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refusal("The amount must be an integer.", field="amount")
    if value < minimum:
        raise Refusal("Order amount less than minimum amount allowed", field="amount")
    if value > 50_000_000_00:
        raise Refusal("Amount exceeds maximum amount allowed.", field="amount")
    return value


def currency(body: Mapping[str, Any]) -> str:
    value = body.get("currency")
    if not value:
        raise Refusal("The currency field is required.", field="currency")
    if value not in CURRENCIES:
        raise Refusal("Currency is not supported", field="currency")
    return str(value)


def receipt(body: Mapping[str, Any]) -> str | None:
    value = body.get("receipt")
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > 40:
        raise Refusal("The receipt may not be greater than 40 characters.", field="receipt")
    return value


def notes(body: Mapping[str, Any]) -> dict[str, str]:
    value = body.get("notes") or {}
    if not isinstance(value, dict):
        raise Refusal("The notes must be an array.", field="notes")
    if len(value) > 15:
        raise Refusal("Number of fields in notes should be less than or equal to 15", field="notes")
    for name, text in value.items():
        if not isinstance(text, str | int | float) or len(name) > 256 or len(str(text)) > 256:
            raise Refusal("The notes value may not be greater than 256 characters.", field=f"notes.{name}")
    return {name: str(text) for name, text in value.items()}


def capture_setting(body: Mapping[str, Any], default: str) -> str:
    """``automatic`` or ``manual``, as the order asks, else as the account is set."""
    settings = body.get("payment")
    if settings is None:
        legacy = body.get("payment_capture")
        if legacy is None:
            return default
        return "automatic" if legacy in (1, True, "1") else "manual"
    if not isinstance(settings, dict) or settings.get("capture") not in ("automatic", "manual"):
        raise Refusal("The payment.capture must be automatic or manual.", field="payment.capture")
    options = settings.get("capture_options") or {}
    expiry = options.get("automatic_expiry_period")
    if settings["capture"] == "automatic" and (not isinstance(expiry, int) or expiry < 12):
        raise Refusal(
            "The automatic expiry period must be at least 12.", field="payment.capture_options.automatic_expiry_period"
        )
    return str(settings["capture"])


def page(query: Mapping[str, str]) -> tuple[int, int]:
    """How many, and how many to skip."""
    try:
        count, skip = int(query.get("count") or 10), int(query.get("skip") or 0)
    except ValueError:
        raise Refusal("The count must be an integer.", field="count") from None
    if not 1 <= count <= 100:
        raise Refusal("The count must be between 1 and 100.", field="count")
    if skip < 0:
        raise Refusal("The skip must be at least 0.", field="skip")
    return count, skip


def refund_key(value: str) -> str:
    if value and not REFUND_KEY.fullmatch(value):
        raise Refusal(
            "The idempotency key must be at least 10 characters of letters, digits, hyphens and underscores.",
            reason="NA",
            source="NA",
            step="NA",
        )
    return value
