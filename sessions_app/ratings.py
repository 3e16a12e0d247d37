"""What ratings add up to: how many of each.

The average (``Consultant.rating``) is the plain one of the published reviews, always shown beside how many they are:
a weighted one would show a consultant with one happy client a figure that nobody gave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from consultants.models import Consultant
from sessions_app.models import Review

STARS = (5, 4, 3, 2, 1)


@dataclass(frozen=True, slots=True)
class Bar:
    """How many gave ``stars``, and their share of all in whole percent."""

    stars: int
    count: int
    percent: int


@dataclass(frozen=True, slots=True)
class Breakdown:
    counts: dict[int, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def bars(self) -> list[Bar]:
        total = self.total or 1
        return [Bar(n, self.counts.get(n, 0), round(self.counts.get(n, 0) * 100 / total)) for n in STARS]


def breakdown(consultant: Consultant) -> Breakdown:
    """Of the published reviews alone. One query."""
    found: Any = Review.objects.published().filter(consultant=consultant).order_by()
    return Breakdown(dict(found.values_list("rating").annotate(Count("pk"))))
