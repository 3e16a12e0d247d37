"""Telling a consultant's open pages that something about a client has changed."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from clients.models import Client
from consultants import live

CLIENTS = "clients"  # what open pages hear, to fetch their parts again


def say_changed(client: Client) -> None:
    """On commit: whoever has this client, or a list with their name, on the screen looks again."""
    live.say_changed(client.consultant_id, CLIENTS)


def say_all_changed(consultants: Iterable[UUID]) -> None:
    """The same for clients of several consultants: one person's rows."""
    for consultant_id in set(consultants):
        live.say_changed(consultant_id, CLIENTS)
