"""Connections to PostgreSQL that can be trusted after a look at their socket, without a question to the server."""

from __future__ import annotations

import select
import time
from typing import Any

import psycopg

ASKED_ANEW_AFTER = 5.0  # seconds


class WatchedConnection(psycopg.Connection[Any]):
    """A connection of the pool, which runs the empty statement each time it gives one out, to see that it works.

    A server that ends a connection says so on its socket: where nothing is to be read there, the connection is as
    good as when it was last used. So the empty statement is sent only where something is, or where the connection
    rested for ASKED_ANEW_AFTER seconds, in which a server may vanish without a word.
    """

    _good_at = 0.0

    def execute(self, query: Any, params: Any = None, **options: Any) -> psycopg.Cursor[Any]:
        if query == "" and params is None and self._is_quiet():
            return self.cursor()
        cursor = super().execute(query, params, **options)
        if query == "":
            self._good_at = time.monotonic()
        return cursor

    def _is_quiet(self) -> bool:
        if self.closed or time.monotonic() - self._good_at > ASKED_ANEW_AFTER:
            return False
        poll = select.poll()
        poll.register(self.pgconn.socket, select.POLLIN | select.POLLPRI)
        return not poll.poll(0)
