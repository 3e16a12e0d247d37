"""Tags of the pages of sessions: ``{% load sessions %}``."""

from __future__ import annotations

from django import template

from sessions_app.models import Session
from sessions_app.state import tone_of

register = template.Library()


@register.filter
def tone(session: Session) -> str:
    """The badge's tone for a session's state."""
    return tone_of(session.status)
