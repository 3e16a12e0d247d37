"""Everything in one process, as the embedded mode runs it: pages and live connections, beside them the services."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "naksha.settings")
pages = get_asgi_application()  # before anything that touches models

from channels.routing import ProtocolTypeRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.urls import reverse  # noqa: E402

from naksha.embedded import services  # noqa: E402
from naksha.embedded.lifespan import WithServices  # noqa: E402
from naksha.socket_routes import sockets  # noqa: E402


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
        "websocket": sockets,
    }
)


def stop() -> None:
    """End the jobs, then the emulator that they may still be asking."""
    services.stop()
    close_emulator()


if settings.EMBEDDED:
    application = WithServices(application, start=services.start, stop=stop)
