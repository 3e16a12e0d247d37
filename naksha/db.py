"""What every table shares, and the lock that serialises a consultant's time."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, models
from django.utils import timezone
from uuid_utils.compat import uuid7


class Row(models.Model):
    """A row named by a UUIDv7, which sorts by the time it was made. The name is never a secret."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True, editable=False)

    class Meta:
        abstract = True


def on_days(field: str, first: date | None, last: date | None, zone: str = "UTC") -> models.Q:
    """The instants of ``field`` that fall on the days from ``first`` to ``last``, as ``zone`` counts days; None is no
    end."""
    there = ZoneInfo(zone)
    found = models.Q()
    if first is not None:
        found &= models.Q((f"{field}__gte", datetime.combine(first, time.min, there)))
    if last is not None:
        found &= models.Q((f"{field}__lte", datetime.combine(last, time.max, there)))
    return found


def lock_consultant(consultant_id: uuid.UUID) -> None:
    """Hold the consultant's time until the transaction ends.

    PostgreSQL: a transaction advisory lock, taken before anything that the exclusion constraint guards, so that
    rivals queue instead of deadlocking on it. SQLite: ``BEGIN IMMEDIATE`` already holds the one write lock.
    Call it inside ``transaction.atomic()`` only; raises RuntimeError outside.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("lock_consultant needs a transaction")
    if connection.vendor == "postgresql":
        key = int.from_bytes(consultant_id.bytes[8:], "big", signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


_told: ContextVar[datetime | None] = ContextVar("told_clock", default=None)


@contextmanager
def clock_told(moment: datetime) -> Iterator[None]:
    """Let :func:`db_now` say ``moment`` for the demo market, whose past is made in order. Embedded mode alone."""
    if not settings.EMBEDDED:
        raise RuntimeError("time is told in the embedded mode alone")
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)


def db_now() -> datetime:
    """The database's clock, in UTC: the one clock that all web processes share."""
    if (told := _told.get()) is not None:
        return told
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now.astimezone(UTC)


def db_now_sql() -> tuple[str, list[datetime]]:
    """The same clock as an expression and its parameters, for a statement that is sent anyway."""
    if connection.vendor == "postgresql" and _told.get() is None:
        return "clock_timestamp()", []
    return "%s", [db_now()]


def refuse_transaction(what: str) -> None:
    """Raise RuntimeError if a transaction is open: ``what`` asks another machine, and rows mustn't stay locked
    while it thinks. The transaction that wraps a test doesn't count, as with ``atomic(durable=True)``."""
    if connection.in_atomic_block and not getattr(connection.atomic_blocks[-1], "_from_testcase", False):
        raise RuntimeError(f"{what} inside a transaction")


def give_back_connection() -> None:
    """Give the database connection back to its pool before another machine is asked, if no transaction needs it.

    Whoever waits for a machine that hangs would else keep others from the database. The next query takes one again.
    """
    if connection.settings_dict["OPTIONS"].get("pool") and not connection.in_atomic_block:
        connection.close()
