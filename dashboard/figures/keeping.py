"""Keeping the figures of days that are over: by the schedule, and again where a day has changed since.

A day is kept an hour after it ended, when whatever was under way at midnight has been committed. Its rows are taken
out and put in anew in one transaction, under the lock of the consultant's :class:`FiguresKept`: doing it twice, at
once or after a crash gives the same rows. The last days are counted again each night, so that a change which nobody
told of is found within a week.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction
from django.db.models import Count, Min, Q, Sum
from django.utils import timezone

from bookings.models import Booking
from consultants.models import Consultant
from dashboard.figures import raw
from dashboard.models import DailyAnalytics, DailyClient, DailyViews, FiguresKept, StaleDay, Visit, VisitSalt
from naksha.queue import tell
from payments.models import Payment
from sessions_app.models import Session

log = structlog.get_logger(__name__)
GRACE = timedelta(hours=1)
AGAIN = 7  # days before the last kept one that are counted once more
AT_ONCE = 92  # days that are counted in one go
AFTER_FAILURE = timedelta(hours=1)


def local_day(consultant: Consultant, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(consultant.timezone)).date()


def last_closed(zone: str, now: datetime) -> date:
    """The last day that ended an hour ago or more, in ``zone``."""
    return (now - GRACE).astimezone(ZoneInfo(zone)).date() - timedelta(days=1)


def _closes_at(day: date, zone: str) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone)) + GRACE


# --- what has changed -------------------------------------------------------------------------------


def mark(consultant_id: UUID, at: datetime) -> None:
    """Listener of naksha.past: the day of ``at`` has changed. Nothing is written while it isn't kept yet."""
    if at > timezone.now() - GRACE:
        return  # no day that it could belong to is over for long enough
    kept = FiguresKept.objects.filter(pk=consultant_id).values_list("timezone", "through").first()
    if kept is None:
        return
    day = at.astimezone(ZoneInfo(kept[0])).date()
    if day > kept[1]:
        return
    from dashboard import tasks

    StaleDay.objects.create(consultant_id=consultant_id, day=day)
    tell(tasks.keep_figures_of, str(consultant_id))


# --- keeping ----------------------------------------------------------------------------------------


@transaction.atomic
def keep(consultant_id: UUID, *, now: datetime | None = None, anew: bool = False) -> int:
    """Bring a consultant's kept figures up to the last day that is over, and count stale days again.

    Returns how many days were written; 0 also where somebody else is at it. ``anew``, and a zone that has changed,
    count every day again.
    """
    now = now or timezone.now()
    consultant = Consultant.objects.filter(pk=consultant_id).first()
    if consultant is None:
        return 0
    zone, last = consultant.timezone, last_closed(consultant.timezone, now)
    kept = _locked(consultant, last)
    if kept is None:
        return 0
    # Whose mark is read here has committed its change, so that it is counted; a later mark stays for the next time.
    marks = dict(StaleDay.objects.filter(consultant=consultant).values_list("pk", "day"))
    stale = sorted(set(marks.values()))
    if anew or kept.timezone != zone:
        DailyAnalytics.objects.filter(consultant=consultant).delete()
        DailyClient.objects.filter(consultant=consultant).delete()
        runs = _runs(first_day(consultant), last)
    elif kept.through < last:
        again = kept.through - timedelta(days=AGAIN - 1)
        runs = [*_runs(again, last), *((day, day) for day in stale if day < again)]
    else:
        runs = [(day, day) for day in stale if day <= last]
    for first, until in runs:
        write(consultant, first, until)
    _close_visits(consultant, last)
    StaleDay.objects.filter(pk__in=marks).delete()
    FiguresKept.objects.filter(pk=kept.pk).update(
        timezone=zone, through=last, due_at=_closes_at(last + timedelta(days=1), zone)
    )
    return sum((until - first).days + 1 for first, until in runs)


