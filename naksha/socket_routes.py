"""The addresses of live connections: each app's consumers. With LIVE_SOCKETS off, no page opens one."""

from typing import Any

from channels.routing import URLRouter
from django.urls import path

from naksha.web.origins import OwnPagesAndTickets
from notifications.consumers import Bell
from sessions_app.consumers import SessionSocket

sockets: Any = OwnPagesAndTickets(
    URLRouter(
        [
            path("ws/notifications/", Bell.as_asgi()),
            path("ws/sessions/<uuid:pk>/", SessionSocket.as_asgi()),
        ]
    )
)
