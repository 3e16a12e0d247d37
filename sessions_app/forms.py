"""Forms of the session's room."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions_app.models import SessionNotes


class NotesForm(forms.Form):
    private = forms.CharField(
        label=_("For you alone"), max_length=20_000, required=False, strip=False, widget=forms.Textarea({"rows": 5})
    )
    shared = forms.CharField(
        label=_("Shared with your client"),
        max_length=20_000,
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 4}),
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    @classmethod
    def of(cls, notes: SessionNotes) -> NotesForm:
        return cls(initial={"private": notes.private, "shared": notes.shared, "version": notes.version})

    def over(self, version: int) -> NotesForm:
        """The same words, to be written over ``version``."""
        return NotesForm(initial={**self.cleaned_data, "version": version})

    @property
    def first_problem(self) -> str:
        return str(next(iter(self.errors.values()))[0])
