"""What a consultant has promised to clients and a suspension undoes. Higher apps say what of it is theirs.

A keeper answers for one kind of commitment. ``AppConfig.ready`` of its app registers it; kinds are undone in the order
in which they are registered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User


@dataclass(frozen=True)
class Commitment:
    """Something still to come. ``refund_paise`` is what would go back now; ``is_meeting`` whether it is told as a
    session (a place in line is not)."""

    subject_id: UUID
    refund_paise: int = 0
    is_meeting: bool = True


class Keeper(Protocol):
    def to_come(self, consultant_id: UUID) -> list[Commitment]:
        """What a suspension of this consultant would undo now, the soonest first. A fixed number of queries."""
        ...

    def undo(self, subject_id: UUID, *, actor: User | None) -> int | None:
        """Call it off for the platform, in the caller's transaction: everything paid goes back, everybody is told.

        Returns the paise that were promised back; None where there was nothing left to undo (cancelled meanwhile,
        begun, over). Called again, it returns None and changes nothing.
        """
        ...


_keepers: dict[str, Keeper] = {}


def register(kind: str, keeper: Keeper) -> None:
    """Say who answers for ``kind`` (at most 20 signs)."""
    _keepers[kind] = keeper


def unregister(kind: str) -> None:
    _keepers.pop(kind, None)


def keeper_of(kind: str) -> Keeper:
    """Raises LookupError for a kind that nobody registered."""
    try:
        return _keepers[kind]
    except KeyError:
        raise LookupError(f"nobody answers for {kind!r}") from None


def to_come(consultant_id: UUID) -> Iterator[tuple[str, Commitment]]:
    """All that a suspension would undo now, kind by kind."""
    for kind, keeper in _keepers.items():
        for commitment in keeper.to_come(consultant_id):
            yield kind, commitment


def told_to_clients(consultant_name: str) -> str:
    """What clients read. Why somebody was suspended is between them and us."""
    return _("We have suspended %(name)s on Naksha, so this will not take place.") % {"name": consultant_name}


@dataclass(frozen=True)
class Stakes:
    """How many sessions and requests a suspension concerns, and the paise that would go back to clients."""

    meetings: int
    refund_paise: int


def stakes(consultant_id: UUID) -> Stakes:
    found = [commitment for _kind, commitment in to_come(consultant_id)]
    return Stakes(
        meetings=sum(commitment.is_meeting for commitment in found),
        refund_paise=sum(commitment.refund_paise for commitment in found),
    )
