"""Telling the shop: events with their exact signed bytes, an outbox, and the thread that empties it.

As Razorpay does: a delivery needs a 2xx within five seconds, else it comes again with growing pauses for a day; its
id and its bytes stay the same, and it is signed with the secret of the time it was made. And as Razorpay may do, when
:class:`Disorder` says so: several times, in any order, late, with a lost answer, or never.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from sqlite3 import Connection, Row
from typing import Any

import httpx
import structlog

from payments.razorpay.emulator.store import Clock, Store, new_id

log = structlog.get_logger(__name__)

PATIENCE = 5.0  # seconds that the shop has to answer
GIVEN_UP_AFTER = 24 * 3600.0
LONGEST_PAUSE = 3600.0
SENDERS = 4


@dataclass
class Disorder:
    """How badly events are told. Chances lie between 0 and 1; ``seed`` makes it the same disorder each time."""

    least: int = 1
    most: int = 1  # deliveries of an event
    delay: float = 0.0  # seconds, at most; so they overtake each other
    never: float = 0.0
    slow: float = 0.0
    lost_answer: float = 0.0
    tampered: float = 0.0  # chance of one more delivery, changed after it was signed
    old_secret: float = 0.0
    paused: bool = False  # nothing goes out but by flush
    retry_seconds: float = 2.0  # the first pause; it doubles
    seed: int | None = None
    dice: random.Random = field(default_factory=random.Random, repr=False)

    def change(self, values: Mapping[str, Any]) -> None:
        """Raises ValueError for a name that it hasn't."""
        for name, value in values.items():
            if name == "dice" or not hasattr(self, name):
                raise ValueError(f"disorder has no {name!r}")
            setattr(self, name, value)
        if self.seed is not None:
            self.dice = random.Random(self.seed)  # noqa: S311 - disorder that can be repeated

    def plan(self) -> Iterator[tuple[str, float]]:
        """The deliveries of one event: how each goes, and after how many seconds."""
        if self.dice.random() < self.never:
            yield "withheld", 0.0
            return
        for _ in range(self.dice.randint(self.least, self.most)):
            mode = "plain"
            for other in ("slow", "lost_answer", "old_secret"):
                if self.dice.random() < getattr(self, other):
                    mode = other
                    break
            yield mode, self.dice.random() * self.delay
        if self.dice.random() < self.tampered:
            yield "tampered", self.dice.random() * self.delay

    def shown(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "dice"}


