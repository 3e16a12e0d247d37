"""Statements that PostgreSQL prepares when they come again, for :mod:`naksha.kept` and whoever words them by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


@contextmanager
def prepared_cursor() -> Iterator[Any]:
    """A cursor whose statements PostgreSQL prepares when they come again; Django's own cursor elsewhere.

    Values are sent apart from the words, so the statement must leave no doubt of their types. While queries are
    written down, for a test or a person, the ordinary cursor is used, whose words hold their values.
    """
    here: Any = here_now()
    if not prepares(here):
        with here.cursor() as cursor:
            yield cursor
        return
    here.ensure_connection()
    with here.wrap_database_errors:
        made = server_binding()(here.connection)
    with here._prepare_cursor(made) as cursor:
        yield cursor


def prepares(here: Any) -> bool:
    """Whether statements are sent apart from their values: with PostgreSQL, while nobody writes queries down."""
    wanted = here.settings_dict["OPTIONS"].get("prepare_threshold") is not None
    return wanted and here.vendor == "postgresql" and not here.queries_logged


@cache
def server_binding() -> Any:
    from django.db.backends.postgresql.base import ServerBindingCursor  # the embedded mode never loads it

    return ServerBindingCursor


def found_by(sql: str, values: list[Any], *, one: bool) -> Any:
    """The rows of a statement, or the first of them. Django's wrappers around a cursor cost more than it does, so they
    are left out where nobody listens in; what they guard is guarded here."""
    here: Any = here_now()
    if here.execute_wrappers or not prepares(here):
        with prepared_cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchmany(1) if one else cursor.fetchall()
    here.ensure_connection()
    here.validate_thread_sharing()
    here.validate_no_broken_transaction()
    with here.wrap_database_errors:
        cursor = server_binding()(here.connection)
        cursor.execute(sql, values)
        return cursor.fetchmany(1) if one else cursor.fetchall()


def here_now() -> Any:
    """The connection itself: each look through ``connection`` costs several calls."""
    return connections[DEFAULT_DB_ALIAS]
