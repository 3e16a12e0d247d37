"""What a consultant types of a quotation, and what a client types on its page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.choosing import ClientField, label_of, newest_clients
from clients.fields import MailField, NameField, PlainField, ReasonForm
from clients.models import Client
from consultants.forms.fields import RupeesField
from consultants.models import Consultant
from naksha.india import ABROAD, STATES
from naksha.money import rupees
from quotations.models import Quotation
from quotations.services import Draft, LineFacts, Read
from quotations.services.drafting import MOST_LINES, USUAL_DAYS, facts_of
from quotations.sums import MOST_PAISE, MOST_QUANTITY, WHOLE

_NUMBER = re.compile(r"\d{1,9}(\.\d{1,2})?")
STATE_CHOICES = [("", _("As with the client")), *STATES.items(), (ABROAD, _("Outside India"))]


class HundredthsField(forms.CharField):
    """A number with at most two decimals, as hundredths: 2.5 is 250. Left empty, where it may be, it is 0."""

    default_error_messages = {"invalid": _("Write a number like 2 or 2.5.")}

    def __init__(self, *, most: int, too_much: Any, **kwargs: Any) -> None:
        super().__init__(max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 6}), **kwargs)
        self.most, self.too_much = most, too_much

    def clean(self, value: Any) -> int:
        text = super().clean(value).replace(",", "").rstrip("% ")
        if not text:
            return 0
        if not _NUMBER.fullmatch(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        found = int(Decimal(text) * 100)
        if found > self.most:
            raise ValidationError(self.too_much)
        return found

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        return f"{value / 100:g}" if value or self.required else ""


def _percent(label: Any, **kwargs: Any) -> HundredthsField:
    return HundredthsField(label=label, required=False, most=WHOLE, too_much=_("It can be at most 100 %."), **kwargs)


class QuotationForm(forms.Form):
    client = ClientField(
        label=_("Client"),
        required=False,
        max_length=400,
        help_text=_("A part of the name or the mail address. Empty: somebody new."),
        widget=forms.TextInput(attrs={"list": "clients", "autocomplete": "off"}),
    )
    name = NameField(required=False)
    email = MailField(required=False)
    title = PlainField(label=_("What it is for"), max_length=100)
    message = PlainField(label=_("Message"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    valid_until = forms.DateField(
        label=_("Valid until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The whole of that day. Then it lapses by itself."),
    )
    state_code = forms.ChoiceField(
        label=_("Place of supply"),
        required=False,
        choices=STATE_CHOICES,
        help_text=_("The State of your client, by which GST is CGST and SGST, or IGST."),
    )
    discount = _percent(_("Discount on the whole"))
    deposit = _percent(_("Deposit"), help_text=_("What is paid first, of the total. Empty: all at once."))
    terms = PlainField(label=_("Terms"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 4}))
    edition = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, consultant: Consultant, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.consultant = consultant
        cast(ClientField, self.fields["client"]).consultant = consultant
        self.fields["name"].label, self.fields["email"].label = _("Name"), _("Mail address")

    @property
    def known(self) -> list[str]:
        return newest_clients(self.consultant)

    @property
    def client_found(self) -> Client | None:
        """The client whom the typed words name, as far as that is known. The form need not be valid."""
        return cast(Client | None, self.cleaned_data.get("client"))

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"] or "")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("client") and "client" not in self.errors:
            for name, words in (("name", _("Write the name.")), ("email", _("Write the mail address."))):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, str(words))
        return data

    def draft(self, lines: Sequence[LineForm]) -> Draft:
        """What was typed, for the services. The form and the lines are valid."""
        data = self.cleaned_data
        return Draft(
            title=data["title"],
            valid_until=data["valid_until"],
            lines=tuple(line.facts() for line in lines),
            message=data["message"],
            terms=data["terms"],
            state_code=data["state_code"],
            discount_points=data["discount"],
            deposit_points=data["deposit"],
        )

    @classmethod
    def of(cls, quotation: Quotation) -> QuotationForm:
        return cls(
            consultant=quotation.consultant,
            initial={
                "client": label_of(quotation.client),
                "title": quotation.title,
                "message": quotation.message,
                "valid_until": quotation.valid_until,
                "state_code": quotation.state_code,
                "discount": quotation.discount_points,
                "deposit": quotation.deposit_points,
                "terms": quotation.terms,
                "edition": quotation.edition,
            },
        )

    @classmethod
    def fresh(cls, consultant: Consultant, client: Client | None) -> QuotationForm:
        """With the terms and the deposit of the last one. One query."""
        last = Quotation.objects.filter(consultant=consultant).order_by("-created_at").first()
        return cls(
            consultant=consultant,
            initial={
                "client": label_of(client) if client else "",
                "valid_until": timezone.localdate() + timedelta(days=USUAL_DAYS),
                "deposit": last.deposit_points if last else 5_000,
                "terms": last.terms if last else "",
            },
        )

    @classmethod
    def as_typed(cls, data: QueryDict, consultant: Consultant) -> QuotationForm:
        """What was typed, unchecked: for a page that only arranges the lines."""
        return cls(consultant=consultant, initial={name: data.get(name, "") for name in cls.base_fields})


class LineForm(forms.Form):
    description = PlainField(label=_("What it is"), max_length=200)
    details = PlainField(label=_("Details"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    quantity = HundredthsField(
        label=_("Quantity"), most=MOST_QUANTITY, too_much=_("A quantity is between 0.01 and 10,000."), initial=100
    )
    unit_paise = RupeesField(label=_("Price of one"))
    discount = _percent(_("Discount"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def clean_quantity(self) -> int:
        quantity = int(self.cleaned_data["quantity"])
        if not quantity:
            raise ValidationError(_("A quantity is between 0.01 and 10,000."))
        return quantity

    def clean_unit_paise(self) -> int:
        paise = int(self.cleaned_data["unit_paise"])
        if paise > MOST_PAISE:
            raise ValidationError(_("A price is at most %(most)s.") % {"most": rupees(MOST_PAISE)})
        return paise

    def facts(self) -> LineFacts:
        data = self.cleaned_data
        return LineFacts(
            description=data["description"],
            quantity=data["quantity"],
            unit_paise=data["unit_paise"],
            discount_points=data["discount"],
            details=data["details"],
        )


Row = Mapping[str, Any]
EMPTY: Row = {"description": "", "details": "", "quantity": 100, "unit_paise": "", "discount": ""}


def rows_of(quotation: Quotation) -> list[Row]:
    return [
        {
            "description": line.description,
            "details": line.details,
            "quantity": line.quantity,
            "unit_paise": line.unit_paise,
            "discount": line.discount_points,
        }
        for line in facts_of(quotation)
    ]


def _count(data: QueryDict) -> int:
    typed = data.get("line-rows", "0")
    return min(int(typed), MOST_LINES) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0


def typed_rows(data: QueryDict) -> list[Row]:
    return [{name: data.get(f"line-{n}-{name}", "") for name in EMPTY} for n in range(_count(data))]


def arranged(rows: list[Row], act: str) -> list[Row]:
    """``rows`` after one of the buttons: ``add``, ``up:2``, ``down:2``, ``drop:2``. Anything else changes nothing."""
    rows = list(rows)
    move, _colon, place = act.partition(":")
    n = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else -1
    if move == "add" and len(rows) < MOST_LINES:
        rows.append(EMPTY)
    elif move == "drop" and 0 <= n < len(rows):
        del rows[n]
    elif move == "up" and 0 < n < len(rows):
        rows[n - 1], rows[n] = rows[n], rows[n - 1]
    elif move == "down" and 0 <= n < len(rows) - 1:
        rows[n + 1], rows[n] = rows[n], rows[n + 1]
    return rows


def shown_lines(rows: Sequence[Row]) -> list[LineForm]:
    return [LineForm(prefix=f"line-{n}", initial=dict(row)) for n, row in enumerate(rows)]


def sent_lines(data: QueryDict) -> list[LineForm]:
    return [LineForm(data, prefix=f"line-{n}") for n in range(_count(data))]


class SendForm(forms.Form):
    """What stood on a draft's page when it was sent from there."""

    edition = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    total = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    taxed = forms.CharField(max_length=40, widget=forms.HiddenInput)

    @classmethod
    def of(cls, quotation: Quotation) -> SendForm:
        """Twice on its page, so without ids."""
        stands = {"edition": quotation.edition, "total": quotation.total_paise, "taxed": quotation.taxed}
        return cls(initial=stands, auto_id=False)

    def read(self) -> Read:
        data = self.cleaned_data
        return Read(edition=data["edition"], total_paise=data["total"], taxed=data["taxed"])


