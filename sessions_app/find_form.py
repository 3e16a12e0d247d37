"""What a consultant looks for in the table of sessions, as the address says it."""

from __future__ import annotations

from datetime import date
from functools import cache, partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db.models import UUIDField
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from clients.choosing import ClientField, label_of
from clients.models import Client
from consultants.models import Consultant, Service
from naksha.kept import KeptTuples, Param
from sessions_app.listing import LONGEST_SEARCH, TOO_LONG, Criteria, midnight
from sessions_app.models import Session
from sessions_app.money import PaymentStatus

S = Session.Status
VIEWS = {  # group of sessions_app.listing: what it is called; "all" is none of them
    "coming": _("To come"),
    "asked": _("How did it go?"),
    "held": _("Completed"),
    "missed": _("No-shows"),
    "cancelled": _("Cancelled"),
    "all": _("All"),
}
ORDERS = ("when", "client", "amount", "status")
SIZES = (25, 50, 100)
FACETS = ("status", "pay", "kind", "platform", "service")  # several of each may be chosen
ONES = ("client", "from", "to")
BOX = '<label class="choice"><input type="checkbox" name="{}" value="{}"{}><span>{}</span></label>'


class OneOrAnother(ClientField):
    """A client by the id that an address has, an earlier one too, or as :class:`ClientField` finds one by what was
    typed."""

    def clean(self, value: Any) -> Client | None:
        try:
            pk = UUID(str(value))
        except ValueError:
            return super().clean(value)
        found = Client.objects.filter(consultant=self.consultant).called(pk)
        if found is None:
            raise forms.ValidationError(_("You have no such client."))
        return found


def _some(label: Any, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, choices=choices, required=False)


