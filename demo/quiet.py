"""While the market is made nobody looks at a page, no worker waits, and what is lost can be made again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.db import connection
from django.test.utils import override_settings


@contextmanager
def nobody_listens() -> Iterator[None]:
    """Nothing is pushed to pages or put into the queue inside. The rows are the work: the schedule finds them later."""
    with override_settings(CHANNEL_LAYERS={}), mock.patch("naksha.queue._enqueue"):
        yield


@contextmanager
def in_a_hurry() -> Iterator[None]:
    """SQLite leaves it to the system when what is written reaches the disk (a market that was cut short is made anew,
    naksha.embedded), and keeps every statement that it has read. Garbage that refers to itself is some tens of
    megabytes: it is left to the end of the process."""
    collected = gc.isenabled()
    gc.disable()
    try:
        with _sqlite_in_a_hurry():
            yield
    finally:
        if collected:
            gc.enable()


@contextmanager
def _sqlite_in_a_hurry() -> Iterator[None]:
    options = connection.settings_dict["OPTIONS"]
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    connection.close()
    with mock.patch.dict(options, cached_statements=2_000):
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")
        try:
            yield
        finally:
            connection.close()  # the next one syncs
