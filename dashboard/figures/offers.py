"""Quotations of a period: how many were sent, and how many accepted."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from consultants.models import Consultant
from dashboard.day import day_bounds
from dashboard.figures.period import Period
from quotations.models import Quotation


@dataclass(frozen=True)
class Offers:
    """``sent`` counts a quotation once, on the day of its first version."""

    sent: int
    accepted: int


def _within(field: str, period: Period, zone: str) -> Q:
    start, end = day_bounds(period.first, zone)[0], day_bounds(period.last, zone)[1]
    return Q((f"{field}__gte", start), (f"{field}__lt", end))


def offers(consultant: Consultant, *periods: Period) -> list[Offers]:
    """One query."""
    zone = consultant.timezone
    sums = {}
    for n, period in enumerate(periods):
        sums[f"sent{n}"] = Count("pk", filter=_within("sent_at", period, zone) & Q(version=1))
        sums[f"accepted{n}"] = Count("pk", filter=_within("accepted_at", period, zone))
    told = Quotation.objects.filter(consultant=consultant).aggregate(**sums)
    return [Offers(told[f"sent{n}"], told[f"accepted{n}"]) for n in range(len(periods))]
