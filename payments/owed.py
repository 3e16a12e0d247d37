"""What clients still owe a consultant, whatever for: the oldest debt first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, overload
from uuid import UUID

from django.db.models import CharField, Count, F, Max, QuerySet, Sum, Value
from django.utils import timezone

from consultants.models import Consultant
from payments.models import Nudge
from payments.payable import Subject, desks
from payments.services.nudging import ask_from

_COLUMNS = ("payable_kind", "payable_id", "over_at", "owed", "price")


@dataclass(frozen=True)
class Owed:
    """Amounts are paise. ``over_at`` is when what is paid for ended, or will."""

    kind: str
    payable_id: UUID
    subject: Subject
    over_at: datetime
    owed_paise: int
    price_paise: int
    asked_at: datetime | None  # last
    ask_from: datetime | None  # when the client may be asked again; None is now

    @property
    def paid_paise(self) -> int:
        return self.price_paise - self.owed_paise


class Owing(Sequence[Owed]):
    """All that is owed, fetched as far as it is looked at: a page costs a fixed number of queries."""

    def __init__(self, consultant: Consultant) -> None:
        self._of = {kind: desk.owing(consultant) for kind, desk in desks().items()}
        sums = [rows.order_by().aggregate(n=Count("pk"), paise=Sum("owed")) for rows in self._of.values()]
        self.paise = sum(told["paise"] or 0 for told in sums)
        self._count = sum(told["n"] for told in sums)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> Owed: ...
    @overload
    def __getitem__(self, at: slice) -> list[Owed]: ...
    def __getitem__(self, at: int | slice) -> Owed | list[Owed]:
        if isinstance(at, int):
            return self[at : at + 1][0]
        return _named(list(self._all()[at])) if self._count else []

    def _all(self) -> QuerySet[Any, Any]:
        each = [
            rows.order_by()
            .annotate(payable_kind=Value(kind, output_field=CharField()), payable_id=F("pk"))
            .values_list(*_COLUMNS)
            for kind, rows in self._of.items()
        ]
        return each[0].union(*each[1:], all=True).order_by("over_at", "payable_id")


def _named(rows: list[tuple[str, UUID, datetime, int, int]]) -> list[Owed]:
    ids: dict[str, set[UUID]] = defaultdict(set)
    for kind, payable_id, *_rest in rows:
        ids[kind].add(payable_id)
    subjects = {kind: desk.subjects(ids[kind]) for kind, desk in desks().items() if ids[kind]}
    asked = dict(
        Nudge.objects.filter(payable_id__in=set().union(*ids.values()))
        .order_by()
        .values_list("payable_id")
        .annotate(last=Max("asked_at"))
    )
    now = timezone.now()
    return [
        Owed(kind, pk, subjects[kind][pk], over_at, owed, price, asked.get(pk), ask_from(asked.get(pk), now))
        for kind, pk, over_at, owed, price in rows
    ]
