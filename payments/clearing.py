"""When money becomes payable, and on which day it goes out (docs/decisions: what is paid out when).

What a client paid is cleared ``CLEARING_DAYS`` after the day on which what it paid for ended, and no sooner than as
many days after the payment itself: by then a session has been held or said to be missed, and the gateway has settled.
All that is cleared goes out on the next ``PAYOUT_WEEKDAY``. Days are India's.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, Sum
from django.utils import timezone

from consultants.models import Consultant
from payments.earnings import Earnings, earnings_of
from payments.models import LedgerAccount, LedgerEntry
from payments.payable import desks
from payments.tax import INDIA

CLEARING_DAYS = 3
PAYOUT_WEEKDAY = 2  # Wednesday; Monday is 0

_PAYMENT = "transaction__payment"


def cleared_on(ended_at: datetime | None, paid_at: datetime) -> date:
    """The day in India from which money may be paid out."""
    last = max(ended_at, paid_at) if ended_at else paid_at
    return last.astimezone(INDIA).date() + timedelta(days=CLEARING_DAYS)


def payout_day(day: date) -> date:
    """The first day for payouts from ``day`` on."""
    return day + timedelta(days=(PAYOUT_WEEKDAY - day.weekday()) % 7)


@dataclass(frozen=True)
class Part:
    """The money of one thing that was paid for, which is not cleared yet; paise."""

    kind: str
    payable_id: UUID
    yours: int
    cleared_on: date


@dataclass(frozen=True)
class Payday:
    """What goes out on one day, as far as it is known now: ``yours`` in paise, of ``parts`` things that clear until
    then. The first has what is available already."""

    on: date
    yours: int
    parts: int


@dataclass(frozen=True)
class Schedule:
    """Part of the balance, which is all that is owed to the consultant, is still ``clearing``."""

    today: date
    earnings: Earnings
    clearing: list[Part] = field(default_factory=list)

    @property
    def balance(self) -> int:
        return self.earnings.balance

    @property
    def clearing_paise(self) -> int:
        return sum(part.yours for part in self.clearing)

    @property
    def available(self) -> int:
        """Cleared, and not paid out. Less than nothing where more was given back since than is left."""
        return self.balance - self.clearing_paise

    @property
    def next_payday(self) -> date:
        return payout_day(self.today)

    @property
    def paydays(self) -> list[Payday]:
        """The next one, with what is available, and those after it, each with what will have cleared."""
        yours: dict[date, int] = defaultdict(int)
        parts: dict[date, int] = defaultdict(int)
        yours[self.next_payday] = self.available
        for part in self.clearing:
            yours[payout_day(part.cleared_on)] += part.yours
            parts[payout_day(part.cleared_on)] += 1
        return [Payday(day, yours[day], parts[day]) for day in sorted(yours)]


def schedule_of(consultant: Consultant, now: datetime | None = None) -> Schedule:
    """A fixed number of queries: what has been cleared is summed, only what has not is looked at one by one."""
    today = (now or timezone.now()).astimezone(INDIA).date()
    # What ended or was paid before this is cleared today at the latest.
    since = datetime.combine(today - timedelta(days=CLEARING_DAYS - 1), time.min, INDIA)
    return Schedule(
        today=today,
        earnings=earnings_of(consultant),
        clearing=sorted(_clearing(consultant, since), key=lambda part: (part.cleared_on, part.payable_id)),
    )


def _clearing(consultant: Consultant, since: datetime) -> list[Part]:
    ending = {kind: desk.ending_from(consultant, since) for kind, desk in desks().items()}
    late = Q(**{f"{_PAYMENT}__captured_at__gte": since})
    for kind, rows in ending.items():
        late |= Q(**{f"{_PAYMENT}__payable_kind": kind, f"{_PAYMENT}__payable_id__in": rows.order_by().values("pk")})
    sums: list[dict[str, Any]] = list(
        LedgerEntry.objects.filter(
            late,
            account__code=LedgerAccount.Code.CONSULTANT,
            account__consultant=consultant,
            transaction__payment__isnull=False,
        )
        .order_by()
        .values(f"{_PAYMENT}__payable_kind", f"{_PAYMENT}__payable_id")
        .annotate(yours=-Sum("amount_paise"), paid_at=Max(f"{_PAYMENT}__captured_at"))
    )
    found: dict[str, dict[UUID, dict[str, Any]]] = defaultdict(dict)
    for row in sums:
        if row["yours"]:
            found[row[f"{_PAYMENT}__payable_kind"]][row[f"{_PAYMENT}__payable_id"]] = row
    parts = []
    for kind, told in found.items():
        ends = dict(ending[kind].filter(pk__in=told).values_list("pk", "over_at")) if kind in ending else {}
        parts += [Part(kind, pk, row["yours"], cleared_on(ends.get(pk), row["paid_at"])) for pk, row in told.items()]
    return parts
