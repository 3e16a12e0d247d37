"""The profile and the invoice details as the consultant types them."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.names import HINT, tidy_name, validate_name
from consultants.links import Link, read_links
from consultants.models import City, Consultant, Field, Language
from naksha import taxids
from naksha.india import STATES
from naksha.web.zone import clean_zone

MOST_FIELDS = 4


def zone_choices() -> list[tuple[str, str]]:
    """India first, then the world by name."""
    names = sorted(name for name in available_timezones() if clean_zone(name) == name and not name.startswith("Etc/"))
    first = "Asia/Kolkata"
    return [
        (first, gettext("India (Asia/Kolkata)")),
        *((name, name.replace("_", " ")) for name in names if name != first),
    ]


class _Once(forms.CheckboxInput):
    """Asks for something that is done once: no longer ticked when it is."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__({"data-once": True, **(attrs or {})})


class ProfileForm(forms.Form):
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        help_text=_("JPG, PNG or WebP, at most 10 MB. We cut it square and take out what the camera wrote into it."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    remove_photo = forms.BooleanField(label=_("Remove the photo"), required=False, widget=_Once)
    display_name = forms.CharField(label=_("Name"), help_text=HINT, max_length=100)
    headline = forms.CharField(
        label=_("Headline"), required=False, max_length=120, help_text=_("What you do and for whom, in one line.")
    )
    bio = forms.CharField(
        label=_("About you"),
        required=False,
        max_length=4000,
        help_text=_("As you would tell a client on the phone. An empty line begins a new paragraph."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    fields_of_practice = forms.ModelMultipleChoiceField(
        label=_("Fields"),
        queryset=Field.objects.all(),
        required=False,
        help_text=_("Up to four. Clients look for consultants by field."),
        widget=forms.CheckboxSelectMultiple,
    )
    languages = forms.ModelMultipleChoiceField(
        label=_("Languages"),
        queryset=Language.objects.all(),
        required=False,
        help_text=_("Those in which you can hold a session."),
        widget=forms.CheckboxSelectMultiple,
    )
    city = forms.ModelChoiceField(
        label=_("City"), queryset=City.objects.all(), required=False, empty_label=_("Choose a city")
    )
    experience_years = forms.IntegerField(
        label=_("Years of practice"), required=False, min_value=0, max_value=70, help_text=_("Full years. 0 is fine.")
    )
    credentials = forms.CharField(
        label=_("Memberships and degrees"),
        required=False,
        max_length=200,
        help_text=_("For example: Fellow of the ICSI, LL.B. (Pune)."),
    )
    links = forms.CharField(
        label=_("Links"),
        required=False,
        max_length=2000,
        help_text=_("One address on each line, at most six: your website, LinkedIn, a talk."),
        widget=forms.Textarea(attrs={"rows": 3, "inputmode": "url"}),
    )
    timezone = forms.ChoiceField(
        label=_("Your time zone"),
        choices=zone_choices,
        help_text=_("Your hours are kept in it. Clients see every time in their own."),
    )
    is_listed = forms.BooleanField(
        label=_("Show my page to everybody"),
        required=False,
        help_text=_("Switched off, neither the directory nor the link shows it. What is booked stays booked."),
    )

    @classmethod
    def of(cls, consultant: Consultant, data: Any = None, files: Any = None) -> ProfileForm:
        initial = {
            "display_name": consultant.display_name,
            "headline": consultant.headline,
            "bio": consultant.bio,
            "fields_of_practice": [field.pk for field in consultant.fields.all()],
            "languages": [language.pk for language in consultant.languages.all()],
            "city": consultant.city_id,
            "experience_years": consultant.experience_years,
            "credentials": consultant.credentials,
            "links": "\n".join(link["url"] for link in consultant.links),
            "timezone": consultant.timezone,
            "is_listed": consultant.is_listed,
            "stored": consultant.photo.name,  # for the version alone
        }
        return cls(data, files, initial=initial)

    def clean_display_name(self) -> str:
        name = tidy_name(self.cleaned_data["display_name"])
        if name != self.initial["display_name"]:  # a name that was approved as it is may stay
            validate_name(name)
        return name

    def clean_fields_of_practice(self) -> Any:
        chosen = self.cleaned_data["fields_of_practice"]
        if len(chosen) > MOST_FIELDS:
            raise ValidationError(gettext("Four fields are the most. Keep those that clients come for."))
        return chosen

    def clean_links(self) -> list[Link]:
        return read_links(self.cleaned_data["links"])

    def changes(self) -> dict[str, Any]:
        """The cleaned values by the names that the service knows."""
        kept = {name: self.cleaned_data[name] for name in self.cleaned_data if name not in ("photo", "remove_photo")}
        kept["fields"] = kept.pop("fields_of_practice")
        return kept


class InvoiceForm(forms.Form):
    registration = forms.ChoiceField(label=_("GST"), choices=Consultant.Registration.choices, widget=forms.RadioSelect)
    gstin = forms.CharField(
        label=_("GSTIN"),
        required=False,
        max_length=20,
        help_text=_("15 characters, as on your registration certificate."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )
    legal_name = forms.CharField(
        label=_("Legal name"), required=False, max_length=200, help_text=_("As on your PAN card or registration.")
    )
    pan = forms.CharField(
        label=_("PAN"),
        required=False,
        max_length=14,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "off"}),
    )
    remove_pan = forms.BooleanField(label=_("Remove my PAN"), required=False, widget=_Once)
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

    def __init__(self, data: Any = None, *, consultant: Consultant) -> None:
        names = ("registration", "gstin", "legal_name", "address", "state_code", "pin_code")
        initial = {name: getattr(consultant, name) for name in names}
        initial["stored"] = consultant.pan  # for the version alone: no field shows it
        super().__init__(data, initial=initial)
        if consultant.pan:
            self.fields["pan"].help_text = gettext("We have %(pan)s. Leave this empty to keep it.") % {
                "pan": taxids.masked_pan(consultant.pan)
            }
        else:
            self.fields["pan"].help_text = gettext("Ten characters. It is stored encrypted and shown to nobody.")
            del self.fields["remove_pan"]

    def details(self) -> dict[str, Any]:
        """The typed values; ``pan`` is None where the stored one is kept."""
        data = {name: self.cleaned_data[name] for name in self.fields if name != "remove_pan"}
        if self.cleaned_data.get("remove_pan"):
            data["pan"] = ""
        elif not data["pan"]:
            data["pan"] = None
        return data
