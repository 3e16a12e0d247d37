"""The batches of a list, each one transaction: some rows are looked through, or written, and how far it is is noted."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.importing.known import Known, Overtaken, known_of
from clients.importing.rows import Rules, Taken
from clients.importing.writing import write
from clients.live import CLIENTS
from clients.models import ClientImport, ImportRow, Tag
from clients.services.keeping import MOST_OF_TAGS
from consultants import live

log = structlog.get_logger(__name__)
S, Outcome = ClientImport.Status, ImportRow.Outcome

BATCH = 500
MOST_OVERTAKEN = 5  # times that one batch gives way to what comes in between


@transaction.atomic
def check_batch(import_id: UUID, at: int, taken: list[Taken], rules: Rules) -> bool:
    """Note what the next rows come to. False where the list is not where it was: another worker is at it."""
    job = ClientImport.objects.select_for_update(of=("self",)).defer("source").get(pk=import_id)
    if job.status != S.CHECKING or job.checked != at:
        return False
    mails = {one.email for one in taken if not one.wrong}
    known = known_of(job.consultant_id, mails, lock=False)
    earlier = ImportRow.objects.filter(job=job, email__in=mails).exclude(outcome=Outcome.REFUSE)
    seen: dict[str, int] = dict(earlier.values_list("email", "number"))
    tags = _Tags(job)
    rows = [_looked_at(job, one, known, seen, tags, rules) for one in taken]
    ImportRow.objects.bulk_create(rows)
    job.checked += len(rows)
    job.to_create += sum(row.outcome == Outcome.CREATE for row in rows)
    job.to_update += sum(row.outcome == Outcome.UPDATE for row in rows)
    job.unchanged += sum(row.outcome == Outcome.SAME for row in rows)
    job.refused += sum(row.outcome == Outcome.REFUSE for row in rows)
    job.tag_names, job.failures = sorted(tags.new), 0
    fields = ["checked", "to_create", "to_update", "unchanged", "refused", "tag_names", "failures", "updated_at"]
    if job.checked == job.total:
        job.status, job.source, job.samples = S.RUNNING if job.confirmed else S.CHECKED, "", []
        fields += ["status", "source", "samples"]
    job.save(update_fields=fields)
    return True


class _Tags:
    """The tags that a list may bring: not more than a consultant can have."""

    def __init__(self, job: ClientImport) -> None:
        names = Tag.objects.filter(consultant=job.consultant_id).values_list("name", flat=True)
        self.had = {name.casefold() for name in names}
        self.new: set[str] = set(job.tag_names)

    def take(self, names: Sequence[str]) -> bool:
        """False where they would be too many."""
        more = {name.casefold() for name in names} - self.had
        if len(self.had | self.new | more) > MOST_OF_TAGS:
            return False
        self.new |= more
        return True


def _looked_at(
    job: ClientImport, one: Taken, known: Known, seen: dict[str, int], tags: _Tags, rules: Rules
) -> ImportRow:
    row = ImportRow(job=job, number=one.number, name=one.name, email=one.email, values=one.values)
    wrong = list(one.wrong)
    client = known.client(one.email)
    if not wrong and one.email in seen:
        wrong.append(_("Row %(n)d has the same mail address.") % {"n": seen[one.email]})
    if not wrong and client is not None and not known.has_room_for_tags(client, one.values.get("tags", [])):
        wrong.append(_("Tags: %(name)s would have more than can be.") % {"name": client.name})
    if not wrong and not tags.take(one.values.get("tags", [])):
        wrong.append(_("Tags: you would have more than %(n)d different ones.") % {"n": MOST_OF_TAGS})
    if wrong:
        row.outcome, row.why, row.values = Outcome.REFUSE, " ".join(wrong), {}
        return row
    seen[one.email] = one.number
    if client is None:
        row.outcome = Outcome.CREATE
        return row
    changes = known.changes(client, one.values)
    row.outcome = Outcome.UPDATE if changes else Outcome.SAME
    if client.archived_at is not None:
        row.outcome, row.why = Outcome.UPDATE, _("Comes back from the archive.")
    elif changes:
        row.why = ", ".join(str(rules.labels[name]) for name in changes)
    return row


def run_batch(import_id: UUID, *, only: int | None = None) -> int:
    """Write the next rows, or note that all are written; of ``only``, one row's key, no other. Returns how many were. A
    client who comes about by a booking, or is merged, at the same moment undoes the batch, which then finds them."""
    for _try in range(MOST_OVERTAKEN):
        try:
            return _run_batch(import_id, only)
        except (IntegrityError, Overtaken) as error:
            log.info("import_overtaken", job=str(import_id), error=str(error)[:200])
    return _run_batch(import_id, only)


@transaction.atomic
def _run_batch(import_id: UUID, only: int | None) -> int:
    jobs = ClientImport.objects.select_for_update(of=("self",)).select_related("consultant").defer("source")
    job = jobs.filter(pk=import_id, status=S.RUNNING).first()
    if job is None:
        return 0
    left = job.rows_left() if only is None else job.rows_left().filter(pk=only)
    rows = list(left.order_by("number")[:BATCH])
    if rows:
        created, updated = write(job, rows)
        job.created += created
        job.updated += updated
        ImportRow.objects.filter(pk__in=[row.pk for row in rows]).update(applied=True)
        live.say_changed(job.consultant_id, CLIENTS)
    elif only is None:
        job.status, job.done_at = S.DONE, timezone.now()
        log.info("import_done", job=str(job.pk), created=job.created, updated=job.updated)
    job.failures = 0
    job.save(update_fields=["created", "updated", "status", "done_at", "failures", "updated_at"])
    return len(rows)


def row_by_row(import_id: UUID) -> int:
    """Write the rows of a batch that fails each by itself, and refuse those that fail then too. Returns how many were
    written: 0 where it is not the rows that are wrong, and none is refused."""
    job = ClientImport.objects.filter(pk=import_id, status=S.RUNNING).defer("source").first()
    if job is None:
        return 0
    written, wrong = 0, []
    for row_id in list(job.rows_left().order_by("number").values_list("pk", flat=True)[:BATCH]):
        try:
            written += run_batch(import_id, only=row_id)
        except Exception:
            log.exception("import_row_failed", job=str(import_id), row=row_id)
            wrong.append(row_id)
    if written and wrong:
        _refuse(import_id, wrong)
    return written


@transaction.atomic
def _refuse(import_id: UUID, row_ids: list[int]) -> None:
    job = ClientImport.objects.select_for_update().defer("source").get(pk=import_id)
    rows = list(job.rows_left().filter(pk__in=row_ids))
    job.to_create -= sum(row.outcome == Outcome.CREATE for row in rows)
    job.to_update -= sum(row.outcome == Outcome.UPDATE for row in rows)
    job.refused += len(rows)
    for row in rows:
        row.outcome, row.values = Outcome.REFUSE, {}
        row.why = _("It could not be written, for a reason on our side. Write this client down by hand.")
    ImportRow.objects.bulk_update(rows, ["outcome", "values", "why"])
    job.save(update_fields=["to_create", "to_update", "refused", "updated_at"])
