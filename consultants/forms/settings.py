"""The page's address, the bank account and the mails' own words as the consultant types them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultants.models import BankAccount, MailWords
from consultants.services.banking import BankFacts
from consultants.slugs import MAX_LENGTH

Kind = MailWords.Kind


class AddressForm(forms.Form):
    slug = forms.CharField(
        label=_("New address"),
        max_length=MAX_LENGTH,
        help_text=_("Small letters a to z, digits and hyphens. For example: your name, or the name of your practice."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).strip("/ ").lower()


class BankForm(forms.Form):
    holder_name = forms.CharField(
        label=_("Account holder"), max_length=200, help_text=_("As the bank has it, letter for letter.")
    )
    number = forms.CharField(
        label=_("Account number"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}),
    )
    ifsc = forms.CharField(
        label=_("IFSC"),
        max_length=20,
        help_text=_("11 characters, on your cheques and in your bank’s app."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(label=_("Kind of account"), choices=BankAccount.Kind.choices, widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, account: BankAccount | None) -> None:
        initial: dict[str, Any] = {"kind": BankAccount.Kind.SAVINGS}
        if account is not None:
            initial = {name: getattr(account, name) for name in ("holder_name", "ifsc", "kind")}
        super().__init__(data, initial=initial)
        if account is not None:
            self.fields["number"].help_text = gettext("We have %(number)s. Leave this empty to keep it.") % {
                "number": account.masked_number
            }
        else:
            self.fields["number"].help_text = gettext("9 to 18 digits. It is stored encrypted and shown to nobody.")

    def facts(self) -> BankFacts:
        data = self.cleaned_data
        return {
            "holder_name": data["holder_name"],
            "number": data["number"] or None,
            "ifsc": data["ifsc"],
            "kind": data["kind"],
            "pan": None,
        }


def _words(label: Any, help_text: Any, kind: str, rows: int) -> forms.CharField:
    # How long it may be is the service's rule; here it only stops the typing.
    area = forms.Textarea(attrs={"rows": rows, "maxlength": MailWords.longest(kind)})
    return forms.CharField(label=label, help_text=help_text, required=False, widget=area)


class MailWordsForm(forms.Form):
    confirmation = _words(
        _("In the confirmation"), _("What to bring, how to prepare, where to ring the bell."), Kind.CONFIRMATION, 4
    )
    reminder = _words(_("In each reminder"), _("What they should have at hand."), Kind.REMINDER, 4)
    follow_up = _words(_("After the session"), _("How to go on: a word of thanks, what comes next."), Kind.FOLLOW_UP, 4)
    signature = _words(
        _("Signature"),
        _("Under these mails, and under those about moves and quotations. Your name, your practice, a number."),
        Kind.SIGNATURE,
        3,
    )

    @classmethod
    def of(cls, words: dict[str, str], data: Any = None) -> MailWordsForm:
        return cls(data, initial={name: words.get(name, "") for name in cls.base_fields})

    def words(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.base_fields}
