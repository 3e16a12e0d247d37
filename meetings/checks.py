"""What ``manage.py check --deploy`` tells of meetings."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info


def moderators(**_: Any) -> list[CheckMessage]:
    """Told and not refused: meetings work, and the server decides who moderates them."""
    if settings.JAAS_APP_ID or (settings.JITSI_APP_ID and settings.JITSI_APP_SECRET):
        return []
    return [
        Info(
            "No consultant is made the moderator of a meeting: JITSI_URL is used without tokens.",
            hint="Set JITSI_APP_ID and JITSI_APP_SECRET for a server of your own that asks for tokens, or JAAS_APP_ID, "
            "JAAS_KEY_ID and JAAS_PRIVATE_KEY.",
            id="meetings.I001",
        )
    ]
