"""Numbers that add up, and what follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields


@dataclass
class Sums:
    """Sums of the columns of dashboard.models.DailyAnalytics; money in paise.

    **Revenue** is what clients paid, less what was promised back to them, less the GST in it, which is the tax
    office's. The platform's fee is a cost and stays in it; ``yours`` is what remains after that.
    """

    received_paise: int = 0
    refunded_paise: int = 0
    gst_paise: int = 0
    fee_paise: int = 0
    payments: int = 0
    completed: int = 0
    no_show: int = 0
    cancelled: int = 0
    unsaid: int = 0
    minutes: int = 0
    begun: int = 0
    booked: int = 0
    paid: int = 0
    lapsed: int = 0

    @classmethod
    def of(cls, rows: Sequence[Sequence[int]]) -> Sums:
        """Of rows of numbers that stand in the order of the columns."""
        return cls(*map(sum, zip(*rows, strict=True)))

    @property
    def net_paise(self) -> int:
        """With GST, less refunds: the ledger's figure."""
        return self.received_paise - self.refunded_paise

    @property
    def revenue_paise(self) -> int:
        return self.net_paise - self.gst_paise

    @property
    def yours_paise(self) -> int:
        return self.net_paise - self.fee_paise

    @property
    def sessions(self) -> int:
        return self.completed + self.no_show + self.cancelled + self.unsaid

    @property
    def per_hour_paise(self) -> int | None:
        """Revenue by the hours of the sessions that were held, rounded half up; None where none was."""
        return (2 * self.revenue_paise * 60 + self.minutes) // (2 * self.minutes) if self.minutes else None

    @property
    def completion(self) -> float | None:
        """Percent: of the sessions that came to an end of any kind, those that were held."""
        return percent(self.completed, self.completed + self.no_show + self.cancelled)

    @property
    def no_show_rate(self) -> float | None:
        """Percent: of the sessions whose time came, those that the client missed."""
        return percent(self.no_show, self.completed + self.no_show)

    @property
    def abandonment(self) -> float | None:
        """Percent: of the bookings that were begun, those whose time lapsed unpaid."""
        return percent(self.lapsed, self.begun)


COLUMNS = tuple(each.name for each in fields(Sums))


def percent(part: int, whole: int) -> float | None:
    """With one decimal, rounded half up; None of nothing."""
    return (2000 * part + whole) // (2 * whole) / 10 if whole else None


def change(value: int, before: int) -> float | None:
    """By how many percent ``value`` is more (or less) than before, with one decimal; None where there was nothing."""
    if not before:
        return None
    tenths = (2000 * abs(value - before) + abs(before)) // (2 * abs(before))
    return (tenths if value >= before else -tenths) / 10
