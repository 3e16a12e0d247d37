"""What every page's header asks of this app."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import UUIDField
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from naksha.kept import Kept, Param
from notifications.models import Notification

_UNREAD = Kept(lambda: Notification.objects.of(Param("user", UUIDField())).unread())


def unread(request: HttpRequest) -> dict[str, Any]:
    """``unread_notifications``: how many lines wait, counted once and only if a template asks; 0 for visitors.

    ``live_sockets``: whether pages may open a socket.
    """

    def count() -> int:
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return 0
        return _UNREAD.count(user=user.pk)

    return {"unread_notifications": SimpleLazyObject(count), "live_sockets": settings.LIVE_SOCKETS}
