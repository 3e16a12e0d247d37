"""Refunds, by Razorpay's rules."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from sqlite3 import Connection, Row
from typing import Any

from payments.razorpay.emulator import entities, validation
from payments.razorpay.emulator.books import Books, find_payment, find_refund
from payments.razorpay.emulator.refusal import Refusal
from payments.razorpay.emulator.store import new_id, pack

ALWAYS_FAILS = 2468  # ₹24.68, the amount that Razorpay's test mode fails


def _hash(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


class Refunds(Books):
    def claim_refund_key(self, key: str) -> None:
        """One request for a key at a time: the second, while the first is under way, is told to come again."""
        with self._refund_keys_lock:
            if key in self._refund_keys:
                raise Refusal(
                    "Request failed because another request with the same idempotency key is in progress.",
                    status=409,
                    source="NA",
                    step="NA",
                    reason="NA",
                )
            self._refund_keys.add(key)

    def free_refund_key(self, key: str) -> None:
        with self._refund_keys_lock:
            self._refund_keys.discard(key)

    def refund(self, payment_id: str, body: Mapping[str, Any], key: str = "") -> entities.Entity:
        """Give back part of a captured payment, or all; once for each ``key``."""
        validation.only(body, validation.REFUND_FIELDS)
        speed = body.get("speed") or "normal"
        if speed not in ("normal", "optimum"):
            raise Refusal("The speed must be normal or optimum.", field="speed")
        receipt, notes = validation.receipt(body), validation.notes(body)
        fingerprint = _hash({"payment": payment_id, **body})
        with self.store.write() as db:
            known = db.execute("SELECT * FROM refunds WHERE idempotency_key = ?", [key]).fetchone() if key else None
            if known:
                if known["body_hash"] != fingerprint:
                    raise Refusal(
                        "Different request with the same idempotency key has already been processed.",
                        status=409,
                        source="NA",
                        step="NA",
                        reason="NA",
                    )
                return entities.refund(known)
            payment = find_payment(db, payment_id)
            amount = self._refundable(payment, body)
            fails = self.refund_mode == "failed" or amount == ALWAYS_FAILS
            refund = self._insert_refund(
                db, payment, amount, speed=speed, receipt=receipt, notes=notes, key=key, fingerprint=fingerprint
            )
            self._tell(db, "refund.created", refund=refund, payment=find_payment(db, payment_id))
            if fails or self.refund_mode == "pending":
                db.execute(
                    "UPDATE refunds SET ends_as = ?, due_at = ? WHERE id = ?",
                    ["failed" if fails else "processed", self.clock.now() + self.refund_seconds, refund["id"]],
                )
            else:
                self._end_refund(db, refund, "processed")
            return entities.refund(find_refund(db, refund["id"]))

    def _refundable(self, payment: Row, body: Mapping[str, Any]) -> int:
        if payment["status"] == "refunded":
            raise Refusal("The payment has been fully refunded already", reason="payment_already_refunded")
        if payment["status"] != "captured":
            raise Refusal("The payment status should be captured for action to be taken")
        left = int(payment["amount"] - payment["amount_refunded"])
        amount = left if body.get("amount") is None else validation.amount(body, minimum=1)
        if amount > left:
            raise Refusal("The total refund amount is greater than the refund payment amount", field="amount")
        return amount

    def _insert_refund(
        self,
        db: Connection,
        payment: Row,
        amount: int,
        *,
        speed: str = "normal",
        receipt: str | None = None,
        notes: Mapping[str, str] | None = None,
        key: str = "",
        fingerprint: str = "",
    ) -> Row:
        refund_id = new_id("rfnd")
        db.execute(
            "INSERT INTO refunds (id, payment_id, amount, currency, status, speed, receipt, notes, idempotency_key,"
            " body_hash, ends_as, created_at) VALUES (?, ?, ?, ?, 'pending', ?, ?, ?, ?, ?, 'processed', ?)",
            [
                refund_id,
                payment["id"],
                amount,
                payment["currency"],
                speed,
                receipt,
                pack(notes or {}),
                key or None,
                fingerprint,
                int(self.clock.now()),
            ],
        )
        db.execute(
            "UPDATE payments SET amount_refunded = amount_refunded + :paise,"
            " status = CASE WHEN amount_refunded + :paise = amount THEN 'refunded' ELSE status END WHERE id = :id",
            {"paise": amount, "id": payment["id"]},
        )
        return find_refund(db, refund_id)

    def _end_refund(self, db: Connection, refund: Row, status: str) -> None:
        arn = f"{secrets.randbelow(10**23):023d}" if status == "processed" else None
        db.execute("UPDATE refunds SET status = ?, arn = ?, due_at = NULL WHERE id = ?", [status, arn, refund["id"]])
        if status == "failed":
            db.execute(
                "UPDATE payments SET amount_refunded = amount_refunded - ?, status = CASE captured WHEN 1 THEN"
                " 'captured' ELSE status END WHERE id = ?",
                [refund["amount"], refund["payment_id"]],
            )
        self._tell(
            db, f"refund.{status}", refund=find_refund(db, refund["id"]), payment=find_payment(db, refund["payment_id"])
        )

    def end_refund(self, refund_id: str, status: str) -> entities.Entity:
        """A pending refund arrives, or comes back."""
        with self.store.write() as db:
            refund = find_refund(db, refund_id)
            if refund["status"] != "pending":
                raise Refusal(f"The refund is {refund['status']} already", field="id")
            self._end_refund(db, refund, status)
            return entities.refund(find_refund(db, refund_id))
