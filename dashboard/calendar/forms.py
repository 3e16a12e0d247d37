"""What the calendar sends when something was dragged or stretched."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from dashboard.calendar.events import Kind
from dashboard.calendar.moves import MOVABLE, Move
from naksha.times import parsed_instant

LONGEST = timedelta(days=366)


class InstantField(forms.CharField):
    """A moment with its offset: 2026-11-24T10:00:00+05:30, to the minute."""

    def clean(self, value: Any) -> datetime:
        moment = parsed_instant(super().clean(value))
        if moment is None or timezone.is_naive(moment) or moment.second or moment.microsecond:
            raise ValidationError(_("That is no time. Load the page again."))
        return moment


class MoveForm(forms.Form):
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in MOVABLE])
    key = forms.UUIDField()
    start = InstantField(max_length=40)
    end = InstantField(max_length=40)
    version = forms.CharField(max_length=16)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not timedelta() < data["end"] - data["start"] <= LONGEST:
            raise ValidationError(_("It has to end after it begins, and within a year."))
        return data

    def move(self) -> Move:
        data = self.cleaned_data
        return Move(Kind(data["kind"]), data["key"], data["start"], data["end"], data["version"])
