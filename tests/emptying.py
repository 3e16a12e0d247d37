"""How the tables of the tests are made, and emptied after a test that had transactions of its own.

Django's own way truncates all hundred-odd tables and has everything that migrations fill made anew, which takes longer
than most tests. Here only tables that have rows are emptied, and what Django leaves in them stays if nobody changed it.
The end is the same, and so is whom it waits for: everybody who is in a transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import OperationalError, connections, transaction
from django.db.backends.base.creation import BaseDatabaseCreation
from django.test import TransactionTestCase

from naksha.schema import laid_out_quickly

TRIES, DEADLOCK = 4, "40P01"
Rows = dict[str, list[tuple[Any, ...]]]
_django_empties = TransactionTestCase._fixture_teardown
_django_makes = BaseDatabaseCreation.create_test_db
_left_by_django: dict[str, Rows] = {}  # by connection


def empty(case: Any) -> None:
    """In place of ``TransactionTestCase._fixture_teardown``. Where what is left of the test (a page that closes) waits
    for this while this waits for it, PostgreSQL ends one of the two; if it was this one, it begins anew."""
    for _ in range(TRIES - 1):
        try:
            _empty_all(case)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) != DEADLOCK:
                raise
        else:
            return
    _empty_all(case)


def _empty_all(case: Any) -> None:
    aliases = case._databases_names(include_mirrors=False)
    if case.available_apps is None and not case.serialized_rollback and all(_empty(alias) for alias in aliases):
        return
    _django_empties(case)
    for alias in aliases:
        _left_by_django[alias] = _rows(alias, _filled(alias, _tables(alias)))


def _empty(alias: str) -> bool:
    """Empty what has rows; False where that would not leave what Django leaves, and nothing was done."""
    left = _left_by_django.get(alias)
    if left is None:
        return False
    connection = connections[alias]
    with transaction.atomic(using=alias):
        tables = _tables(alias)
        if connection.vendor == "postgresql":
            _run(alias, f"LOCK TABLE {_names(alias, tables)} IN ACCESS EXCLUSIVE MODE")
        if _rows(alias, list(left)) != left:
            return False
        gone = [table for table in _filled(alias, tables) if table not in left]
        if guarded := _guarded(alias, gone):
            _run(alias, f"TRUNCATE {_names(alias, guarded)} CASCADE")
        if free := [table for table in gone if table not in guarded]:
            _run(alias, *(f"DELETE FROM {_names(alias, [table])}" for table in free))  # noqa: S608
    return True


def _tables(alias: str) -> list[str]:
    return sorted(connections[alias].introspection.django_table_names(only_existing=True, include_views=False))


def _filled(alias: str, tables: Sequence[str]) -> list[str]:
    """Those that have rows."""
    if not tables:
        return []
    one = "SELECT '{0}' WHERE EXISTS (SELECT 1 FROM {1})"
    return [name for (name,) in _ask(alias, " UNION ALL ".join(one.format(t, _names(alias, [t])) for t in tables))]


def _guarded(alias: str, tables: Sequence[str]) -> list[str]:
    """Those whose rows the database lets nobody delete. What refers to them goes too, like all the rest."""
    if connections[alias].vendor != "postgresql":
        return []
    triggers = "pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal AND tgtype & 8 > 0"
    with_one = {name for (name,) in _ask(alias, f"SELECT relname FROM {triggers}")}  # noqa: S608
    return [table for table in tables if table in with_one]


def _rows(alias: str, tables: Sequence[str]) -> Rows:
    return {table: _ask(alias, f"SELECT * FROM {_names(alias, [table])} ORDER BY 1") for table in tables}  # noqa: S608


def _names(alias: str, tables: Sequence[str]) -> str:
    return ", ".join(connections[alias].ops.quote_name(table) for table in tables)


def _ask(alias: str, sql: str) -> list[tuple[Any, ...]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def _run(alias: str, *statements: str) -> None:
    with connections[alias].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def make(creation: Any, *args: Any, **kwargs: Any) -> Any:
    """In place of ``create_test_db``."""
    with laid_out_quickly():
        return _django_makes(creation, *args, **kwargs)


BaseDatabaseCreation.create_test_db = make
TransactionTestCase._fixture_teardown = empty
