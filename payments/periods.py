"""Months and financial years (April to March), as they are counted in India."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils.dateformat import format as django_format

from payments.tax import INDIA, financial_year, issue_date

_YEAR = re.compile(r"(20[0-9]{2})-([0-9]{2})")
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


def _first_of(year: int, month: int) -> datetime:
    return datetime.combine(date(year, month, 1), time(), INDIA)


@dataclass(frozen=True)
class Year:
    """A financial year: its name, and the instants between which it lies in India."""

    name: str  # 2026-27
    begins: datetime
    ends: datetime

    @classmethod
    def starting(cls, year: int) -> Year:
        return cls(f"{year}-{(year + 1) % 100:02d}", _first_of(year, 4), _first_of(year + 1, 4))

    @classmethod
    def named(cls, name: str) -> Year | None:
        """The year that an address names, or None for what is none."""
        match = _YEAR.fullmatch(name)
        if match is None or int(match[2]) != (int(match[1]) + 1) % 100:
            return None
        return cls.starting(int(match[1]))

    @classmethod
    def of(cls, moment: datetime) -> Year:
        return cls.starting(int(financial_year(issue_date(moment))[:4]))

    @property
    def words(self) -> str:
        return self.name

    @property
    def months(self) -> list[Month]:
        first = self.begins.year
        return [Month.starting(first + (month < 4), month) for month in (*range(4, 13), *range(1, 4))]


@dataclass(frozen=True)
class Month:
    """A calendar month: its name, and the instants between which it lies in India."""

    name: str  # 2026-m11: a year's name could not be told from 2026-11
    begins: datetime
    ends: datetime

    @classmethod
    def starting(cls, year: int, month: int) -> Month:
        ends = _first_of(year + month // 12, month % 12 + 1)
        return cls(f"{year}-m{month:02d}", _first_of(year, month), ends)

    @classmethod
    def named(cls, name: str) -> Month | None:
        match = _MONTH.fullmatch(name.replace("-m", "-", 1)) if "-m" in name else None
        return cls.starting(int(match[1]), int(match[2])) if match else None

    @property
    def words(self) -> str:
        """November 2026."""
        return django_format(self.begins, "F Y")


Period = Year | Month


def named(name: str) -> Period | None:
    """The financial year or the month that an address names, or None for what is none."""
    return Year.named(name) or Month.named(name)
