"""The one place that talks to Razorpay, through its official SDK.

The SDK has traps, and each is met here: it waits for ever without a time-out, prints to the console, keeps only the
text of an error, raises half a dozen unrelated exceptions, and its verifiers raise for what they should refuse.
Amounts are paise. Nothing here may run while a database transaction is open.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache, partial
from importlib.metadata import version
from typing import Any, TypeVar

import razorpay
import requests
import structlog
from django.conf import settings
from razorpay import errors as sdk

from naksha.db import give_back_connection
from payments.errors import GatewayUnavailable
from payments.gateway import GatewayPayment, GatewayRefund, Order
from payments.razorpay.errors import RazorpayRefused

log = structlog.get_logger(__name__)
T = TypeVar("T")

TIMEOUT = (5.0, 20.0)  # seconds: to connect, to wait for the answer
SDK_VERSION = version("razorpay")
# An answer that does not settle what became of the request: it may be asked again.
UNSETTLED_STATUSES = frozenset({408, 425, 429})
UNSETTLED_CODES = frozenset({"GATEWAY_ERROR", "SERVER_ERROR"})
# Two answers share status 409: the same refund key with another body (a refusal), and a first request with that key
# still under way (ask again). The first names itself.
OTHER_BODY = "Different request"
PAGE = 100
WHATEVER_THE_SDK_RAISES = (
    sdk.BadRequestError,
    sdk.GatewayError,
    sdk.ServerError,
    requests.RequestException,
    ValueError,  # an answer that isn't the JSON it should be
    TypeError,
    KeyError,
    AttributeError,
)

# The SDK prints on every connection problem; a module's own name hides the built-in for that module alone.
razorpay.client.print = lambda *_args, **_kwargs: None


class _Client(razorpay.Client):
    def _get_version(self) -> str:
        return SDK_VERSION  # asked once, not read from the disk at every call


class _Line(threading.local):
    """One keep-alive session for each thread, and the last answer that came over it."""

    client: _Client | None = None
    answer: requests.Response | None = None


class RazorpayGateway:
    """What :class:`payments.gateway.Gateway` promises, kept by Razorpay or by whatever speaks like it at ``base_url``.

    Every asking method raises GatewayUnavailable when nobody knows what became of the request, and RazorpayRefused
    (a GatewayRefused) when Razorpay said no.
    """

    def __init__(
        self,
        *,
        key_id: str,
        key_secret: str,
        webhook_secrets: Sequence[str],
        base_url: str,
        timeout: tuple[float, float] = TIMEOUT,
    ) -> None:
        self._key_id = key_id
        self._key_secret = key_secret
        self._webhook_secrets = tuple(secret for secret in webhook_secrets if secret)
        self._base_url = base_url.rstrip("/")
        self._timeout = timeout
        # Read once: requests would search the environment and ~/.netrc before every call.
        self._proxies = requests.utils.get_environ_proxies(self._base_url, no_proxy=None)
        self._line = _Line()

    def __repr__(self) -> str:
        return f"RazorpayGateway({self._key_id}, {self._base_url})"

    @property
    def key_id(self) -> str:
        return self._key_id

    # --- orders -----------------------------------------------------------------------------

    def create_order(self, *, amount_paise: int, currency: str, receipt: str, notes: Mapping[str, str]) -> Order:
        """The order for ``receipt`` (at most 40 characters), made at the first asking and returned at each later one.

        Whether its payments are captured by themselves is the account's own setting; whoever settles one looks.
        """
        data = {
            "amount": amount_paise,
            "currency": currency,
            "receipt": receipt,
            "unique_receipt": True,
            "notes": dict(notes),
        }
        return self._ask("order.create", lambda api: _order(api.order.create(data, timeout=self._timeout)))

    def fetch_order(self, order_id: str) -> Order:
        return self._ask("order.fetch", lambda api: _order(api.order.fetch(_name(order_id), timeout=self._timeout)))

    def order_payments(self, order_id: str) -> list[GatewayPayment]:
        """Every payment that was tried for the order."""
        return self._ask(
            "order.payments",
            lambda api: [_payment(one) for one in api.order.payments(_name(order_id), timeout=self._timeout)["items"]],
        )

    # --- payments ---------------------------------------------------------------------------

    def fetch_payment(self, payment_id: str) -> GatewayPayment:
        return self._ask(
            "payment.fetch", lambda api: _payment(api.payment.fetch(_name(payment_id), timeout=self._timeout))
        )

    def capture(self, *, payment_id: str, amount_paise: int, currency: str) -> GatewayPayment:
        """Take what was authorised: all of it. Refused if it is captured already; fetch it then."""
        # A dict of our own: the SDK's default is one that all calls share.
        return self._ask(
            "payment.capture",
            lambda api: _payment(
                api.payment.capture(_name(payment_id), amount_paise, {"currency": currency}, timeout=self._timeout)
            ),
        )

    def refund(
        self, *, payment_id: str, amount_paise: int, idempotency_key: str, notes: Mapping[str, str]
    ) -> GatewayRefund:
        """Give back part or all of a captured payment, once for each key (10 or more of A-Za-z0-9_-)."""
        data = {"amount": amount_paise, "speed": "normal", "notes": dict(notes)}
        return self._ask(
            "payment.refund",
            lambda api: _refund(
                api.payment.refund(
                    _name(payment_id),
                    data,
                    headers={"X-Refund-Idempotency": idempotency_key},
                    timeout=self._timeout,
                )
            ),
        )

    def fetch_refund(self, refund_id: str) -> GatewayRefund:
        return self._ask("refund.fetch", lambda api: _refund(api.refund.fetch(_name(refund_id), timeout=self._timeout)))

    def fetch_refunds(self, payment_id: str) -> list[GatewayRefund]:
        """Every refund of the payment, page by page."""
        found: list[GatewayRefund] = []
        while True:
            page = self._ask("payment.refunds", partial(self._refund_page, payment_id, len(found)))
            found += page
            if len(page) < PAGE:
                return found

    def _refund_page(self, payment_id: str, skip: int, api: _Client) -> list[GatewayRefund]:
        said = api.payment.fetch_multiple_refund(
            _name(payment_id), {"count": PAGE, "skip": skip}, timeout=self._timeout
        )
        return [_refund(one) for one in said["items"]]

    # --- who said it ------------------------------------------------------------------------

    def verify_checkout(self, order_id: str, payment_id: str, signature: str) -> bool:
        """Whether Razorpay signed this payment for this order. Pass the order that we keep, not the one that came."""
        parameters = {
            "razorpay_order_id": order_id,
            "razorpay_payment_id": payment_id,
            "razorpay_signature": signature,
        }
        return bool(order_id and payment_id and signature) and _holds(
            lambda: self._api().utility.verify_payment_signature(parameters)
        )

    def verify_webhook(self, raw_body: bytes, signature: str) -> bool:
        """Whether ``raw_body``, byte for byte, carries the signature of one of our webhook secrets (old ones count)."""
        try:
            text = raw_body.decode("utf-8")
        except (UnicodeDecodeError, AttributeError):
            return False
        api = self._api()
        return bool(signature) and any(
            _holds(partial(api.utility.verify_webhook_signature, text, signature, secret))
            for secret in self._webhook_secrets
        )

    # --- asking -----------------------------------------------------------------------------

    def _api(self) -> _Client:
        if self._line.client is None:
            session = requests.Session()
            session.trust_env = False
            session.proxies = dict(self._proxies)
            session.max_redirects = 0  # an answer elsewhere is no answer, and the key goes nowhere else
            session.hooks["response"].append(self._keep)
            self._line.client = _Client(session=session, auth=(self._key_id, self._key_secret), base_url=self._base_url)
        return self._line.client

    def _keep(self, response: requests.Response, *_args: Any, **_kwargs: Any) -> None:
        self._line.answer = response

    def _ask(self, what: str, call: Callable[[_Client], T]) -> T:
        api = self._api()
        self._line.answer = None
        give_back_connection()
        try:
            return call(api)
        except WHATEVER_THE_SDK_RAISES as error:
            raise self._meaning(what, error) from error
        finally:
            self._line.answer = None

    def _meaning(self, what: str, error: Exception) -> Exception:
        """What a failure means to us: a refusal only if Razorpay said so in its own form, else nobody knows."""
        answer = self._line.answer
        status = answer.status_code if answer is not None else 0
        said = _error_object(answer)
        code, description = str(said.get("code") or ""), str(said.get("description") or "")
        refused = (
            400 <= status < 500
            and status not in UNSETTLED_STATUSES
            and bool(code)
            and code not in UNSETTLED_CODES
            and (status != 409 or description.startswith(OTHER_BODY))
        )
        field, reason = str(said.get("field") or ""), str(said.get("reason") or "")
        log.warning(
            "razorpay_refused" if refused else "razorpay_unavailable",
            call=what,
            status=status,
            code=code,
            field=field,
            reason=reason,
            description=description[:300],
            error=type(error).__name__,
        )
        if refused:
            return RazorpayRefused(description or code, code, status, field, reason)
        return GatewayUnavailable()


def _holds(check: Callable[[], bool]) -> bool:
    """The SDK's verifiers raise for a wrong signature, and other things for one that is no signature at all."""
    try:
        return check() is True
    except Exception as error:  # noqa: BLE001 - whatever goes wrong, it is not verified
        log.info("razorpay_signature_refused", error=type(error).__name__)
        return False


