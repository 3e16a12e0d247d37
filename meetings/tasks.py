"""The job that makes a room, and the one that finds those which nobody makes."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from naksha.queue import tell


@shared_task
def make_room(room_id: str) -> None:
    from meetings import services

    services.make(UUID(room_id))


@shared_task
def sweep_rooms() -> int:
    """Queue again the rooms that wait. Returns how many."""
    from meetings import services

    waiting = services.waiting_ids()
    for room_id in waiting:
        tell(make_room, str(room_id))
    return len(waiting)
