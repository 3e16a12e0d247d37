"""Rows as Razorpay shows them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from sqlite3 import Row
from typing import Any

Entity = dict[str, Any]


def _notes(packed: str) -> Any:
    """Empty notes are a list; filled ones an object."""
    return json.loads(packed) or []


def order(row: Row) -> Entity:
    return {
        "id": row["id"],
        "entity": "order",
        "amount": row["amount"],
        "amount_paid": row["amount_paid"],
        "amount_due": row["amount"] - row["amount_paid"],
        "currency": row["currency"],
        "receipt": row["receipt"],
        "offer_id": None,
        "status": row["status"],
        "attempts": row["attempts"],
        "notes": _notes(row["notes"]),
        "created_at": row["created_at"],
    }


def _refund_status(row: Row) -> str | None:
    if not row["amount_refunded"]:
        return None
    return "full" if row["amount_refunded"] == row["amount"] else "partial"


def payment(row: Row) -> Entity:
    error = json.loads(row["error"]) if row["error"] else {}
    card = json.loads(row["card"]) if row["card"] else None
    entity: Entity = {
        "id": row["id"],
        "entity": "payment",
        "amount": row["amount"],
        "currency": row["currency"],
        "status": row["status"],
        "order_id": row["order_id"],
        "invoice_id": None,
        "international": bool(card and card["international"]),
        "method": row["method"],
        "amount_refunded": row["amount_refunded"],
        "refund_status": _refund_status(row),
        "captured": bool(row["captured"]),
        "description": row["description"],
        "card_id": card["id"] if card else None,
        "bank": None,
        "wallet": None,
        "vpa": row["vpa"],
        "email": row["email"],
        "contact": row["contact"],
        "notes": _notes(row["notes"]),
        "fee": row["fee"],
        "tax": row["tax"],
        "error_code": error.get("code"),
        "error_description": error.get("description"),
        "error_source": error.get("source"),
        "error_step": error.get("step"),
        "error_reason": error.get("reason"),
        "acquirer_data": json.loads(row["acquirer_data"]),
        "created_at": row["created_at"],
    }
    if card:
        entity["card"] = card
    if row["vpa"]:
        entity["upi"] = {"payer_account_type": "bank_account", "vpa": row["vpa"]}
    return entity


def refund(row: Row) -> Entity:
    return {
        "id": row["id"],
        "entity": "refund",
        "amount": row["amount"],
        "currency": row["currency"],
        "payment_id": row["payment_id"],
        "notes": _notes(row["notes"]),
        "receipt": row["receipt"],
        "acquirer_data": {"arn": row["arn"]},
        "created_at": row["created_at"],
        "batch_id": None,
        "status": row["status"],
        "speed_processed": "normal",
        "speed_requested": row["speed"],
    }


def collection(items: Iterable[Entity]) -> Entity:
    found = list(items)
    return {"entity": "collection", "count": len(found), "items": found}
