"""What Analytics asks of the tables that are kept, put into SQL once (naksha.kept)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    DateField,
    F,
    Max,
    Min,
    Q,
    QuerySet,
    SmallIntegerField,
    Sum,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Cast, TruncMonth, TruncWeek

from consultants.models import Service
from dashboard.figures.period import LOST_AFTER, Period
from dashboard.figures.sums import COLUMNS
from dashboard.models import DailyAnalytics, DailyClient, DailyViews, FiguresKept, Visit
from naksha.kept import KeptSums, KeptTuples, KeptValues, Param, added_up, some
from naksha.rollups import KeptRollups

CONSULTANT = Param("consultant", UUIDField())
POINTS: dict[str, Any] = {"day": F("day"), "week": TruncWeek("day"), "month": TruncMonth("day")}
VIEWS = ("visitors", "page_views", "booking_views", "booking_visitors")
MONEY = ("received_paise", "refunded_paise", "gst_paise", "fee_paise")
NOBODY = UUID(int=0)


def _day(name: str) -> Param:
    return Param(name, DateField())


def _kept_days() -> QuerySet[DailyAnalytics]:
    days = {"day__gte": _day("first"), "day__lte": _day("last"), "day__lt": _day("since")}
    return DailyAnalytics.objects.filter(consultant=CONSULTANT, **days)


class _Whole(Cast):
    """A sum of whole numbers as a whole number of the database, so that nobody has to turn each into one."""

    convert_value = property(lambda self: self._convert_value_noop)  # type: ignore[assignment]

    def __init__(self, column: str) -> None:
        super().__init__(Sum(column), BigIntegerField())


def _sums(rows: Any) -> QuerySet[Any, Any]:
    return rows.annotate(**{f"{name}_sum": _Whole(name) for name in COLUMNS}).order_by()  # type: ignore[no-any-return]


def _halves() -> Any:
    """Kept rows of two periods that share no day; ``half`` is 0 for those of the first, 1 for those of the other."""
    span = {"day__gte": _day("earliest"), "day__lt": _day("since")}
    days = DailyAnalytics.objects.filter(_within(0) | _within(1), consultant=CONSULTANT, **span)
    return days.annotate(half=Case(When(_within(0), then=Value(0)), default=Value(1), output_field=SmallIntegerField()))


def _by_all(step: str) -> QuerySet[Any, Any]:
    return _sums(_halves().annotate(point=POINTS[step]).values_list("half", "point", *SPLIT))


SPLIT = ("service_id", "kind", "method")
HALVES = {step: KeptRollups(partial(_by_all, step), [("half", "point"), ("half", *SPLIT)]) for step in POINTS}
MONEY_BY_DAY = KeptTuples(
    lambda: _kept_days().values_list("day").annotate(**{f"{name}_sum": _Whole(name) for name in MONEY}).order_by("day")
)
THROUGH = KeptTuples(
    lambda: FiguresKept.objects.filter(pk=CONSULTANT, timezone=Param("timezone", CharField())).values_list("through")
)
SERVICES = KeptTuples(lambda: Service.objects.filter(consultant=CONSULTANT).order_by().values_list("pk", "title"))


def halves(consultant_id: UUID, step: str, periods: Sequence[Period], *, since: date) -> list[tuple[Any, ...]]:
    """Kept rows of both periods added up, by the points of a chart (0) and by service, kind and way (1): which of the
    two, the half, point, service, kind, way, and the columns. One query."""
    days = _days(periods) | {"earliest": min(period.first for period in periods), "since": since}
    return HALVES[step].all(consultant=consultant_id, **days)


# --- several periods at once ------------------------------------------------------------------------


def _within(n: int) -> Q:
    return Q(day__gte=_day(f"first{n}"), day__lte=_day(f"last{n}"))


def _days(periods: Sequence[Period]) -> dict[str, date]:
    found = {f"first{n}": period.first for n, period in enumerate(periods)}
    return found | {f"last{n}": period.last for n, period in enumerate(periods)}


@cache
def _views(many: int) -> tuple[KeptTuples, KeptTuples]:
    def within(model: Any) -> Any:
        span = {"day__gte": _day("first"), "day__lte": _day("last")}
        return model.objects.filter(consultant=CONSULTANT, **span)

    def kept() -> Any:
        sums = {f"{name}{n}": Sum(name, filter=_within(n)) for n in range(many) for name in VIEWS}
        return added_up(within(DailyViews), **sums)

    def lately() -> Any:
        sums: dict[str, Any] = {}
        for n in range(many):
            of = _within(n)
            sums |= {
                f"visitors{n}": Count("pk", filter=of),
                f"page_views{n}": Sum("page_views", filter=of),
                f"booking_views{n}": Sum("booking_views", filter=of),
                f"booking_visitors{n}": Count("pk", filter=of & Q(booking_views__gt=0)),
            }
        return added_up(within(Visit), **sums)

    return KeptTuples(kept), KeptTuples(lately)


def views_questions(consultant_id: UUID, periods: Sequence[Period]) -> list[Callable[[], tuple[Any, ...] | None]]:
    """What :func:`views` asks, to be asked together with other things."""
    span = {"first": min(period.first for period in periods), "last": max(period.last for period in periods)}
    return [partial(kept.one, consultant=consultant_id, **span, **_days(periods)) for kept in _views(len(periods))]


def views(consultant_id: UUID, periods: Sequence[Period]) -> list[list[int]]:
    """For each period the columns of DailyViews: of kept days and of those whose visits are there. Two queries."""
    sums = [0] * (len(VIEWS) * len(periods))
    for asked in views_questions(consultant_id, periods):
        found = asked() or ()
        sums = [so_far + (number or 0) for so_far, number in zip(sums, found, strict=True)]
    return [sums[n * len(VIEWS) : (n + 1) * len(VIEWS)] for n in range(len(periods))]


@cache
def _clients(many: int, besides: int) -> KeptSums:
    """Each client's days first, then the clients: new, returning and lost ones of each period."""

    def yes(condition: Q) -> Case:
        return Case(When(condition, then=Value(1)), default=Value(0))

    def build() -> Any:
        rows = DailyClient.objects.filter(consultant=CONSULTANT, day__lt=_day("since"))
        each: dict[str, Any] = {"began": Min("day")}
        told: dict[str, Any] = {}
        for n in range(many):
            each |= {f"came{n}": Count("day", filter=_within(n))}
            each |= {f"latest{n}": Max("day", filter=Q(day__lte=_day(f"last{n}")))}
            lost = {f"latest{n}__gte": _day(f"lost_from{n}"), f"latest{n}__lte": _day(f"lost_until{n}")}
            began = Q(began__gte=_day(f"first{n}"), began__lte=_day(f"last{n}"))
            told |= {
                f"new{n}": yes(began),
                f"returning{n}": yes(Q(**{f"came{n}__gt": 0}, began__lt=_day(f"first{n}"))),
                f"lost{n}": yes(Q(**lost)),
            }
        others = rows.exclude(client__pk__in=some("beside", UUIDField(), besides))
        return others.order_by().values("client_id").annotate(**each).annotate(**told).values_list(*told)

    return KeptSums(build)


