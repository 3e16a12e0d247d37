"""Telling somebody's open pages to look. One group for each login; what they see is asked of the database."""

from __future__ import annotations

import uuid

from accounts.models import User
from naksha import live

NOTIFICATIONS = "notifications"
LINES = "lines"  # lines that are kept as read, because their reader does not want them shown
EVERYTHING = "*"  # whatever it is that was missed
MAILS = "mails"  # whom mails don't reach


def group_of(user_id: uuid.UUID) -> str:
    """The group of a login's bells alone: other sockets of the login would not know what to look at."""
    return f"bell.{user_id}"


def changed(user: User, topic: str = NOTIFICATIONS) -> None:
    """Say on commit that what ``topic`` names ("bookings", "sessions") has changed for ``user``.

    Every page that this login has open hears ``naksha:changed`` with the topic and may fetch its part again.
    A burst becomes few frames (notifications/consumers.py), so callers need not hold back.
    """
    changed_for(user.pk, topic)


def changed_for(user_id: uuid.UUID, topic: str) -> None:
    """As :func:`changed`, where only the login's name is at hand."""
    live.push(group_of(user_id), {"type": "look", "topic": topic})
