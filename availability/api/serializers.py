from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from availability.engine import Stretch
from availability.models import DateOverride, WeeklyHours
from naksha.api.fields import Enum, Text, WallTime
from naksha.api.serializers import Serializer


class Kind(models.TextChoices):
    WEEKLY = "weekly", gettext_lazy("Every week")
    DATE = "date", gettext_lazy("On one date")


class Weekday(models.TextChoices):
    MONDAY = "monday", gettext_lazy("Monday")
    TUESDAY = "tuesday", gettext_lazy("Tuesday")
    WEDNESDAY = "wednesday", gettext_lazy("Wednesday")
    THURSDAY = "thursday", gettext_lazy("Thursday")
    FRIDAY = "friday", gettext_lazy("Friday")
    SATURDAY = "saturday", gettext_lazy("Saturday")
    SUNDAY = "sunday", gettext_lazy("Sunday")


class HoursInput(Serializer):
    """A stretch of a weekday or of one date, as wall times of the consultant's zone; or a date off."""

    type = Enum(Kind)
    weekday = Enum(Weekday, required=False, help_text="For WEEKLY.")
    date = serializers.DateField(required=False, help_text="For DATE.")
    start = WallTime(required=False)
    end = WallTime(ends=True, required=False, help_text="24:00 is the day's end.")
    is_day_off = serializers.BooleanField(default=False, help_text="For DATE: no hours at all.")
    note = Text(max_length=120, default="", help_text="For DATE: only you see it.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.partial:
            attrs = self._kept(attrs) | attrs
        wrong: dict[str, list[str]] = {}
        weekly = attrs["type"] == Kind.WEEKLY
        if self.instance is not None and isinstance(self.instance, WeeklyHours) != weekly:
            words = _("This can't become the other type. Delete it and make a new one.")
            raise serializers.ValidationError({"type": [words]})
        needed = {"weekday" if weekly else "date"} | (set() if attrs["is_day_off"] else {"start", "end"})
        for name in sorted(needed - set(attrs)):
            wrong[name] = [_("This is needed.")]
        if weekly:
            unfit = {"date", "is_day_off", "note"}
        else:
            unfit = {"weekday"} | ({"start", "end"} if attrs["is_day_off"] else set())
        for name in sorted(unfit):
            if attrs.get(name):
                wrong["isDayOff" if name == "is_day_off" else name] = [_("This does not fit the rest.")]
        if not wrong and "start" in attrs and attrs["end"] <= attrs["start"]:
            wrong["end"] = [_("This is not after the beginning. Hours past midnight go on the next day.")]
        if wrong:
            raise serializers.ValidationError(wrong)
        return attrs

    def _kept(self, given: dict[str, Any]) -> dict[str, Any]:
        """What the row says where nothing is ``given``. A day off that is new leaves no times."""
        assert self.instance is not None
        row = facts_of(self.instance)
        drop = ("start", "end") if given.get("is_day_off") else ()
        return {name: value for name, value in row.items() if value is not None and name not in drop}


def facts_of(row: WeeklyHours | DateOverride) -> dict[str, Any]:
    """What the row says, by the names of :class:`HoursInput`."""
    return {
        "type": Kind.WEEKLY if isinstance(row, WeeklyHours) else Kind.DATE,
        "weekday": Weekday.values[row.weekday] if isinstance(row, WeeklyHours) else None,
        "date": None if isinstance(row, WeeklyHours) else row.date,
        "start": row.start_minute,
        "end": row.end_minute,
        "is_day_off": row.start_minute is None,
        "note": "" if isinstance(row, WeeklyHours) else row.note,
    }


def stretch_of(given: dict[str, Any]) -> Stretch | None:
    return None if given["is_day_off"] else (given["start"], given["end"])


class HoursShown(Serializer):
    id = serializers.UUIDField()
    type = Enum(Kind)
    weekday = Enum(Weekday, allow_null=True)
    date = serializers.DateField(allow_null=True)
    start = WallTime(allow_null=True)
    end = WallTime(allow_null=True)
    is_day_off = serializers.BooleanField()
    note = serializers.CharField()

    def to_representation(self, row: WeeklyHours | DateOverride) -> dict[str, Any]:
        told: dict[str, Any] = super().to_representation({"id": row.pk, **facts_of(row)})
        return told


class HoursFilters(Serializer):
    type = Enum(Kind, required=False)
    search = serializers.CharField(required=False, max_length=120, help_text="A weekday, a date, or words of a note.")


def has_words(row: WeeklyHours | DateOverride, words: str) -> bool:
    facts = facts_of(row)
    return words.lower() in f"{facts['weekday'] or ''} {facts['date'] or ''} {facts['note'].lower()}"
