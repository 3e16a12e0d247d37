"""Razorpay's HTTP, answered by the engine. :func:`create_app` is the whole emulator as one ASGI application."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from payments.razorpay.emulator import checkout, control, faults
from payments.razorpay.emulator.engine import Engine
from payments.razorpay.emulator.refusal import Refusal, not_authenticated
from payments.razorpay.emulator.store import Clock, Store
from payments.razorpay.emulator.webhooks import Disorder, Outbox

HERE = Path(__file__).parent
LARGEST_BODY = 256 * 1024


@dataclass
class Emulator:
    key_id: str
    key_secret: str
    public_base: str
    store: Store
    clock: Clock
    outbox: Outbox
    engine: Engine
    faults: faults.Faults

    @property
    def prefix(self) -> str:
        """The path under which a browser sees the emulator."""
        return urlsplit(self.public_base).path.rstrip("/")

    def authenticated(self, request: Request) -> bool:
        scheme, _, packed = request.headers.get("authorization", "").partition(" ")
        try:
            given = base64.b64decode(packed, validate=True)
        except ValueError:
            return False
        return scheme.lower() == "basic" and hmac.compare_digest(given, f"{self.key_id}:{self.key_secret}".encode())

    def reset(self) -> None:
        """As new: nothing kept, nothing wrong, everything in order."""
        self.faults.clear()
        self.outbox.disorder = Disorder()
        self.clock.offset = 0.0
        self.engine.auto_capture, self.engine.refund_mode, self.engine.refund_seconds = True, "processed", 1.0
        self.store.empty()

    def close(self) -> None:
        self.outbox.stop()
        self.store.close()


Handler = Callable[[Emulator, Request, dict[str, Any]], Any]


def refuse_production(*, for_tests: bool = False) -> None:
    """The emulator makes believe that money moved: it never starts where money is real."""
    if not for_tests and not getattr(settings, "EMBEDDED", False):
        raise ImproperlyConfigured("The Razorpay emulator runs in the embedded mode and in tests, nowhere else.")


def create_app(
    *,
    db_path: Path | str,
    key_id: str,
    key_secret: str,
    webhook_secret: str,
    webhook_url: str,
    public_base: str,
    old_webhook_secret: str = "",
    for_tests: bool = False,
) -> Starlette:
    """The emulator over its own store. Webhooks go to ``webhook_url`` (nowhere if it is empty) from its own thread,
    which starts here, so that what was left unsent goes out after a restart. ``public_base`` is where browsers find
    it. Raises ImproperlyConfigured outside the embedded mode and for a live key."""
    refuse_production(for_tests=for_tests)
    if key_id.startswith("rzp_live_"):
        raise ImproperlyConfigured("A live key has no business with the emulator.")
    clock, store = Clock(), Store(Path(db_path))
    outbox = Outbox(store, clock, url=webhook_url, secret=webhook_secret, old_secret=old_webhook_secret)
    engine = Engine(store, outbox, clock)
    emulator = Emulator(key_id, key_secret, public_base.rstrip("/"), store, clock, outbox, engine, faults.Faults())
    outbox.every_second = engine.pass_time
    outbox.start()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await run_in_threadpool(emulator.close)

    app = Starlette(
        routes=[
            *_api_routes(),
            *checkout.routes(),
            *control.routes(),
            Mount("/assets", StaticFiles(directory=HERE / "assets")),
        ],
        lifespan=lifespan,
    )
    app.state.emulator = emulator
    return app


def _endpoint(handler: Handler) -> Callable[[Request], Any]:
    """A call as Razorpay takes it: key, JSON, the fault that is switched on, then the engine in a thread."""

    async def endpoint(request: Request) -> Response:
        emulator: Emulator = request.app.state.emulator
        if not emulator.authenticated(request):
            refusal = not_authenticated()
            return JSONResponse(refusal.body, refusal.status)
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        fault = emulator.faults.take(f"{request.method} {path}")
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        elif fault and not fault.kind.startswith("commit"):
            if fault.kind == "hang":
                await asyncio.sleep(fault.seconds)
            status, body = faults.answer(fault)
            return HTMLResponse(body, status) if isinstance(body, str) else JSONResponse(body, status)
        key = request.headers.get("x-refund-idempotency", "") if path.endswith("/refund") else ""
        try:
            if key:
                emulator.engine.claim_refund_key(key)
            try:
                sent = await _json(request)
                answer = await run_in_threadpool(handler, emulator, request, sent)
                if fault and fault.kind == "commit_then_hang":
                    await asyncio.sleep(fault.seconds)
            finally:
                if key:
                    emulator.engine.free_refund_key(key)
        except Refusal as refusal:
            return JSONResponse(refusal.body, refusal.status)
        if fault and fault.kind == "commit_then_drop":
            return Response(b'{"id": "', 200, media_type="application/json")
        return JSONResponse(answer)

    return endpoint


async def _json(request: Request) -> dict[str, Any]:
    body = await request.body()
    if not body or request.method == "GET":
        return {}
    if len(body) > LARGEST_BODY:
        raise Refusal("The request body is too large", status=413)
    try:
        sent = json.loads(body)
    except ValueError:
        raise Refusal("Please provide your request in JSON format") from None
    if not isinstance(sent, dict):
        raise Refusal("Please provide your request in JSON format")
    return sent


def _create_order(emulator: Emulator, _request: Request, body: dict[str, Any]) -> Any:
    return emulator.engine.create_order(body)


def _edit_order(emulator: Emulator, request: Request, body: dict[str, Any]) -> Any:
    return emulator.engine.edit_order(request.path_params["id"], body)


def _capture(emulator: Emulator, request: Request, body: dict[str, Any]) -> Any:
    return emulator.engine.capture(request.path_params["id"], body)


def _refund(emulator: Emulator, request: Request, body: dict[str, Any]) -> Any:
    from payments.razorpay.emulator.validation import refund_key

    key = refund_key(request.headers.get("x-refund-idempotency", ""))
    return emulator.engine.refund(request.path_params["id"], body, key)


def _one(kind: str) -> Handler:
    return lambda emulator, request, _body: emulator.engine.one(kind, request.path_params["id"])


def _many(kind: str) -> Handler:
    return lambda emulator, request, _body: emulator.engine.many(kind, request.query_params)


def _of(kind: str, column: str, parent: str) -> Handler:
    """The ``kind`` of one parent, which must exist. An order's payments all come at once, as Razorpay's do."""

    def handler(emulator: Emulator, request: Request, _body: dict[str, Any]) -> Any:
        parent_id = request.path_params["id"]
        emulator.engine.one(parent, parent_id)
        query = {"count": "100", **request.query_params} if kind == "payments" else request.query_params
        return emulator.engine.many(kind, query, of=(column, parent_id))

    return handler


def _refund_of(emulator: Emulator, request: Request, _body: dict[str, Any]) -> Any:
    refund = emulator.engine.one("refunds", request.path_params["refund_id"])
    if refund["payment_id"] != request.path_params["id"]:
        raise Refusal("The id provided does not exist", field="id")
    return refund


def _api_routes() -> list[Route]:
    table: list[tuple[str, str, Handler]] = [
        ("POST", "/v1/orders", _create_order),
        ("GET", "/v1/orders", _many("orders")),
        ("GET", "/v1/orders/{id}", _one("orders")),
        ("PATCH", "/v1/orders/{id}", _edit_order),
        ("GET", "/v1/orders/{id}/payments", _of("payments", "order_id", "orders")),
        ("GET", "/v1/payments", _many("payments")),
        ("GET", "/v1/payments/{id}", _one("payments")),
        ("POST", "/v1/payments/{id}/capture", _capture),
        ("POST", "/v1/payments/{id}/refund", _refund),
        ("GET", "/v1/payments/{id}/refunds", _of("refunds", "payment_id", "payments")),
        ("GET", "/v1/payments/{id}/refunds/{refund_id}", _refund_of),
        ("GET", "/v1/refunds", _many("refunds")),
        ("GET", "/v1/refunds/{id}", _one("refunds")),
    ]
    return [Route(path, _endpoint(handler), methods=[method]) for method, path, handler in table]
