"""Who a browser is, asked for many browsers at once: what a request's middleware says of one, without a request."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import parse_cookie
from django.utils import timezone
from django.utils.crypto import constant_time_compare

_store = import_module(settings.SESSION_ENGINE).SessionStore


APP = "app:"  # begins the key of a login that no cookie carries

# How the logins of apps are asked: the one that a ticket is of, and whose those are that stand.
_spend: Callable[[str], str | None] | None = None
_users: Callable[[Collection[str]], Mapping[str, Any]] | None = None


def app_logins_by(*, spend: Callable[[str], str | None], users: Callable[[Collection[str]], Mapping[str, Any]]) -> None:
    """Have tickets spent, and logins of apps looked up, by these. Called once, in AppConfig.ready."""
    global _spend, _users
    _spend, _users = spend, users


@dataclass(frozen=True)
class Browser:
    """A browser whose session stands in the database, or an app. ``user`` is anonymous for a guest."""

    key: str = field(repr=False)
    data: Mapping[str, Any] = field(repr=False)
    user: Any

    @property
    def user_id(self) -> Any:
        return self.user.pk  # None for a guest


def session_key(cookie_header: str) -> str | None:
    """The session's key in a Cookie header, if it can be one."""
    try:
        key = parse_cookie(cookie_header).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    return key if key and _store()._validate_session_key(key) else None


def by_ticket(ticket: str) -> Browser | None:
    """The app that shows ``ticket``, which is spent by that; None where it opens nothing."""
    login_id = _spend(ticket) if _spend else None
    return browsers([APP + login_id]).get(APP + login_id) if login_id else None


def browsers(keys: Iterable[str]) -> dict[str, Browser]:
    """Those of ``keys`` that are logged in or known now: two queries, and one for apps, however many."""
    wanted = set(keys)
    apps = {key.removeprefix(APP) for key in wanted if key.startswith(APP)}
    found = {}
    if apps and _users:
        found = {APP + login_id: Browser(APP + login_id, {}, user) for login_id, user in _users(apps).items()}
    cookies = {key for key in wanted if not key.startswith(APP)}
    return found | _with_sessions(cookies) if cookies else found


def _with_sessions(keys: Collection[str]) -> dict[str, Browser]:
    """Those of ``keys`` whose session is there now, with the login that each holds: two queries, however many.

    A session whose login was ended by a new password is as good as gone, as it is for the next request. One whose
    account was closed keeps what it holds as a guest.
    """
    rows = _store.get_model_class().objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    held = {row.session_key: row.get_decoded() for row in rows}
    wanted = {data[SESSION_KEY] for data in held.values() if SESSION_KEY in data}
    users = (
        {str(user.pk): user for user in get_user_model()._default_manager.filter(pk__in=_ids(wanted))} if wanted else {}
    )
    found = {}
    for key, data in held.items():
        user: Any = AnonymousUser()
        if SESSION_KEY in data and data.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS:
            account = users.get(str(data[SESSION_KEY]))
            if account is not None and not _is_their_login(account, data.get(HASH_SESSION_KEY)):
                continue
            if account is not None and account.is_active:
                user = account
        found[key] = Browser(key, data, user)
    return found


def _ids(values: Iterable[Any]) -> list[Any]:
    names = get_user_model()._meta.pk
    ids = []
    for value in values:
        try:
            ids.append(names.to_python(value))
        except ValidationError:
            continue
    return ids


def _is_their_login(user: Any, shown: str | None) -> bool:
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return shown is not None and any(constant_time_compare(shown, known) for known in hashes)