def signature(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Outbox:
    def __init__(self, store: Store, clock: Clock, *, url: str, secret: str, old_secret: str = "") -> None:
        self.store = store
        self.clock = clock
        self.url = url
        self.secret = secret
        self.old_secret = old_secret
        self.account_id = "acc_" + hashlib.sha256(secret.encode()).hexdigest()[:14]
        self.disorder = Disorder()
        self.every_second: Any = lambda: None
        self._http = httpx.Client(timeout=PATIENCE, trust_env=False, follow_redirects=False)
        self._pool = ThreadPoolExecutor(SENDERS, thread_name_prefix="razorpay-webhook")
        self._under_way: set[int] = set()
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopped = False

    # --- planning, in the transaction that makes the event ----------------------------------

    def plan(self, db: Connection, event: str, payload: Mapping[str, Any]) -> None:
        now = self.clock.now()
        envelope = {
            "entity": "event",
            "account_id": self.account_id,
            "event": event,
            "contains": list(payload),
            "payload": payload,
            "created_at": int(now),
        }
        body = json.dumps(envelope, separators=(",", ":"), ensure_ascii=False).encode()
        event_id = new_id("evt")[4:]
        db.execute(
            "INSERT INTO events (id, event, body, secret, created_at) VALUES (?, ?, ?, ?, ?)",
            [event_id, event, body, self.secret, now],
        )
        if not self.url:
            return
        for mode, pause in self.disorder.plan():
            db.execute(
                "INSERT INTO deliveries (event_id, mode, state, due_at) VALUES (?, ?, ?, ?)",
                [event_id, mode, "withheld" if mode == "withheld" else "waiting", now + pause],
            )
        with self._wake:
            self._wake.notify()

    # --- sending ----------------------------------------------------------------------------

    def start(self) -> None:
        with self._wake:
            if self._thread is None and not self._stopped:
                self._thread = threading.Thread(target=self._run, name="razorpay-emulator", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        with self._wake:
            self._stopped = True
            self._wake.notify_all()
        if self._thread is not None:
            self._thread.join(timeout=PATIENCE + 1)
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._http.close()

    def _run(self) -> None:
        last_tick = 0.0
        while not self._stopped:
            try:
                if time.monotonic() - last_tick >= 1:
                    last_tick = time.monotonic()
                    self.every_second()
                if not self.disorder.paused:
                    for row in self._due():
                        self._send(row["seq"])
            except Exception:
                log.exception("razorpay_emulator_sender")
            with self._wake:
                self._wake.wait(timeout=0.2)

    def _due(self) -> list[Row]:
        with self.store.read() as db:
            return db.execute(
                "SELECT seq FROM deliveries WHERE state = 'waiting' AND due_at <= ? ORDER BY due_at LIMIT 50",
                [self.clock.now()],
            ).fetchall()

    def _send(self, delivery: int) -> Future[None] | None:
        with self._wake:
            if delivery in self._under_way or self._stopped:
                return None
            self._under_way.add(delivery)
        return self._pool.submit(self._deliver, delivery)

    def _deliver(self, delivery: int) -> None:
        try:
            with self.store.read() as db:
                row = db.execute(
                    "SELECT deliveries.*, events.body, events.secret, events.created_at AS made_at, events.event"
                    " FROM deliveries JOIN events ON events.id = deliveries.event_id WHERE deliveries.seq = ?",
                    [delivery],
                ).fetchone()
            if row is not None and row["state"] == "waiting":
                status, error = self._post(row)
                self._record(row, status, error)
        except Exception:
            log.exception("razorpay_emulator_delivery", delivery=delivery)
        finally:
            with self._wake:
                self._under_way.discard(delivery)

    def _post(self, row: Row) -> tuple[int, str]:
        """Send once. The status that came back, or 0 and why none did."""
        body, secret = bytes(row["body"]), row["secret"]
        signed = signature(self.old_secret or "no-secret-of-ours" if row["mode"] == "old_secret" else secret, body)
        if row["mode"] == "tampered":
            body = body.replace(b'"amount":', b'"amount":9', 1)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Razorpay-Webhook/v1",
            "Connection": "close",  # a shop that is a test's server must be able to end
            "X-Razorpay-Signature": signed,
            "X-Razorpay-Event-Id": row["event_id"],
        }
        content: bytes | Iterator[bytes] = body
        if row["mode"] == "slow":
            headers["Content-Length"] = str(len(body))
            content = _slowly(body)
        try:
            answer = self._http.post(self.url, content=content, headers=headers)
        except httpx.HTTPError as error:
            return 0, type(error).__name__
        if row["mode"] == "lost_answer" and not row["attempts"]:
            return 0, "the answer was lost"
        return answer.status_code, ""

    def _record(self, row: Row, status: int, error: str) -> None:
        attempts, now = row["attempts"] + 1, self.clock.now()
        pause = min(self.disorder.retry_seconds * 2 ** min(row["attempts"], 12), LONGEST_PAUSE)
        if 200 <= status < 300:
            state = "done"
        elif row["mode"] == "tampered":
            state = "refused"  # it was never the gateway's: nobody repeats it
        else:
            state = "given_up" if now + pause - row["made_at"] > GIVEN_UP_AFTER else "waiting"
        with self.store.write() as db:
            db.execute(
                "UPDATE deliveries SET state = ?, attempts = ?, due_at = ?, last_status = ?, last_error = ?"
                " WHERE seq = ?",
                [state, attempts, now + pause, status or None, error or None, row["seq"]],
            )

    def flush(self, *, rounds: int = 1, withheld: bool = False) -> dict[str, int]:
        """Send all that waits, now, whatever its time; ``rounds`` times for what fails. Returns how many are left."""
        if withheld:
            with self.store.write() as db:
                db.execute("UPDATE deliveries SET state = 'waiting', mode = 'plain' WHERE state = 'withheld'")
        for _ in range(rounds):
            with self.store.read() as db:
                rows = db.execute("SELECT seq FROM deliveries WHERE state = 'waiting' ORDER BY due_at, seq").fetchall()
            for row in rows:  # one after the other: the plan's order is the order
                future = self._send(row["seq"])
                if future is not None:
                    future.result()
            while any(row["seq"] in self._under_way for row in rows):
                time.sleep(0.005)
        with self.store.read() as db:
            counted = db.execute("SELECT state, COUNT(*) AS n FROM deliveries GROUP BY state").fetchall()
        return {row["state"]: row["n"] for row in counted}

    def send_raw(self, event: str, payload: Mapping[str, Any]) -> str:
        """An event of any name and content, told as all others are. Returns its id."""
        with self.store.write() as db:
            self.plan(db, event, payload)
            return str(db.execute("SELECT id FROM events ORDER BY seq DESC LIMIT 1").fetchone()["id"])


def _slowly(body: bytes) -> Iterator[bytes]:
    half = len(body) // 2
    yield body[:half]
    time.sleep(0.4)
    yield body[half:]
