"""The product's web process or worker, with places at which a test can have it killed.

A place is armed by a file of its name in the folder ``CRASH_POINTS``. The first process that comes to it takes the
file away and is gone, as after SIGKILL, a power cut or the out-of-memory killer: nothing is rolled back by us, nothing
is said. Production code knows nothing of this; ``tests.crash.launch:application`` and ``-A tests.crash.launch`` take
the place of ``naksha.wsgi:application`` and ``-A naksha``.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from naksha.celery import app
from naksha.wsgi import application

__all__ = ["app", "application"]

FOLDER = Path(os.environ["CRASH_POINTS"])


def fall(place: str) -> None:
    """Die here and now, if ``place`` is armed."""
    try:
        (FOLDER / place).unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def _wrap(owner: str, name: str, wrapped: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Put a function in the place of ``name`` of a module, or of a class in it (``module:Class``)."""
    module, _, of_class = owner.partition(":")
    found = import_module(module)
    found = getattr(found, of_class) if of_class else found
    setattr(found, name, wrapped(getattr(found, name)))


def before(owner: str, name: str, place: str) -> None:
    def wrapped(kept: Callable[..., Any]) -> Callable[..., Any]:
        def falls(*args: Any, **kwargs: Any) -> Any:
            fall(place)
            return kept(*args, **kwargs)

        return falls

    _wrap(owner, name, wrapped)


def after(owner: str, name: str, place: str) -> None:
    def wrapped(kept: Callable[..., Any]) -> Callable[..., Any]:
        def falls(*args: Any, **kwargs: Any) -> Any:
            answer = kept(*args, **kwargs)
            fall(place)
            return answer

        return falls

    _wrap(owner, name, wrapped)


GATEWAY = "payments.razorpay.client:RazorpayGateway"
MAIL = "notifications.backends:FolderBackend"

after("bookings.services.hold", "open_payment", "hold-not-committed")
after("bookings.views.details", "hold", "hold-not-answered")
after(GATEWAY, "create_order", "order-not-saved")
after(GATEWAY, "verify_checkout", "answer-verified")
after(GATEWAY, "fetch_payment", "payment-fetched")
after(GATEWAY, "order_payments", "order-asked-about")
after(GATEWAY, "capture", "captured-not-recorded")
after("payments.services.ledger", "post_gateway_fee", "settled-not-committed")  # the transaction's last statement
before("naksha.queue", "_enqueue", "queue-not-told")  # runs on commit
before("payments.services.events", "reconcile", "event-claimed")
after("payments.services.events", "reconcile", "event-not-marked")
before(GATEWAY, "refund", "refund-claimed")
after(GATEWAY, "refund", "refund-not-recorded")
after("payments.services.ledger", "post_refund_paid", "refund-not-committed")
before(MAIL, "send_messages", "mail-claimed")
after(MAIL, "send_messages", "mail-not-marked")
after("bookings.services.give_up", "free", "lapse-not-committed")