def _error_object(answer: requests.Response | None) -> dict[str, Any]:
    if answer is None:
        return {}
    try:
        said = answer.json()["error"]
    except (ValueError, KeyError, TypeError):
        return {}
    return said if isinstance(said, dict) else {}


def _name(gateway_id: str) -> str:
    """An id as it goes into a path. One that would lead elsewhere is refused as Razorpay refuses an unknown one."""
    if not gateway_id.replace("_", "").isalnum() or not gateway_id.isascii():
        raise RazorpayRefused("The id provided does not exist", "BAD_REQUEST_ERROR", 400, "id")
    return gateway_id


def _when(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(int(seconds), UTC) if seconds else None


def _notes(notes: Any) -> dict[str, str]:
    """Empty notes come back as a list."""
    return {str(key): str(value) for key, value in notes.items()} if isinstance(notes, dict) else {}


def _order(said: dict[str, Any]) -> Order:
    return Order(
        id=str(said["id"]),
        amount_paise=int(said["amount"]),
        currency=str(said["currency"]),
        receipt=str(said.get("receipt") or ""),
        status=str(said["status"]),
        amount_paid_paise=int(said.get("amount_paid") or 0),
        raw=said,
    )


def _payment(said: dict[str, Any]) -> GatewayPayment:
    fee, tax = said.get("fee"), said.get("tax")
    return GatewayPayment(
        id=str(said["id"]),
        order_id=str(said.get("order_id") or ""),
        amount_paise=int(said["amount"]),
        currency=str(said["currency"]),
        status=str(said["status"]),
        captured=bool(said["captured"]),
        amount_refunded_paise=int(said.get("amount_refunded") or 0),
        fee_paise=None if fee is None else int(fee),
        tax_paise=None if tax is None else int(tax),
        method=str(said.get("method") or ""),
        error_code=str(said.get("error_code") or ""),
        error_reason=str(said.get("error_reason") or ""),
        error_description=str(said.get("error_description") or ""),
        created_at=_when(said.get("created_at")),
        raw=said,
    )


def _refund(said: dict[str, Any]) -> GatewayRefund:
    return GatewayRefund(
        id=str(said["id"]),
        payment_id=str(said["payment_id"]),
        amount_paise=int(said["amount"]),
        currency=str(said["currency"]),
        status=str(said["status"]),
        notes=_notes(said.get("notes")),
        created_at=_when(said.get("created_at")),
        raw=said,
    )


@lru_cache(maxsize=8)
def _gateway(key_id: str, key_secret: str, webhook_secrets: tuple[str, ...], base_url: str) -> RazorpayGateway:
    return RazorpayGateway(key_id=key_id, key_secret=key_secret, webhook_secrets=webhook_secrets, base_url=base_url)


def get_gateway() -> RazorpayGateway:
    """The gateway that the settings name. One for the process, with a connection for each thread that asks."""
    return _gateway(
        settings.RAZORPAY_KEY_ID,
        settings.RAZORPAY_KEY_SECRET,
        tuple(settings.RAZORPAY_WEBHOOK_SECRETS),
        settings.RAZORPAY_BASE_URL,
    )
