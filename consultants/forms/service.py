"""A service and its questions as the consultant types them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from consultants.forms.fields import RupeesField
from consultants.models import Service, ServiceQuestion
from consultants.services.offers import MOST_QUESTIONS, Question, ServiceFacts

Asked = ServiceQuestion.Kind


class ServiceForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=Service.Kind.choices, widget=forms.RadioSelect)
    title = forms.CharField(
        label=_("Title"),
        max_length=100,
        help_text=_("For example: First call, GST registration."),
        error_messages={"required": _("Write a title.")},
    )
    description = forms.CharField(
        label=_("What the client gets"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
    minutes = forms.IntegerField(label=_("Length"), min_value=5, max_value=720)
    capacity = forms.IntegerField(label=_("Seats"), required=False, min_value=1, max_value=1000)
    price_paise = RupeesField(
        label=_("Price"),
        help_text=_("Before GST. 0 is free."),
        error_messages={"required": _("Write a price, or 0 for free.")},
    )
    deposit_paise = RupeesField(
        label=_("Deposit"),
        required=False,
        help_text=_("Paid when booking; the rest after the session. Empty: all is paid when booking."),
    )
    platform = forms.ChoiceField(label=_("Where"), choices=Service.Platform.choices, widget=forms.RadioSelect)
    place = forms.CharField(label=_("Link, number or address"), required=False, max_length=300)
    confirmation = forms.ChoiceField(
        label=_("A booking is confirmed"),
        choices=Service.Confirmation.choices,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("By hand, the time is kept while you decide, and the client is refunded if you decline."),
    )
    is_active = forms.BooleanField(label=_("Can be booked now"), required=False)

    @classmethod
    def of(cls, service: Service | None) -> ServiceForm:
        if service is None:
            return cls(initial={"kind": "personal", "minutes": 30, "platform": "jitsi", "confirmation": "instant",
                                "is_active": True, "capacity": 20})  # fmt: skip
        return cls(initial={name: getattr(service, name) for name in cls.base_fields})

    @classmethod
    def as_typed(cls, data: QueryDict) -> ServiceForm:
        """What was typed, unchecked: for a page that only arranges the questions."""
        typed: dict[str, Any] = {name: data.get(name, "") for name in cls.base_fields}
        return cls(initial={**typed, "is_active": "is_active" in data})

    def facts(self) -> ServiceFacts:
        data = self.cleaned_data
        return {
            "kind": data["kind"],
            "title": data["title"],
            "description": data["description"],
            "minutes": data["minutes"],
            "price_paise": data["price_paise"],
            "deposit_paise": data["deposit_paise"],
            "platform": data["platform"],
            "place": data["place"],
            "confirmation": data["confirmation"] or Service.Confirmation.INSTANT,
            "capacity": data["capacity"] or 1,
            "is_active": data["is_active"],
        }


class QuestionForm(forms.Form):
    """One row. A row without a question is no question."""

    label = forms.CharField(label=_("Question"), required=False, max_length=200)
    kind = forms.ChoiceField(label=_("Answer"), choices=Asked.choices, initial=Asked.SHORT)
    choices = forms.CharField(
        label=_("Choices"),
        required=False,
        max_length=1500,
        help_text=_("One on each line, for “One of a list” alone."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    required = forms.BooleanField(label=_("Must be answered"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("label") and data.get("kind") == Asked.CHOICE and len(_lines(data.get("choices", ""))) < 2:
            self.add_error("choices", _("Write at least two choices, one on each line."))
        return data

    def question(self) -> Question:
        data = self.cleaned_data
        return {
            "label": data["label"],
            "kind": data["kind"],
            "choices": _lines(data["choices"]),
            "required": data["required"],
        }


Row = dict[str, Any]
EMPTY: Row = {"label": "", "kind": Asked.SHORT, "choices": "", "required": False}


def rows_of(service: Service | None) -> list[Row]:
    if service is None:
        return []
    return [
        {"label": q.label, "kind": q.kind, "choices": "\n".join(q.choices), "required": q.required}
        for q in service.questions.all()
    ]


def _count(data: QueryDict) -> int:
    typed = data.get("question-rows", "0")
    return min(int(typed), MOST_QUESTIONS) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0


def typed_rows(data: QueryDict) -> list[Row]:
    return [
        {
            **{name: data.get(f"question-{n}-{name}", "") for name in ("label", "kind", "choices")},
            "required": f"question-{n}-required" in data,
        }
        for n in range(_count(data))
    ]


def arranged(rows: list[Row], act: str) -> list[Row]:
    """``rows`` after one of the buttons: ``add``, ``up:2``, ``down:2``, ``drop:2``. Anything else changes nothing."""
    rows = list(rows)
    move, _colon, place = act.partition(":")
    n = int(place) if place.isascii() and place.isdigit() else -1
    if move == "add" and len(rows) < MOST_QUESTIONS:
        rows.append(dict(EMPTY))
    elif move == "drop" and 0 <= n < len(rows):
        del rows[n]
    elif move == "up" and 0 < n < len(rows):
        rows[n - 1], rows[n] = rows[n], rows[n - 1]
    elif move == "down" and 0 <= n < len(rows) - 1:
        rows[n + 1], rows[n] = rows[n], rows[n + 1]
    return rows


def shown_questions(rows: Sequence[Row]) -> list[QuestionForm]:
    return [QuestionForm(prefix=f"question-{n}", initial=row) for n, row in enumerate(rows)]


def sent_questions(data: QueryDict) -> list[QuestionForm]:
    return [QuestionForm(data, prefix=f"question-{n}") for n in range(_count(data))]


def asked(forms_: Sequence[QuestionForm]) -> list[Question]:
    return [form.question() for form in forms_ if form.cleaned_data["label"].strip()]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
