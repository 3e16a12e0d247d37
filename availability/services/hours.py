"""When a consultant works: the week, and the dates that differ from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from availability.engine import DAY_MINUTES, Stretch, merged
from availability.errors import HoursChanged
from availability.models import DateOverride, WeeklyHours
from availability.services.occupancy import CALENDAR
from availability.words import minute_words
from consultants.models import Consultant
from naksha.db import lock_consultant
from notifications.live import changed_for

MOST_STRETCHES = 8  # on one day
MOST_DAYS = 366  # in one range of dates
FURTHEST = timedelta(days=3 * 366)


def check_day(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The hours of a day as they are stored: sorted, those that touch made one. Raises ValidationError in words."""
    day = sorted(stretches)
    if len(day) > MOST_STRETCHES:
        raise ValidationError(_("%(most)d stretches a day are the most.") % {"most": MOST_STRETCHES})
    if any(not 0 <= start < end <= DAY_MINUTES for start, end in day):
        raise ValidationError(_("Hours end after they begin, on the same day."))
    for (start, end), (next_start, next_end) in pairwise(day):
        if next_start < end:
            raise ValidationError(
                _("%(one)s and %(other)s overlap.")
                % {"one": _range_words(start, end), "other": _range_words(next_start, next_end)}
            )
    return merged(day)


def week_of(consultant: Consultant) -> list[list[Stretch]]:
    """What is stored, Monday first. One query."""
    week: list[list[Stretch]] = [[] for _ in range(7)]
    for row in consultant.weekly_hours.all():
        week[row.weekday].append((row.start_minute, row.end_minute))
    return week


def edition_of(week: Sequence[Iterable[Stretch]]) -> str:
    """A week's hours in one line: another one wherever they are others. Monday comes first."""
    days = (",".join(f"{start}-{end}" for start, end in sorted(day)) for day in week)
    return ";".join(days)


@transaction.atomic
def set_weekly_hours(*, consultant: Consultant, week: Sequence[Iterable[Stretch]], seen: str | None = None) -> None:
    """Set the seven days, Monday first, in place of what was: of the edition ``seen``, or whatever it is where the
    writer says none. What is booked stays. Raises ValidationError, and HoursChanged where there is another edition, but
    for the very hours that are to be set."""
    if len(week) != 7:
        raise ValueError("A week has seven days.")
    days = [check_day(day) for day in week]
    lock_consultant(consultant.pk)
    if seen is not None and edition_of(week_of(consultant)) not in (seen, edition_of(days)):
        raise HoursChanged
    consultant.weekly_hours.all().delete()
    WeeklyHours.objects.bulk_create(
        WeeklyHours(consultant=consultant, weekday=weekday, start_minute=start, end_minute=end)
        for weekday, day in enumerate(days)
        for start, end in day
    )
    say_changed(consultant)


@transaction.atomic
def set_dates(
    *, consultant: Consultant, first: date, last: date, stretches: Iterable[Stretch] = (), note: str = ""
) -> int:
    """Give each date from ``first`` to ``last`` hours of its own, or none: a day off. How many dates.

    They take the place of what those dates had before. What is booked stays. Raises ValidationError.
    """
    day = check_day(stretches)
    dates = check_dates(consultant, first, last)
    lock_consultant(consultant.pk)
    consultant.date_overrides.filter(date__range=(first, last)).delete()
    DateOverride.objects.bulk_create(
        DateOverride(consultant=consultant, date=on, start_minute=start, end_minute=end, note=note[:120])
        for on in dates
        for start, end in (day or [(None, None)])
    )
    say_changed(consultant)
    return len(dates)


@transaction.atomic
def clear_dates(*, consultant: Consultant, first: date, last: date) -> int:
    """Let the weekly hours count again on these dates; how many dates had hours of their own."""
    lock_consultant(consultant.pk)
    rows = consultant.date_overrides.filter(date__range=(first, last))
    count = rows.values("date").distinct().count()
    rows.delete()
    say_changed(consultant)
    return count


def say_changed(consultant: Consultant) -> None:
    """On commit: whoever has the calendar open looks again."""
    changed_for(consultant.user_id, CALENDAR)


def check_dates(consultant: Consultant, first: date, last: date) -> list[date]:
    """The dates of a range that may have hours of their own. Raises ValidationError by field."""
    today = timezone.now().astimezone(ZoneInfo(consultant.timezone)).date()
    if last < first:
        raise ValidationError({"last": _("The last date is before the first.")})
    if last < today:
        raise ValidationError({"first": _("That date is over already.")})
    if last > today + FURTHEST:
        field = "first" if first > today + FURTHEST else "last"
        raise ValidationError({field: _("Choose dates within the next three years.")})
    if (last - first).days >= MOST_DAYS:
        raise ValidationError({"last": _("A year at once is the most.")})
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _range_words(start: int, end: int) -> str:
    return _("%(start)s to %(end)s") % {"start": minute_words(start), "end": minute_words(end)}
