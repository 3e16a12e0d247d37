"""What is typed of a client, and to a client: names, addresses, numbers, sentences."""

from __future__ import annotations

import unicodedata
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.names import tidy_name, validate_name
from naksha.personal import is_erased_mail

# Marks that turn the direction of what stands after them: in a name they could make a page read otherwise.
_TURNERS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\ufeff")


def plain(text: str) -> str:
    """Text without control characters and direction marks; line breaks stay."""
    return "".join(
        c for c in text if c not in _TURNERS and (c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs", "Co"))
    )


class NameField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Your name"), max_length=200, **kwargs)
        self.error_messages["required"] = _("Write your name.")
        self.widget.attrs.update(autocomplete="name", autocapitalize="words")

    def clean(self, value: Any) -> str:
        name = tidy_name(plain(super().clean(value)))
        if name or self.required:
            validate_name(name)
        return name


class MailField(forms.EmailField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Mail address"), max_length=254, **kwargs)
        self.widget.attrs.update(autocomplete="email", inputmode="email", spellcheck="false")
        self.error_messages["required"] = _("Write your mail address.")
        self.error_messages["invalid"] = _("Write a mail address like name@example.com.")

    def clean(self, value: Any) -> str:
        mail = str(super().clean(value)).lower()
        if is_erased_mail(mail):
            raise ValidationError(_("This address stands for a client who was erased. Write one that takes mail."))
        return mail


class PhoneField(forms.CharField):
    """A number as people in India write it, or with + and its country; kept as E.164."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Phone"), max_length=40, **kwargs)
        self.error_messages["required"] = _("Write the number to call.")
        self.widget.input_type = "tel"
        self.widget.attrs.update(autocomplete="tel", inputmode="tel")

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            number = phonenumbers.parse(text, "IN")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_valid_number(number):
            raise ValidationError(_("Write a phone number like 98200 12345, or with its country: +44 20 7946 0958."))
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


class PlainField(forms.CharField):
    """Words in any script, without control characters."""

    def clean(self, value: Any) -> str:
        return plain(super().clean(value)).strip()


class ReasonForm(forms.Form):
    """Why, in words that the other side reads."""

    use_required_attribute = False  # what is missing is said beside the field, in our words

    reason = PlainField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why, in a sentence.")},
    )

    def __init__(self, *args: Any, required: bool = True, hint: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = required
        self.fields["reason"].help_text = hint
