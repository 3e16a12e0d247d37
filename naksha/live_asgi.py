"""Live connections in production, and nothing else: of the apps their tables, of the pages the probe alone.

A process of its own stands for every open page of the site; what draws pages, answers the API or works through the
queue would only take memory here.
"""

from __future__ import annotations

import os
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.utils.log import configure_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "naksha.settings")

# Those whose rows the consumers read, and those to whom these point.
TABLES = (
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "accounts",
    "notifications",
    "consultants",
    "availability",
    "clients",
    "payments",
    "meetings",
    "sessions_app",
)


def set_up() -> None:
    """As ``django.setup()``, for :data:`TABLES` alone. What an app makes ready for pages and jobs stays undone; what
    sockets need of it is in its ``ready_for_sockets``."""
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    configs: list[Any] = [AppConfig.create(name) for name in TABLES]
    for config in configs:
        config.ready = getattr(config, "ready_for_sockets", lambda: None)
    apps.populate(configs)


set_up()

from naksha.settled import settle  # noqa: E402
from naksha.socket_routes import sockets  # noqa: E402  the models are there now

settle()


async def probe(scope: Any, receive: Any, send: Any) -> None:
    """``/health``: the process answers. It has no other page."""
    status, body = (200, b"ok\n") if scope["path"] == "/health" else (404, b"")
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


async def application(scope: Any, receive: Any, send: Any) -> None:
    await (sockets if scope["type"] == "websocket" else probe)(scope, receive, send)