def _locked(consultant: Consultant, last: date) -> FiguresKept | None:
    """The row, locked; None while somebody else has it. A new one begins before the first day that counts."""
    rows = FiguresKept.objects.filter(pk=consultant.pk)
    if not rows.exists():
        before = min(first_day(consultant) - timedelta(days=1), last)
        made = FiguresKept(consultant=consultant, timezone=consultant.timezone, through=before, due_at=timezone.now())
        FiguresKept.objects.bulk_create([made], ignore_conflicts=True)
    return rows.select_for_update(skip_locked=True).first()


def first_day(consultant: Consultant) -> date:
    """The first day on which anything may count: what was recorded can lie before its consultant came."""
    began = [
        Session.objects.filter(consultant=consultant).aggregate(at=Min("starts_at"))["at"],
        Booking.objects.filter(consultant=consultant).aggregate(at=Min("created_at"))["at"],
        Payment.objects.filter(consultant=consultant).aggregate(at=Min("captured_at"))["at"],
        consultant.created_at,
    ]
    return local_day(consultant, min(moment for moment in began if moment is not None))


def _runs(first: date, last: date) -> list[tuple[date, date]]:
    runs = []
    while first <= last:
        until = min(first + timedelta(days=AT_ONCE - 1), last)
        runs.append((first, until))
        first = until + timedelta(days=1)
    return runs


def write(consultant: Consultant, first: date, last: date) -> None:
    """Put the rows of these days in the place of what is there. The consultant's figures are locked."""
    counted = raw.count(consultant, first, last)
    days = Q(consultant=consultant, day__gte=first, day__lte=last)
    DailyAnalytics.objects.filter(days).delete()
    DailyClient.objects.filter(days).delete()
    DailyAnalytics.objects.bulk_create(counted.rows, batch_size=500)
    DailyClient.objects.bulk_create(
        [DailyClient(consultant_id=consultant.pk, client_id=client, day=day) for day, client in sorted(counted.visits)],
        batch_size=500,
    )


def _close_visits(consultant: Consultant, last: date) -> None:
    """Add up who came on the days that are over, and forget who it was."""
    over = Visit.objects.filter(consultant=consultant, day__lte=last)
    sums: list[Any] = list(over.values("day").annotate(**VIEWS).order_by("day"))
    if not sums:
        return
    for each in sums:
        day = each.pop("day")
        counts = {name.removesuffix("_sum"): number for name, number in each.items()}
        row, made = DailyViews.objects.get_or_create(consultant=consultant, day=day, defaults=counts)
        if not made:
            for name, number in counts.items():
                setattr(row, name, getattr(row, name) + number)
            row.save()
    over.delete()


# What is told of visits: each column of DailyViews, under a name that is no column's.
VIEWS = {
    "visitors_sum": Count("pk"),
    "page_views_sum": Sum("page_views"),
    "booking_views_sum": Sum("booking_views"),
    "booking_visitors_sum": Count("pk", filter=Q(booking_views__gt=0)),
}


def keep_due(*, limit: int = 500, now: datetime | None = None) -> int:
    """Keep what is due: days that are over, days that are stale, and consultants that have no figures yet.

    Each in a transaction of its own; one that fails is logged and met again. Returns how many consultants were done.
    """
    now = now or timezone.now()
    due = FiguresKept.objects.filter(due_at__lte=now).order_by("due_at").values_list("pk", flat=True)
    stale = StaleDay.objects.order_by("created_at").values_list("consultant_id", flat=True)
    new = Consultant.objects.filter(status=Consultant.Status.APPROVED, figures_kept=None).values_list("pk", flat=True)
    ids = dict.fromkeys([*due[:limit], *stale[:limit], *new[:limit]])
    done = 0
    for consultant_id in ids:
        try:
            done += bool(keep(consultant_id, now=now))
        except Exception:
            log.exception("figures_not_kept", consultant=str(consultant_id))
            FiguresKept.objects.filter(pk=consultant_id).update(due_at=now + AFTER_FAILURE)
    # A day is over everywhere two days after it began anywhere.
    VisitSalt.objects.filter(day__lt=(now - timedelta(days=2)).date()).delete()
    return done
