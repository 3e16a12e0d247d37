"""Ways from the client area to pages of other apps, where this installation has them."""

from __future__ import annotations

from uuid import UUID

from django.urls import Resolver404, resolve


def _if_there(path: str) -> str:
    try:
        resolve(path)
    except Resolver404:
        return ""
    return path


def booking_url(booking_id: UUID, to: str = "") -> str:
    """A booking's own page for its client's login; ``to`` is one of its parts ("pay", "cancel", "reschedule")."""
    page = _if_there(f"/b/of/{booking_id}/")
    return f"{page}?to={to}" if page and to else page


def room_url(session_id: UUID) -> str:
    return _if_there(f"/sessions/{session_id}/")


def review_url(session_id: UUID) -> str:
    return _if_there(f"/sessions/{session_id}/review/")
