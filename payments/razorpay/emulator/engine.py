"""Orders, payments and refunds by Razorpay's rules. Each change is one transaction of the store, its events included.

Amounts are paise, times Unix seconds. What is not allowed raises Refusal.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from sqlite3 import Connection, Row
from typing import Any

from payments.razorpay.emulator import entities, validation
from payments.razorpay.emulator.books import find_order, find_payment, find_refund
from payments.razorpay.emulator.cards import failure
from payments.razorpay.emulator.refunds import Refunds
from payments.razorpay.emulator.refusal import Refusal
from payments.razorpay.emulator.store import new_id, pack

BANK_ANSWERS_WITHIN = 10 * 60
RELEASED_AFTER = 3 * 24 * 3600  # authorised and never captured: given back


class Engine(Refunds):
    # --- orders -----------------------------------------------------------------------------

    def create_order(self, body: Mapping[str, Any]) -> entities.Entity:
        validation.only(body, validation.ORDER_FIELDS)
        partial = bool(body.get("partial_payment", False))
        first = body.get("first_payment_min_amount")
        if first is not None and not partial:
            raise Refusal("first_payment_min_amount is allowed only with partial_payment", field="partial_payment")
        values = {
            "id": new_id("order"),
            "amount": validation.amount(body),
            "currency": validation.currency(body),
            "receipt": validation.receipt(body),
            "capture": validation.capture_setting(body, "automatic" if self.auto_capture else "manual"),
            "partial_payment": partial,
            "first_payment_min_amount": first,
            "unique_receipt": bool(body.get("unique_receipt", False)),
            "notes": pack(validation.notes(body)),
            "created_at": int(self.clock.now()),
        }
        with self.store.write() as db:
            if values["unique_receipt"]:
                if not values["receipt"]:
                    raise Refusal("The receipt field is required.", field="receipt")
                known = db.execute("SELECT * FROM orders WHERE receipt = ?", [values["receipt"]]).fetchone()
                if known:
                    return entities.order(known)
            db.execute(
                "INSERT INTO orders (id, amount, currency, receipt, capture, partial_payment, first_payment_min_amount,"
                " unique_receipt, notes, created_at) VALUES (:id, :amount, :currency, :receipt, :capture,"
                " :partial_payment, :first_payment_min_amount, :unique_receipt, :notes, :created_at)",
                values,
            )
            return entities.order(find_order(db, str(values["id"])))

    def edit_order(self, order_id: str, body: Mapping[str, Any]) -> entities.Entity:
        validation.only(body, frozenset({"notes"}))
        with self.store.write() as db:
            find_order(db, order_id)
            db.execute("UPDATE orders SET notes = ? WHERE id = ?", [pack(validation.notes(body)), order_id])
            return entities.order(find_order(db, order_id))

    # --- a payment and its states -----------------------------------------------------------

    def begin(
        self,
        order_id: str,
        *,
        amount: int,
        currency: str,
        method: str,
        description: str = "",
        email: str = "",
        contact: str = "",
        vpa: str = "",
        card: Mapping[str, Any] | None = None,
    ) -> entities.Entity:
        """Somebody tries to pay the order. Refused if it is paid, or being paid, or isn't of this amount."""
        with self.store.write() as db:
            order = find_order(db, order_id)
            if order["status"] == "paid":
                raise Refusal("Payment already done for this order.", reason="order_already_paid")
            if db.execute("SELECT 1 FROM payments WHERE order_id = ? AND status = 'authorized'", [order_id]).fetchone():
                raise Refusal("A payment for this order is being processed.", reason="order_already_paid")
            due = order["amount"] - order["amount_paid"]
            least = order["first_payment_min_amount"] or validation.MINIMUM_PAISE if order["partial_payment"] else due
            if not least <= amount <= due or currency != order["currency"]:
                raise Refusal(
                    "Your payment amount is different from your order amount. To pay successfully, please try using "
                    "right amount.",
                    field="amount",
                    reason="order_amount_mismatch",
                    metadata={"order_id": order_id},
                )
            payment_id = new_id("pay")
            db.execute(
                "INSERT INTO payments (id, order_id, amount, currency, method, description, email, contact, vpa, card,"
                " notes, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    payment_id,
                    order_id,
                    amount,
                    currency,
                    method,
                    description or None,
                    email or None,
                    contact or None,
                    vpa or None,
                    pack(card) if card else None,
                    order["notes"],
                    int(self.clock.now()),
                ],
            )
            db.execute(
                "UPDATE orders SET attempts = attempts + 1, status = CASE status WHEN 'created' THEN 'attempted'"
                " ELSE status END WHERE id = ?",
                [order_id],
            )
            return entities.payment(find_payment(db, payment_id))

    def authorize(self, payment_id: str, *, capture: str = "auto") -> entities.Entity:
        """The bank says yes; also late, to a payment that had failed. ``capture``: ``auto`` as the order is set,
        ``never``, or ``force``, even where the order has been paid by another payment meanwhile."""
        with self.store.write() as db:
            payment = find_payment(db, payment_id)
            if payment["status"] not in ("created", "failed"):
                raise Refusal(f"The payment is {payment['status']} and cannot be authorised", field="id")
            acquirer = {"auth_code": f"{secrets.randbelow(10**6):06d}"}
            if payment["method"] == "upi":
                acquirer = {"rrn": f"{secrets.randbelow(10**12):012d}"}
            db.execute(
                "UPDATE payments SET status = 'authorized', error = NULL, acquirer_data = ?, authorized_at = ?"
                " WHERE id = ?",
                [pack(acquirer), int(self.clock.now()), payment_id],
            )
            payment, order = find_payment(db, payment_id), find_order(db, payment["order_id"])
            self._tell(db, "payment.authorized", payment=payment)
            wanted = order["capture"] == "automatic" and order["status"] != "paid"
            if capture == "force" or (capture == "auto" and wanted):
                self._capture(db, payment)
            return entities.payment(find_payment(db, payment_id))

    def fail(self, payment_id: str, reason: str = "payment_failed") -> entities.Entity:
        with self.store.write() as db:
            payment = find_payment(db, payment_id)
            if payment["status"] != "created":
                raise Refusal(f"The payment is {payment['status']} and cannot fail", field="id")
            db.execute(
                "UPDATE payments SET status = 'failed', error = ? WHERE id = ?", [pack(failure(reason)), payment_id]
            )
            payment = find_payment(db, payment_id)
            self._tell(db, "payment.failed", payment=payment)
            return entities.payment(payment)

    def capture(self, payment_id: str, body: Mapping[str, Any]) -> entities.Entity:
        validation.only(body, validation.CAPTURE_FIELDS)
        amount, currency = validation.amount(body), validation.currency(body)
        with self.store.write() as db:
            payment = find_payment(db, payment_id)
            if payment["captured"]:
                raise Refusal("This payment has already been captured", step="payment_capture", reason="capture_failed")
            if payment["status"] != "authorized":
                raise Refusal(
                    "Only payments which have been authorized and not yet captured can be captured",
                    step="payment_capture",
                    reason="capture_failed",
                )
            if amount != payment["amount"]:
                raise Refusal("Capture amount must be equal to the amount authorized", field="amount")
            if currency != payment["currency"]:
                raise Refusal("Payment currency and capture currency must be the same", field="currency")
            self._capture(db, payment)
            return entities.payment(find_payment(db, payment_id))

    def _capture(self, db: Connection, payment: Row) -> None:
        charge = (payment["amount"] * 2 + 50) // 100
        tax = (charge * 18 + 50) // 100
        db.execute(
            "UPDATE payments SET status = 'captured', captured = 1, fee = ?, tax = ? WHERE id = ?",
            [charge + tax, tax, payment["id"]],
        )
        db.execute(
            "UPDATE orders SET amount_paid = MIN(amount, amount_paid + ?) WHERE id = ?",
            [payment["amount"], payment["order_id"]],
        )
        already = find_order(db, payment["order_id"])["status"] == "paid"
        db.execute("UPDATE orders SET status = 'paid' WHERE id = ? AND amount_paid = amount", [payment["order_id"]])
        captured, order = find_payment(db, payment["id"]), find_order(db, payment["order_id"])
        self._tell(db, "payment.captured", payment=captured)
        if order["status"] == "paid" and not already:
            self._tell(db, "order.paid", payment=captured, order=order)

    def release(self, payment_id: str) -> entities.Entity:
        """An authorised payment that nobody captured goes back by itself."""
        with self.store.write() as db:
            payment = find_payment(db, payment_id)
            if payment["status"] != "authorized":
                raise Refusal(f"The payment is {payment['status']} and cannot be released", field="id")
            refund = self._insert_refund(db, payment, payment["amount"])
            self._tell(db, "refund.created", refund=refund, payment=find_payment(db, payment_id))
            self._end_refund(db, refund, "processed")
            return entities.payment(find_payment(db, payment_id))

    # --- time passes ------------------------------------------------------------------------

    def pass_time(self) -> None:
        """What happens by itself: silent banks, promises that lapse, refunds that arrive."""
        now = self.clock.now()
        with self.store.read() as db:
            silent = db.execute(
                "SELECT id FROM payments WHERE status = 'created' AND created_at < ?", [now - BANK_ANSWERS_WITHIN]
            ).fetchall()
            lapsed = db.execute(
                "SELECT id FROM payments WHERE status = 'authorized' AND authorized_at < ?", [now - RELEASED_AFTER]
            ).fetchall()
            refunds = db.execute(
                "SELECT id, ends_as FROM refunds WHERE status = 'pending' AND due_at <= ?", [now]
            ).fetchall()
        for row in silent:
            _unless_moved(lambda row=row: self.fail(row["id"], "payment_timed_out"))
        for row in lapsed:
            _unless_moved(lambda row=row: self.release(row["id"]))
        for row in refunds:
            _unless_moved(lambda row=row: self.end_refund(row["id"], row["ends_as"]))

    # --- questions --------------------------------------------------------------------------

    def one(self, kind: str, entity_id: str) -> entities.Entity:
        with self.store.read() as db:
            if kind == "orders":
                return entities.order(find_order(db, entity_id))
            if kind == "payments":
                return entities.payment(find_payment(db, entity_id))
            return entities.refund(find_refund(db, entity_id))

    def many(self, kind: str, query: Mapping[str, str], *, of: tuple[str, str] | None = None) -> entities.Entity:
        """The newest first, ``count`` of them after ``skip``; ``of`` is a column and what it must hold."""
        count, skip = validation.page(query)
        where, values = ["1"], []
        if of:
            where.append(f"{of[0]} = ?")
            values.append(of[1])
        for name, sign in (("from", ">="), ("to", "<=")):
            if query.get(name, "").isdigit():
                where.append(f"created_at {sign} ?")
                values.append(query[name])
        if kind == "orders" and query.get("receipt"):
            where.append("receipt = ?")
            values.append(query["receipt"])
        shown = {"orders": entities.order, "payments": entities.payment, "refunds": entities.refund}[kind]
        with self.store.read() as db:
            rows = db.execute(
                f"SELECT * FROM {kind} WHERE {' AND '.join(where)} ORDER BY seq DESC LIMIT ? OFFSET ?",  # noqa: S608
                [*values, count, skip],
            ).fetchall()
        return entities.collection(shown(row) for row in rows)


def _unless_moved(change: Any) -> None:
    try:
        change()
    except Refusal:
        return  # somebody moved it between the question and the change
