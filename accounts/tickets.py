"""One-time tickets, by which an app opens a socket, and the logins that they are of.

The process of live connections takes this in, and nothing of the API beside it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.models import ApiLogin, SocketTicket, User
from naksha.crypto import new_token, token_hash

TICKET = timedelta(seconds=30)


def open_logins() -> QuerySet[ApiLogin]:
    """Those that neither ended nor were ended by their account."""
    return ApiLogin.objects.filter(
        ended_at__isnull=True, user__is_active=True, user__login_generation=F("login_generation")
    )


def mint_ticket(*, login: ApiLogin) -> str:
    """A ticket that opens one socket of ``login`` within 30 seconds."""
    token = new_token()
    SocketTicket.objects.create(
        user_id=login.user_id, login=login, token_hash=token_hash(token), expires_at=timezone.now() + TICKET
    )
    return token


def spend_ticket(token: str) -> str | None:
    """The id of the login that the ticket is of; None where it is unknown, late, or was spent.

    Of two that try at once one gets it. Whether the login is still open is asked by :func:`users_of`.
    """
    now, hashed = timezone.now(), token_hash(token)
    tickets = SocketTicket.objects.filter(token_hash=hashed)
    if not tickets.filter(used_at__isnull=True, expires_at__gt=now).update(used_at=now):
        return None
    return str(tickets.values_list("login_id", flat=True).get())


def users_of(login_ids: Collection[str]) -> dict[str, User]:
    """Whose the logins are, without those that have ended. One query."""
    return {str(login.pk): login.user for login in open_logins().select_related("user").filter(pk__in=login_ids)}
