"""What every page's header asks of this app."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import UUIDField
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from naksha.kept import Kept, Param
from notifications.models import Notification

_UNREAD = Kept(lambda: Notification.objects.of(Param("user", UUIDField())).unread())


def count_of(user: User | AnonymousUser | None) -> int:
    """How many lines wait for ``user``; 0 for visitors."""
    return _UNREAD.count(user=user.pk) if user is not None and user.is_authenticated else 0


def unread(request: HttpRequest) -> dict[str, Any]:
    """``unread_notifications``: how many lines wait, counted once and only if a template asks; 0 for visitors.

    ``live_sockets``: whether pages may open a socket.
    """

    def count() -> int:
        return count_of(getattr(request, "user", None))

    return {"unread_notifications": SimpleLazyObject(count), "live_sockets": settings.LIVE_SOCKETS}
