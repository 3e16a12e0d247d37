"""Paying on the emulator of the gateway while the market is made: the same store that the site will ask later."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn
from django.conf import settings
from django.test.utils import override_settings

from payments.razorpay.emulator import create_app
from payments.services import complete, ensure_order


class Till:
    def __init__(self, base: str) -> None:
        self.base = base
        self.http = httpx.Client(
            base_url=base, auth=(settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET), timeout=20
        )

    def pay(self, payment_id: Any, *, email: str, contact: str) -> None:
        """Make the order, pay it by UPI and bring the signed answer home, as a browser would."""
        payment = ensure_order(payment_id)
        answer = self.http.post(
            "/_control/pay", json={"order_id": payment.order_id, "email": email, "contact": contact}
        )
        answer.raise_for_status()
        checkout = answer.json()["checkout"]
        complete(
            order_id=checkout["razorpay_order_id"],
            gateway_payment_id=checkout["razorpay_payment_id"],
            signature=checkout["razorpay_signature"],
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def open_till() -> Iterator[Till]:
    """The emulator on a port of its own, on the embedded mode's store, telling no webhooks."""
    port = _free_port()
    base = f"http://127.0.0.1:{port}"
    app = create_app(
        db_path=settings.DATA_DIR / "razorpay.sqlite3",
        key_id=settings.RAZORPAY_KEY_ID,
        key_secret=settings.RAZORPAY_KEY_SECRET,
        webhook_secret=settings.RAZORPAY_WEBHOOK_SECRETS[0],
        webhook_url="",
        public_base=base,
    )
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + 15
        while not server.started:
            if time.monotonic() > deadline:
                raise RuntimeError("The gateway's emulator did not start.")
            time.sleep(0.02)
        with override_settings(RAZORPAY_BASE_URL=base):
            yield Till(base)
    finally:
        server.should_exit = True
        thread.join(timeout=10)
