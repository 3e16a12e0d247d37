"""New rows on hot paths, made and written in few steps: beside :mod:`naksha.kept`, which finds rows."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, models
from django.db.models.base import ModelState
from django.db.models.signals import post_init, post_save, pre_init, pre_save
from django.db.transaction import mark_for_rollback_on_error

from naksha.prepared import here_now, prepared_cursor

M = TypeVar("M", bound=models.Model)


class Fresh(Generic[M]):
    """Makes rows that are not written yet, as the model itself makes them of values and its defaults, without the
    signals before and after and without a look at each field."""

    def __init__(self, model: type[M]) -> None:
        self._model = model

    def new(self, **values: Any) -> M:
        """A row. ``values`` go by the names of columns or, for the row that a key names, of fields."""
        if pre_init.has_listeners(self._model) or post_init.has_listeners(self._model):
            return self._model(**values)
        made = self._model.__new__(self._model)
        own = vars(made)
        own["_state"] = ModelState()
        for name, default, is_made in self._defaults:
            own[name] = values.pop(name) if name in values else default() if is_made else default
        for name, row in values.items():
            if name not in self._keys:
                raise TypeError(f"{self._model.__name__} has no {name}")
            setattr(made, name, row)
        return made

    @cached_property
    def _keys(self) -> frozenset[str]:
        return frozenset(field.name for field in self._model._meta.concrete_fields if field.remote_field)

    @cached_property
    def _defaults(self) -> list[tuple[str, Any, bool]]:
        """Of each column its default, or what makes it."""
        return [
            (f.attname, f.get_default if callable(f.default) else f.get_default(), callable(f.default))
            for f in self._model._meta.concrete_fields
        ]


class KeptInsert(Fresh[M]):
    """Writes a new row of ``model`` as ``save(force_insert=True)`` does, in words that are kept. For models with a
    table of their own and a key that they make themselves; where somebody wants to hear of each row, it is saved as
    ever."""

    def __init__(self, model: type[M]) -> None:
        super().__init__(model)
        self._words = ""

    @cached_property
    def _fields(self) -> list[tuple[models.Field[Any, Any], bool, type[Any] | None]]:
        """Each field, whether it says itself what is written, and of which type a value goes out as it is."""
        return [
            (field, _has_a_say(field), _AS_IT_IS.get(type(field))) for field in self._model._meta.local_concrete_fields
        ]

    def write(self, row: M) -> None:
        if pre_save.has_listeners(self._model) or post_save.has_listeners(self._model):
            row.save(force_insert=True)
            return
        here = here_now()
        if not self._words:
            name = here.ops.quote_name
            fields = self._model._meta.local_concrete_fields
            columns, places = ", ".join(name(field.column) for field in fields), ", ".join(["%s"] * len(fields))
            self._words = f"INSERT INTO {name(self._model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608
        native, own, values = here.features.has_native_uuid_field, vars(row), []
        for field, speaks, plain in self._fields:
            value = field.pre_save(row, True) if speaks else own[field.attname]
            if not native or plain is None or not (value is None or type(value) is plain):
                value = field.get_db_prep_save(value, here)
            values.append(value)
        with mark_for_rollback_on_error(DEFAULT_DB_ALIAS), prepared_cursor() as cursor:
            cursor.execute(self._words, values)
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def _has_a_say(field: models.Field[Any, Any]) -> bool:
    """Whether the field itself makes the value that is written, or changes it."""
    if type(field) is models.DateTimeField:
        return field.auto_now or field.auto_now_add
    return type(field).pre_save is not models.Field.pre_save


# What PostgreSQL's driver is given by Django as it is. What is of another type goes Django's way: a state (an enum), a
# key in letters, an instant without a zone.
_AS_IT_IS: dict[type[models.Field[Any, Any]], type[Any]] = {
    models.UUIDField: UUID,
    models.ForeignKey: UUID,
    models.CharField: str,
    models.TextField: str,
    models.DateTimeField: datetime,
}
