"""What a password must hold. Django's own list of common ones stands beside these in the settings."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAX_LENGTH = 128


class MaximumLengthValidator:
    """Longer ones cost the hash time and protect nobody more."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > MAX_LENGTH:
            raise ValidationError(_("Use at most 128 characters."), code="password_too_long")

    def get_help_text(self) -> str:
        return _("At most 128 characters")


class MixedCharactersValidator:
    """An upper-case and a lower-case letter, a digit and a special character; each one missing is named."""

    def validate(self, password: str, user: Any = None) -> None:
        missing = []
        if not any(c.isupper() for c in password):
            missing.append(ValidationError(_("Add an upper-case letter."), code="password_no_upper"))
        if not any(c.islower() for c in password):
            missing.append(ValidationError(_("Add a lower-case letter."), code="password_no_lower"))
        if not any(c.isdigit() for c in password):
            missing.append(ValidationError(_("Add a digit."), code="password_no_digit"))
        if not any(is_special(c) for c in password):
            missing.append(ValidationError(_("Add a special character, such as ! or #."), code="password_no_special"))
        if missing:
            raise ValidationError(missing)

    def get_help_text(self) -> str:
        return _("An upper-case and a lower-case letter, a digit and a special character such as ! or #")


def is_special(character: str) -> bool:
    """Punctuation, a symbol or a space: what is neither a letter nor a figure."""
    return unicodedata.category(character)[0] in "PSZ"


def hints() -> list[str]:
    """The rules as a short list that can be read before typing; it needs no script."""
    return [
        _("8 to 128 characters"),
        _("an upper-case and a lower-case letter"),
        _("a digit"),
        _("a special character, such as ! or #"),
        _("not one that many people use, and not your name or mail address"),
    ]
