"""What every domain refuses in the same way. The services raise these; pages and API decide how to say them."""

from __future__ import annotations

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A rule said no. ``str()`` is a plain sentence that can be shown to a person.

    ``code`` and ``http_status`` are how the JSON API words it; ``about`` is the input that it is about, if it is one.
    """

    sentence: str | Promise = _("That can't be done.")
    code: ClassVar[str] = "INVALID_STATE"
    http_status: ClassVar[int] = 409
    about: str = ""

    def __init__(self, sentence: str | Promise | None = None) -> None:
        if sentence is not None:
            self.sentence = sentence
        super().__init__(self.sentence)

    def __str__(self) -> str:
        return str(self.sentence)


class InvalidState(DomainError):
    """A move that the present state does not allow (409)."""

    sentence = _("This can't be done any more: its state has changed meanwhile. Load the page again.")


class WrongInput(DomainError):
    """One input can't be taken (400). ``about`` is its name inside; the API spells it as it calls it."""

    code, http_status = "VALIDATION_ERROR", 400

    def __init__(self, about: str, sentence: str | Promise) -> None:
        super().__init__(sentence)
        self.about = about


class ReasonNeeded(DomainError):
    """A decision that has to be explained to the person it touches."""

    sentence = _("Say why, in a sentence that the consultant will read.")
    code, http_status, about = "VALIDATION_ERROR", 400, "reason"
