"""What a consultant types of clients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.details import TagsField, detail_fields, note_field, value_field
from clients.fields import PlainField
from clients.models import Client, CustomField


def key_of(field: CustomField) -> str:
    return f"own_{field.pk.hex}"


class ClientForm(forms.Form):
    """A client by hand: details, tags, and the consultant's own fields."""

    def __init__(
        self,
        *args: Any,
        own: Sequence[CustomField],
        tags: Sequence[str] = (),
        client: Client | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.own, self.known_tags, self.client = own, tags, client
        self.fields |= detail_fields()
        if client is not None and client.user_id is not None:
            self.fields["email"].disabled = True
            self.fields["email"].help_text = _("They log in with this address, so they alone can change it.")
        elif client is not None:
            self.fields["email"].help_text = _(
                "With another address, links that went to this one stop, and new ones go out for what is to come."
            )
        self.fields["tags"] = TagsField()
        self.fields["tags"].widget.attrs["list"] = "tags"
        for each in own:
            self.fields[key_of(each)] = value_field(each)
        if client is None:
            self.fields["note"] = note_field(required=False)
        else:  # of what stood in the form when it was drawn
            self.fields["version"] = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    @property
    def own_fields(self) -> list[Any]:
        return [self[key_of(each)] for each in self.own]

    @property
    def details(self) -> dict[str, str]:
        """What was typed, for the services. The form is valid."""
        return {name: self.cleaned_data[name] for name in detail_fields()}

    @property
    def values(self) -> dict[UUID, str]:
        return {each.pk: self.cleaned_data[key_of(each)] for each in self.own}


class NoteForm(forms.Form):
    body = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class FieldForm(forms.Form):
    """One of the consultant's own fields. The kind of one that is there stays as it is."""

    label = PlainField(label=_("What it is called"), max_length=60, help_text=_("Birthday, Company, Plan."))
    kind = forms.ChoiceField(label=_("Kind"), choices=CustomField.Kind.choices, initial=CustomField.Kind.TEXT)
    choices = PlainField(
        label=_("Choices"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Each in a line of its own. For “one of several” alone."),
    )

    def __init__(self, *args: Any, field: CustomField | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        if field is not None:
            kwargs["initial"] = {"label": field.label, "kind": field.kind, "choices": "\n".join(field.choices)}
        super().__init__(*args, **kwargs)
        if field is not None:
            self.fields["kind"].disabled = True
            if field.kind != CustomField.Kind.CHOICE:
                del self.fields["choices"]

    def clean_label(self) -> str:
        return " ".join(str(self.cleaned_data["label"]).split())

    def clean_choices(self) -> list[str]:
        words = [" ".join(line.split()) for line in str(self.cleaned_data["choices"]).splitlines()]
        found = [word for word in words if word]
        if any(len(word) > 60 for word in found):
            raise forms.ValidationError(_("A choice has at most 60 characters."))
        if len(found) > 30:
            raise forms.ValidationError(_("At most 30 choices."))
        return found
