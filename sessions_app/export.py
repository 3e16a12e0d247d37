"""Sessions as a CSV file: the same for the page and for the API."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone

from accounts.models import User
from consultants.models import Consultant
from naksha.csvfile import csv_file
from sessions_app.api.serializers import row_of
from sessions_app.models import Session
from sessions_app.money import money_of

AT_A_TIME = 500  # rows in memory
COLUMNS = (
    "id",
    "reference",
    "title",
    "sessionType",
    "status",
    "paymentStatus",
    "platform",
    "startsAt",
    "endsAt",
    "timezone",
    "duration",
    "consultant",
    "clientName",
    "clientEmail",
    "amountPaise",
    "paidPaise",
    "refundedPaise",
    "elsewherePaise",
    "owedPaise",
    "currency",
)


def exported(rows: QuerySet[Session], *, consultant: Consultant | None, user: User | None) -> StreamingHttpResponse:
    """``rows`` in their order, streamed: a consultant's, or with None those of the client with the login ``user``."""
    rows = rows.select_related("client") if consultant else rows.select_related("client", "consultant")
    lines = _lines(rows, consultant, user)
    return csv_file(f"sessions-{timezone.localdate():%Y-%m-%d}.csv", list(COLUMNS), lines)


def _lines(rows: QuerySet[Session], consultant: Consultant | None, user: User | None) -> Iterator[list[Any]]:
    found = rows.iterator(chunk_size=AT_A_TIME)
    while some := list(islice(found, AT_A_TIME)):
        if consultant is not None:
            for session in some:
                session.consultant = consultant
        money = money_of(some, user=user)
        for session in some:
            row = row_of(session, money[session.pk], for_consultant=consultant is not None)
            person = row["client"] or {}
            row |= {
                "consultant": row["consultant"]["name"],
                "clientName": person.get("name", ""),
                "clientEmail": person.get("email", ""),
            }
            yield [row[name] for name in COLUMNS]