class CallOffForm(forms.Form):
    """Why accepted work ends, and what of the money goes back. ``seen`` is what was left of it on the page."""

    reason = PlainField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why, in a sentence.")},
    )
    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None, *, quotation: Quotation) -> None:
        super().__init__(data, initial={"seen": quotation.refundable_paise}, label_suffix="")
        self.fields["reason"].help_text = _("%(name)s reads it by mail.") % {"name": quotation.client.name}
        if left := quotation.refundable_paise:
            words = _("Of the %(left)s that were paid. 0 keeps all of it.") % {"left": rupees(left)}
            self.fields["refund"] = RupeesField(label=_("Goes back to your client"), initial=left, help_text=words)

    @classmethod
    def as_typed(cls, data: QueryDict, quotation: Quotation) -> CallOffForm:
        """What was typed, over what is true by now."""
        typed = {name: data.get(name, "") for name in ("reason", "refund")}
        return cls({**typed, "seen": quotation.refundable_paise}, quotation=quotation)


# --- on the client's page -------------------------------------------------------------------------


class AcceptForm(forms.Form):
    name = NameField(
        help_text=_("Typing it here accepts the quotation. It is kept with the time and the address you send it from."),
    )
    version = forms.IntegerField(min_value=1, max_value=32_000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class DeclineForm(ReasonForm):
    version = forms.IntegerField(min_value=1, max_value=32_000, widget=forms.HiddenInput)


class QuestionForm(forms.Form):
    body = PlainField(
        label=_("Your question"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write your question.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class AnswerForm(forms.Form):
    answer = PlainField(
        label=_("Your answer"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write your answer.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
