"""What one row of a list comes to: what can be taken of it, or why it can't."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from clients.details import TagsField, checked, detail_fields, note_field, value_field
from clients.importing.columns import TARGETS, own_target
from clients.models import CustomField

REQUIRED = ("name", "email")
OF_ONE = frozenset(["name", "email", "phone", "address", "gstin", "note"])  # seldom the same in two rows
MOST_REMEMBERED = 5000


@dataclass(frozen=True)
class Taken:
    """``values`` are what the row has, empty ones left out: details by their columns, ``tags``, ``note`` and
    ``own:…``."""

    number: int
    name: str
    email: str
    values: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


class _Remembered:
    """A field whose cells say the same again and again: each is cleaned once. What it gives is not to be changed."""

    def __init__(self, field: forms.Field) -> None:
        self.field = field
        self.known: dict[str, Any] = {}

    def clean(self, value: Any) -> Any:
        if value not in self.known:
            cleaned = self.field.clean(value)
            if len(self.known) >= MOST_REMEMBERED:
                return cleaned
            self.known[value] = cleaned
        return self.known[value]


class Rules:
    """How the rows of one list are read. Made once for all of them."""

    def __init__(self, columns: Sequence[str], own: Sequence[CustomField]) -> None:
        self.columns = columns
        fields: dict[str, forms.Field] = {
            **detail_fields(),
            "tags": TagsField(),
            "note": note_field(required=False),
            **{own_target(each): value_field(each) for each in own},
        }
        self.fields = {name: field if name in OF_ONE else _Remembered(field) for name, field in fields.items()}
        self.labels = {**TARGETS, **{own_target(each): each.label for each in own}}

    def take(self, number: int, cells: Sequence[str]) -> Taken:
        typed = {target: cell for target, cell in zip(self.columns, cells, strict=False) if target}
        if "first_name" in typed or "last_name" in typed:
            parts = (typed.pop("first_name", ""), typed.pop("last_name", ""))
            typed["name"] = typed.get("name") or " ".join(part for part in parts if part)
        shown = typed.get("name", "")[:100], typed.get("email", "")[:254]
        if len(cells) > len(self.columns) and any(cells[len(self.columns) :]):
            words = _("It has %(n)d cells and the head %(head)d. Is there a comma that belongs into quotation marks?")
            return Taken(number, *shown, wrong=[words % {"n": len(cells), "head": len(self.columns)}])
        # What is empty says nothing, but for those that there must be.
        typed = {name: cell for name, cell in typed.items() if cell or name in REQUIRED}
        taken, wrong = checked(self.fields, typed)
        refused = [f"{self.labels[name]}: {' '.join(said)}" for name, said in wrong.items()]
        if refused:
            return Taken(number, *shown, wrong=refused)
        return Taken(number, taken["name"], taken["email"], {name: value for name, value in taken.items() if value})
