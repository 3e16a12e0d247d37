"""What is typed on the pages of payments."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.fields import PlainField
from consultants.forms.fields import RupeesField
from naksha.money import rupees
from payments.listing import ORDERS, Standing, Wanted, Way

LONGEST_YEARS = 10
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
ORDER_WORDS = {
    "-createdAt": _("Newest first"),
    "createdAt": _("Oldest first"),
    "-amount": _("Largest first"),
    "amount": _("Smallest first"),
    "-refunded": _("Most refunded first"),
    "refunded": _("Least refunded first"),
    "payer": _("Client, A to Z"),
    "-payer": _("Client, Z to A"),
}


class DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(required=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and not EARLIEST <= day <= LATEST:
            raise forms.ValidationError(_("Choose a day of this century."))
        return day


class FindForm(forms.Form):
    """Which payments are looked for; from the address, so a link says the same to everybody who may open it."""

    q = PlainField(
        label=_("Search"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        help_text=_("Client, what for, or the gateway’s id."),
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("Any")), *Standing.choices])
    way = forms.ChoiceField(label=_("Way"), required=False, choices=[("", _("Any")), *Way.choices])
    order = forms.ChoiceField(label=_("Order"), required=False, choices=list(ORDER_WORDS.items()))

    def __init__(self, data: Any, *, zone: str) -> None:
        super().__init__(data, label_suffix="")
        self.zone = zone
        self.fields["from"] = DayField(label=_("From"))
        self.fields["to"] = DayField(label=_("Until"))
        self.order_fields(["q", "state", "way", "from", "to", "order"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("from"), data.get("to")
        if first and last and last < first:
            self.add_error("to", _("The last day is before the first."))
        elif first and last and last.year - first.year > LONGEST_YEARS:
            self.add_error("to", _("Choose ten years at most."))
        return data

    @property
    def is_narrowed(self) -> bool:
        return any(self.data.get(name) for name in ("q", "state", "way", "from", "to"))

    @property
    def ordering(self) -> str:
        """A field of payments, with its minus. The form is valid."""
        name = self.cleaned_data["order"] or "-createdAt"
        minus = "-" if name.startswith("-") else ""
        return minus + ORDERS[name.removeprefix("-")]

    def wanted(self) -> Wanted:
        """The form is valid."""
        data = self.cleaned_data
        return Wanted(
            standing=data["state"],
            way=data["way"],
            first=data["from"],
            last=data["to"],
            zone=self.zone,
            words=data["q"],
        )


class RefundForm(forms.Form):
    """How much goes back and why. ``seen`` is what was promised back when the page was drawn, ``press`` names this
    form: the same one sent twice is one refund."""

    amount = RupeesField(label=_("Amount"))
    reason = PlainField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Your client reads it on the credit note."),
        error_messages={"required": _("Say why, in a sentence.")},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    press = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, left: int, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["amount"].help_text = _("%(left)s is left to give back.") % {"left": rupees(left)}

    def clean_amount(self) -> int:
        paise: int = self.cleaned_data["amount"]
        if paise <= 0:
            raise forms.ValidationError(_("Write how much goes back."))
        return paise
