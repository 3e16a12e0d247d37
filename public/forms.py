from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consultants.models import City, Field, Language
from naksha.money import to_paise
from public.directory import DEARER, Criteria


class RupeesField(forms.CharField):
    """Rupees as typed, cleaned to paise; empty is None."""

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return min(to_paise(text), DEARER)
        except ValueError as error:
            raise forms.ValidationError(_("Type an amount in rupees, such as 1500.")) from error


def _some(queryset: QuerySet[Any]) -> list[tuple[str, str]]:
    return [(row.pk, str(row)) for row in queryset]


class DirectoryForm(forms.Form):
    """The directory's filters, read from the address so that a result can be shared by it."""

    q = forms.CharField(
        label=_("Search"),
        max_length=80,
        required=False,
        widget=forms.SearchInput(attrs={"placeholder": _("Name, subject or question"), "autocomplete": "off"}),
    )
    field = forms.ChoiceField(label=_("Field"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    city = forms.ChoiceField(label=_("City"), required=False)
    min_price = RupeesField(
        label=_("Price from, ₹"), required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    max_price = RupeesField(label=_("to, ₹"), required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    free_on = forms.DateField(
        label=_("Free on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    min_rating = forms.TypedChoiceField(
        label=_("Rating"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("Any rating")), (45, _("4.5 and more")), (40, _("4 and more")), (30, _("3 and more"))],
    )
    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("soonest", _("Soonest free")),
            ("price", _("Lowest price")),
            ("rating", _("Highest rating")),
            ("experience", _("Longest practice")),
            ("name", _("Name")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Only what somebody is listed under: a filter that finds nobody helps nobody.
        listed = {
            "consultants__status": "approved",
            "consultants__is_listed": True,
            "consultants__profile_completed_at__isnull": False,
        }
        choices = {
            "field": (_("Any field"), Field.objects.filter(**listed).distinct()),
            "language": (_("Any language"), Language.objects.filter(**listed).distinct()),
            "city": (_("Any city"), City.objects.filter(**listed).distinct()),
        }
        for name, (anyone, rows) in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", anyone), *_some(rows)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        low, high = data.get("min_price"), data.get("max_price")
        if low is not None and high is not None and low > high:
            self.add_error("max_price", _("This is below the price it starts from."))
        return data

    def criteria(self) -> Criteria:
        """What the valid fields ask for; a field with an error is left out, and says so beside itself."""
        data = self.cleaned_data if self.is_bound else {}
        return Criteria(
            words=data.get("q") or "",
            field=data.get("field") or "",
            language=data.get("language") or "",
            city=data.get("city") or "",
            min_price_paise=data.get("min_price"),
            max_price_paise=None if "max_price" in self.errors else data.get("max_price"),
            free_on=data.get("free_on"),
            min_rating_tenths=data.get("min_rating"),
            order=data.get("order") or "soonest",
        )
