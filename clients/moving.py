"""Who moves what when two clients become one. This app never knows what hangs from a client: each higher app registers
a mover from its ``AppConfig.ready`` for the relations that are its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from django.db.models import Field

from clients.models import Client


@dataclass(frozen=True)
class Moving:
    """So many things of one kind move: ``words`` says both ("3 bookings")."""

    words: str
    count: int


class Mover(Protocol):
    relations: frozenset[str]
    """What it moves, as ``label.field``: "bookings.Booking.client"."""

    def told(self, gone: Client) -> list[Moving]:
        """What would move, for people. Reads only."""
        ...

    def against(self, *, kept: Client, gone: Client) -> list[str]:
        """Why the two can't become one, in sentences. Reads only."""
        ...

    def move(self, *, kept: Client, gone: Client) -> None:
        """Let all that points at ``gone`` point at ``kept``. Both rows are locked, in one transaction."""
        ...


_movers: dict[str, tuple[int, Mover]] = {}


def register(name: str, mover: Mover, *, order: int) -> None:
    """``order`` is that in which rows are locked: what a session came from goes before the session."""
    _movers[name] = order, mover


def movers() -> list[Mover]:
    return [mover for _order, mover in sorted(_movers.values(), key=lambda each: each[0])]


def relations() -> dict[str, Field]:
    """Every column of the project that points at a client, by ``label.field``. Tables between many and many count."""
    found: dict[str, Field] = {}
    for relation in Client._meta.get_fields(include_hidden=True):
        field = getattr(relation, "field", None)
        if relation.auto_created and not relation.concrete and field is not None and not field.many_to_many:
            found[f"{field.model._meta.label}.{field.name}"] = field
    return found
