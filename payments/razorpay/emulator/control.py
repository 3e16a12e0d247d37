"""What tests, and nobody else, may ask: look at everything, break things, let time pass, pay without a browser.

Every call needs the key and its secret, as the API does. Bodies and answers are JSON.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from payments.razorpay.emulator import entities, faults
from payments.razorpay.emulator.cards import UPI_FAILURE, UPI_SUCCESS
from payments.razorpay.emulator.refusal import Refusal, not_authenticated, unknown_id

if TYPE_CHECKING:
    from payments.razorpay.emulator.app import Emulator

Act = Callable[["Emulator", Request, dict[str, Any]], Any]


def checkout_signature(emulator: Emulator, payment: entities.Entity) -> str:
    message = f"{payment['order_id']}|{payment['id']}".encode()
    return hmac.new(emulator.key_secret.encode(), message, hashlib.sha256).hexdigest()


def checkout_answer(emulator: Emulator, payment: entities.Entity) -> dict[str, str]:
    """What the browser brings home."""
    return {
        "razorpay_payment_id": payment["id"],
        "razorpay_order_id": payment["order_id"],
        "razorpay_signature": checkout_signature(emulator, payment),
    }


def _state(emulator: Emulator, _request: Request, _body: dict[str, Any]) -> Any:
    """Everything, the oldest first."""
    with emulator.store.read() as db:
        orders = [entities.order(row) for row in db.execute("SELECT * FROM orders ORDER BY seq")]
        payments = [entities.payment(row) for row in db.execute("SELECT * FROM payments ORDER BY seq")]
        refunds = [entities.refund(row) for row in db.execute("SELECT * FROM refunds ORDER BY seq")]
        events = [
            {"id": row["id"], "event": row["event"], "body": bytes(row["body"]).decode()}
            for row in db.execute("SELECT * FROM events ORDER BY seq")
        ]
        deliveries = [dict(row) for row in db.execute("SELECT * FROM deliveries ORDER BY seq")]
    return {
        "orders": orders,
        "payments": payments,
        "refunds": refunds,
        "events": events,
        "deliveries": deliveries,
        "faults": emulator.faults.shown(),
        "disorder": emulator.outbox.disorder.shown(),
        "calls": list(emulator.faults.calls),
    }


def _reset(emulator: Emulator, _request: Request, _body: dict[str, Any]) -> Any:
    emulator.reset()
    return {}


def _set(emulator: Emulator, _request: Request, body: dict[str, Any]) -> Any:
    """Any of webhook_url, webhook_secret, old_webhook_secret, auto_capture, refund_mode, refund_seconds."""
    for name, value in body.items():
        if name in ("auto_capture", "refund_mode", "refund_seconds"):
            setattr(emulator.engine, name, value)
        elif name == "webhook_secret":
            emulator.outbox.old_secret, emulator.outbox.secret = emulator.outbox.secret, value
        elif name == "webhook_url":
            emulator.outbox.url = value
        elif name == "old_webhook_secret":
            emulator.outbox.old_secret = value
        else:
            raise ValueError(f"there is no setting {name!r}")
    return {}


def _add_fault(emulator: Emulator, _request: Request, body: dict[str, Any]) -> Any:
    emulator.faults.add(faults.Fault(**body))
    return emulator.faults.shown()


def _clear_faults(emulator: Emulator, _request: Request, _body: dict[str, Any]) -> Any:
    emulator.faults.clear()
    return []


def _disorder(emulator: Emulator, _request: Request, body: dict[str, Any]) -> Any:
    emulator.outbox.disorder.change(body)
    return emulator.outbox.disorder.shown()


def _flush(emulator: Emulator, _request: Request, body: dict[str, Any]) -> Any:
    return emulator.outbox.flush(rounds=int(body.get("rounds", 1)), withheld=bool(body.get("withheld", False)))


def _advance(emulator: Emulator, _request: Request, body: dict[str, Any]) -> Any:
    emulator.clock.offset += float(body["seconds"])
    emulator.engine.pass_time()
    return {"now": emulator.clock.now()}


def _send_event(emulator: Emulator, _request: Request, body: dict[str, Any]) -> Any:
    return {"id": emulator.outbox.send_raw(body["event"], body.get("payload", {}))}


def _pay(emulator: Emulator, _request: Request, body: dict[str, Any]) -> Any:
    """Pay an order without a browser. ``outcome``: captured (as the order is set), authorized, failed (with
    ``reason``), created. The answer has the payment, and what a browser would bring home."""
    order = emulator.engine.one("orders", str(body["order_id"]))
    outcome = body.get("outcome", "captured")
    payment = emulator.engine.begin(
        order["id"],
        amount=int(body.get("amount") or order["amount_due"]),
        currency=str(body.get("currency") or order["currency"]),
        method="upi",
        email=body.get("email", "payer@example.com"),
        contact=body.get("contact", "+919800000001"),
        vpa=UPI_FAILURE if outcome == "failed" else UPI_SUCCESS,
    )
    if outcome == "failed":
        payment = emulator.engine.fail(payment["id"], body.get("reason", "payment_failed"))
    elif outcome in ("captured", "authorized"):
        payment = emulator.engine.authorize(payment["id"], capture="auto" if outcome == "captured" else "never")
    elif outcome != "created":
        raise ValueError(f"no payment ends as {outcome!r}")
    return {"payment": payment, "checkout": checkout_answer(emulator, payment)}


def _authorize(emulator: Emulator, request: Request, body: dict[str, Any]) -> Any:
    """The bank's late yes."""
    payment = emulator.engine.authorize(request.path_params["id"], capture=body.get("capture", "auto"))
    return {"payment": payment, "checkout": checkout_answer(emulator, payment)}


