"""Telling the open pages of a session that something about it has changed: state, times, shared notes."""

from __future__ import annotations

from uuid import UUID

from naksha.live import push


def room_group(session_id: UUID) -> str:
    """The channel layer's group of everybody in the room."""
    return f"session.{session_id.hex}"


def say_changed(session_id: UUID) -> None:
    """Have the open pages of a session look again, once the transaction commits."""
    push(room_group(session_id), {"type": "session.changed", "session": str(session_id)})
