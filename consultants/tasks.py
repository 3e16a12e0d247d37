"""The jobs of consultants. Each only looks: the rows say what is to be done."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task


@shared_task
def undo(suspension_id: str) -> int:
    """When a consultant is suspended: call off what was still to come, one by one."""
    from consultants.services import suspending

    return suspending.work(suspension_id=UUID(suspension_id))


@shared_task
def sweep_suspensions() -> int:
    """Every minute: what the queue has dropped, a crash has cut short, or a failure has put off."""
    from consultants.services import suspending

    return suspending.sweep()
