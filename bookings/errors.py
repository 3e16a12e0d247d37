"""What a booking refuses, in words that a client or a consultant can act on."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from availability.errors import TimeRefused
from naksha.errors import DomainError, InvalidState
from sessions_app.errors import QuoteChanged

# All that a person is answered with a sentence for.
REFUSED = (DomainError, TimeRefused)


class NotOpen(DomainError):
    """The service is closed or its consultant is not public (any more)."""

    sentence = _("This service can't be booked at the moment.")


class TooLate(DomainError):
    """The terms, or the clock, no longer allow it."""

    sentence = _("It is too late for that.")


class NothingOwed(DomainError):
    sentence = _("Everything is paid already.")


class OfferOver(DomainError):
    """The waitlist's offer has lapsed or was taken."""

    sentence = _("This offer is over: the time it was kept for you has passed.")


class TooManyHeld(DomainError):
    """Unpaid holds enough are kept for this visitor with this consultant."""

    sentence = _("Several times are kept for you already. Pay for one of them or let it go, then take another.")
    code, http_status = "RATE_LIMIT_EXCEEDED", 429
    retry_after = settings.HOLD_MINUTES * 60  # seconds: the first of them has lapsed by then


class TooManyFree(DomainError):
    """Free sessions enough have been taken by this visitor with this consultant."""

    sentence = _(
        "You have booked as many free sessions here as one person can for now. Cancel one, or come back later."
    )
    code, http_status = "RATE_LIMIT_EXCEEDED", 429
    retry_after = 3600  # seconds


class NotFull(DomainError):
    """There is something free, so nobody has to wait, and nothing is kept for who would."""

    sentence = _("There is a free time or seat just now. Take that one: only what is full has a waitlist.")


class AlreadyWaiting(DomainError):
    """This mail address is on that list."""

    sentence = _("This mail address is on the waitlist already. We have sent its link again.")


__all__ = [
    "REFUSED",
    "AlreadyWaiting",
    "DomainError",
    "InvalidState",
    "NotFull",
    "NotOpen",
    "NothingOwed",
    "OfferOver",
    "QuoteChanged",
    "TooLate",
    "TooManyFree",
    "TooManyHeld",
]
