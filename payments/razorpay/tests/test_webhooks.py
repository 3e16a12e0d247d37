"""What the emulator tells a shop: signed bytes, fixed ids, retries, and disorder when asked for."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest

from payments.razorpay.emulator.testing import OLD_SECRET, RunningEmulator


class Shop:
    """A shop that writes down what it hears, and answers as it is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, bytes]] = []
        self.answers: list[int] = []
        self.wait = 0.0
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                shop.heard.append((self.headers["X-Razorpay-Event-Id"], self.headers["X-Razorpay-Signature"], body))
                time.sleep(shop.wait)
                self.send_response(shop.answers.pop(0) if shop.answers else 200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Requests are not told on stderr."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def names(self) -> list[str]:
        return [json.loads(body)["event"] for _, _, body in self.heard]


@pytest.fixture
def shop(emulator: RunningEmulator) -> Iterator[Shop]:
    made = Shop()
    emulator.control("settings", webhook_url=made.url)
    emulator.control("disorder", paused=True)
    yield made
    emulator.control("settings", webhook_url="")
    made.server.shutdown()
    made.server.server_close()


def paid(emulator: RunningEmulator) -> dict[str, Any]:
    order = emulator.gateway().create_order(amount_paise=118_000, currency="INR", receipt=uuid4().hex, notes={"a": "b"})
    payment: dict[str, Any] = emulator.pay(order.id)["payment"]
    return payment


def test_a_payment_is_told_in_signed_envelopes(emulator: RunningEmulator, shop: Shop) -> None:
    payment = paid(emulator)
    assert emulator.control("webhooks/flush") == {"done": 3}
    assert shop.names() == ["payment.authorized", "payment.captured", "order.paid"]
    gateway = emulator.gateway()
    for _, signature, body in shop.heard:
        assert gateway.verify_webhook(body, signature)
        assert not gateway.verify_webhook(body + b" ", signature)
    last = json.loads(shop.heard[-1][2])
    assert last["contains"] == ["payment", "order"]
    assert last["payload"]["payment"]["entity"]["id"] == payment["id"]
    assert last["payload"]["order"]["entity"]["status"] == "paid"
    first = json.loads(shop.heard[0][2])
    assert first["payload"]["payment"]["entity"]["status"] == "authorized"  # as it was then


def test_it_goes_out_by_itself(emulator: RunningEmulator, shop: Shop) -> None:
    emulator.control("disorder", paused=False)
    paid(emulator)
    give_up = time.monotonic() + 5
    while len(shop.heard) < 3 and time.monotonic() < give_up:
        time.sleep(0.02)
    assert sorted(shop.names()) == ["order.paid", "payment.authorized", "payment.captured"]


def test_what_is_not_taken_comes_again_with_the_same_id_and_bytes(emulator: RunningEmulator, shop: Shop) -> None:
    shop.answers = [500, 302, 200]
    emulator.control("webhooks/send", event="order.paid", payload={})
    assert emulator.control("webhooks/flush", rounds=3) == {"done": 1}
    assert len(shop.heard) == 3
    assert len(set(shop.heard)) == 1


def test_the_pauses_grow_and_end_after_a_day(emulator: RunningEmulator, shop: Shop) -> None:
    shop.answers = [500] * 50
    emulator.control("webhooks/send", event="order.paid", payload={})
    dues = []
    for _ in range(3):
        emulator.control("webhooks/flush")
        dues.append(emulator.state()["deliveries"][0]["due_at"] - time.time())
    assert dues == pytest.approx([2, 4, 8], abs=1)
    emulator.control("advance", seconds=24 * 3600)
    assert emulator.control("webhooks/flush") == {"given_up": 1}


def test_events_come_several_times_and_overtake_each_other(emulator: RunningEmulator, shop: Shop) -> None:
    emulator.control("disorder", least=2, most=5, delay=60, seed=7)
    for _ in range(3):
        paid(emulator)
    emulator.control("webhooks/flush")
    ids = [event for event, _, _ in shop.heard]
    assert len(set(ids)) == 9
    assert all(2 <= ids.count(one) <= 5 for one in set(ids))
    told = {one["id"]: number for number, one in enumerate(emulator.state()["events"])}
    assert [told[one] for one in ids] != sorted(told[one] for one in ids)


def test_an_event_that_is_never_told_can_be_told_at_last(emulator: RunningEmulator, shop: Shop) -> None:
    emulator.control("disorder", never=1)
    paid(emulator)
    assert emulator.control("webhooks/flush") == {"withheld": 3}
    assert shop.heard == []
    assert emulator.control("webhooks/flush", withheld=True) == {"done": 3}


def test_a_lost_answer_means_a_second_telling(emulator: RunningEmulator, shop: Shop) -> None:
    emulator.control("disorder", lost_answer=1)
    emulator.control("webhooks/send", event="order.paid", payload={})
    emulator.control("webhooks/flush", rounds=2)
    assert len(shop.heard) == 2
    assert len(set(shop.heard)) == 1


def test_a_slow_sender_says_the_same(emulator: RunningEmulator, shop: Shop) -> None:
    emulator.control("disorder", slow=1)
    emulator.control("webhooks/send", event="order.paid", payload={})
    assert emulator.control("webhooks/flush") == {"done": 1}
    _, signature, body = shop.heard[0]
    assert emulator.gateway().verify_webhook(body, signature)


def test_a_tampered_event_does_not_verify_and_is_not_repeated(emulator: RunningEmulator, shop: Shop) -> None:
    emulator.control("disorder", tampered=1, delay=0)
    paid(emulator)
    shop.answers = [400 if n % 2 else 200 for n in range(6)]
    emulator.control("webhooks/flush", rounds=2)
    held = [emulator.gateway().verify_webhook(body, signature) for _, signature, body in shop.heard]
    assert (held.count(True), held.count(False)) == (3, 3)


def test_yesterdays_secret_holds_for_a_day(emulator: RunningEmulator, shop: Shop) -> None:
    emulator.control("disorder", old_secret=1)
    emulator.control("webhooks/send", event="order.paid", payload={})
    emulator.control("webhooks/flush")
    _, signature, body = shop.heard[0]
    assert emulator.gateway().verify_webhook(body, signature)
    only_new = emulator.gateway()
    only_new._webhook_secrets = (emulator.webhook_secret,)
    assert not only_new.verify_webhook(body, signature)
    assert OLD_SECRET in emulator.gateway()._webhook_secrets


def test_an_event_keeps_the_secret_of_the_time_it_was_made(emulator: RunningEmulator, shop: Shop) -> None:
    emulator.control("webhooks/send", event="order.paid", payload={})
    emulator.control("settings", webhook_secret="rotated-since-then")
    emulator.control("webhooks/flush")
    _, signature, body = shop.heard[0]
    assert emulator.gateway().verify_webhook(body, signature)


def test_a_restart_loses_no_event(tmp_path: Any, shop: Shop) -> None:
    from payments.razorpay.emulator import create_app

    given = {"db_path": tmp_path / "x.sqlite3", "key_id": "rzp_test_1", "key_secret": "s", "webhook_secret": "w"}
    app = create_app(webhook_url="http://127.0.0.1:9/", public_base="http://x", for_tests=True, **given)
    app.state.emulator.outbox.disorder.retry_seconds = 0.2
    app.state.emulator.outbox.send_raw("order.paid", {})
    app.state.emulator.close()
    again = create_app(webhook_url=shop.url, public_base="http://x", for_tests=True, **given)
    give_up = time.monotonic() + 8
    while not shop.heard and time.monotonic() < give_up:
        time.sleep(0.02)
    again.state.emulator.close()
    assert shop.names() == ["order.paid"]
