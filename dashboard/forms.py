"""Which days a consultant asks about; pages and API fill the same form."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.dateformat import format as date_words
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.figures.period import EARLIEST, MOST_YEARS, NAMES, USUAL, Period, named, years_before

OWN = "own"


class PeriodForm(forms.Form):
    """``period`` by its name, or ``from`` and ``to``: days of the consultant's zone, both of them included."""

    period = forms.ChoiceField(label=gettext_lazy("Period"), choices=list(NAMES.items()), required=False)

    def __init__(self, data: Any, *, today: date, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        self.today = today
        for name, label in (("from", gettext_lazy("First day")), ("to", gettext_lazy("Last day"))):
            widget = forms.DateInput(attrs={"type": "date", "max": today.isoformat()}, format="%Y-%m-%d")
            self.fields[name] = forms.DateField(label=label, required=False, widget=widget, input_formats=["%Y-%m-%d"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        first, last, key = data.get("from"), data.get("to"), data.get("period")
        if key and key != OWN:
            data["chosen"] = named(key, self.today)
        elif key == OWN or first or last:
            self._own(data, first, last)
        else:
            data["chosen"] = named(USUAL, self.today)
        return data

    def _own(self, data: dict[str, Any], first: date | None, last: date | None) -> None:
        last = last or self.today
        if first is None:
            self.add_error("from", _("Choose the first day."))
        elif last > self.today:
            today = date_words(self.today, "j F Y")
            self.add_error("to", _("Figures go up to today, %(today)s.") % {"today": today})
        elif first > last:
            self.add_error("from", _("The first day is after the last. Change one of them."))
        elif first < max(years_before(last, MOST_YEARS), EARLIEST):
            longest = max(years_before(last, MOST_YEARS), EARLIEST)
            words = {"years": MOST_YEARS, "day": date_words(longest, "j F Y")}
            self.add_error("from", _("At most %(years)d years at a time. Choose %(day)s or a later day.") % words)
        else:
            data["chosen"] = Period(OWN, first, last)

    @property
    def chosen(self) -> Period:
        """What was asked for; the usual period where that is wrong."""
        found = self.cleaned_data.get("chosen") if self.is_valid() else None
        return found or named(USUAL, self.today)
