"""Where meetings can be held, as this app sees it. A provider is registered by name from ``AppConfig.ready``.

Some make a room out of its name alone, others have to be asked over the network. The second kind is asked by a worker,
never by a request and never inside a transaction, and may be asked again after a crash: the room's id is the key by
which it must give the same room for the same question.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True)
class Guest:
    """Somebody who goes into a meeting. ``id`` names the person to the provider and nobody else; the mail address is
    shown to the others in the room, and may be left empty."""

    id: str
    name: str
    email: str = ""
    is_moderator: bool = False


class ProviderAway(Exception):
    """No answer, or none of use. Another try may help."""


class RoomRefused(Exception):
    """The provider said no for good: no account, no licence, no such meeting."""


class Provider(Protocol):
    @property
    def name(self) -> str: ...

    def address_of(self, room_name: str) -> str | None:
        """The room's address where its name is all that it takes, else None. Asks nobody."""

    def create(self, *, key: UUID, room_name: str) -> str:
        """Make the room and return its address. Asked twice with one ``key``, it gives one room.

        Bounds its own waiting. Raises ProviderAway or RoomRefused.
        """

    def makes_moderators(self, url: str) -> bool:
        """Whether a guest who is to be the moderator of the room at ``url`` comes in as one. Asks nobody."""

    def join_url(self, url: str, *, room_name: str, guest: Guest, until: datetime) -> str:
        """The address by which ``guest`` goes in, good until ``until`` where the provider can tell. Asks nobody.

        Raises ProviderAway where the settings that it takes are gone.
        """


_providers: dict[str, Provider] = {}


def register(provider: Provider) -> None:
    _providers[provider.name] = provider


def unregister(name: str) -> None:
    _providers.pop(name, None)


def get(name: str) -> Provider:
    """Raises LookupError for a name that nobody registered."""
    try:
        return _providers[name]
    except KeyError:
        raise LookupError(f"no meeting provider is registered as {name!r}") from None
