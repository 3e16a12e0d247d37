"""What a consultant types of a session."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.choosing import ClientField, label_of, newest_clients
from clients.fields import MailField, NameField, PhoneField, PlainField
from clients.models import Client
from consultants.forms.fields import RupeesField
from consultants.models import Consultant, Service
from consultants.services.offers import LEAST_PAISE, MOST_PAISE, wrong_place
from naksha.errors import DomainError
from naksha.money import rupees
from naksha.times import wall_instant
from naksha.web.zone import zone as zone_of
from sessions_app.models import Session
from sessions_app.services.recording import LONGEST_MINUTES


class TimeForm(forms.Form):
    """A day and a start, in the consultant's own zone; ``cleaned_data["starts_at"]`` is the instant."""

    date = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = forms.TimeField(label=_("Start"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("date") and data.get("time"):
            try:
                data["starts_at"] = wall_instant(data["date"], data["time"], self.zone)
            except DomainError as error:
                self.add_error("time", str(error))
        return data


class RecordForm(TimeForm):
    """A session that came of no booking."""

    client = ClientField(
        label=_("Client"),
        required=False,
        max_length=400,
        help_text=_("A part of the name or the mail address. Empty: somebody new."),
        widget=forms.TextInput(attrs={"list": "clients", "autocomplete": "off"}),
    )
    name = NameField(required=False)
    email = MailField(required=False)
    phone = PhoneField(required=False)
    title = PlainField(label=_("What it is"), max_length=100, help_text=_("As your client reads it: First call."))
    minutes = forms.IntegerField(label=_("Length"), min_value=5, max_value=LONGEST_MINUTES, initial=30)
    platform = forms.ChoiceField(label=_("Where"), choices=Service.Platform.choices, widget=forms.RadioSelect)
    place = PlainField(label=_("Link, number or address"), required=False, max_length=300)
    price_paise = RupeesField(label=_("Price"), required=False, help_text=_("Before GST. Empty: it is free."))
    ask = forms.ChoiceField(
        label=_("Your client is asked for the price"),
        choices=[("after", _("When the session is over")), ("now", _("Now, by mail with a link to pay"))],
        widget=forms.RadioSelect,
        required=False,
    )
    notes = PlainField(
        label=_("Note"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For you alone."),
    )
    tell_client = forms.BooleanField(
        label=_("Tell the client by mail"),
        required=False,
        help_text=_("Otherwise nothing is sent by itself: no invitation, no reminder, no request for money."),
    )
    field_order = ("client", "name", "email", "phone", "title", "date", "time", "minutes")

    def __init__(self, *args: Any, consultant: Consultant, **kwargs: Any) -> None:
        super().__init__(*args, zone=consultant.timezone, **kwargs)
        self.consultant = consultant
        cast(ClientField, self.fields["client"]).consultant = consultant
        self.fields["name"].label, self.fields["email"].label = _("Name"), _("Mail address")

    @property
    def known(self) -> list[str]:
        """What the browser offers: the newest clients. One query."""
        return newest_clients(self.consultant)

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"] or "")

    def clean_price_paise(self) -> int:
        paise = int(self.cleaned_data["price_paise"])
        if paise and not LEAST_PAISE <= paise <= MOST_PAISE:
            raise forms.ValidationError(
                _("Between %(least)s and %(most)s, or 0 for free.")
                % {"least": rupees(LEAST_PAISE), "most": rupees(MOST_PAISE)}
            )
        return paise

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("client") and "client" not in self.errors:
            for name, words in (("name", _("Write the name.")), ("email", _("Write the mail address."))):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, str(words))
        if data.get("platform") == Service.Platform.JITSI:
            data["place"] = ""  # the page hides what was typed for another
        if wrong := wrong_place(data.get("platform", ""), data.get("place", "")):
            self.add_error("place", wrong)
        return data

    def facts(self) -> dict[str, Any]:
        """What was typed, for :func:`sessions_app.services.record_session`. The form is valid."""
        data = self.cleaned_data
        taken = ("client", "name", "email", "phone", "title", "starts_at", "minutes", "platform", "place")
        return {
            **{name: data[name] for name in taken},
            "price_paise": data["price_paise"],
            "notes": data["notes"],
            "tell_client": data["tell_client"],
            "ask_now": data["ask"] == "now",
        }


class SummaryForm(forms.Form):
    """The last words of a session, which its client reads."""

    summary = PlainField(
        label=_("Summary for your client"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Goes out with the thanks. You can leave it empty."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


def first_values(
    consultant: Consultant,
    now: datetime,
    client: Client | None = None,
    *,
    starts_at: datetime | None = None,
    minutes: int = 30,
) -> dict[str, Any]:
    """What the form for a new session begins with: ``starts_at``, else the next full hour; online."""
    here = zone_of(consultant.timezone)
    start = starts_at.astimezone(here) if starts_at else (now + timedelta(hours=1)).astimezone(here).replace(minute=0)
    return {
        "client": label_of(client) if client else "",
        "date": start.date(),
        "time": start.time(),
        "minutes": minutes,
        "platform": Service.Platform.JITSI,
        "ask": "after",
        "tell_client": True,
    }


class MoveForm(TimeForm):
    """When a session that was written down takes place, and for how long: what the calendar does by a drag."""

    minutes = forms.IntegerField(label=_("Length"), min_value=5, max_value=LONGEST_MINUTES, help_text=_("In minutes."))


def move_form(session: Session, zone: str, data: Any = None) -> MoveForm:
    local = session.starts_at.astimezone(zone_of(zone))
    initial = {"date": local.date(), "time": local.time(), "minutes": session.minutes}
    return MoveForm(data, zone=zone, initial=initial)
