"""Hours, dates, blocks and terms as the consultant types them. The rules are the services'."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from availability.engine import DAY_MINUTES, Stretch
from availability.services.hours import MOST_STRETCHES
from consultants.models import BookingPolicy
from consultants.services.policy import Terms
from consultants.terms import before_words, notice_words
from naksha.times import people_duration

Typed = list[tuple[str, str]]  # the rows of one day as typed: from, to
_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})(:00)?$")
WEEKDAYS: tuple[Promise, ...] = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
USUAL_REMINDERS = (5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 4320, 10_080, 20_160)
PRESET: Typed = [("10:00", "13:00"), ("14:00", "18:00")]


class TimeInput(forms.TextInput):
    input_type = "time"


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class MinuteField(forms.CharField):
    """A wall time as minutes after midnight. With ``ends``, 0:00 is the day's end: 24:00."""

    def __init__(self, *, ends: bool = False, **kwargs: Any) -> None:
        self.ends = ends
        super().__init__(max_length=8, widget=TimeInput(), **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = _CLOCK.match(text)
        minute = int(found[1]) * 60 + int(found[2]) if found and int(found[2]) < 60 else DAY_MINUTES + 1
        if minute > DAY_MINUTES or (minute == DAY_MINUTES and not self.ends):
            raise ValidationError(_("Write a time like 09:30."))
        return DAY_MINUTES if self.ends and minute == 0 else minute


def typed_minute(minute: int) -> str:
    """A minute as a time input shows it; the day's end is 00:00."""
    hours, minutes = divmod(minute % DAY_MINUTES, 60)
    return f"{hours:02d}:{minutes:02d}"


class StretchForm(forms.Form):
    """One row of hours. A row left empty is no row."""

    opens = MinuteField(label=gettext_lazy("From"), required=False)
    closes = MinuteField(label=gettext_lazy("To"), required=False, ends=True)

    def __init__(self, *args: Any, named: str = "", fresh: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in (("opens", _("from")), ("closes", _("to"))):
            self.fields[name].widget.attrs["aria-label"] = f"{named}, {words}"
        if fresh:
            self.fields["opens"].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        opens, closes = cleaned.get("opens"), cleaned.get("closes")
        if self.errors or (opens is None and closes is None):
            return cleaned
        if opens is None or closes is None:
            self.add_error("opens" if opens is None else "closes", _("Write both times, or remove the row."))
        elif closes <= opens:
            self.add_error("closes", _("This is not after the beginning. Hours past midnight go on the next day."))
        return cleaned

    @property
    def stretch(self) -> Stretch | None:
        opens, closes = self.cleaned_data.get("opens"), self.cleaned_data.get("closes")
        return None if opens is None or closes is None else (opens, closes)


class Day:
    """The rows of one day, and what is wrong with them together."""

    def __init__(self, key: str, name: str | Promise, rows: Typed, *, sent: bool = False, fresh: int = -1) -> None:
        self.key, self.name, self.error = key, name, ""
        self.forms = [self._form(n, opens, closes, sent, n == fresh) for n, (opens, closes) in enumerate(rows)]

    def _form(self, n: int, opens: str, closes: str, sent: bool, fresh: bool) -> StretchForm:
        prefix = f"{self.key}-{n}"
        values = {"opens": opens, "closes": closes}
        named = f"{self.name} {n + 1}" if n else str(self.name)
        if sent:
            data = {f"{prefix}-{name}": value for name, value in values.items()}
            return StretchForm(data, prefix=prefix, named=named, fresh=fresh)
        return StretchForm(initial=values, prefix=prefix, named=named, fresh=fresh)

    @property
    def full(self) -> bool:
        return len(self.forms) >= MOST_STRETCHES

    @property
    def number(self) -> int:
        return int(self.key[1:])

    def is_valid(self) -> bool:
        return not [form for form in self.forms if not form.is_valid()]

    def stretches(self) -> list[Stretch]:
        return [form.stretch for form in self.forms if form.stretch]


def shown(stretches: Iterable[Stretch]) -> Typed:
    """Hours as rows to type in."""
    return [(typed_minute(start), typed_minute(end)) for start, end in stretches]


def typed_rows(data: QueryDict, key: str) -> Typed:
    """The rows of one day as they came."""
    count = data.get(f"{key}-rows", "0")
    most = min(int(count), MOST_STRETCHES) if count.isdecimal() and len(count) < 4 else 0
    return [
        (data.get(f"{key}-{n}-opens", "").strip()[:8], data.get(f"{key}-{n}-closes", "").strip()[:8])
        for n in range(most)
    ]


def week_shown(hours: Sequence[Iterable[Stretch]]) -> list[Day]:
    return [Day(f"d{n}", name, shown(hours[n])) for n, name in enumerate(WEEKDAYS)]


def week_sent(data: QueryDict) -> list[Day]:
    return [Day(f"d{n}", name, typed_rows(data, f"d{n}"), sent=True) for n, name in enumerate(WEEKDAYS)]


def week_arranged(data: QueryDict, act: str) -> list[Day]:
    """The week as typed, with one thing done: ``add:2``, ``drop:2:0``, ``copy:2`` (to the days ticked), ``preset``."""
    rows = [typed_rows(data, f"d{n}") for n in range(7)]
    fresh: tuple[int, int] = (-1, -1)
    what, _colon, where = act.partition(":")
    if what == "preset":
        rows = [list(PRESET) if n < 5 else [] for n in range(7)]
    elif where[:1] in set("0123456"):
        day = int(where[0])
        if what == "copy":
            for other in data.getlist(f"copy{day}"):
                if other in set("0123456"):
                    rows[int(other)] = list(rows[day])
        else:
            fresh = (day, rows_arranged(rows[day], f"{what}{where[1:]}"))
    return [Day(f"d{n}", name, rows[n], fresh=fresh[1] if fresh[0] == n else -1) for n, name in enumerate(WEEKDAYS)]


def rows_arranged(rows: Typed, act: str) -> int:
    """Add a row (``add``) or drop one (``drop:1``), in place; which row is new, or -1."""
    what, _colon, number = act.partition(":")
    if what == "add" and len(rows) < MOST_STRETCHES:
        rows.append(_next_row(rows))
        return len(rows) - 1
    if what == "drop" and number.isdecimal() and len(number) < 3 and int(number) < len(rows):
        del rows[int(number)]
    return -1


def _next_row(rows: Typed) -> tuple[str, str]:
    """What somebody who adds a row most likely wants: a working day, or an hour later on."""
    if not rows:
        return ("10:00", "18:00")
    found = _CLOCK.match(rows[-1][1])
    last = int(found[1]) * 60 + int(found[2]) if found else 0
    if not last or last + 120 > DAY_MINUTES:
        return ("", "")
    return (typed_minute(last + 60), typed_minute(last + 120))


class DatesForm(forms.Form):
    """One date or several in a row: off, or with hours of their own."""

    first = forms.DateField(label=gettext_lazy("Date"), widget=DateInput())
    last = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=DateInput(),
        help_text=gettext_lazy("Empty is one date."),
    )
    what = forms.ChoiceField(
        label=gettext_lazy("On these dates"),
        choices=[("off", gettext_lazy("I don’t work")), ("own", gettext_lazy("I work other hours"))],
        widget=forms.RadioSelect,
        initial="off",
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Only you see it: Diwali, a wedding, a course."),
    )


class BlockForm(forms.Form):
    """A stretch of time to keep free, on one date or over several."""

    from_date = forms.DateField(label=gettext_lazy("Date"), widget=DateInput())
    from_time = MinuteField(label=gettext_lazy("From"))
    to_date = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=DateInput(),
        help_text=gettext_lazy("Empty is the same day."),
    )
    to_time = MinuteField(label=gettext_lazy("To"), ends=True)
    reason = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=120, help_text=gettext_lazy("Only you see it.")
    )

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(zone)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        begin, end = cleaned["from_date"], cleaned["to_date"] or cleaned["from_date"]
        try:
            cleaned["starts_at"] = _instant(begin, cleaned["from_time"], self.zone)
            cleaned["ends_at"] = _instant(end, cleaned["to_time"], self.zone)
        except OverflowError:
            self.add_error("from_date", _("Choose a date within the next three years."))
            return cleaned
        if cleaned["ends_at"] <= cleaned["starts_at"]:
            self.add_error("to_date" if end < begin else "to_time", _("This is not after the beginning."))
        return cleaned


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    if not 2000 <= day.year <= 9000:
        raise OverflowError
    if minute == DAY_MINUTES:
        return datetime.combine(date.fromordinal(day.toordinal() + 1), time(0), zone)
    return datetime.combine(day, time(*divmod(minute, 60)), zone)


