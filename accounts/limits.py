"""How often an account may be tried: logins, sign-ups, forgotten and new passwords, codes.

Five tries in a quarter of an hour for each account, whoever tries (so also for each address with that account), and a
looser number for each address alone, because many people share one behind a mobile carrier. A try counts before the
password is hashed; one that turns out right is given back. What sends a mail is counted by the day as well, all kinds
together, so that nobody can have a stranger's box filled through us.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.http import HttpRequest
from django.utils.translation import ngettext

from naksha.errors import DomainError
from naksha.web import limits
from naksha.web.address import client_address, neighbourhood

Action = Literal["login", "signup", "forgot", "reset", "code", "second", "change"]

WINDOW = 15 * 60  # seconds
PER_ACCOUNT = 5
PER_ADDRESS = 300
# These send a mail to an address that somebody has only typed.
MAILING: frozenset[Action] = frozenset({"signup", "forgot", "code", "change"})
DAY = 24 * 3600
MAILS_A_DAY = 20


class TooManyAttempts(DomainError):
    """The account, or the address, has been tried more than ``limit`` times; ``retry_after`` is in seconds."""

    code, http_status = "RATE_LIMIT_EXCEEDED", 429

    def __init__(self, retry_after: int, limit: int = 0) -> None:
        self.retry_after, self.limit = retry_after, limit
        minutes = -(-retry_after // 60)
        super().__init__(
            ngettext(
                "That was tried too often. Try again in %(minutes)d minute.",
                "That was tried too often. Try again in %(minutes)d minutes.",
                minutes,
            )
            % {"minutes": minutes}
        )


@dataclass(frozen=True)
class Attempt:
    """One counted try."""

    key: str

    def give_back(self) -> None:
        """The try was right: it no longer counts against the account."""
        limits.give_back(key=self.key, limit=PER_ACCOUNT, seconds=WINDOW)


def attempt(request: HttpRequest, *, action: Action, account: str) -> Attempt:
    """Count a try of ``account`` (its mail address, or its id) by ``request``. Raises TooManyAttempts."""
    address = neighbourhood(client_address(request))
    by_address = limits.hit(key=f"{action}:address:{address}", limit=PER_ADDRESS, seconds=WINDOW)
    if not by_address.allowed:
        raise TooManyAttempts(by_address.retry_after, by_address.limit)
    key = _key(action, account)
    by_account = limits.hit(key=key, limit=PER_ACCOUNT, seconds=WINDOW)
    if not by_account.allowed:
        raise TooManyAttempts(by_account.retry_after, by_account.limit)
    if action in MAILING:
        mails = limits.hit(key=_key("mailed", account), limit=MAILS_A_DAY, seconds=DAY)
        if not mails.allowed:
            raise TooManyAttempts(mails.retry_after, mails.limit)
    return Attempt(key)


def forget(*, action: Action, account: str) -> None:
    """Start the account's count anew: its password has just been set through its mail."""
    limits.forget(key=_key(action, account), limit=PER_ACCOUNT, seconds=WINDOW)


def _key(action: str, account: str) -> str:
    return f"{action}:account:{account.strip().lower()}"
