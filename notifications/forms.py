"""What somebody wants to be told: two columns of boxes, and the hours of quiet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from naksha.times import INDIA
from naksha.web.zone import clean_zone
from notifications.errors import QuietHoursEmpty
from notifications.models import Notification, QuietHours
from notifications.wishes import MAILS_THAT_CAN_BE_OFF, wishes_of

ABOUT: dict[str, str | Promise] = {
    Notification.Kind.BOOKING: _("New bookings, requests, moves and cancellations; what becomes of quotations."),
    Notification.Kind.SESSION: _("What happens around a session."),
    Notification.Kind.MESSAGE: _("What is written to you in a session’s chat."),
    Notification.Kind.PAYMENT: _("Payments, refunds and payouts."),
    Notification.Kind.REVIEW: _("Reviews and answers to them."),
    Notification.Kind.SYSTEM: _("Your account, your application, and news about Naksha."),
}


@dataclass(frozen=True)
class Line:
    """One kind, as the page shows it."""

    label: str | Promise
    about: str | Promise
    on_screen: BoundField
    by_mail: BoundField | None  # None: its mails always go out
    mails: str | Promise


def zones() -> list[tuple[str, str]]:
    """India first, then the world by name."""
    names = sorted(name for name in available_timezones() if clean_zone(name) == name and not name.startswith("Etc/"))
    rest = [(name, name.replace("_", " ")) for name in names if name != INDIA]
    return [(INDIA, gettext("India (Asia/Kolkata)")), *rest]


def _clock() -> forms.TimeField:
    field = forms.TimeField(required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    field.error_messages["invalid"] = _("Write a time like 22:00.")
    return field


class PreferencesForm(forms.Form):
    quiet = forms.BooleanField(label=_("Leave me alone at night, or whenever I say"), required=False)
    begins, ends = _clock(), _clock()
    timezone = forms.ChoiceField(label=_("On the clocks of"), choices=zones, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["begins"].label, self.fields["ends"].label = _("From"), _("Until")
        for kind, label in Notification.Kind.choices:
            screen = _("%(kind)s on screen") % {"kind": label}
            self.fields[f"{kind}_on_screen"] = forms.BooleanField(label=screen, required=False)
            if kind in MAILS_THAT_CAN_BE_OFF:
                mail = _("%(kind)s by mail") % {"kind": label}
                self.fields[f"{kind}_by_mail"] = forms.BooleanField(label=mail, required=False)

    @classmethod
    def of(cls, user: User, data: Any = None, *, zone: str = INDIA) -> PreferencesForm:
        """What ``user`` has chosen so far; ``zone`` is proposed to somebody who has no quiet hours yet."""
        wanted = wishes_of(user)
        hours = QuietHours.objects.filter(user=user).first()
        initial: dict[str, Any] = {"quiet": hours is not None, "begins": "22:00", "ends": "07:00", "timezone": zone}
        if hours:
            initial |= {"begins": hours.begins, "ends": hours.ends, "timezone": hours.timezone}
        for kind, wish in wanted.items():
            initial[f"{kind}_on_screen"], initial[f"{kind}_by_mail"] = wish.on_screen, wish.by_mail
        return cls(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("quiet"):
            for name in ("begins", "ends"):
                if name not in self.errors and cleaned.get(name) is None:
                    self.add_error(name, _("Write a time like 22:00."))
            if not self.errors and cleaned["begins"] == cleaned["ends"]:
                self.add_error("ends", str(QuietHoursEmpty.sentence))
            if not self.errors and not cleaned.get("timezone"):
                self.add_error("timezone", _("Choose a time zone."))
        return cleaned

    def lines(self) -> Iterator[Line]:
        for kind, label in Notification.Kind.choices:
            mail = f"{kind}_by_mail"
            yield Line(
                label=label,
                about=ABOUT[kind],
                on_screen=self[f"{kind}_on_screen"],
                by_mail=self[mail] if mail in self.fields else None,
                mails=MAILS_THAT_CAN_BE_OFF.get(kind, ""),
            )

    def by_channel(self, channel: str) -> dict[str, bool]:
        names = {kind: f"{kind}_{channel}" for kind in Notification.Kind.values}
        return {kind: cast(bool, self.cleaned_data[name]) for kind, name in names.items() if name in self.fields}
