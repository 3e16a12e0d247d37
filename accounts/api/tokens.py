"""Access and refresh tokens.

An access token is a JWT (HS256, and no other algorithm is taken) that lives 15 minutes and names a login; each request
looks at that login, so that a logout, a new password, a suspension or another role ends it at the next one. A refresh
token is random, lives 7 days, and is spent by one conditional UPDATE: of any number that try at once one gets the next.
Whoever shows a spent one has a copy, or somebody else has: the login ends.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import jwt
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, UUIDField
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import ApiLogin, RefreshToken, SocketTicket, User
from accounts.tickets import mint_ticket as mint_ticket
from accounts.tickets import open_logins
from accounts.tickets import spend_ticket as spend_ticket
from naksha.api.errors import ApiError
from naksha.crypto import new_token, token_hash
from naksha.kept import Kept, Param

ACCESS, REFRESH = timedelta(minutes=15), timedelta(days=7)
ALGORITHM, ISSUER = "HS256", "naksha"
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Tokens:
    access: str
    refresh: str


def _key() -> bytes:
    return hashlib.sha256(f"api access token|{settings.SECRET_KEY}".encode()).digest()


def access_token(login: ApiLogin, *, now: datetime | None = None) -> str:
    now = now or timezone.now()
    claims = {"iss": ISSUER, "sub": str(login.user_id), "login": str(login.pk), "iat": now, "exp": now + ACCESS}
    return jwt.encode(claims, _key(), algorithm=ALGORITHM, headers={"typ": "at+jwt"})


@transaction.atomic
def begin(*, user: User, device: str = "", address: str = "") -> tuple[ApiLogin, Tokens]:
    """A new login of ``user``, whose password or other proof has been seen."""
    login = ApiLogin.objects.create(
        user=user, login_generation=user.login_generation, device=device[:200], address=address[:45]
    )
    return login, Tokens(access_token(login), _next(login))


def _next(login: ApiLogin) -> str:
    token = new_token()
    RefreshToken.objects.create(login=login, token_hash=token_hash(token), expires_at=timezone.now() + REFRESH)
    return token


def login_of(token: str) -> ApiLogin:
    """The login that an access token names, with its user. Raises ApiError 401: TOKEN_EXPIRED or NOT_AUTHENTICATED."""
    try:
        login_id, user_id, expires = _read(token, settings.SECRET_KEY)
    except (jwt.InvalidTokenError, ValueError):
        raise _not_logged_in() from None
    if expires <= timezone.now().timestamp():
        raise ApiError("TOKEN_EXPIRED", 401, _("The access token has expired. Refresh it."))
    login = _LOGIN.first(pk=login_id, user=user_id)
    if login is None:
        raise _not_logged_in()
    return login


@lru_cache(maxsize=1024)
def _read(token: str, secret: str) -> tuple[UUID, UUID, int]:
    """The login and the user that a token of ours names, and when it expires (seconds). A device shows the same token
    for a quarter of an hour; what is no token of ours is read anew each time, for an error is not kept.

    Raises jwt.InvalidTokenError or ValueError.
    """
    options: Any = {"require": ["exp", "iat", "sub", "login"], "verify_exp": False}
    claims = jwt.decode(token, _key(), algorithms=[ALGORITHM], issuer=ISSUER, options=options)
    return UUID(str(claims["login"])), UUID(str(claims["sub"])), int(claims["exp"])


# Asked with every request: its words are kept, and its plan.
_LOGIN = Kept(
    lambda: (
        open_logins()
        .select_related("user__consultant")
        .filter(pk=Param("pk", UUIDField()), user_id=Param("user", UUIDField()))
    )
)


def _not_logged_in() -> ApiError:
    return ApiError("NOT_AUTHENTICATED", 401, _("Log in first."))


def refresh(token: str) -> tuple[ApiLogin, Tokens]:
    """The next pair for a refresh token, once. Raises ApiError 401; a token that was spent before ends its login."""
    now, hashed = timezone.now(), token_hash(token)
    with transaction.atomic():
        spent = RefreshToken.objects.filter(token_hash=hashed, used_at__isnull=True, expires_at__gt=now).update(
            used_at=now
        )
        if spent:
            login = open_logins().select_related("user").filter(refresh_tokens__token_hash=hashed).first()
            if login is None:
                raise _not_logged_in()
            ApiLogin.objects.filter(pk=login.pk).update(last_used_at=now)
            return login, Tokens(access_token(login), _next(login))
    reused = ApiLogin.objects.filter(refresh_tokens__token_hash=hashed, refresh_tokens__used_at__isnull=False)
    reused.filter(ended_at__isnull=True).update(ended_at=now, end_reason="refresh token used twice")
    raise _not_logged_in()


def end(*, login: ApiLogin, reason: str) -> None:
    """End one login: both of its tokens stop working. Ended already: nothing changes."""
    ApiLogin.objects.filter(pk=login.pk, ended_at__isnull=True).update(ended_at=timezone.now(), end_reason=reason[:40])


def seen(login: ApiLogin, *, address: str) -> None:
    """Remember when the device was last here, at most once a minute."""
    now = timezone.now()
    if now - login.last_used_at > SEEN_EVERY:
        ApiLogin.objects.filter(pk=login.pk).update(last_used_at=now, address=address[:45])


def open_logins_of(user: User) -> QuerySet[ApiLogin]:
    """The devices that can still go on, the last used first."""
    alive = RefreshToken.objects.filter(login=OuterRef("pk"), used_at__isnull=True, expires_at__gt=timezone.now())
    return open_logins().filter(Exists(alive), user=user).order_by("-last_used_at")


def end_all(*, user: User, reason: str) -> int:
    """End every device's login of ``user``. Returns how many."""
    return open_logins().filter(user=user).update(ended_at=timezone.now(), end_reason=reason[:40])


def forget_old() -> int:
    """Drop tickets of yesterday and tokens that have expired with what they could still tell. Returns how many."""
    now = timezone.now()
    tickets, _each = SocketTicket.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()
    tokens, _each = RefreshToken.objects.filter(expires_at__lt=now - REFRESH).delete()
    return tickets + tokens
