"""What a quotation refuses, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from naksha.errors import DomainError, InvalidState


class ChangedElsewhere(InvalidState):
    """The draft was saved in another window since this one was opened. Nothing was written."""

    sentence = _("This draft was changed in another window meanwhile.")


class Lapsed(InvalidState):
    sentence = _("This quotation has lapsed. Ask for a new one.")


class AnotherVersion(InvalidState):
    """The client read a version that does not count any more."""

    sentence = _("This quotation was revised meanwhile. Read the new version before you answer.")


class NothingOwed(InvalidState):
    sentence = _("There is nothing to pay.")


class TooManyQuestions(DomainError):
    sentence = _("Your questions so far wait for an answer. Please wait for it before you ask more.")


__all__ = ["AnotherVersion", "ChangedElsewhere", "InvalidState", "Lapsed", "NothingOwed", "TooManyQuestions"]
