"""The jobs of sessions. Each only looks: the rows say what is to be done."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task


@shared_task
def send_reminders() -> int:
    """Every 30 seconds: send the reminders whose time has come."""
    from sessions_app.services import reminding

    return reminding.send_due()


@shared_task
def move_on() -> int:
    """Every minute: begin, complete or ask about the sessions that nobody has started or ended."""
    from sessions_app.services import schedule

    return schedule.move_on_due()


@shared_task
def follow_up(session_id: str) -> int:
    """When a session has ended: tell its clients, and ask for what they owe."""
    from sessions_app.services import lifecycle

    return lifecycle.follow_up(session_id=UUID(session_id))


@shared_task
def follow_up_due() -> int:
    """Every minute: tell the clients whom the queue has forgotten, or a crash has left untold."""
    from sessions_app.services import lifecycle

    return lifecycle.follow_up_due()


@shared_task
def send_digests() -> int:
    """Every 30 seconds: mail what was not read in the chat for ten minutes."""
    from sessions_app.services import digesting

    return digesting.send_due()


@shared_task
def sweep_uploads() -> int:
    """Every ten minutes: delete the files that nobody has sent within a day."""
    from sessions_app.services import uploading

    return uploading.sweep()
