"""How this app sends mail: through whatever the app above has said it sends with, at start."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings

from accounts.models import User


class Mailer(Protocol):
    def __call__(self, *, template: str, to: str, to_name: str = "", context: dict[str, Any]) -> object: ...


_mailer: Mailer | None = None


def send_through(mailer: Mailer) -> None:
    """Have every mail of this app queued by ``mailer``. Called once, in AppConfig.ready."""
    global _mailer
    _mailer = mailer


def send(*, template: str, to: str, context: Mapping[str, Any]) -> None:
    """Queue ``template`` for ``to`` with what of ``context`` a mail can hold."""
    if _mailer is None:
        raise RuntimeError("no app has said how mail is sent")
    user = context.get("user")
    _mailer(
        template=template,
        to=to,
        to_name=user.name if isinstance(user, User) else "",
        context={"email": to, **plain(context)},
    )


def plain(context: Mapping[str, Any]) -> dict[str, Any]:
    """The texts, numbers and moments of ``context``; links lead to this site's own address, whatever Host was sent."""
    kept: dict[str, Any] = {}
    for name, value in context.items():
        if isinstance(value, User):
            kept["name"] = value.name
        elif isinstance(value, datetime):
            kept[name] = value.isoformat()
        elif name.endswith("_url"):
            kept[name] = ours(str(value))
        elif isinstance(value, str | int | float | bool):
            kept[name] = value
        elif name == "provider":
            kept[name] = str(getattr(value, "name", value))
    return kept


def ours(url: str) -> str:
    """``url`` on SITE_URL."""
    parts = urlsplit(url)
    return settings.SITE_URL + parts.path + (f"?{parts.query}" if parts.query else "")
