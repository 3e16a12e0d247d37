"""What can be written down of a client, each under one rule for the form, the API and a file that is taken in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clients.fields import MailField, NameField, PhoneField, PlainField
from clients.models import MOST_TAGS, CustomField
from naksha import taxids
from naksha.india import ABROAD, STATES, is_pin_code

_STATES = {name.casefold(): code for code, name in STATES.items()}
LONGEST_TAG = 40
LONGEST_VALUE = 500
LONGEST_NOTE = 5000


class StateField(forms.ChoiceField):
    """A State by its GST code, or by its name as a file may have it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["choices"] = [("", _("Not known")), *STATES.items(), (ABROAD, _("Outside India"))]
        super().__init__(label=_("State"), required=False, **kwargs)
        self.error_messages["invalid_choice"] = _("This is no State: %(value)s.")

    def clean(self, value: Any) -> str:
        text = str(value or "").strip()[:100]
        if text.isascii() and text.isdecimal():
            text = text.zfill(2)  # a spreadsheet takes the nought away
        return str(super().clean(_STATES.get(text.casefold(), text)))


class PinField(PlainField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("PIN code"), max_length=10, required=False, **kwargs)
        self.widget.attrs.update(inputmode="numeric")

    def clean(self, value: Any) -> str:
        pin = "".join(super().clean(value).split())
        if pin and not is_pin_code(pin):
            raise ValidationError(_("Write the six digits of the PIN code, like 411004."))
        return pin


class GstinField(PlainField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("GSTIN"), max_length=20, required=False, **kwargs)
        self.widget.attrs.update(autocapitalize="characters", spellcheck="false", autocomplete="off")

    def clean(self, value: Any) -> str:
        gstin = taxids.tidy(super().clean(value))
        if gstin and not taxids.is_gstin(gstin):
            raise ValidationError(_("This is no GSTIN. Copy all 15 characters from the certificate."))
        return gstin


class TagsField(PlainField):
    """Words with commas between; a list of them, each once."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("With commas between: Regular, Referred by Meera."))
        super().__init__(label=_("Tags"), max_length=1000, required=False, **kwargs)
        self.widget.attrs.update(autocomplete="off")

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]
        text = super().clean(", ".join(map(str, value)) if isinstance(value, list) else value)
        return tidy_tags(text.replace(";", ",").split(","))


def tidy_tags(names: Iterable[str]) -> list[str]:
    """Each once, whatever its case. Raises ValidationError for one that is too long, or too many."""
    found: dict[str, str] = {}
    for name in names:
        name = " ".join(name.split())
        if len(name) > LONGEST_TAG:
            raise ValidationError(_("A tag has at most %(n)d characters."), params={"n": LONGEST_TAG})
        if name:
            found.setdefault(name.casefold(), name)
    if len(found) > MOST_TAGS:
        raise ValidationError(_("At most %(n)d tags."), params={"n": MOST_TAGS})
    return list(found.values())


def detail_fields() -> dict[str, forms.Field]:
    """New ones for each asking, by the column of Client that they fill."""
    name, email = NameField(), MailField()
    name.label, name.error_messages["required"] = _("Name"), _("Write the name.")
    email.error_messages["required"] = _("Write the mail address.")
    for field in (name, email):
        field.widget.attrs["autocomplete"] = "off"  # theirs, not the consultant's own
    phone = PhoneField(required=False)
    phone.widget.attrs["autocomplete"] = "off"
    return {
        "name": name,
        "email": email,
        "phone": phone,
        "address": PlainField(
            label=_("Address"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
        ),
        "state_code": StateField(),
        "pin_code": PinField(),
        "gstin": GstinField(),
    }


def note_field(*, required: bool = True) -> forms.Field:
    return PlainField(
        label=_("Note"),
        max_length=LONGEST_NOTE,
        required=required,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For you alone."),
        error_messages={"required": _("Write something.")},
    )


class _Number(PlainField):
    def clean(self, value: Any) -> str:
        text = super().clean(value).replace(",", "").replace(" ", "")
        if not text:
            return ""
        try:
            number = Decimal(text) if text.isascii() else None
        except InvalidOperation:
            number = None
        if number is None or not number.is_finite() or number.adjusted() > 14 or number.adjusted() < -6:
            raise ValidationError(_("Write a number, like 12 or 12.5."))
        plain = format(number, "f")
        return (plain.rstrip("0").rstrip(".") if "." in plain else plain) or "0"


class _Date(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"], widget=widget, **kwargs)
        self.error_messages["invalid"] = _("Write a date, like 2026-11-24 or 24/11/2026.")

    def clean(self, value: Any) -> str:
        found = super().clean(value)
        if isinstance(found, date) and not 1900 <= found.year <= 2200:
            raise ValidationError(self.error_messages["invalid"])
        return found.isoformat() if found else ""


class _Choice(forms.ChoiceField):
    def __init__(self, *, known: list[str], **kwargs: Any) -> None:
        super().__init__(choices=[("", _("Not known")), *((word, word) for word in known)], **kwargs)
        self.known = {word.casefold(): word for word in known}
        self.error_messages["invalid_choice"] = _("Choose one of: %s.") % ", ".join(known).replace("%", "%%")

    def clean(self, value: Any) -> str:
        text = " ".join(str(value or "").split())
        return str(super().clean(self.known.get(text.casefold(), text)))


def value_field(field: CustomField) -> forms.Field:
    """The rule of one of the consultant's own fields; it cleans to the text that is kept, empty where it is empty."""
    common: dict[str, Any] = {"label": field.label, "required": False}
    if field.kind == CustomField.Kind.CHOICE:
        return _Choice(known=[str(word) for word in field.choices], **common)
    if field.kind == CustomField.Kind.DATE:
        return _Date(**common)
    if field.kind == CustomField.Kind.NUMBER:
        return _Number(max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common)
    return PlainField(max_length=LONGEST_VALUE, **common)


class Rule(Protocol):
    def clean(self, value: Any) -> Any: ...


def checked(fields: Mapping[str, Rule], typed: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """``typed`` as ``fields`` take it, and what is wrong with each that they don't. A name that isn't typed is left
    out."""
    taken: dict[str, Any] = {}
    wrong: dict[str, list[str]] = {}
    for name, field in fields.items():
        if name in typed:
            try:
                taken[name] = field.clean(typed[name])
            except ValidationError as error:
                wrong[name] = [str(words) for words in error.messages]
    return taken, wrong
