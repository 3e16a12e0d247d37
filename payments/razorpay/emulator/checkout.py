"""The test checkout: what the payer sees. Plain HTML that works without script; the script only saves a click.

As at Razorpay: a page posts its form to ``/v1/checkout/embedded``. Success goes back to ``callback_url``
by a form POST with the three signed fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.template import Context, Engine
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from naksha.money import rupees
from payments.razorpay.emulator.cards import CARDS, UPI_FAILURE, UPI_SUCCESS
from payments.razorpay.emulator.control import checkout_answer
from payments.razorpay.emulator.entities import Entity
from payments.razorpay.emulator.refusal import Refusal

if TYPE_CHECKING:
    from payments.razorpay.emulator.app import Emulator

HERE = Path(__file__).parent
_pages = Engine(dirs=[str(HERE / "pages")])
# What travels from page to page in hidden fields; the order alone says what is to be paid.
CARRIED = (
    "key_id",
    "order_id",
    "amount",
    "currency",
    "name",
    "description",
    "prefill[name]",
    "prefill[email]",
    "prefill[contact]",
    "callback_url",
    "cancel_url",
)
Form = Mapping[str, str]
Page = Callable[["Emulator", Form], tuple[str, dict[str, Any]]]


class Stop(Exception):
    """The page can't go on; a sentence says why."""


def _web_address(value: str) -> str:
    """An http(s) address, or nothing."""
    parts = urlsplit(value)
    return value if parts.scheme in ("http", "https") and parts.hostname else ""


def _origin(value: str) -> str:
    parts = urlsplit(_web_address(value))
    return f"{parts.scheme}://{parts.netloc}" if parts.hostname else ""


def _amount(paise: int, currency: str) -> str:
    return rupees(paise) if currency == "INR" else f"{currency} {paise // 100}.{paise % 100:02d}"


def _order(emulator: Emulator, form: Form) -> Entity:
    """The order that the form names, if the form is right about it. Raises Stop."""
    if form.get("key_id") != emulator.key_id:
        raise Stop("The key of this shop is not known here.")
    try:
        order = emulator.engine.one("orders", form.get("order_id", ""))
    except Refusal:
        raise Stop("This order is not known here.") from None
    if order["status"] == "paid":
        raise Stop("This order has been paid already. Nothing more is owed.")
    for name, right in (("amount", str(order["amount_due"])), ("currency", order["currency"])):
        if form.get(name, right) != right:
            raise Stop("The amount of this payment is not the amount of its order.")
    return order


def _context(form: Form, order: Entity | None = None, **more: Any) -> dict[str, Any]:
    carried = {name: form[name] for name in CARRIED if form.get(name)}
    context: dict[str, Any] = {
        "carried": carried,
        "shop": form.get("name") or "the shop",
        "description": form.get("description", ""),
        "payer": form.get("prefill[email]") or form.get("prefill[contact]", ""),
        "cancel_url": _web_address(form.get("cancel_url", "")),
        "callback_url": _web_address(form.get("callback_url", "")),
        "success_id": UPI_SUCCESS,
        "failure_id": UPI_FAILURE,
        **more,
    }
    if order:
        context["amount"] = _amount(order["amount_due"], order["currency"])
    return context


def choose(emulator: Emulator, form: Form) -> tuple[str, dict[str, Any]]:
    return "choose.html", _context(form, _order(emulator, form), method="upi")


def _begin(emulator: Emulator, form: Form, order: Entity, method: str, **details: Any) -> Entity:
    try:
        return emulator.engine.begin(
            order["id"],
            amount=order["amount_due"],
            currency=order["currency"],
            method=method,
            description=form.get("description", ""),
            email=form.get("prefill[email]", ""),
            contact=form.get("prefill[contact]", ""),
            **details,
        )
    except Refusal as refusal:
        raise Stop(str(refusal)) from None


def _failed(emulator: Emulator, form: Form, payment: Entity, reason: str, method: str) -> tuple[str, dict[str, Any]]:
    payment = emulator.engine.fail(payment["id"], reason)
    error = {
        "code": payment["error_code"],
        "description": payment["error_description"],
        "source": payment["error_source"],
        "step": payment["error_step"],
        "reason": payment["error_reason"],
        "order_id": payment["order_id"],
        "payment_id": payment["id"],
    }
    order = emulator.engine.one("orders", payment["order_id"])
    return "choose.html", _context(form, order, method=method, error=error)


def _paid(emulator: Emulator, form: Form, payment: Entity) -> tuple[str, dict[str, Any]]:
    payment = emulator.engine.authorize(payment["id"])
    context = _context(form, answer=checkout_answer(emulator, payment))
    context["amount"] = _amount(payment["amount"], payment["currency"])
    return "paid.html", context