def _choices(values: Iterable[int], current: int, words: Any) -> list[tuple[int, str]]:
    return [(value, words(value)) for value in sorted({*values, current})]


class TermsForm(forms.Form):
    """The booking policy. Where a list offers the usual values, the one that is kept is among them."""

    min_notice_minutes = forms.TypedChoiceField(
        label=gettext_lazy("Notice"),
        coerce=int,
        help_text=gettext_lazy("How long before its beginning a time can still be booked."),
    )
    horizon_days = forms.IntegerField(
        label=gettext_lazy("Days ahead"), help_text=gettext_lazy("How far ahead clients can book, up to 365.")
    )
    slot_interval_minutes = forms.TypedChoiceField(
        label=gettext_lazy("A time every"),
        coerce=int,
        help_text=gettext_lazy("Counted from the beginning of each stretch of hours."),
    )
    daily_limit = forms.IntegerField(
        label=gettext_lazy("Sessions a day"), required=False, help_text=gettext_lazy("Empty means no limit.")
    )
    buffer_before_minutes = forms.TypedChoiceField(label=gettext_lazy("Pause before a session"), coerce=int)
    buffer_after_minutes = forms.TypedChoiceField(label=gettext_lazy("Pause after a session"), coerce=int)
    free_cancel_hours = forms.IntegerField(
        label=gettext_lazy("All back until"), help_text=gettext_lazy("Hours before the beginning.")
    )
    partial_cancel_hours = forms.IntegerField(
        label=gettext_lazy("Part back until"), help_text=gettext_lazy("Hours before the beginning.")
    )
    partial_refund_percent = forms.IntegerField(
        label=gettext_lazy("Part refund"), help_text=gettext_lazy("0 pays nothing back.")
    )
    reschedule_hours = forms.IntegerField(
        label=gettext_lazy("Moves until"), help_text=gettext_lazy("Hours before the beginning.")
    )
    max_reschedules = forms.IntegerField(
        label=gettext_lazy("Moves, at most"), help_text=gettext_lazy("0 if a session can’t be moved.")
    )
    answer_hours = forms.IntegerField(
        label=gettext_lazy("Answer within"),
        help_text=gettext_lazy("For services confirmed by hand."),
    )
    reminder_minutes = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Before a session"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Up to five. Without any, nobody is reminded. Sessions to come follow at once."),
    )

    def __init__(self, data: QueryDict | None = None, *, policy: BookingPolicy) -> None:
        super().__init__(data, initial={name: getattr(policy, name) for name in self.base_fields})
        pauses = (0, 5, 10, 15, 20, 30, 45, 60, 90, 120)
        offered: dict[str, tuple[Iterable[int], Any]] = {
            "min_notice_minutes": (
                (0, 15, 30, 60, 120, 240, 480, 720, 1440, 2880, 4320, 10_080),
                lambda m: notice_words(m) if m else _("None: up to the last minute"),
            ),
            "slot_interval_minutes": ((5, 10, 15, 20, 30, 45, 60, 90, 120), people_duration),
            "buffer_before_minutes": (pauses, lambda m: people_duration(m) if m else _("None")),
            "buffer_after_minutes": (pauses, lambda m: people_duration(m) if m else _("None")),
        }
        for name, (values, words) in offered.items():
            field = cast(forms.TypedChoiceField, self.fields[name])
            field.choices = _choices(values, getattr(policy, name), words)
        reminders = cast(forms.TypedMultipleChoiceField, self.fields["reminder_minutes"])
        times = sorted({*USUAL_REMINDERS, *policy.reminder_minutes})
        reminders.choices = [(minutes, before_words(minutes)) for minutes in times]

    def terms(self) -> Terms:
        return cast(Terms, self.cleaned_data)