def _release(emulator: Emulator, request: Request, _body: dict[str, Any]) -> Any:
    return emulator.engine.release(request.path_params["id"])


def _end_refund(emulator: Emulator, request: Request, body: dict[str, Any]) -> Any:
    return emulator.engine.end_refund(request.path_params["id"], body["status"])


def _spoil(emulator: Emulator, request: Request, body: dict[str, Any]) -> Any:
    """Change what the gateway says of a payment into what can't be true: another amount, currency or order."""
    with emulator.store.write() as db:
        for column in ("amount", "currency", "order_id", "status"):
            if column in body:
                changed = db.execute(
                    f"UPDATE payments SET {column} = ? WHERE id = ?",  # noqa: S608 - names of our own
                    [body[column], request.path_params["id"]],
                )
                if not changed.rowcount:
                    raise unknown_id()
    return emulator.engine.one("payments", request.path_params["id"])


def _endpoint(act: Act) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        emulator: Emulator = request.app.state.emulator
        if not emulator.authenticated(request):
            refusal = not_authenticated()
            return JSONResponse(refusal.body, refusal.status)
        try:
            body = json.loads(await request.body() or b"{}")
            return JSONResponse(await run_in_threadpool(act, emulator, request, body))
        except Refusal as refusal:
            return JSONResponse(refusal.body, refusal.status)
        except (ValueError, TypeError, KeyError) as error:
            return JSONResponse({"error": {"code": "BAD_REQUEST_ERROR", "description": str(error)}}, 400)

    return endpoint


def routes() -> list[Route]:
    table: list[tuple[str, str, Act]] = [
        ("GET", "/_control/state", _state),
        ("POST", "/_control/reset", _reset),
        ("POST", "/_control/settings", _set),
        ("POST", "/_control/faults", _add_fault),
        ("DELETE", "/_control/faults", _clear_faults),
        ("POST", "/_control/disorder", _disorder),
        ("POST", "/_control/webhooks/flush", _flush),
        ("POST", "/_control/webhooks/send", _send_event),
        ("POST", "/_control/advance", _advance),
        ("POST", "/_control/pay", _pay),
        ("POST", "/_control/payments/{id}/authorize", _authorize),
        ("POST", "/_control/payments/{id}/release", _release),
        ("POST", "/_control/payments/{id}/spoil", _spoil),
        ("POST", "/_control/refunds/{id}/end", _end_refund),
    ]
    return [Route(path, _endpoint(act), methods=[method]) for method, path, act in table]
