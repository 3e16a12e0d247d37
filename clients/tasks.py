"""The jobs of clients. Each only looks: the rows say what is to be done."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from naksha.queue import tell


@shared_task
def work_import(import_id: str) -> None:
    from clients.services import importing

    importing.work(UUID(import_id))


@shared_task
def sweep_imports() -> int:
    """Queue again what a dead worker left half done, and forget what is old. Returns how many were queued."""
    from clients.services import importing

    waiting = importing.left_behind()
    for import_id in waiting:
        tell(work_import, str(import_id))
    importing.forget_old()
    return len(waiting)
