"""What a person may be called here, and how one line becomes a first and a last name."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MIN_LENGTH = 2
MAX_LENGTH = 100
MARKS = frozenset(".'-")
# Some Indic spellings hold a joiner after a vowel sign or virama; elsewhere it is an invisible character.
JOINERS = frozenset("\u200c\u200d")
# The longest run that a real spelling needs (Tibetan, Khmer); more is a drawing, not a name.
MOST_COMBINING = 4
HINT = _("As clients should read it. Letters of any script, spaces, and . ' -")


def tidy_name(name: str) -> str:
    """``name`` with one form for each letter, plain apostrophes and single spaces."""
    name = unicodedata.normalize("NFC", name).replace("\u2019", "'").replace("\u02bc", "'")
    return re.sub(r"\s+", " ", name).strip()


def validate_name(name: str) -> None:
    """Raise ValidationError unless ``name``, already tidy, is 2 to 100 characters that a name is written with."""
    if len(name) < MIN_LENGTH:
        raise ValidationError(_("Write at least 2 characters."), code="too_short")
    if len(name) > MAX_LENGTH:
        raise ValidationError(_("Write at most 100 characters."), code="too_long")
    combining = 0
    before = ""
    for character in name:
        category = unicodedata.category(character)
        if category[0] == "M" and before:
            combining += 1
            allowed = combining <= MOST_COMBINING
        else:
            combining = 0
            allowed = (
                category[0] == "L"
                or character == " "
                or character in MARKS
                or (character in JOINERS and before != "" and unicodedata.category(before)[0] == "M")
            )
        if not allowed:
            raise ValidationError(
                _("A name is written with letters, spaces and . ' - only. Take out “%(character)s”."),
                code="character",
                params={"character": character if character.isprintable() else f"U+{ord(character):04X}"},
            )
        before = character
    if not any(unicodedata.category(character)[0] == "L" for character in name):
        raise ValidationError(_("Write a name with at least one letter."), code="no_letter")


def split_name(name: str) -> tuple[str, str]:
    """First and last name: the first word, and whatever follows it."""
    first, _space, last = tidy_name(name).partition(" ")
    return first, last
