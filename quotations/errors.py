"""What a quotation refuses, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from naksha.errors import DomainError, InvalidState
from naksha.money import rupees


class ChangedElsewhere(InvalidState):
    """The draft was saved in another window since this one was opened. Nothing was written."""

    sentence = _("This draft was changed in another window meanwhile.")


class SumsChanged(InvalidState):
    """The draft would be sent with another sum, or another place of supply, than its sender has read. Nothing went."""

    def __init__(self, *, was_paise: int, now_paise: int) -> None:
        if was_paise == now_paise:
            super().__init__(
                _("Not sent: where it is taxed, or the GSTIN it is for, has changed since you read it. Read it over.")
            )
            return
        sums = {"now": rupees(now_paise), "was": rupees(was_paise)}
        super().__init__(_("Not sent: it comes to %(now)s now, and was %(was)s when you read it. Read it over.") % sums)


class Lapsed(InvalidState):
    sentence = _("This quotation has lapsed. Ask for a new one.")


class AnotherVersion(InvalidState):
    """The client read a version that does not count any more."""

    sentence = _("This quotation was revised meanwhile. Read the new version before you answer.")


class NothingOwed(InvalidState):
    sentence = _("There is nothing to pay.")


class TooManyQuestions(DomainError):
    sentence = _("Your questions so far wait for an answer. Please wait for it before you ask more.")


__all__ = [
    "AnotherVersion",
    "ChangedElsewhere",
    "InvalidState",
    "Lapsed",
    "NothingOwed",
    "SumsChanged",
    "TooManyQuestions",
]
