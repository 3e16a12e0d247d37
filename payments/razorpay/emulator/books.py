"""What orders, payments and refunds share: the books, the clock, and telling the shop."""

from __future__ import annotations

import threading
from sqlite3 import Connection, Row

from payments.razorpay.emulator import entities
from payments.razorpay.emulator.refusal import unknown_id
from payments.razorpay.emulator.store import Clock, Store
from payments.razorpay.emulator.webhooks import Outbox


class Books:
    def __init__(self, store: Store, outbox: Outbox, clock: Clock) -> None:
        self.store = store
        self.outbox = outbox
        self.clock = clock
        self.auto_capture = True
        self.refund_mode = "processed"  # at once; pending: after refund_seconds; failed: the same, but it fails
        self.refund_seconds = 1.0
        self._refund_keys: set[str] = set()
        self._refund_keys_lock = threading.Lock()

    def _tell(self, db: Connection, event: str, **rows: Row) -> None:
        shown = {"payment": entities.payment, "order": entities.order, "refund": entities.refund}
        self.outbox.plan(db, event, {name: {"entity": shown[name](row)} for name, row in rows.items()})


def find_order(db: Connection, order_id: str) -> Row:
    return _found(db.execute("SELECT * FROM orders WHERE id = ?", [order_id]).fetchone())


def find_payment(db: Connection, payment_id: str) -> Row:
    return _found(db.execute("SELECT * FROM payments WHERE id = ?", [payment_id]).fetchone())


def find_refund(db: Connection, refund_id: str) -> Row:
    return _found(db.execute("SELECT * FROM refunds WHERE id = ?", [refund_id]).fetchone())


def _found(row: Row | None) -> Row:
    if row is None:
        raise unknown_id()
    return row
