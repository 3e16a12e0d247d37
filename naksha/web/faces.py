"""Initials for those who have no photo."""

from __future__ import annotations

import unicodedata


def _first_letter(word: str) -> str:
    """The first letter with the marks that belong to it (``मि`` is one)."""
    letter = ""
    for sign in word:
        if letter and not unicodedata.category(sign).startswith("M"):
            break
        if letter or unicodedata.category(sign)[0] in "LN":
            letter += sign
    return letter


def initials(name: str) -> str:
    """Of the first and the last word; one letter for one word; a dot where a name has no letter."""
    letters = [letter for letter in map(_first_letter, name.split()) if letter]
    if not letters:
        return "·"
    return (letters[0] if len(letters) == 1 else letters[0] + letters[-1]).upper()
