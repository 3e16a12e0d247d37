"""What a login was told on screen: listed, read, taken off the list; what it wants to be told; and telling many."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import Admin
from accounts.api.base import LoginView
from accounts.models import User
from naksha.api import filters
from naksha.api.errors import refuse
from naksha.api.paging import ordered
from naksha.api.schema import operation
from naksha.api.views import ApiView
from notifications import services
from notifications.api import serializers as words
from notifications.centre import Filter, mark_of
from notifications.models import Notification, QuietHours
from notifications.wishes import wishes_of

TAG = "Notifications"
ID = "019aa8f0-6f5e-7c41-9d1e-2b6f0c8a4d21"
LINE = {
    "id": ID,
    "type": "BOOKING",
    "title": "New booking",
    "body": "Meera Nair: First call",
    "moment": "2026-11-24T05:30:00Z",
    "url": "/dashboard/bookings/",
    "isRead": False,
    "readAt": None,
    "createdAt": "2026-11-21T06:00:00Z",
}
BROADCAST = {
    "id": ID,
    "audience": "CONSULTANTS",
    "title": "Invoices have a new look",
    "status": "WAITING",
    "told": 0,
    "createdAt": "2026-11-21T06:00:00Z",
}
WHOLE = {
    "preferences": [
        {"type": kind, "onScreen": True, "byMail": True}
        for kind in ("BOOKING", "SESSION", "MESSAGE", "PAYMENT", "REVIEW", "SYSTEM")
    ],
    "quietHours": {"from": "22:00", "until": "07:00", "timezone": "Asia/Kolkata"},
}
ORDERS = {"createdAt": "created_at"}
YES = {"true": True, "false": False}


class Notifications(LoginView):
    @operation(
        "notifications_list",
        "What this login was told, unread lines first",
        tag=TAG,
        answer=words.NotificationLine,
        listed="notifications",
        parameters=[
            OpenApiParameter("unread", bool, description="true: only what waits; false: only what was read."),
            OpenApiParameter("type", description=f"One of {', '.join(Notification.Kind.names)}."),
            filters.SEARCH,
            filters.ordering(*ORDERS),
        ],
        example=LINE,
    )
    def get(self, request: Request) -> Response:
        kind, unread = request.query_params.get("type", ""), request.query_params.get("unread", "")
        if kind and kind not in Notification.Kind.names:
            raise refuse("type", _("Choose one of: %(names)s.") % {"names": ", ".join(Notification.Kind.names)})
        if unread and unread not in YES:
            raise refuse("unread", _("Write true or false."))
        wanted = Filter(only_unread=unread == "true", kind=kind.lower(), words=filters.words(request))
        lines = wanted.lines(self.user)
        if unread == "false":
            lines = lines.filter(read_at__isnull=False)
        return self.page("notifications", ordered(request, lines, ORDERS), words.NotificationLine)

    @operation(
        "notifications_clear",
        "Take off the list all that was read",
        tag=TAG,
        description="What is unread stays: mark it read first.",
    )
    def delete(self, request: Request) -> Response:
        services.remove_all(user=self.user, until=timezone.now())
        return self.ok(None, _("What you had read is off the list."))


class Unread(LoginView):
    @operation("notifications_unread", "How many lines wait", tag=TAG, answer=words.UnreadCount, example={"count": 3})
    def get(self, request: Request) -> Response:
        return self.ok({"count": mark_of(self.user.pk).count})


class OneNotification(LoginView):
    @operation("notifications_delete", "Take a line off the list", tag=TAG, errors=["NOT_FOUND"])
    def delete(self, request: Request, pk: UUID) -> Response:
        services.remove(notification=_line(self.user, pk))
        return self.ok(None, _("Off the list."))


class Read(LoginView):
    @operation(
        "notifications_read",
        "Mark a line read",
        tag=TAG,
        answer=words.NotificationLine,
        errors=["NOT_FOUND"],
        example={**LINE, "isRead": True, "readAt": "2026-11-21T06:05:00Z"},
    )
    def put(self, request: Request, pk: UUID) -> Response:
        services.mark_read(notification=_line(self.user, pk))
        return self.ok(words.NotificationLine(_line(self.user, pk)).data)


def _line(user: User, pk: UUID) -> Notification:
    return get_object_or_404(Notification.objects.of(user).select_related("user"), pk=pk)


class _AllRead(LoginView):
    def marked(self) -> Response:
        return self.ok({"marked": services.mark_all_read(user=self.user, until=timezone.now())})


class MarkAllRead(_AllRead):
    @operation("notifications_mark_all_read", "Mark all read", tag=TAG, answer=words.MarkedRead, example={"marked": 3})
    def post(self, request: Request) -> Response:
        return self.marked()


class ReadAll(_AllRead):
    @operation("notifications_read_all", "Mark all read", tag=TAG, answer=words.MarkedRead, example={"marked": 3})
    def put(self, request: Request) -> Response:
        return self.marked()


class Send(ApiView):
    permission_classes = [Admin]
    idempotent = frozenset({"post"})

    @operation(
        "notifications_send",
        "Put a line on many screens",
        tag=TAG,
        request=words.NewBroadcast,
        answer=words.BroadcastState,
        status=202,
        errors=["PERMISSION_DENIED"],
        idempotent=True,
        request_example={"audience": "CONSULTANTS", "title": "Invoices have a new look"},
        example=BROADCAST,
        description="For admins. A worker writes the lines, one for each open account of the audience that is there "
        "now. It can't be called back.",
    )
    def post(self, request: Request) -> Response:
        data = self.checked(words.NewBroadcast)
        made = services.broadcast(**data, actor=request.user)  # type: ignore[arg-type]
        return self.ok(words.BroadcastState(made).data, _("It is being sent."), status=202)


class Preferences(LoginView):
    @operation(
        "notifications_preferences_read",
        "What this login wants to be told",
        tag=TAG,
        answer=words.NotificationPreferences,
        example=WHOLE,
    )
    def get(self, request: Request) -> Response:
        return self.ok(self._whole())

    @operation(
        "notifications_preferences_replace",
        "Choose what to be told",
        tag=TAG,
        request=words.NotificationPreferences,
        answer=words.NotificationPreferences,
        request_example=WHOLE,
        example=WHOLE,
    )
    def put(self, request: Request) -> Response:
        return self._saved(self.checked(words.NotificationPreferences))

    @operation(
        "notifications_preferences_change",
        "Choose some of what to be told",
        tag=TAG,
        request=words.NotificationPreferences(partial=True),
        answer=words.NotificationPreferences,
        request_example={"preferences": [{"type": "MESSAGE", "onScreen": True, "byMail": False}]},
        example=WHOLE,
        description="Types without an entry stay as they are, and so do quiet hours that are left out.",
    )
    def patch(self, request: Request) -> Response:
        return self._saved(self.checked(words.NotificationPreferences, partial=True))

    def _saved(self, data: dict[str, Any]) -> Response:
        wanted = data.get("preferences", [])
        with transaction.atomic():
            services.hold_preferences(user=self.user)
            services.save_preferences(
                user=self.user,
                on_screen={one["type"]: one["on_screen"] for one in wanted},
                by_mail={one["type"]: one["by_mail"] for one in wanted},
            )
            if "quiet_hours" in data:
                quiet = data["quiet_hours"] or {"begins": None, "ends": None, "timezone": ""}
                services.set_quiet_hours(user=self.user, **quiet)
        return self.ok(self._whole(), _("Saved. It holds from now on."))

    def _whole(self) -> dict[str, Any]:
        hours = QuietHours.objects.filter(user=self.user).first()
        wishes = wishes_of(self.user)
        wanted = [{"type": kind, "on_screen": w.on_screen, "by_mail": w.by_mail} for kind, w in wishes.items()]
        return dict(words.NotificationPreferences({"preferences": wanted, "quiet_hours": hours}).data)
