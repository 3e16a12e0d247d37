"""What happened on a day that is over, and was changed since: whoever keeps the figures of days is told.

A service calls :func:`changed` in the transaction of its change. A higher app listens from ``AppConfig.ready``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

Listener = Callable[[UUID, datetime], object]
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Have ``listener`` called with a consultant's id and an instant of the day that has changed."""
    if listener not in _listeners:
        _listeners.append(listener)


def changed(consultant_id: UUID, at: datetime) -> None:
    """Something that counts for the day of ``at`` is no longer what it was, or came to it afterwards."""
    for listener in _listeners:
        listener(consultant_id, at)
