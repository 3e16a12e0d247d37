"""Queries of one shape that are asked on hot paths, put into SQL once and planned once for each connection.

Django words a query anew each time it is run, and PostgreSQL plans it anew: for a row with the six that belong to it
either costs many times what finding them does. A kept query is an ordinary queryset whose values are :class:`Param`:
its words are kept in the process, and PostgreSQL keeps its plan as a prepared statement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.base import ModelState
from django.db.models.expressions import Expression, RawSQL, Value
from django.db.models.query import QuerySet, get_related_populators
from django.db.models.signals import post_init, pre_init
from django.db.transaction import TransactionManagementError

from naksha import together
from naksha.prepared import found_by, here_now

M = TypeVar("M", bound=models.Model)


class Param(Expression):
    """Where a value goes that each run names. ``field`` says how it is written for the database."""

    def __init__(self, name: str, field: models.Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


def all_but(model: type[models.Model], *names: str, of: str = "") -> list[str]:
    """The names of the columns of ``model`` but ``names`` and its key, for ``defer``. ``of`` is the way to them
    ("consultant__user")."""
    way = f"{of}__" if of else ""
    return [way + f.name for f in model._meta.concrete_fields if not f.primary_key and f.name not in names]


def attach(row: models.Model, name: str, found: list[Any]) -> None:
    """Let ``row.<name>.all()`` give ``found`` without a query, as ``prefetch_related`` would have."""
    related = getattr(row, name).all()
    related._result_cache = found
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = related


class _Quick:
    """Makes rows of a model as ``Model.from_db`` does, without the signals before and after and without a look at each
    field: they cost more than finding the row. What was not asked for is deferred, as there."""

    def __init__(self, model: type[models.Model]) -> None:
        self._model = model

    def from_db(self, alias: str, names: Sequence[str], values: Sequence[Any]) -> models.Model:
        made = self._model.__new__(self._model)
        state = ModelState()
        state.adding, state.db = False, alias
        vars(made).update(zip(names, values, strict=True), _state=state)
        return made


def _quick(model: type[models.Model]) -> Any:
    """What makes the rows of ``model``: the model itself where somebody wants to hear of each."""
    heard = pre_init.has_listeners(model) or post_init.has_listeners(model)
    return model if heard else _Quick(model)


def _quicken(populator: Any) -> None:
    populator.model_cls = _quick(populator.model_cls)
    for inner in populator.related_populators:
        _quicken(inner)


class Worded:
    """A query in the words of one engine: what stands for each value, and how its columns are read."""

    def __init__(self, queryset: QuerySet[Any]) -> None:
        self.compiler = queryset.query.get_compiler(connection.alias)
        try:
            self.sql, self.params = self.compiler.as_sql()
        except EmptyResultSet as error:
            raise ValueError("a kept query that finds nothing by its shape") from error
        converters = self.compiler.get_converters([column[0] for column in self.compiler.select])
        self.whole = [at for at, how in converters.items() if _makes_whole(*how)]
        self.converters = {at: how for at, how in converters.items() if at not in self.whole}
        self.locks = queryset.query.select_for_update and connection.features.has_select_for_update
        if connection.vendor == "postgresql":
            self.sql, self.params = _with_constants(self.sql, self.params)

    def rows(self, values: dict[str, Any], *, one: bool = False, part: tuple[int, int] | None = None) -> Any:
        """The rows as the database gives them, read as Django reads them; of a ``part``, from which on and how many."""
        if self.locks and connection.get_autocommit():  # Django asks while it words a query
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        sql, sent = self.sql, _sent(self.params, values)
        if part is not None:
            first, size = part
            if first:
                sql, sent = f"{sql} LIMIT %s OFFSET %s", [*sent, size, first]
            else:  # where it isn't told how many, PostgreSQL has no plan that is good for all and plans anew each time
                sql = f"{sql} LIMIT {size:d}"
        found = None if self.locks else together.answer(sql, sent)
        if found is None:
            found = found_by(sql, sent, one=one)
        for at in self.whole:
            if any(type(row[at]) not in _WHOLE for row in found):
                found = [(*row[:at], None if row[at] is None else int(row[at]), *row[at + 1 :]) for row in found]
        return map(tuple, self.compiler.apply_converters(found, self.converters)) if self.converters else found


_WHOLE = {int, type(None)}


def _makes_whole(converters: list[Any], expression: Any) -> bool:
    """Whether all that is done to a column is to make whole numbers of what mostly are some."""
    number = isinstance(expression, Expression) and expression.output_field.get_internal_type().endswith("IntegerField")
    return number and converters == [expression.convert_value]


_PLAIN = re.compile(r"[a-z_]+")


def _with_constants(sql: str, params: Sequence[Any]) -> tuple[str, list[Any]]:
    """``sql`` with the plain words among ``params`` (a state) written into it: they never change, and PostgreSQL uses
    an index of some rows alone only where it sees that the query asks for those."""
    parts, left = re.split(r"((?<!%)(?:%%)*%s)", sql), []
    values = iter(params)
    for at in range(1, len(parts), 2):
        value = next(values)
        if isinstance(value, str) and _PLAIN.fullmatch(value):
            parts[at] = f"{parts[at][:-2]}'{value}'"
        else:
            left.append(value)
    return "".join(parts), left


class Kept(Generic[M]):
    """``Kept(lambda: Service.objects.filter(pk=Param("pk", UUIDField())))``, then ``.first(pk=…)`` or ``.all(pk=…)``.

    Whatever a queryset of rows may hold can be in it, related rows, annotations, locks and ``only`` too; nothing that
    is prefetched: ask for those rows by a query of their own and :func:`attach` them. The queryset is made at the first
    run, when all models are there.
    """

    def __init__(self, build: Callable[[], QuerySet[M]]) -> None:
        self._build = build
        self._worded: dict[str, Any] = {}
        self._counted: dict[str, Worded] = {}

    def first(self, **values: Any) -> M | None:
        """The first row, or None."""
        return next(iter(self._rows(values, one=True)), None)

    def all(self, **values: Any) -> list[M]:
        """All rows."""
        return list(self._rows(values))

    def part(self, first: int, size: int, /, **values: Any) -> list[M]:
        """``size`` rows from the place ``first`` on, as a slice would give them."""
        return list(self._rows(values, part=(first, size)))

    def count(self, **values: Any) -> int:
        """How many rows there are."""
        vendor = here_now().vendor
        if vendor not in self._counted:
            keys = Worded(self._build().order_by().select_related(None).values("pk"))
            keys.sql, keys.converters, keys.whole = f"SELECT COUNT(*) FROM ({keys.sql}) AS kept", {}, []  # noqa: S608  Django's words
            self._counted[vendor] = keys
        ((number,),) = self._counted[vendor].rows(values)
        return int(number)

    def _rows(self, values: dict[str, Any], **how: Any) -> Iterator[M]:
        worded, model, start, end, names, populators, annotations = self._words()
        for row in worded.rows(values, **how):
            made = model.from_db(DEFAULT_DB_ALIAS, names, row[start:end])
            for populator in populators:
                populator.populate(row, made)
            for name, column in annotations:
                setattr(made, name, row[column])
            yield made

    def _words(self) -> Any:
        vendor = here_now().vendor
        if vendor not in self._worded:
            worded = Worded(self._build())
            compiler: Any = worded.compiler
            columns = compiler.klass_info["select_fields"]
            start, end = columns[0], columns[-1] + 1
            names = [column[0].target.attname for column in compiler.select[start:end]]
            populators = get_related_populators(  # type: ignore[call-arg]
                compiler.klass_info, compiler.select, connection.alias
            )
            for populator in populators:
                _quicken(populator)
            model, annotations = _quick(compiler.klass_info["model"]), list(compiler.annotation_col_map.items())
            self._worded[vendor] = worded, model, start, end, names, populators, annotations
        return self._worded[vendor]


class KeptTuples:
    """The same for a queryset of ``values_list``. ``one`` is for those that give one row: see :func:`added_up`."""

    def __init__(self, build: Callable[[], QuerySet[Any, Any]]) -> None:
        self._build = build
        self._worded: dict[str, Worded] = {}

    def all(self, **values: Any) -> list[tuple[Any, ...]]:
        """All rows."""
        return list(self._words().rows(values))

    def part(self, first: int, size: int, /, **values: Any) -> list[tuple[Any, ...]]:
        """``size`` rows from the place ``first`` on, as a slice would give them."""
        return list(self._words().rows(values, part=(first, size)))

    def one(self, **values: Any) -> tuple[Any, ...] | None:
        """The first row, or None."""
        return next(iter(self.all(**values)), None)

    def _words(self) -> Worded:
        vendor = here_now().vendor
        if vendor not in self._worded:
            self._worded[vendor] = Worded(self._build())
        return self._worded[vendor]


class KeptSums:
    """The sum of each column of a queryset of ``values_list`` of numbers, whose rows the database alone looks at."""

    def __init__(self, build: Callable[[], QuerySet[Any, Any]]) -> None:
        self._build = build
        self._worded: dict[str, Worded] = {}

    def one(self, **values: Any) -> tuple[int, ...]:
        if connection.vendor not in self._worded:
            inner = Worded(self._build())
            columns = (connection.ops.quote_name(alias) for _column, _words, alias in inner.compiler.select)
            sums = ", ".join(f"SUM({column})" for column in columns)
            inner.sql, inner.converters, inner.whole = f"SELECT {sums} FROM ({inner.sql}) AS kept", {}, []  # noqa: S608  Django's words
            self._worded[connection.vendor] = inner
        (found,) = self._worded[connection.vendor].rows(values)
        return tuple(int(number or 0) for number in found)


def added_up(rows: QuerySet[Any], **sums: Any) -> QuerySet[Any, Any]:
    """What ``rows.aggregate(**sums)`` tells, as a queryset of one row for a :class:`KeptTuples`."""
    whole: Any = rows.order_by().annotate(whole=Value(1)).values("whole").annotate(**sums)
    return whole.values_list(*sums)  # type: ignore[no-any-return]


class KeptValues:
    """The same for a queryset of ``values_list``, also where the rows are asked for by many keys: the key's field is
    compared with :func:`some`, and each run brings the keys under its name.

    ``KeptValues(lambda size: Seat.objects.filter(session__pk__in=some("session", UUIDField(), size)).values_list(…))``
    """

    MOST = 100  # keys of one run
    SIZES = (1, 20, MOST)  # in how many shapes the words are kept; the last key fills the room that is left

    def __init__(self, build: Callable[[int], QuerySet[Any, Any]]) -> None:
        self._build = build
        self._worded: dict[tuple[str, int], Worded] = {}

    def all(self, name: str, keys: Sequence[Any], **values: Any) -> list[tuple[Any, ...]]:
        """All rows for ``keys``, of which there is one or more, and at most :attr:`MOST`."""
        size = _room(self.SIZES, keys)
        shape = here_now().vendor, size
        if shape not in self._worded:
            self._worded[shape] = Worded(self._build(size))
        return list(self._worded[shape].rows(values | _filled(name, keys, size)))


class KeptMany(Generic[M]):
    """The same for whole rows (:class:`Kept`) that are asked for by many keys, as :class:`KeptValues` asks."""

    SIZES = (1, 8, 32)

    def __init__(self, build: Callable[[int], QuerySet[M]]) -> None:
        self._kept = {size: Kept[M](partial(build, size)) for size in self.SIZES}

    def all(self, name: str, keys: Sequence[Any], **values: Any) -> list[M]:
        """All rows for ``keys``, in one query for as many as the largest size; none for no keys."""
        found: list[M] = []
        most = self.SIZES[-1]
        for first in range(0, len(keys), most):
            part = keys[first : first + most]
            size = _room(self.SIZES, part)
            found += self._kept[size].all(**values, **_filled(name, part, size))
        return found


def _room(sizes: Sequence[int], keys: Sequence[Any]) -> int:
    return next(size for size in sizes if size >= len(keys))


def _filled(name: str, keys: Sequence[Any], size: int) -> dict[str, Any]:
    """Each key under its name; the last one fills the room that is left."""
    return dict(zip(_numbered(name, size), [*keys, *[keys[-1]] * (size - len(keys))], strict=True))


@cache
def _numbered(name: str, size: int) -> list[str]:
    return [f"{name}{number}" for number in range(size)]


def some(name: str, field: models.Field[Any, Any], size: int) -> list[Any]:
    """What a key of a :class:`KeptValues` or a :class:`KeptMany` is compared with, by ``__in``."""
    return [Param(numbered, field) for numbered in _numbered(name, size)]


class KeptIds:
    """A query of ids that stands inside others (``pk__in=ids.of(consultant=…)``): put into SQL once, with its values
    sent each time. ``build`` makes the queryset, of one column, with :class:`Param` where a value goes."""

    def __init__(self, build: Callable[[], QuerySet[Any, Any]]) -> None:
        self._build = build
        self._worded: dict[str, Worded] = {}

    def of(self, **values: Any) -> RawSQL:
        if connection.vendor not in self._worded:
            self._worded[connection.vendor] = Worded(self._build())
        kept = self._worded[connection.vendor]
        return RawSQL(kept.sql, _sent(kept.params, values))  # noqa: S611 - the ORM's own words


def _sent(params: Sequence[Any], values: dict[str, Any]) -> list[Any]:
    """What goes to the database for the values of a query: each Param's, and those that stood in the query."""
    here = here_now()
    as_they_are = here.features.has_native_uuid_field
    sent = []
    for each in params:
        if type(each) is Param:
            value = values[each.name]
            if not (as_they_are and type(value) is UUID):
                value = each.output_field.get_db_prep_value(value, here)
            sent.append(value)
        else:
            sent.append(each)
    return sent
