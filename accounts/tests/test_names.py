"""What a person may be called, and how one line becomes two names."""

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string

from accounts.forms import password_hint
from accounts.names import split_name, tidy_name, validate_name


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Asha", ("Asha", "")),
        ("Asha Rao", ("Asha", "Rao")),
        ("  Asha   Devi\tRao ", ("Asha", "Devi Rao")),
    ],
)
def test_the_first_word_is_the_first_name_and_the_rest_the_last(line, names):
    assert split_name(line) == names


@pytest.mark.parametrize(
    "name", ["Om", "A. P. J. Abdul Kalam", "O'Brien", "Anne-Marie", "आशा राव", "பிரியா", "ക്‍ഷമ", "محمد", "李明", "Renée"]
)
def test_names_of_any_script_pass(name):
    validate_name(tidy_name(name))


def test_a_typographic_apostrophe_becomes_a_plain_one():
    assert tidy_name("D’Souza") == "D'Souza"


@pytest.mark.parametrize(
    "name",
    [
        "A",
        "x" * 101,
        "Asha 2",
        "Asha😀",
        "<b>Asha</b>",
        "Asha\u202eoaR",
        "Asha\u200bRao",
        "a" + "\u0301" * 6,
        "\u0301asha",
        "..",
        "Asha@Rao",
        "As\x00ha",
    ],
)
def test_what_no_name_is_written_with_is_refused(name):
    with pytest.raises(ValidationError):
        validate_name(tidy_name(name))


def test_a_hundred_characters_are_not_too_many():
    validate_name("x" * 100)


def test_a_hint_that_quotes_somebody_is_text():
    """Hints carry names: what is not marked as our own HTML stays text, whatever a name may one day hold."""
    form = forms.Form()
    form.fields["reason"] = forms.CharField(help_text="<script>alert(1)</script> reads it.")
    page = render_to_string("components/field.html", {"field": form["reason"]})
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    form.fields["ours"] = forms.CharField(help_text=password_hint())
    assert "<ul>" in render_to_string("components/field.html", {"field": form["ours"]})
