"""This month's money: what clients paid less what went back, day by day, against the month before."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from math import floor, log10

from consultants.models import Consultant
from dashboard.figures.reading import money_by_day
from naksha.money import rupees

WIDTH, BASE, TOP, FOOT = 320, 116, 14, 136  # the chart's own units, about pixels


@dataclass(frozen=True)
class Mark:
    """A word of the chart and where it stands."""

    at: float
    words: str


@dataclass(frozen=True)
class Chart:
    this: str  # path data
    before: str
    area: str
    here: tuple[float, float]
    lines: list[Mark]  # the grid, by amount
    days: list[Mark]


@dataclass(frozen=True)
class Money:
    """Paise of the month so far, and of the month before up to the same day."""

    today: date
    month_before: date
    received: int
    received_before: int
    fees: int
    chart: Chart | None

    @property
    def yours(self) -> int:
        return self.received - self.fees

    @property
    def more(self) -> int:
        return self.received - self.received_before

    @property
    def less(self) -> int:
        return -self.more


def money_of(consultant: Consultant, today: date) -> Money:
    """With GST, as the ledger has it: kept days, and those since live. Six queries at most."""
    first = today.replace(day=1)
    first_before = (first - timedelta(days=1)).replace(day=1)
    received: dict[date, int] = {}
    fees = 0
    for row in money_by_day(consultant, first_before, today):
        received[row.day] = received.get(row.day, 0) + row.received_paise - row.refunded_paise
        fees += row.fee_paise if row.day >= first else 0
    this = list(accumulate(received.get(first + timedelta(days=n), 0) for n in range(today.day)))
    days_before = monthrange(first_before.year, first_before.month)[1]
    before = list(accumulate(received.get(first_before + timedelta(days=n), 0) for n in range(days_before)))
    return Money(
        today=today,
        month_before=first_before.replace(day=min(today.day, days_before)),
        received=this[-1],
        received_before=before[min(today.day, days_before) - 1],
        fees=fees,
        chart=_chart(this, before, monthrange(today.year, today.month)[1]) if any(received.values()) else None,
    )


def _chart(this: list[int], before: list[int], days: int) -> Chart:
    before = before[:days]
    least = min(0, *this, *before)
    step = _step(max(*this, *before, 100) - least)
    highest = -(-(max(*this, *before, 100)) // step) * step

    def x(day: int) -> float:
        return round(2 + (day - 1) * (WIDTH - 4) / (days - 1), 1)

    def y(paise: int) -> float:
        return round(BASE - (paise - least) * (BASE - TOP) / (highest - least), 1)

    def path(amounts: list[int]) -> str:
        return "M" + "L".join(f"{x(day)} {y(amount)}" for day, amount in enumerate(amounts, 1))

    return Chart(
        this=path(this),
        before=path(before),
        area=f"{path(this)}L{x(len(this))} {y(least)}L{x(1)} {y(least)}Z",
        here=(x(len(this)), y(this[-1])),
        lines=[Mark(y(n * step), _short(n * step)) for n in range(1, highest // step + 1)],
        days=[Mark(x(day), str(day)) for day in (1, 10, 20, days)],
    )


def _step(span: int) -> int:
    """A round amount of which two to four fit into ``span`` (paise)."""
    rough = span / 3
    power = 10 ** floor(log10(rough))
    return int(next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= rough)) or 1


def _short(paise: int) -> str:
    return rupees(paise).removesuffix(".00")
