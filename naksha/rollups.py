"""A kept query (naksha.kept) whose rows the database adds up in several ways at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django.db.models.query import QuerySet

from naksha.kept import Worded
from naksha.prepared import here_now


class KeptRollups:
    """The rows of a queryset of ``values_list`` added up in the database by several sets of columns at once; the rows
    that are added up are read once. Its columns are first what rows are told apart by, and then whole numbers.

    ``KeptRollups(build, [("day",), ("kind", "method")])``: each row that it gives has all columns of the queryset, with
    None where its set leaves one out, behind the number of its set.
    """

    def __init__(self, build: Callable[[], QuerySet[Any, Any]], sets: Sequence[Sequence[str]]) -> None:
        self._build, self._sets = build, sets
        self._worded: dict[str, Worded] = {}

    def all(self, **values: Any) -> list[tuple[Any, ...]]:
        vendor = here_now().vendor
        if vendor not in self._worded:
            self._worded[vendor] = self._words()
        return list(self._worded[vendor].rows(values))

    def _words(self) -> Worded:
        inner = Worded(self._build())
        known = {name for each in self._sets for name in each}
        columns = [  # of each: its name, as it stands in the words, and the database's type
            (str(name), connection.ops.quote_name(str(name)), str(column.output_field.cast_db_type(connection)))
            for column, _words, name in inner.compiler.select
        ]

        def told(of: Sequence[str], column: tuple[str, str, str]) -> str:
            name, quoted, kind = column
            if name not in known:
                return f"CAST(SUM({quoted}) AS {kind})"
            return quoted if name in of else f"CAST(NULL AS {kind})"

        parts = []
        for n, of in enumerate(self._sets):
            by = ", ".join(quoted for name, quoted, _kind in columns if name in of)
            parts.append(f"SELECT {n}, {', '.join(told(of, column) for column in columns)} FROM kept GROUP BY {by}")  # noqa: S608
        inner.sql = f"WITH kept AS ({inner.sql}) {' UNION ALL '.join(parts)}"  # Django's words, and names of ours
        inner.converters, inner.whole = {at + 1: how for at, how in inner.converters.items()}, []
        return inner