class FindForm(forms.Form):
    """Every field may be left empty; a wrong one is left out, and said. ``GET`` alone."""

    q = forms.CharField(label=_("Search"), required=False, max_length=LONGEST_SEARCH)
    status = _some(_("State"), [choice for choice in S.choices if choice[0] not in (S.PENDING, S.ABANDONED)])
    pay = _some(_("Payment"), PaymentStatus.choices)
    kind = _some(_("Kind"), Session.Kind.choices)
    platform = _some(_("Where"), Service.Platform.choices)
    service = _some(_("Service"), ())
    client = OneOrAnother(
        label=_("Client"),
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"list": "clients", "autocomplete": "off"}),
    )

    def __init__(self, data: Any, *, consultant: Consultant) -> None:
        super().__init__(data, label_suffix="")
        self.consultant = consultant
        # Asked for when somebody looks at them: the rows alone don't need them.
        self.fields["service"].choices = cache(partial(services_of, consultant))  # type: ignore[attr-defined]
        self.fields["client"].consultant = consultant  # type: ignore[attr-defined]
        self.fields["q"].error_messages["max_length"] = TOO_LONG
        for name, label in (("from", _("From")), ("to", _("Until"))):
            field = forms.DateField(label=label, required=False)
            field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            self.fields[name] = field
        self.is_valid()

    def clean_q(self) -> str:
        return " ".join(self.cleaned_data["q"].split())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("from", "to"):
            if data.get(name):
                try:
                    data[f"{name}_instant"] = midnight(data[name], self.consultant.timezone, after=name == "to")
                except (ValueError, OverflowError):
                    self.add_error(name, _("Choose a day of these years."))
        if data.get("from") and data.get("to") and data["to"] < data["from"]:
            self.add_error("to", _("This is before the first day."))
            data.pop("to_instant", None)
        return data

    # --- what is asked ------------------------------------------------------------------------

    @property
    def show(self) -> str:
        """A view; whoever chooses states looks among all."""
        asked = self.data.get("show", "")
        if self.cleaned_data.get("status"):
            return "all"
        return asked if asked in VIEWS else "coming"

    @property
    def sort(self) -> str:
        """``when``, ``-amount``. Of what is to come the next is on top, of all else the last."""
        asked = self.data.get("sort", "")
        return asked if asked.removeprefix("-") in ORDERS else self.usual_sort

    @property
    def usual_sort(self) -> str:
        return "when" if self.show == "coming" else "-when"

    @property
    def size(self) -> int:
        asked = self.data.get("size", "")
        return int(asked) if asked in map(str, SIZES) else SIZES[0]

    @property
    def criteria(self) -> Criteria:
        data = self.cleaned_data
        client = data.get("client")
        return Criteria(
            group="" if self.show == "all" else self.show,
            statuses=tuple(data.get("status", ())),
            payment=tuple(data.get("pay", ())),
            kinds=tuple(data.get("kind", ())),
            platforms=tuple(data.get("platform", ())),
            services=tuple(UUID(pk) for pk in data.get("service", ())),
            client=client.pk if client else None,
            first=data.get("from_instant"),
            until=data.get("to_instant"),
            words=data.get("q", ""),
        )

    @property
    def narrows(self) -> bool:
        """Whether anything is asked for but the view."""
        return bool(self.chips) or bool(self.cleaned_data.get("q"))

    @property
    def sizes(self) -> list[dict[str, Any]]:
        usual = SIZES[0]
        return [
            {"n": n, "query": self.query_with(size="" if n == usual else str(n)), "current": n == self.size}
            for n in SIZES
        ]

    @property
    def wrong(self) -> list[tuple[str, str, str]]:
        """What was left out: the id of its field, what that is called, and why."""
        return [
            (str(self[name].auto_id), str(self.fields[name].label), " ".join(map(str, errors)))
            for name, errors in self.errors.items()
            if name in self.fields
        ]

    @property
    def filter_errors(self) -> bool:
        """Whether something is wrong in what is folded away."""
        return any(name != "q" for name in self.errors)

    @property
    def words_field(self) -> dict[str, Any]:
        return self._drawn("q")

    @property
    def ones(self) -> list[dict[str, Any]]:
        return [self._drawn(name) for name in ONES]

    def _drawn(self, name: str) -> dict[str, Any]:
        """A field for a template that draws it by hand. A client is shown by name and mail address."""
        value = self.cleaned_data.get(name)
        if isinstance(value, Client):
            shown = label_of(value)
        else:
            shown = self.data.get(name, "") if name in self.errors else _as_text(value) if value else ""
        return {
            "name": name,
            "id": f"id_{name}",
            "label": self.fields[name].label,
            "type": "date" if name in ("from", "to") else "text",
            "value": shown,
            "errors": " ".join(map(str, self.errors.get(name, ()))),
        }

    @property
    def facets_html(self) -> SafeString:
        """What can be ticked, put together here: dozens of boxes take a template and Django's widgets their time."""
        parts = []
        for name in FACETS:
            field, ticked = self.fields[name], self.cleaned_data.get(name, ())
            boxes = [
                BOX.format(name, escape(value), " checked" if value in ticked else "", escape(words))
                for value, words in field.choices  # type: ignore[attr-defined]
            ]
            if boxes:
                parts.append(
                    f'<fieldset class="facet"><legend>{escape(field.label)}</legend>{"".join(boxes)}</fieldset>'
                )
        return mark_safe("".join(parts))  # noqa: S308 - every value is escaped

    # --- as an address ------------------------------------------------------------------------

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """What was understood, always in the same order, without what is usual."""
        found = [("show", self.show)]
        data = self.cleaned_data
        if data.get("q"):
            found.append(("q", data["q"]))
        found += [(name, value) for name in FACETS for value in data.get(name, ())]
        found += [(name, _as_text(data[name])) for name in ONES if data.get(name)]
        if self.sort != self.usual_sort:
            found.append(("sort", self.sort))
        if self.size != SIZES[0]:
            found.append(("size", str(self.size)))
        return found

    @property
    def query(self) -> str:
        return urlencode(self.pairs)

    def query_with(self, **changes: str) -> str:
        """The same with other values; an empty one leaves it out."""
        known = [(name, changes.get(name, value)) for name, value in self.pairs]
        new = [pair for pair in changes.items() if pair[0] not in dict(known)]
        return urlencode([(name, value) for name, value in [*known, *new] if value])

    @property
    def chips(self) -> list[dict[str, str]]:
        """Each filter that is set, in words, with the address without it."""
        data, found = self.cleaned_data, []
        for name in FACETS:
            words = dict(self.fields[name].choices) if data.get(name) else {}  # type: ignore[attr-defined]
            for value in data.get(name, ()):
                rest = [pair for pair in self.pairs if pair != (name, value)]
                said = f"{self.fields[name].label}: {words[value]}"
                found.append({"words": said, "query": urlencode(rest)})
        for name in ONES:
            if data.get(name):
                value = data[name]
                shown = value.name if isinstance(value, Client) else f"{value:%-d %b %Y}"
                words_of = f"{self.fields[name].label}: {shown}"
                found.append({"words": words_of, "query": self.query_with(**{name: ""})})
        return found


def _as_text(value: Client | date | str) -> str:
    if isinstance(value, Client):
        return str(value.pk)
    return value.isoformat() if isinstance(value, date) else value


_SERVICES = KeptTuples(
    lambda: (
        Service.objects.filter(consultant=Param("consultant", UUIDField())).order_by("title").values_list("pk", "title")
    )
)


def services_of(consultant: Consultant) -> list[tuple[str, str]]:
    """One query."""
    return [(str(pk), title) for pk, title in _SERVICES.all(consultant=consultant.pk)]