def clients(
    consultant_id: UUID, periods: Sequence[Period], *, since: date, besides: Sequence[UUID]
) -> list[tuple[int, int, int]]:
    """New, returning and lost clients of each period, as kept days have them; ``besides`` are left out. One query."""
    room = 8
    while room < len(besides):
        room *= 8
    names = [*besides, *[NOBODY] * (room - len(besides))]
    days = _days(periods)
    for n, period in enumerate(periods):
        days |= {f"lost_from{n}": period.first - LOST_AFTER, f"lost_until{n}": period.last - LOST_AFTER}
    left_out = {f"beside{n}": name for n, name in enumerate(names)}
    found = _clients(len(periods), room).one(consultant=consultant_id, since=since, **days, **left_out)
    return [(found[3 * n], found[3 * n + 1], found[3 * n + 2]) for n in range(len(periods))]


_DAYS_OF = KeptValues(
    lambda size: (
        DailyClient.objects.filter(
            consultant=CONSULTANT, day__lt=_day("since"), client__pk__in=some("client", UUIDField(), size)
        )
        .order_by()
        .values_list("client_id", "day")
    )
)


def days_of(consultant_id: UUID, client_ids: Sequence[UUID], *, since: date) -> list[tuple[Any, ...]]:
    """The kept days on which each of these was there, with their ids. One query for a hundred of them."""
    found: list[tuple[Any, ...]] = []
    for first in range(0, len(client_ids), KeptValues.MOST):
        part = client_ids[first : first + KeptValues.MOST]
        found += _DAYS_OF.all("client", part, consultant=consultant_id, since=since)
    return found
