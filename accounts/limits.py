"""How often an account may be tried: logins, sign-ups, forgotten and new passwords, codes.

Five tries in a quarter of an hour for each account, whoever tries (so also for each address with that account), and a
looser number for each address alone, because many people share one behind a mobile carrier. A try counts before the
password is hashed; one that turns out right is given back. What sends a mail is counted by the day as well, all kinds
together, so that nobody can have a stranger's box filled through us.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from allauth.account.internal.userkit import filter_users_by_email
from django.http import HttpRequest
from django.utils.translation import ngettext

from accounts.models import User
from naksha.errors import DomainError
from naksha.web import limits
from naksha.web.address import client_address, neighbourhood

Action = Literal["login", "signup", "forgot", "reset", "code", "second", "change"]

WINDOW = 15 * 60  # seconds
PER_ACCOUNT = 5
PER_ADDRESS = 300
# These send a mail to an address that somebody has only typed.
MAILING: frozenset[Action] = frozenset({"signup", "forgot", "code", "change"})
# These are of whoever has the address.
BY_ADDRESS: frozenset[Action] = frozenset({"login", "forgot"})
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

    keys: tuple[str, ...]

    def give_back(self) -> None:
        """The try was right: it no longer counts against the account."""
        for key in self.keys:
            limits.give_back(key=key, limit=PER_ACCOUNT, seconds=WINDOW)


def attempt(request: HttpRequest, *, action: Action, account: str | User) -> Attempt:
    """Count a try of ``account`` (itself, a mail address, or an id) by ``request``. Raises TooManyAttempts."""
    address = neighbourhood(client_address(request))
    by_address = limits.hit(key=f"{action}:address:{address}", limit=PER_ADDRESS, seconds=WINDOW)
    if not by_address.allowed:
        raise TooManyAttempts(by_address.retry_after, by_address.limit)
    keys = tuple(_key(action, each) for each in _whose(action, account))
    for key in keys:
        by_account = limits.hit(key=key, limit=PER_ACCOUNT, seconds=WINDOW)
        if not by_account.allowed:
            raise TooManyAttempts(by_account.retry_after, by_account.limit)
    if action in MAILING:
        mails = limits.hit(key=_key("mailed", str(account)), limit=MAILS_A_DAY, seconds=DAY)
        if not mails.allowed:
            raise TooManyAttempts(mails.retry_after, mails.limit)
    return Attempt(keys)


def forget(*, action: Action, account: str | User) -> None:
    """Start the account's count anew: its password has just been set through its mail."""
    for each in _whose(action, account):
        limits.forget(key=_key(action, each), limit=PER_ACCOUNT, seconds=WINDOW)


def _whose(action: Action, account: str | User) -> list[str]:
    """Under what a try is counted. One account may be opened under two addresses, while a new one waits to be
    confirmed: its tries are counted together. What nobody has is counted by its own spelling."""
    if isinstance(account, User):
        return [str(account.pk)]
    if action not in BY_ADDRESS:
        return [account]
    found = filter_users_by_email(account, prefer_verified=True, for_login=True)
    return sorted({str(user.pk) for user in found}) or [account]


def _key(action: str, account: str) -> str:
    return f"{action}:account:{account.strip().lower()}"
