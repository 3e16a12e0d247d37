"""Which handshakes of sockets may come in at all: those of our own pages, and those that show a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.http.request import validate_host

LONGEST = 200


def ticket_of(scope: Mapping[str, Any]) -> str:
    """The ``?ticket=`` of a handshake; empty where there is none."""
    query = bytes(scope.get("query_string", b"")).decode("latin-1")
    found = parse_qs(query).get("ticket", []) if len(query) <= 2 * LONGEST else []
    return found[0] if len(found) == 1 and len(found[0]) <= LONGEST else ""


class OwnPagesAndTickets:
    """Channels' check of the origin, but for who shows a ticket: apps have no origin, pages of others no ticket."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.checked = AllowedHostsOriginValidator(app)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await (self.app if ticket_of(scope) else self.checked)(scope, receive, send)


def is_our_origin(origin: str, host: str) -> bool:
    """Whether a page of this very site opened the connection: what Django asks of a form (scheme aside, which a proxy
    may have changed). Browsers always name the origin; who names none is no browser of ours."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    if origin.lower() in (trusted.lower() for trusted in settings.CSRF_TRUSTED_ORIGINS):
        return True
    usual = {"http": 80, "https": 443}[parts.scheme]
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if not host:  # no browser leaves it out; then the hosts of the settings are ours
        return validate_host(parts.hostname, settings.ALLOWED_HOSTS)
    ours = host.lower()
    return ours == f"{name}:{port or usual}" or (ours == name and port in (None, usual))
