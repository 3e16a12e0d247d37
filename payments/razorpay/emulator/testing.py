"""For tests: the emulator on a port of its own, as the SDK and the browser meet it.

def test_something(emulator): emulator.control("faults", path="POST /v1/orders", kind="500")
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from payments.razorpay.client import RazorpayGateway
from payments.razorpay.emulator import create_app

KEY_ID = "rzp_test_emulator0001"
KEY_SECRET = "the-emulators-key-secret"  # noqa: S105
WEBHOOK_SECRET = "the-emulators-webhook-secret"  # noqa: S105
OLD_SECRET = "the-webhook-secret-of-yesterday"  # noqa: S105


class RunningEmulator:
    key_id, key_secret, webhook_secret, old_secret = KEY_ID, KEY_SECRET, WEBHOOK_SECRET, OLD_SECRET

    def __init__(self, folder: Path) -> None:
        sock = socket.socket()
        sock.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{sock.getsockname()[1]}"
        self.app = create_app(
            db_path=folder / "razorpay.sqlite3",
            key_id=KEY_ID,
            key_secret=KEY_SECRET,
            webhook_secret=WEBHOOK_SECRET,
            old_webhook_secret=OLD_SECRET,
            webhook_url="",
            public_base=self.url,
            for_tests=True,
        )
        self.server = uvicorn.Server(
            uvicorn.Config(self.app, log_level="error", access_log=False, timeout_graceful_shutdown=1)
        )
        self._thread = threading.Thread(target=self.server.run, kwargs={"sockets": [sock]}, daemon=True)
        self._thread.start()
        self.http = httpx.Client(base_url=self.url, auth=(KEY_ID, KEY_SECRET), trust_env=False, timeout=30)
        while not self.server.started:
            time.sleep(0.01)

    def gateway(self, *, timeout: tuple[float, float] = (2.0, 5.0)) -> RazorpayGateway:
        return RazorpayGateway(
            key_id=KEY_ID,
            key_secret=KEY_SECRET,
            webhook_secrets=[WEBHOOK_SECRET, OLD_SECRET],
            base_url=self.url,
            timeout=timeout,
        )

    def control(self, act: str, /, **body: Any) -> Any:
        """Ask the control API (emulator/control.py). Raises httpx.HTTPStatusError if it refuses."""
        answer = self.http.post(f"/_control/{act}", json=body)
        answer.raise_for_status()
        return answer.json()

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get("/_control/state").json()
        return found

    def pay(self, order_id: str, outcome: str = "captured", **more: Any) -> dict[str, Any]:
        """Somebody pays the order: the payment, and under ``checkout`` what the browser would bring."""
        paid: dict[str, Any] = self.control("pay", order_id=order_id, outcome=outcome, **more)
        return paid

    def calls(self, call: str) -> int:
        """How often this was asked, as in ``POST /v1/orders``."""
        return int(self.state()["calls"].count(call))

    def reset(self) -> None:
        self.control("reset")
        self.control("settings", webhook_url="", webhook_secret=WEBHOOK_SECRET, old_webhook_secret=OLD_SECRET)

    def stop(self) -> None:
        self.http.close()
        self.server.should_exit = True
        self._thread.join(timeout=10)


@pytest.fixture(scope="session")
def emulator_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEmulator]:
    running = RunningEmulator(tmp_path_factory.mktemp("razorpay"))
    yield running
    running.stop()


@pytest.fixture
def emulator(emulator_server: RunningEmulator, settings: Any) -> RunningEmulator:
    """The emulator, as new, and the settings that send our own client to it."""
    emulator_server.reset()
    settings.RAZORPAY_BASE_URL = emulator_server.url
    settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET = KEY_ID, KEY_SECRET
    settings.RAZORPAY_WEBHOOK_SECRETS = [WEBHOOK_SECRET, OLD_SECRET]
    settings.RAZORPAY_EMULATOR = True
    return emulator_server
