"""Deleting the files of erased clients, after the erasure is committed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import structlog
from django.core.files.storage import storages
from django.db.models import F
from django.utils import timezone

from client_area.models import FileToDelete
from naksha.queue import tell

log = structlog.get_logger(__name__)
PAUSE = timedelta(minutes=10)
SWEEP = 500


def give_up(names: Iterable[str]) -> None:
    """Write down files of the private storage to be deleted, in the caller's transaction."""
    from client_area.tasks import delete_file  # the task calls this module

    for row in FileToDelete.objects.bulk_create(FileToDelete(name=name) for name in names):
        tell(delete_file, str(row.pk))


def due() -> list[UUID]:
    return list(
        FileToDelete.objects.filter(due_at__lte=timezone.now()).order_by("due_at").values_list("pk", flat=True)[:SWEEP]
    )


def delete(file_id: UUID) -> bool:
    """Delete one file and its row. A storage that fails is asked again later; a file that is gone is deleted."""
    now = timezone.now()
    claimed = FileToDelete.objects.filter(pk=file_id, due_at__lte=now).update(
        attempts=F("attempts") + 1, due_at=now + PAUSE, updated_at=now
    )
    if not claimed:
        return False
    row = FileToDelete.objects.get(pk=file_id)
    try:
        storages["private"].delete(row.name)
    except Exception as error:  # noqa: BLE001 - whatever the storage said, it is asked again
        log.warning("file_not_deleted", file=str(file_id), attempts=row.attempts, error=type(error).__name__)
        return False
    FileToDelete.objects.filter(pk=file_id).delete()
    return True
