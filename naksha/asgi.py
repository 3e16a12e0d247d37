"""Live connections in production, and everything in the embedded mode."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "naksha.settings")
pages = get_asgi_application()  # before anything that touches models

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.urls import path, reverse  # noqa: E402

from naksha.embedded import services  # noqa: E402
from naksha.embedded.lifespan import WithServices  # noqa: E402
from naksha.web.origins import OwnPagesAndTickets  # noqa: E402
from notifications.consumers import Bell  # noqa: E402
from sessions_app.consumers import SessionSocket  # noqa: E402

# Each app's consumers. With LIVE_SOCKETS off, no page opens one.
websocket_urlpatterns: list[Any] = [
    path("ws/notifications/", Bell.as_asgi()),
    path("ws/sessions/<uuid:pk>/", SessionSocket.as_asgi()),
]


def with_emulator(app: Any) -> tuple[Any, Callable[[], None]]:
    """``app`` with the gateway's emulator under its own path, and how to stop what that started."""
    from payments.razorpay.emulator import MOUNTED_AT, from_settings

    emulator = from_settings(webhook_path=reverse("payments:razorpay_webhook"))

    async def route(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"].startswith(f"{MOUNTED_AT}/"):
            scope = {**scope, "app_root_path": MOUNTED_AT, "root_path": scope.get("root_path", "") + MOUNTED_AT}
            await emulator(scope, receive, send)
        else:
            await app(scope, receive, send)

    return route, emulator.state.emulator.close


http: Any = pages
close_emulator: Callable[[], None] = lambda: None  # noqa: E731
if settings.RAZORPAY_EMULATOR and settings.EMBEDDED and settings.RAZORPAY_BASE_URL.startswith(f"{settings.SITE_URL}/"):
    http, close_emulator = with_emulator(pages)  # one that runs elsewhere is left alone
application: Any = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": OwnPagesAndTickets(URLRouter(websocket_urlpatterns)),
    }
)


def stop() -> None:
    """End the jobs, then the emulator that they may still be asking."""
    services.stop()
    close_emulator()


if settings.EMBEDDED:
    application = WithServices(application, start=services.start, stop=stop)
