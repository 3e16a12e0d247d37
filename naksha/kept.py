"""Queries of one shape that are asked on hot paths, put into SQL once and planned once for each connection.

Django words a query anew each time it is run, and PostgreSQL plans it anew: for a row with the six that belong to it
either costs many times what finding them does. A kept query is an ordinary queryset whose values are :class:`Param`:
its words are kept in the process, and PostgreSQL keeps its plan as a prepared statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.base import ModelState
from django.db.models.expressions import Expression, RawSQL, Value
from django.db.models.query import QuerySet, get_related_populators
from django.db.models.signals import post_init, post_save, pre_init, pre_save
from django.db.transaction import TransactionManagementError

M = TypeVar("M", bound=models.Model)


class Param(Expression):
    """Where a value goes that each run names. ``field`` says how it is written for the database."""

    def __init__(self, name: str, field: models.Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


@contextmanager
def prepared_cursor() -> Iterator[Any]:
    """A cursor whose statements PostgreSQL prepares when they come again; Django's own cursor elsewhere.

    Values are sent apart from the words, so the statement must leave no doubt of their types. While queries are
    written down, for a test or a person, the ordinary cursor is used, whose words hold their values.
    """
    here: Any = _here()
    prepares = here.settings_dict["OPTIONS"].get("prepare_threshold") is not None
    if here.vendor != "postgresql" or not prepares or here.queries_logged:
        with here.cursor() as cursor:
            yield cursor
        return
    from django.db.backends.postgresql.base import ServerBindingCursor  # the embedded mode never loads it

    here.ensure_connection()
    with here.wrap_database_errors:
        made = ServerBindingCursor(here.connection)  # type: ignore[call-arg]
    with here._prepare_cursor(made) as cursor:
        yield cursor


def _here() -> Any:
    """The connection itself: each look through ``connection`` costs several calls."""
    return connections[DEFAULT_DB_ALIAS]


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


class _Worded:
    """A query in the words of one engine: what stands for each value, and how its columns are read."""

    def __init__(self, queryset: QuerySet[Any]) -> None:
        self.compiler = queryset.query.get_compiler(connection.alias)
        try:
            self.sql, self.params = self.compiler.as_sql()
        except EmptyResultSet as error:
            raise ValueError("a kept query that finds nothing by its shape") from error
        self.converters = self.compiler.get_converters([column[0] for column in self.compiler.select])
        self.locks = queryset.query.select_for_update and connection.features.has_select_for_update

    def rows(self, values: dict[str, Any], *, one: bool = False, tail: str = "", more: tuple[int, ...] = ()) -> Any:
        """The rows as the database gives them, read as Django reads them. ``tail`` is put behind the words."""
        if self.locks and connection.get_autocommit():  # Django asks while it words a query
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        with prepared_cursor() as cursor:
            cursor.execute(self.sql + tail, [*_sent(self.params, values), *more])
            found = cursor.fetchmany(1) if one else cursor.fetchall()
        return map(tuple, self.compiler.apply_converters(found, self.converters)) if self.converters else found


class Kept(Generic[M]):
    """``Kept(lambda: Service.objects.filter(pk=Param("pk", UUIDField())))``, then ``.first(pk=…)`` or ``.all(pk=…)``.

    Whatever a queryset of rows may hold can be in it, related rows, annotations, locks and ``only`` too; nothing that
    is prefetched: ask for those rows by a query of their own and :func:`attach` them. The queryset is made at the first
    run, when all models are there.
    """

    def __init__(self, build: Callable[[], QuerySet[M]]) -> None:
        self._build = build
        self._worded: dict[str, Any] = {}
        self._counted: dict[str, _Worded] = {}

    def first(self, **values: Any) -> M | None:
        """The first row, or None."""
        return next(iter(self._rows(values, one=True)), None)

    def all(self, **values: Any) -> list[M]:
        """All rows."""
        return list(self._rows(values))

    def part(self, first: int, size: int, /, **values: Any) -> list[M]:
        """``size`` rows from the place ``first`` on, as a slice would give them."""
        return list(self._rows(values, tail=" LIMIT %s OFFSET %s", more=(size, first)))

    def count(self, **values: Any) -> int:
        """How many rows there are."""
        vendor = _here().vendor
        if vendor not in self._counted:
            keys = _Worded(self._build().order_by().select_related(None).values("pk"))
            keys.sql, keys.converters = f"SELECT COUNT(*) FROM ({keys.sql}) AS kept", {}  # noqa: S608  Django's words
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
        vendor = _here().vendor
        if vendor not in self._worded:
            worded = _Worded(self._build())
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
        self._worded: dict[str, _Worded] = {}

    def all(self, **values: Any) -> list[tuple[Any, ...]]:
        """All rows."""
        if connection.vendor not in self._worded:
            self._worded[connection.vendor] = _Worded(self._build())
        return list(self._worded[connection.vendor].rows(values))

    def one(self, **values: Any) -> tuple[Any, ...] | None:
        """The first row, or None."""
        return next(iter(self.all(**values)), None)


class KeptSums:
    """The sum of each column of a queryset of ``values_list`` of numbers, whose rows the database alone looks at."""

    def __init__(self, build: Callable[[], QuerySet[Any, Any]]) -> None:
        self._build = build
        self._worded: dict[str, _Worded] = {}

    def one(self, **values: Any) -> tuple[int, ...]:
        if connection.vendor not in self._worded:
            inner = _Worded(self._build())
            columns = (connection.ops.quote_name(alias) for _column, _words, alias in inner.compiler.select)
            sums = ", ".join(f"SUM({column})" for column in columns)
            inner.sql, inner.converters = f"SELECT {sums} FROM ({inner.sql}) AS kept", {}  # noqa: S608  Django's words
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
        self._worded: dict[tuple[str, int], _Worded] = {}

    def all(self, name: str, keys: Sequence[Any], **values: Any) -> list[tuple[Any, ...]]:
        """All rows for ``keys``, of which there is one or more, and at most :attr:`MOST`."""
        size = _room(self.SIZES, keys)
        shape = _here().vendor, size
        if shape not in self._worded:
            self._worded[shape] = _Worded(self._build(size))
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
    return {f"{name}{number}": keys[min(number, len(keys) - 1)] for number in range(size)}


def some(name: str, field: models.Field[Any, Any], size: int) -> list[Any]:
    """What a key of a :class:`KeptValues` or a :class:`KeptMany` is compared with, by ``__in``."""
    return [Param(f"{name}{number}", field) for number in range(size)]


class KeptInsert(Generic[M]):
    """Writes a new row of ``model`` as ``save(force_insert=True)`` does, in words that are kept. For models with a
    table of their own and a key that they make themselves; where somebody wants to hear of each row, it is saved as
    ever."""

    def __init__(self, model: type[M]) -> None:
        self._model = model
        self._words = ""

    def write(self, row: M) -> None:
        if pre_save.has_listeners(self._model) or post_save.has_listeners(self._model):
            row.save(force_insert=True)
            return
        here = _here()
        fields = self._model._meta.local_concrete_fields
        if not self._words:
            name = here.ops.quote_name
            columns, places = ", ".join(name(field.column) for field in fields), ", ".join(["%s"] * len(fields))
            self._words = f"INSERT INTO {name(self._model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608
        values = [field.get_db_prep_save(field.pre_save(row, True), here) for field in fields]
        with prepared_cursor() as cursor:
            cursor.execute(self._words, values)
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


class KeptIds:
    """A query of ids that stands inside others (``pk__in=ids.of(consultant=…)``): put into SQL once, with its values
    sent each time. ``build`` makes the queryset, of one column, with :class:`Param` where a value goes."""

    def __init__(self, build: Callable[[], QuerySet[Any, Any]]) -> None:
        self._build = build
        self._worded: dict[str, _Worded] = {}

    def of(self, **values: Any) -> RawSQL:
        if connection.vendor not in self._worded:
            self._worded[connection.vendor] = _Worded(self._build())
        kept = self._worded[connection.vendor]
        return RawSQL(kept.sql, _sent(kept.params, values))  # noqa: S611 - the ORM's own words


def _sent(params: Sequence[Any], values: dict[str, Any]) -> list[Any]:
    """What goes to the database for the values of a query: each Param's, and those that stood in the query."""
    here = _here()
    as_they_are = here.features.has_native_uuid_field
    sent = []
    for each in params:
        if isinstance(each, Param):
            value = values[each.name]
            if not (as_they_are and type(value) is UUID):
                value = each.output_field.get_db_prep_value(value, here)
            sent.append(value)
        else:
            sent.append(each)
    return sent
