"""What Django says of its own reaches people in our words."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from gettext import GNUTranslations
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django import forms
from django.conf import settings
from django.core import validators
from django.utils import translation

OURS = settings.BASE_DIR / "locale/en_IN/LC_MESSAGES"
PARAMS = {"limit_value": 2, "show_value": 4, "max": 2, "num": 2, "length": 4}


def sentences() -> Iterator[Any]:
    """Every sentence that a field or a validator of Django's refuses with."""
    for holder in (forms.fields, forms.models, validators):
        for name, kind in inspect.getmembers(holder, inspect.isclass):
            if not kind.__module__.startswith("django."):
                continue
            found = dict(getattr(kind, "default_error_messages", {}))
            if hasattr(kind, "message"):
                found["message"] = kind.message
            for code, words in found.items():
                yield pytest.param(words, id=f"{name}-{code}")


def said(words: Any) -> str:
    """The sentence; of a plural, which wants its number, the one for two."""
    return str(words) or str(words % PARAMS)


@pytest.mark.parametrize("words", list(sentences()))
def test_every_refusal_of_djangos_is_reworded(words: Any) -> None:
    with translation.override(None):
        theirs = said(words)
    assert said(words) != theirs, "say it in locale/en_IN/LC_MESSAGES/django.po"


def test_what_was_compiled_is_what_is_written() -> None:
    with (OURS / "django.po").open("rb") as file:
        written = {
            key: text
            for message in read_po(file)
            if message.id
            for key, text in (
                zip([(message.id[0], n) for n in range(2)], message.string, strict=True)
                if message.pluralizable
                else [(message.id, message.string)]
            )
        }
    with (OURS / "django.mo").open("rb") as file:
        compiled = {key: text for key, text in GNUTranslations(file)._catalog.items() if key}  # type: ignore[attr-defined]
    assert compiled == written, "run .venv/bin/python manage.py compilemessages"


class Asked(forms.Form):
    name = forms.CharField(max_length=3)
    day = forms.DateField()


def test_a_form_answers_in_them() -> None:
    form = Asked({"name": "Farhan", "day": "soon"})
    assert form.errors["name"] == ["At most 3 characters; this has 6."]
    assert form.errors["day"] == ["That is no date. Choose one, or write it like 2026-11-24."]
    assert Asked({}).errors["name"] == ["This is needed."]
