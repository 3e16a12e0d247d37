"""Where the emulator keeps what it knows: one SQLite file of its own, in WAL mode."""

from __future__ import annotations

import json
import secrets
import sqlite3
import string
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, amount INTEGER NOT NULL, amount_paid INTEGER NOT NULL DEFAULT 0,
    currency TEXT NOT NULL, receipt TEXT, status TEXT NOT NULL DEFAULT 'created', attempts INTEGER NOT NULL DEFAULT 0,
    capture TEXT NOT NULL, partial_payment INTEGER NOT NULL DEFAULT 0, first_payment_min_amount INTEGER,
    unique_receipt INTEGER NOT NULL DEFAULT 0, notes TEXT NOT NULL, created_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS orders_by_receipt ON orders (receipt);
CREATE UNIQUE INDEX IF NOT EXISTS orders_one_for_receipt ON orders (receipt) WHERE unique_receipt;
CREATE TABLE IF NOT EXISTS payments (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, order_id TEXT NOT NULL REFERENCES orders (id),
    amount INTEGER NOT NULL, currency TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'created',
    captured INTEGER NOT NULL DEFAULT 0, amount_refunded INTEGER NOT NULL DEFAULT 0, method TEXT NOT NULL,
    description TEXT, email TEXT, contact TEXT, vpa TEXT, card TEXT, notes TEXT NOT NULL, fee INTEGER, tax INTEGER,
    error TEXT, acquirer_data TEXT NOT NULL DEFAULT '{}', authorized_at INTEGER, created_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS payments_by_order ON payments (order_id);
CREATE INDEX IF NOT EXISTS payments_open ON payments (status, created_at) WHERE status IN ('created', 'authorized');
CREATE TABLE IF NOT EXISTS refunds (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, payment_id TEXT NOT NULL REFERENCES payments (id),
    amount INTEGER NOT NULL, currency TEXT NOT NULL, status TEXT NOT NULL, speed TEXT NOT NULL, receipt TEXT,
    notes TEXT NOT NULL, idempotency_key TEXT UNIQUE, body_hash TEXT, ends_as TEXT NOT NULL, due_at REAL,
    arn TEXT, created_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS refunds_by_payment ON refunds (payment_id);
CREATE INDEX IF NOT EXISTS refunds_due ON refunds (due_at) WHERE status = 'pending';
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, event TEXT NOT NULL, body BLOB NOT NULL, secret TEXT NOT NULL,
    created_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY, event_id TEXT NOT NULL REFERENCES events (id), mode TEXT NOT NULL, state TEXT NOT NULL,
    due_at REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, last_status INTEGER, last_error TEXT
);
CREATE INDEX IF NOT EXISTS deliveries_waiting ON deliveries (due_at) WHERE state = 'waiting';
"""
TABLES = ("deliveries", "events", "refunds", "payments", "orders")
_SIGNS = string.ascii_letters + string.digits


def new_id(prefix: str) -> str:
    """``prefix_`` and fourteen letters and digits, in which case matters."""
    return f"{prefix}_" + "".join(secrets.choice(_SIGNS) for _ in range(14))


class Clock:
    """The emulator's time, which a test can move forward."""

    def __init__(self) -> None:
        self.offset = 0.0

    def now(self) -> float:
        return time.time() + self.offset


class Store:
    """Reads share a few connections; writes take turns on one, each in a transaction."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._idle_lock = threading.Lock()
        self._write_lock = threading.RLock()
        self._writer = self._connect()
        self._writer.executescript(SCHEMA)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=10, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;")
        return connection

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        with self._idle_lock:
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._connect()
        try:
            yield connection
        finally:
            with self._idle_lock:
                self._idle.append(connection)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        with self._write_lock:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise
            self._writer.execute("COMMIT")

    def empty(self) -> None:
        with self.write() as db:
            for table in TABLES:
                db.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own

    def close(self) -> None:
        with self._write_lock, self._idle_lock:
            for connection in (*self._idle, self._writer):
                connection.close()
            self._idle.clear()


def pack(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
