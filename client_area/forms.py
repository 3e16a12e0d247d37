"""What a client types of themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from clients.fields import NameField, PhoneField
from clients.models import ClientProfile
from consultants.forms.profile import zone_choices
from naksha import taxids
from naksha.india import STATES, is_pin_code


class DeleteForm(forms.Form):
    """The last step: a word that nobody types by accident."""

    word = forms.CharField(
        label=_("Type DELETE"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_word(self) -> str:
        if self.cleaned_data["word"].strip().upper() != "DELETE":
            raise ValidationError(gettext("Type the word DELETE, so that this can't happen by accident."))
        return "DELETE"


class ProfileForm(forms.Form):
    name = NameField()
    phone = PhoneField(required=False, help_text=_("For consultants who call you. Nobody else sees it."))
    timezone = forms.ChoiceField(
        label=_("Time zone"), required=False, help_text=_("Every time here and in your mails is told in it.")
    )
    address = forms.CharField(
        label=_("Address"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    state_code = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Choose a State")), *STATES.items()]
    )
    pin_code = forms.CharField(
        label=_("PIN code"),
        required=False,
        max_length=7,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
    )
    gstin = forms.CharField(
        label=_("GSTIN"),
        required=False,
        max_length=20,
        help_text=_("Only if you book for a business that is registered under GST."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None, *, user: User, profile: ClientProfile) -> None:
        initial = {field: getattr(profile, field) for field in ClientProfile.COPIED}
        super().__init__(data, initial={"name": user.name, **initial})
        zone = self.fields["timezone"]
        zone.choices = [("", gettext("As my device says")), *zone_choices()]  # type: ignore[attr-defined]

    def clean_pin_code(self) -> str:
        pin = str(self.cleaned_data["pin_code"]).replace(" ", "")
        if pin and not is_pin_code(pin):
            raise ValidationError(gettext("A PIN code has six digits, like 411004."))
        return pin

    def clean_gstin(self) -> str:
        gstin = taxids.tidy(self.cleaned_data["gstin"])
        if gstin and not taxids.is_gstin(gstin):
            raise ValidationError(gettext("This is no GSTIN. Copy all 15 characters from your certificate."))
        return gstin

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        gstin, state = data.get("gstin"), data.get("state_code")
        if gstin and state and taxids.gstin_state(gstin) != state:
            self.add_error(
                "state_code",
                gettext("The GSTIN is of %(state)s. Choose that State, or another GSTIN.")
                % {"state": STATES.get(taxids.gstin_state(gstin), taxids.gstin_state(gstin))},
            )
        return data
