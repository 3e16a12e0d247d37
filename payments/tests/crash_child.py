"""A process that dies at a named point of the way from order to refund: ``python -m payments.tests.crash_child …``.

It works on the database and the gateway of the test that started it (by the environment), and ends without a word,
as a killed process does: no rollback of its own, no finally, no on_commit.
"""

from __future__ import annotations

import os
import sys
from uuid import UUID

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "naksha.settings.test"
django.setup()

from payments import payable, services  # noqa: E402
from payments.gateway import get_gateway  # noqa: E402
from payments.services import events, ledger, orders, refunds, sending, settling  # noqa: E402
from payments.testing import FakePayable  # noqa: E402

DIED = 137


def die(*_args: object, **_kwargs: object) -> None:
    os._exit(DIED)


def after(module: object, name: str) -> None:
    """Die as soon as ``module.name`` has done its work."""
    real = getattr(module, name)
    setattr(module, name, lambda *args, **kwargs: (real(*args, **kwargs), die()))


def main(point: str, act: str, *arguments: str) -> None:
    owed = FakePayable()
    payable.register("fake", lambda _payable_id: owed)
    gateway = type(get_gateway())
    points = {
        "after the order is made": lambda: after(gateway, "create_order"),
        "before the order is kept": lambda: setattr(orders.timezone, "now", _dying_at_the_second(orders.timezone.now)),
        "after the gateway captured": lambda: after(gateway, "capture"),
        "after the answer": lambda: after(gateway, "fetch_payment"),
        "before the payable is told": lambda: setattr(owed, "payment_captured", die),
        "after the payable is told": lambda: after(owed, "payment_captured"),
        "after the ledger is written": lambda: after(ledger, "post_capture"),
        "before the commit": lambda: after(ledger, "post_gateway_fee"),
        "after the commit": lambda: after(settling, "settle"),
        "after the event is taken": lambda: setattr(events, "reconcile", die),
        "after the event is worked": lambda: after(events, "reconcile"),
        "before the refund is sent": lambda: setattr(gateway, "refund", die),
        "after the refund is made": lambda: after(gateway, "refund"),
        "while the refund is recorded": lambda: after(ledger, "post_refund_paid"),
        "after a refund is promised": lambda: after(refunds, "promise"),
    }
    points[point]()
    if act == "order":
        services.ensure_order(UUID(arguments[0]))
    elif act == "complete":
        order_id, gateway_payment_id, signature = arguments
        services.complete(order_id=order_id, gateway_payment_id=gateway_payment_id, signature=signature)
    elif act == "event":
        events.process(UUID(arguments[0]))
    elif act == "refund":
        sending.send(UUID(arguments[0]))
    elif act == "reconcile":
        services.reconcile(UUID(arguments[0]))


def _dying_at_the_second(real: object) -> object:
    calls = iter((real, die))
    return lambda: next(calls)()  # type: ignore[operator]


if __name__ == "__main__":
    main(*sys.argv[1:])
