"""What a consultant knows already of those whom some rows of a list name; asked for all of them together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models.functions import Lower

from clients.importing.columns import OWN
from clients.models import MOST_TAGS, Client, ClientAddress, ClientNote, CustomValue

DETAILS = ("name", "phone", "address", "state_code", "pin_code", "gstin")


@dataclass(frozen=True)
class Known:
    by_mail: dict[str, Client]
    tags: dict[UUID, set[str]]  # in small letters
    values: dict[tuple[UUID, str], str]  # by client and "own:…"
    notes: set[tuple[UUID, str]]

    def client(self, mail: str) -> Client | None:
        return self.by_mail.get(mail)

    def has_room_for_tags(self, client: Client, names: Collection[str]) -> bool:
        return len(self.tags.get(client.pk, set()) | {name.casefold() for name in names}) <= MOST_TAGS

    def changes(self, client: Client, values: dict[str, Any]) -> list[str]:
        """The columns in which ``values`` say something else than what is known; what they leave out stays."""
        found = []
        for name, value in values.items():
            if name in DETAILS:
                same = getattr(client, name) == value
            elif name == "tags":
                same = {tag.casefold() for tag in value} <= self.tags.get(client.pk, set())
            elif name == "note":
                same = (client.pk, value) in self.notes
            else:
                same = not name.startswith(OWN) or self.values.get((client.pk, name)) == value
            if not same:
                found.append(name)
        return found


class Overtaken(Exception):
    """Two of the clients were merged, or one's address changed, while their rows were waited for: ask anew."""


def _whose(consultant_id: UUID, mails: Collection[str]) -> dict[str, UUID]:
    """The client of each of ``mails``, by their own address or by one of before a merge. Two queries."""
    rows = Client.objects.filter(consultant=consultant_id, erased_at__isnull=True)
    own = {email.lower(): pk for email, pk in rows.with_mail(*mails).values_list("email", "pk")}
    earlier = ClientAddress.objects.alias(lower_email=Lower("email")).filter(
        consultant=consultant_id, client__erased_at__isnull=True, lower_email__in=set(mails) - set(own)
    )
    return {**{email.lower(): pk for email, pk in earlier.values_list("email", "client")}, **own}


def known_of(consultant_id: UUID, mails: Collection[str], *, lock: bool) -> Known:
    """The clients with ``mails`` (in small letters) and what hangs from them. Six queries.

    With ``lock`` their rows are locked, all at once in the order of their keys, as a merge does: neither can hold what
    the other waits for. Raises Overtaken then, where somebody changed whose an address is meanwhile.
    """
    whose = _whose(consultant_id, mails)
    rows = Client.objects.filter(pk__in=set(whose.values())).order_by("pk")
    if lock:
        rows = rows.select_for_update(no_key=True)
    clients = {client.pk: client for client in rows}
    if lock and _whose(consultant_id, mails) != whose:
        raise Overtaken
    by_mail = {mail: clients[pk] for mail, pk in whose.items() if pk in clients}
    found = [client.pk for client in by_mail.values()]
    tags: dict[UUID, set[str]] = {}
    values: dict[tuple[UUID, str], str] = {}
    notes: set[tuple[UUID, str]] = set()
    if found:
        through = Client.tags.through.objects.filter(client__in=found)
        for client_id, name in through.values_list("client_id", "tag__name"):
            tags.setdefault(client_id, set()).add(name.casefold())
        for value in CustomValue.objects.filter(client__in=found):
            values[value.client_id, f"{OWN}{value.field_id.hex}"] = value.value
        notes = set(ClientNote.objects.filter(client__in=found).values_list("client_id", "body"))
    return Known(by_mail, tags, values, notes)
