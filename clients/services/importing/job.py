"""What the job of a list does: batch after batch, to its end, and what becomes of it where one fails."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from uuid import UUID

import structlog
from django.db.models import F
from django.utils import timezone

from clients.importing.reading import rows_of
from clients.importing.rows import Rules
from clients.models import ClientImport, CustomField
from clients.services.importing import batches
from naksha.queue import tell

log = structlog.get_logger(__name__)
S = ClientImport.Status

LEFT_BEHIND = timedelta(minutes=1)  # since its last batch: nobody is at it
MOST_FAILURES = 5  # of its job, one after the other: from then on row by row


def tell_job(import_id: UUID) -> None:
    from clients import tasks

    tell(tasks.work_import, str(import_id))


def work(import_id: UUID) -> None:
    """Do what there is to do, to its end. What fails is tried again by the sweeper, then row by row, and given up at
    last."""
    try:
        if not _check_all(import_id):
            return
        while batches.run_batch(import_id):
            pass
    except Exception as error:
        if not _failed(import_id, error):
            raise
        if not batches.row_by_row(import_id):
            _give_up(import_id)
            raise
        tell_job(import_id)


def _failed(import_id: UUID, error: Exception) -> bool:
    """Note it. True where it was once too often."""
    going = ClientImport.objects.filter(pk=import_id, status__in=ClientImport.GOING)
    going.update(failures=F("failures") + 1, updated_at=timezone.now())
    last = going.filter(failures__gte=MOST_FAILURES).exists()
    log.warning("import_failed", job=str(import_id), error=repr(error)[:300], last=last)
    return last


def _give_up(import_id: UUID) -> None:
    going = ClientImport.objects.filter(pk=import_id, status__in=ClientImport.GOING)
    log.warning("import_given_up", job=str(import_id), given_up=going.update(status=S.FAILED, source=""))


def _check_all(import_id: UUID) -> bool:
    """Look through what is left. False where somebody else is at it, or it is gone."""
    job = ClientImport.objects.filter(pk=import_id).first()
    if job is None or job.status not in ClientImport.GOING:
        return False
    if job.status == S.RUNNING:
        return True
    rules = Rules(job.columns, list(CustomField.objects.filter(consultant=job.consultant_id)))
    rows = islice(rows_of(job.source, job.delimiter), 1, None)  # without the head
    at = 0
    while batch := list(islice(rows, batches.BATCH)):
        if at + len(batch) > job.checked:
            taken = [rules.take(number, cells) for number, cells in batch]
            if not batches.check_batch(import_id, at, taken, rules):
                return False
        at += len(batch)
    return True


def left_behind() -> list[UUID]:
    """Lists that should be going on, and that nobody is at."""
    since = timezone.now() - LEFT_BEHIND
    going = ClientImport.objects.filter(status__in=ClientImport.GOING, updated_at__lt=since)
    return list(going.order_by("updated_at").values_list("pk", flat=True))