def pay(emulator: Emulator, form: Form) -> tuple[str, dict[str, Any]]:
    order = _order(emulator, form)
    method = form.get("method", "")
    if method == "fail":
        return _failed(emulator, form, _begin(emulator, form, order, "upi", vpa=UPI_FAILURE), "payment_failed", "upi")
    if method == "card":
        return _pay_by_card(emulator, form, order)
    vpa = form.get("vpa", "").strip().lower()
    if not re.fullmatch(r"[a-z0-9._-]{2,256}@[a-z][a-z0-9]{1,63}", vpa):
        wrong = {"vpa": "Enter a UPI id such as success@razorpay."}
        return "choose.html", _context(form, order, method="upi", wrong=wrong, typed={"vpa": vpa})
    payment = _begin(emulator, form, order, "upi", vpa=vpa)
    if vpa == UPI_SUCCESS:
        return _paid(emulator, form, payment)
    return _failed(emulator, form, payment, "payment_failed" if vpa == UPI_FAILURE else "invalid_vpa", "upi")


def _pay_by_card(emulator: Emulator, form: Form, order: Entity) -> tuple[str, dict[str, Any]]:
    number = re.sub(r"[\s-]", "", form.get("number", ""))
    wrong = {}
    if number not in CARDS:
        wrong["number"] = "Enter one of the test cards, such as 4100 2800 0000 1007."
    if not re.fullmatch(r"(0[1-9]|1[0-2])\s*/\s*(2[6-9]|[3-9]\d)", form.get("expiry", "").strip()):
        wrong["expiry"] = "Enter a month and a year to come, such as 12/30."
    if not re.fullmatch(r"\d{3,4}", form.get("cvv", "").strip()):
        wrong["cvv"] = "Enter three or four digits: any will do."
    if wrong:
        typed = {"number": form.get("number", ""), "expiry": form.get("expiry", ""), "holder": form.get("holder", "")}
        return "choose.html", _context(form, order, method="card", wrong=wrong, typed=typed)
    card = CARDS[number].entity(number, form.get("holder", ""))
    payment = _begin(emulator, form, order, "card", card=card)
    return "bank.html", _context(form, order, payment_id=payment["id"], last4=number[-4:], fails=CARDS[number].fails)


def bank(emulator: Emulator, form: Form) -> tuple[str, dict[str, Any]]:
    """The bank's page: four to ten digits are the right password, fewer a wrong one; a failing card fails."""
    order = _order(emulator, form)
    try:
        payment = emulator.engine.one("payments", form.get("payment_id", ""))
    except Refusal:
        raise Stop("This payment is not known here.") from None
    if payment["order_id"] != order["id"] or payment["status"] != "created":
        raise Stop("This payment has been answered already.")
    if form.get("decision") == "cancel":
        return _failed(emulator, form, payment, "payment_cancelled", "card")
    fails = form.get("fails", "")
    if fails in {card.fails for card in CARDS.values() if card.fails}:
        return _failed(emulator, form, payment, fails, "card")
    if not re.fullmatch(r"\d{4,10}", form.get("otp", "").strip()):
        return _failed(emulator, form, payment, "incorrect_otp", "card")
    return _paid(emulator, form, payment)


def _policy(form: Form) -> str:
    targets = " ".join(dict.fromkeys(filter(None, ["'self'", _origin(form.get("callback_url", ""))])))
    return (
        "default-src 'none'; img-src data:; style-src 'self'; script-src 'self'; "
        f"form-action {targets}; base-uri 'none'; frame-ancestors 'none'"
    )


def _answer(page: Page) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        emulator: Emulator = request.app.state.emulator
        async with request.form(max_files=0, max_fields=60) as sent:
            form = {name: value for name, value in sent.items() if isinstance(value, str)}
        status = 200
        try:
            name, context = await run_in_threadpool(page, emulator, form)
        except Stop as stop:
            status, name, context = 400, "stopped.html", _context(form, sentence=str(stop))
        except Refusal as refusal:
            status, name, context = 400, "stopped.html", _context(form, sentence=str(refusal))
        html = _pages.get_template(name).render(Context({**context, "base": emulator.prefix}))
        headers = {
            "Content-Security-Policy": _policy(form),
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        }
        return HTMLResponse(html, status, headers)

    return endpoint


def routes() -> list[Route]:
    return [
        Route("/v1/checkout/embedded", _answer(choose), methods=["POST"]),
        Route("/v1/checkout/pay", _answer(pay), methods=["POST"]),
        Route("/v1/checkout/bank", _answer(bank), methods=["POST"]),
    ]
