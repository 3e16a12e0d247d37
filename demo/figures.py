"""How often the pages of the market were opened in its months, and the figures of its days, kept as they would be."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from consultants.models import Consultant
from dashboard.figures import keeping
from dashboard.models import DailyAnalytics, DailyViews


def keep(consultants: Iterable[Consultant], now: datetime, days: int) -> None:
    """Views of the last ``days`` days, more on those on which somebody began to book, fewer at the weekend; then every
    consultant's figures."""
    rows = []
    for consultant in consultants:
        keeping.keep(consultant.pk, now=now)
        dice = random.Random(f"views of {consultant.slug}")  # noqa: S311 - a show, not a secret
        begun: dict[object, int] = {}
        for day, number in DailyAnalytics.objects.filter(consultant=consultant).values_list("day", "begun"):
            begun[day] = begun.get(day, 0) + number
        popular = dice.uniform(4, 14)
        last = keeping.last_closed(consultant.timezone, now)
        for n in range(days):
            day = last - timedelta(days=n)
            weekend = 0.5 if day.weekday() > 4 else 1
            looking = begun.get(day, 0) + int(dice.expovariate(1 / (popular * 0.35 * weekend)))
            visitors = looking + int(dice.expovariate(1 / (popular * weekend)))
            if visitors:
                rows.append(
                    DailyViews(
                        consultant=consultant,
                        day=day,
                        visitors=visitors,
                        booking_visitors=looking,
                        booking_views=looking + int(looking * dice.uniform(0, 1.4)),
                        page_views=visitors + int(visitors * dice.uniform(0, 0.5)),
                    )
                )
    DailyViews.objects.bulk_create(rows, batch_size=500)
