"""Who holds what opens a client's things without a login. This app never knows what can be opened: each higher app
registers its keys from its ``AppConfig.ready``.

A link is minted for the address that it is mailed to. Once that is no longer the client's, because a mistyped one was
corrected or two rows became one, whoever reads mail there is a stranger: every link ends, and what is to come is
mailed anew to the address that counts.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol
from uuid import UUID

from clients.models import Client

MAIL = "link_renewed"  # the mail that brings a new link to a booking or a session


def press_of(now: datetime) -> str:
    """Names a press of "New link" in the key of its mail: once more within the same minute is the same press."""
    return f"link:{now:%Y%m%d%H%M}"


class Keys(Protocol):
    def end(self, client: Client) -> list[UUID]:
        """End every link that lets somebody in as ``client``. Returns what it led to and is still to come."""
        ...

    def send(self, client: Client, ids: Collection[UUID]) -> None:
        """Mail ``client`` a new link to each of ``ids``, at the address that is theirs now."""
        ...


_keys: dict[str, Keys] = {}


def register(name: str, keys: Keys) -> None:
    _keys[name] = keys


def end_all(client: Client) -> dict[str, list[UUID]]:
    """End all links of ``client``, whose row is locked. Returns what :func:`send_all` has to mail anew."""
    return {name: keys.end(client) for name, keys in _keys.items()}


def send_all(client: Client, wanted: dict[str, list[UUID]]) -> None:
    for name, ids in wanted.items():
        if ids:
            _keys[name].send(client, ids)
