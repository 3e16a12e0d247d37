"""Writing some rows of a list, all or none of them: call it inside a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from clients.importing.columns import OWN
from clients.importing.known import DETAILS, known_of
from clients.models import Client, ClientImport, ClientNote, CustomField, CustomValue, ImportRow
from clients.services.keeping import tags_named


def write(job: ClientImport, rows: Sequence[ImportRow]) -> tuple[int, int]:
    """Make or change the clients of ``rows`` as they say, and as things stand now: who has become a client since they
    were looked through is changed. Returns how many were made, and changed.

    Raises IntegrityError where somebody becomes a client at the same moment.
    """
    consultant = job.consultant
    known = known_of(consultant.pk, [row.email for row in rows], lock=True)
    now = timezone.now()
    new: list[Client] = []
    changed: list[Client] = []
    whose: list[tuple[Client, dict[str, Any]]] = []
    for row in rows:
        client = known.client(row.email)
        details = {name: value for name, value in row.values.items() if name in DETAILS}
        if client is None:
            client = Client(consultant=consultant, email=row.email, timezone=consultant.timezone, **details)
            new.append(client)
        else:
            for name, value in details.items():
                setattr(client, name, value)
            client.archived_at, client.updated_at = None, now
            changed.append(client)
        whose.append((client, row.values))
    Client.objects.bulk_create(new)
    # Their rows are there, and locked: each meets its conflict. A statement of values costs a tenth of one with a case
    # for each row and column. Two addresses can be one client's since two became one.
    Client.objects.bulk_create(
        dict.fromkeys(changed),
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*DETAILS, "archived_at", "updated_at"],
    )
    _tags(consultant.pk, whose)
    _own(consultant.pk, whose)
    ClientNote.objects.bulk_create(
        ClientNote(client=client, body=values["note"], by_id=job.by_id)
        for client, values in whose
        if values.get("note") and (client.pk, values["note"]) not in known.notes
    )
    return len(new), len(changed)


def _tags(consultant_id: UUID, whose: list[tuple[Client, dict[str, Any]]]) -> None:
    names = {name for _client, values in whose for name in values.get("tags", [])}
    if not names:
        return
    tags = tags_named(consultant_id, names, most=None)
    through = Client.tags.through
    through.objects.bulk_create(
        [
            through(client_id=client.pk, tag_id=tags[name.casefold()].pk)
            for client, values in whose
            for name in values.get("tags", [])
        ],
        ignore_conflicts=True,
    )


def _own(consultant_id: UUID, whose: list[tuple[Client, dict[str, Any]]]) -> None:
    if not any(name.startswith(OWN) for _client, values in whose for name in values):
        return
    fields = {
        f"{OWN}{pk.hex}": pk for pk in CustomField.objects.filter(consultant=consultant_id).values_list("pk", flat=True)
    }
    # Two addresses can be one client's since two became one: the later row counts, and each value is written once.
    last = {
        (client.pk, fields[name]): value for client, values in whose for name, value in values.items() if name in fields
    }
    CustomValue.objects.bulk_create(
        [
            CustomValue(client_id=client_id, field_id=field_id, value=value)
            for (client_id, field_id), value in last.items()
        ],
        update_conflicts=True,
        unique_fields=["client", "field"],
        update_fields=["value", "updated_at"],
    )
