"""Connections to PostgreSQL that can be trusted after a look at their socket, and read instants quickly."""

from __future__ import annotations

import select
import time
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.abc import Buffer
from psycopg.types.datetime import TimestamptzLoader

ASKED_ANEW_AFTER = 5.0  # seconds


class InstantLoader(TimestamptzLoader):
    """Reads an instant as Django's own loader does, by Python's parser of ISO 8601 instead of a search and a dozen
    steps: a page of rows has a hundred of them. What that can't read (a year past 9999) is the parent's, to refuse."""

    timezone = UTC  # Django asks a loader for it, and brings its own where that isn't the connection's

    def load(self, data: Buffer) -> datetime:
        try:
            found = datetime.fromisoformat(str(data, "ascii"))
        except ValueError:
            return super().load(data).replace(tzinfo=UTC)
        return found if found.tzinfo is UTC else found.astimezone(UTC)


class WatchedConnection(psycopg.Connection[Any]):
    """A connection of the pool, which runs the empty statement each time it gives one out, to see that it works.

    A server that ends a connection says so on its socket: where nothing is to be read there, the connection is as
    good as when it was last used. So the empty statement is sent only where something is, or where the connection
    rested for ASKED_ANEW_AFTER seconds, in which a server may vanish without a word.
    """

    _good_at = 0.0

    @classmethod
    def connect(cls, *args: Any, **options: Any) -> WatchedConnection:
        made = super().connect(*args, **options)
        made.adapters.register_loader("timestamptz", InstantLoader)
        return made

    def execute(self, query: Any, params: Any = None, **options: Any) -> psycopg.Cursor[Any]:
        if query == "" and params is None and self._is_quiet():
            return self.cursor()
        cursor = super().execute(query, params, **options)
        if query == "":
            self._good_at = time.monotonic()
        return cursor

    def set_autocommit(self, value: bool) -> None:
        """Django says so of each connection that it is given, which is so already."""
        if value != self.autocommit:
            super().set_autocommit(value)

    def _is_quiet(self) -> bool:
        if self.closed or time.monotonic() - self._good_at > ASKED_ANEW_AFTER:
            return False
        poll = select.poll()
        poll.register(self.pgconn.socket, select.POLLIN | select.POLLPRI)
        return not poll.poll(0)
