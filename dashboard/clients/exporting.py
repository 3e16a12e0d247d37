"""Clients as a file: everything that is known of each, with what they had and brought. It can be taken in again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import StreamingHttpResponse
from django.utils import timezone

from clients.models import CustomField, CustomValue
from consultants.models import Consultant
from dashboard.clients.listing import AT_ONCE, Asked, Line, every_line
from naksha.csvfile import csv_file
from naksha.india import STATES
from naksha.web.zone import zone as zone_of

DETAILS = ("Name", "Mail address", "Phone", "Address", "State", "PIN code", "GSTIN", "Tags")
FIGURES = ("Activity", "Sessions held", "Last session", "Next session", "Value in rupees", "Client since", "Archived")


def export(consultant: Consultant, asked: Asked) -> StreamingHttpResponse:
    """Those who are asked for. Times are the consultant's own; amounts are rupees with two decimals."""
    own = list(CustomField.objects.filter(consultant=consultant))
    header = [*DETAILS, *(field.label for field in own), *FIGURES]
    name = f"clients-{timezone.localtime(timezone=zone_of(consultant.timezone)):%Y-%m-%d}.csv"
    return csv_file(name, header, _rows(consultant, asked, own))


def _rows(consultant: Consultant, asked: Asked, own: list[CustomField]) -> Iterator[list[Any]]:
    batch: list[Line] = []
    for line in every_line(consultant, asked):
        batch.append(line)
        if len(batch) == AT_ONCE:
            yield from _worded(consultant, batch, own)
            batch = []
    yield from _worded(consultant, batch, own)


def _worded(consultant: Consultant, batch: list[Line], own: list[CustomField]) -> Iterator[list[Any]]:
    values: dict[tuple[UUID, UUID], str] = {}
    if own and batch:
        kept = CustomValue.objects.filter(client__in=[line.client.pk for line in batch])
        values = {(client, field): text for client, field, text in kept.values_list("client", "field", "value")}
    zone = zone_of(consultant.timezone)

    def said(moment: datetime | None) -> str:
        return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else ""

    for line in batch:
        client, figures = line.client, line.figures
        yield [
            client.name,
            client.email,
            client.phone,
            client.address,
            STATES.get(client.state_code, client.state_code),
            client.pin_code,
            client.gstin,
            ", ".join(line.tags),
            *(values.get((client.pk, field.pk), "") for field in own),
            line.activity.label,
            figures.held,
            said(figures.last),
            said(figures.next),
            f"{figures.value_paise // 100}.{figures.value_paise % 100:02d}",
            said(client.created_at),
            said(client.archived_at),
        ]
