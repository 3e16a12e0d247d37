"""Hours a stretch at a time, each named by its row, for callers that know no whole week.

What a day ends up with passes the same check as a day that is set as a whole: stretches that touch become one.
"""

from __future__ import annotations

from datetime import date
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from uuid_utils.compat import uuid7

from availability.engine import Stretch
from availability.models import DateOverride, WeeklyHours
from availability.services.hours import check_dates, check_day, say_changed
from consultants.models import Consultant
from naksha.db import lock_consultant

Hours = WeeklyHours | DateOverride
T = TypeVar("T", WeeklyHours, DateOverride)


@transaction.atomic
def put_weekly(*, consultant: Consultant, weekday: int, stretch: Stretch, row_id: UUID | None = None) -> WeeklyHours:
    """Add a stretch to a weekday (Monday is 0), or with ``row_id`` put it in the place of that row, whatever day that
    was. Returns the row that holds it now. Raises ValidationError, WeeklyHours.DoesNotExist."""
    lock_consultant(consultant.pk)
    if row_id is not None:
        consultant.weekly_hours.get(pk=row_id).delete()
    there = list(consultant.weekly_hours.filter(weekday=weekday))
    holder = _holder([(row.start_minute, row.end_minute) for row in there], stretch)
    _clear(there, holder)
    say_changed(consultant)
    return WeeklyHours.objects.create(
        pk=row_id or uuid7(), consultant=consultant, weekday=weekday, start_minute=holder[0], end_minute=holder[1]
    )


@transaction.atomic
def put_date(
    *, consultant: Consultant, day: date, stretch: Stretch | None, note: str = "", row_id: UUID | None = None
) -> DateOverride:
    """Give a date a stretch of its own beside those that it has, or without one take it off; as :func:`put_weekly`."""
    try:
        check_dates(consultant, day, day)
    except ValidationError as error:
        raise ValidationError({"date": error.messages}) from error
    lock_consultant(consultant.pk)
    if row_id is not None:
        consultant.date_overrides.get(pk=row_id).delete()
    there = list(consultant.date_overrides.filter(date=day))
    start, end = None, None
    if stretch is None:
        consultant.date_overrides.filter(date=day).delete()
    else:
        own = [(row.start_minute, row.end_minute) for row in there if row.start_minute is not None]
        start, end = _holder([(a, b) for a, b in own if b is not None], stretch)
        _clear(there, (start, end))
    say_changed(consultant)
    return DateOverride.objects.create(
        pk=row_id or uuid7(), consultant=consultant, date=day, start_minute=start, end_minute=end, note=note[:120]
    )


@transaction.atomic
def remove(*, consultant: Consultant, row: Hours) -> None:
    """Take a stretch, or a day off, away. A date without any left follows the week again. What is booked stays."""
    lock_consultant(consultant.pk)
    type(row)._default_manager.filter(pk=row.pk, consultant=consultant).delete()
    say_changed(consultant)


def find(*, consultant: Consultant, row_id: UUID) -> Hours | None:
    """The stretch of this consultant's that has the name."""
    return consultant.weekly_hours.filter(pk=row_id).first() or consultant.date_overrides.filter(pk=row_id).first()


def _holder(day: list[Stretch], stretch: Stretch) -> Stretch:
    """The stretch of the finished day that holds ``stretch``. Raises ValidationError in words."""
    finished = check_day([*day, stretch])
    return next((start, end) for start, end in finished if start <= stretch[0] and stretch[1] <= end)


def _clear(rows: list[T], holder: Stretch) -> None:
    """Drop the rows that ``holder`` has swallowed, and a day off."""
    for row in rows:
        start, end = row.start_minute, row.end_minute
        if start is None or end is None or (holder[0] <= start and end <= holder[1]):
            row.delete()
