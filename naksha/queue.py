"""Telling the queue that a row waits. The row is the work; the message only says "look"."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from celery import Celery, Task
from django.db import transaction
from kombu import Connection
from kombu.exceptions import OperationalError
from kombu.pools import producers

from naksha.outage import REDIS_AWAY, Outage

BROKER_AWAY = (OperationalError, *REDIS_AWAY, ConnectionError, TimeoutError)
PATIENCE = 1.0  # seconds for a broker that takes the connection and says nothing
outage = Outage("broker")


def tell(task: Task, *args: Any, **kwargs: Any) -> None:
    """Enqueue ``task`` when the transaction commits (at once, outside of one).

    A broker that is away is logged and forgiven, because a sweeper finds the row; every other error is raised.
    The broker's time-outs are short (settings), so a request is not held up by it.
    """
    transaction.on_commit(lambda: _enqueue(task, args, kwargs))


def _enqueue(task: Task, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    if not outage.worth_asking:
        return
    try:
        with producers[_broker(task.app)].acquire(block=True) as producer:
            task.apply_async(args, kwargs, retry=False, producer=producer)
    except BROKER_AWAY as error:
        outage.began(error)
    else:
        outage.ended()


@lru_cache(maxsize=1)
def _broker(app: Celery) -> Connection:
    """The broker for whoever only leaves a message. The workers' own connections wait longer, as a worker listens."""
    return app.connection_for_write(transport_options={"socket_timeout": PATIENCE})
