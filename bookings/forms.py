"""What clients and consultants type about a booking."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from availability import picker
from bookings.invoicing import asked_for
from bookings.services import Details
from clients.fields import MailField, NameField, PhoneField, PlainField
from consultants.models import Service, ServiceQuestion
from naksha import taxids
from naksha.india import ABROAD, STATES, is_pin_code
from naksha.web.zone import zone as zone_of
from sessions_app.desk_forms import TimeForm

MOST_ANSWER = 2000


class DetailsForm(forms.Form):
    """Who books, what the consultant asks, and what an invoice needs, where one is due with GST."""

    name = NameField()
    email = MailField(help_text=_("The confirmation and your link come here."))
    phone = PhoneField(required=False)

    def __init__(self, *args: Any, service: Service, user: User | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.service = service
        self.user = user
        self.questions = list(service.questions.all())
        if user is not None:
            del self.fields["email"]
        if service.platform == Service.Platform.PHONE:
            self.fields["phone"].required = True
            self.fields["phone"].help_text = _("You are called on this number.")
        for question in self.questions:
            self.fields[self.key(question)] = _question_field(question)
        self.asked_for = asked_for(service)
        if self.asked_for.place:
            self.fields["state_code"] = forms.ChoiceField(
                label=_("State"),
                choices=[("", _("Choose …")), *STATES.items(), (ABROAD, _("Outside India"))],
                help_text=_("The GST invoice has to name it."),
                error_messages={"required": _("Choose your State.")},
            )
            self.fields["pin_code"] = forms.CharField(
                label=_("PIN code"), max_length=10, required=self.data.get("state_code") != ABROAD
            )
            self.fields["pin_code"].error_messages["required"] = _("Write your PIN code.")
            self.fields["pin_code"].widget.attrs.update(inputmode="numeric", autocomplete="postal-code", maxlength="7")
        if self.asked_for.gstin:
            self.fields |= _billing_fields(address_of_all=self.asked_for.address)

    @staticmethod
    def key(question: ServiceQuestion) -> str:
        return f"q_{question.pk.hex}"

    @property
    def contact(self) -> list[forms.BoundField]:
        return [self[name] for name in ("name", "email", "phone") if name in self.fields]

    @property
    def asked(self) -> list[forms.BoundField]:
        return [self[self.key(question)] for question in self.questions]

    @property
    def place(self) -> list[forms.BoundField]:
        names = ["state_code", "pin_code"]
        return [self[name] for name in names if name in self.fields]

    @property
    def address(self) -> forms.BoundField | None:
        """The address, where everybody has to write it."""
        return self["billing_address"] if self.asked_for.address else None

    @property
    def business(self) -> list[forms.BoundField]:
        """What is asked of somebody with a GSTIN alone."""
        names = ["gstin", "billing_name"] + ([] if self.asked_for.address else ["billing_address"])
        return [self[name] for name in names if name in self.fields]

    @property
    def is_business(self) -> bool:
        """Whether it is filled in, or something of it is wrong. An address alone, which a login knows, is not."""
        named = [field for field in self.business if field.name != "billing_address"]
        return any(field.value() for field in named) or any(field.errors for field in self.business)

    def clean_pin_code(self) -> str:
        pin = str(self.cleaned_data["pin_code"]).replace(" ", "")
        if self.cleaned_data.get("state_code") == ABROAD:
            return ""
        if not is_pin_code(pin):
            raise ValidationError(_("Write the six digits of your PIN code, like 411004."))
        return pin

    def clean_gstin(self) -> str:
        gstin = taxids.tidy(self.cleaned_data["gstin"])
        if gstin and not taxids.is_gstin(gstin):
            raise ValidationError(_("This is no GSTIN. Copy all 15 characters from your certificate."))
        return gstin

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if gstin := data.get("gstin"):
            self._check_business(gstin, data)
        elif data.get("billing_name") and "gstin" not in self.errors:
            self.add_error("gstin", _("Write the GSTIN of this business, or leave its name out."))
        return data

    def _check_business(self, gstin: str, data: dict[str, Any]) -> None:
        """A business is named with its address, and its GSTIN begins with the State's number."""
        if not data.get("billing_address") and "billing_address" not in self.errors:
            self.add_error("billing_address", _("Write the address of the business: the invoice has to name it."))
        state = taxids.gstin_state(gstin)
        if data.get("state_code", state) != state:
            words = _("This GSTIN is of %(state)s. Choose that State, or another GSTIN.")
            self.add_error("state_code", words % {"state": STATES.get(state, state)})

    def details(self, timezone: str) -> Details:
        """What was typed, for the services. The form is valid."""
        data = self.cleaned_data
        answers = [
            {"question": question.label, "answer": data[self.key(question)]}
            for question in self.questions
            if data.get(self.key(question))
        ]
        return Details(
            name=data["name"],
            email=self.user.email if self.user else data["email"],
            phone=data["phone"],
            timezone=timezone,
            answers=answers,
            state_code=data.get("state_code", ""),
            pin_code=data.get("pin_code", ""),
            billing_name=data.get("billing_name", ""),
            billing_address=data.get("billing_address", ""),
            gstin=data.get("gstin", ""),
        )


def _billing_fields(*, address_of_all: bool) -> dict[str, forms.Field]:
    """Who the invoice is made out to. The address is everybody's to write, or only theirs who name a GSTIN."""
    address = PlainField(
        label=_("Address"),
        max_length=300,
        required=address_of_all,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "street-address"}),
        help_text=_("A GST invoice from ₹50,000 has to name it.")
        if address_of_all
        else _("Of the business, with its city."),
        error_messages={"required": _("Write your address.")},
    )
    gstin = forms.CharField(
        label=_("GSTIN"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "off"}),
    )
    name = PlainField(
        label=_("Name of the business"),
        max_length=200,
        required=False,
        help_text=_("As on the GST certificate, where it is not your own name."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    return {"billing_address": address, "gstin": gstin, "billing_name": name}


def _question_field(question: ServiceQuestion) -> forms.Field:
    common: dict[str, Any] = {
        "label": question.label,
        "required": question.required,
        "error_messages": {"required": _("This needs an answer.")},
    }
    if question.kind == ServiceQuestion.Kind.CHOICE:
        choices = [(choice, choice) for choice in question.choices if isinstance(choice, str)]
        return forms.ChoiceField(choices=[("", _("Choose …")), *choices], **common)
    if question.kind == ServiceQuestion.Kind.LONG:
        return PlainField(max_length=MOST_ANSWER, widget=forms.Textarea(attrs={"rows": 4}), **common)
    return PlainField(max_length=200, **common)


class WaitlistForm(forms.Form):
    """A place in line: a name and a mail address."""

    name = NameField()
    email = MailField(help_text=_("We write here when a place is free."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class FindForm(forms.Form):
    """A lost link: the reference and the mail address of a booking."""

    reference = forms.CharField(label=_("Booking number"), max_length=20, help_text=_("Like NK-7F3K2Q9B."))
    email = MailField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def clean_reference(self) -> str:
        reference = "".join(str(self.cleaned_data["reference"]).upper().split())
        return reference if reference.startswith("NK-") else f"NK-{reference.removeprefix('NK')}"


class WebinarDateForm(TimeForm):
    """A date of a webinar, in the consultant's own zone: to come, and within sight."""

    service = forms.ModelChoiceField(label=_("Webinar"), queryset=Service.objects.none())
    field_order = ("service",)

    def __init__(self, *args: Any, services: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = services  # type: ignore[attr-defined]
        self.fields["service"].empty_label = None  # type: ignore[attr-defined]

    def clean_date(self) -> date:
        day: date = self.cleaned_data["date"]
        today = timezone.now().astimezone(zone_of(self.zone)).date()
        if day < today:
            raise ValidationError(_("That day is over. Choose one that is still to come."))
        if day >= today + picker.REACH - timedelta(days=1):
            raise ValidationError(_("Choose a day within the next year."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "starts_at" in data and data["starts_at"] <= timezone.now():
            self.add_error("time", _("Choose a start that is still to come."))
        return data
