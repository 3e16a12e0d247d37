"""A list of clients is taken in: sent, its columns named, looked through, and only then written.

Looking through and writing are jobs, in batches. Each batch is one transaction that locks the list's row, does the next
rows and notes how far it is: a worker that dies leaves whole batches, two workers take turns, and the sweeper goes on
with what nobody is at, so that each row is written once. A batch that fails again and again is written row by row: what
can't be written is refused by itself and the others are not kept from their end. Where nothing of it can be, the list
stops, and says what is written and what is left. Until its consultant says so no client is touched; that can be said
once, and the consultant may stop it in the middle and have it go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from clients.fields import plain
from clients.importing import columns as naming
from clients.importing.known import Known, Overtaken, known_of
from clients.importing.reading import Read, read, rows_of
from clients.importing.rows import Rules, Taken
from clients.importing.writing import write
from clients.live import CLIENTS
from clients.models import ClientImport, CustomField, ImportRow, Tag
from clients.services.keeping import MOST_OF_TAGS
from consultants import live
from consultants.models import Consultant
from naksha.errors import InvalidState, WrongInput
from naksha.queue import tell

log = structlog.get_logger(__name__)
S, Outcome = ClientImport.Status, ImportRow.Outcome

BATCH = 500
AT_ONCE = 2000  # rows of a list that is done on return, where nobody is to be asked
LEFT_BEHIND = timedelta(minutes=1)  # since its last batch: nobody is at it
MOST_FAILURES = 5
KEPT_FOR = timedelta(days=7)  # what was in its rows, after which they go
WAITS_FOR = timedelta(days=2)  # for its consultant, after which it is thrown away


# --- what a consultant does -------------------------------------------------------------------------


def start(*, consultant: Consultant, actor: User, filename: str, data: bytes) -> ClientImport:
    """Keep a file and have it looked through; where a column's name says nothing, its consultant is asked first.

    A list that waits for its consultant makes room for this one. Raises WrongInput with what is wrong with the file,
    InvalidState while another is being taken in.
    """
    found = read(data)
    own = list(CustomField.objects.filter(consultant=consultant))
    guessed, all_known = naming.guess(found.header, own)
    with transaction.atomic():
        status = S.CHECKING if all_known else S.MAPPING
        job = _kept(consultant, actor, filename, found, columns=guessed, status=status)
        if all_known:
            _tell(job)
    return job


def take_in(*, consultant: Consultant, actor: User, filename: str, data: bytes, writes: bool) -> ClientImport:
    """Look through a file and, with ``writes``, write it, without asking: a column whose name says nothing is left out.

    A short one is done on return, of a longer one the job goes on. Raises as :func:`start`, and WrongInput where no
    column is the name or the mail address.
    """
    found = read(data)
    guessed, _all_known = naming.guess(found.header, list(CustomField.objects.filter(consultant=consultant)))
    if words := naming.missing(guessed):
        raise WrongInput("file", words)
    with transaction.atomic():
        job = _kept(consultant, actor, filename, found, columns=guessed, status=S.CHECKING, confirmed=writes)
        if writes:
            audit.record(actor=actor, action="clients.imported", subject=job, data={"rows": job.total})
        if job.total > AT_ONCE:
            _tell(job)
    if job.total <= AT_ONCE:
        try:
            work(job.pk)
        except Exception:
            log.exception("import_goes_on_later", job=str(job.pk))  # it is noted, and the sweeper takes it up
        job.refresh_from_db()
    return job


def _kept(consultant: Consultant, actor: User, filename: str, found: Read, **fields: Any) -> ClientImport:
    Consultant.objects.select_for_update(no_key=True).get(pk=consultant.pk)  # two at once take turns
    before = ClientImport.objects.filter(consultant=consultant)
    if before.filter(Q(status=S.RUNNING) | Q(status=S.CHECKING, confirmed=True)).exists():
        raise InvalidState(_("A list is being taken in just now. Wait until it is done."))
    for waiting in before.filter(status__in=ClientImport.WAITING).defer("source"):
        _drop(waiting)
    return ClientImport.objects.create(
        consultant=consultant,
        by=actor,
        filename=plain(filename)[:200] or "clients.csv",
        source=found.text,
        delimiter=found.delimiter,
        header=found.header,
        samples=found.samples,
        total=found.total,
        **fields,
    )


def name_columns(*, job: ClientImport, columns: Sequence[str]) -> ClientImport:
    """Say what each column is, and have the rows looked through. Raises WrongInput; InvalidState once it has begun."""
    own = list(CustomField.objects.filter(consultant=job.consultant_id))
    naming.check(columns, job.header, own)
    with transaction.atomic():
        moved = ClientImport.objects.filter(pk=job.pk, status=S.MAPPING)
        if not moved.update(status=S.CHECKING, columns=list(columns), updated_at=timezone.now()):
            raise InvalidState
        _tell(job)
    job.refresh_from_db(fields=["status", "columns"])
    return job


def confirm(*, job: ClientImport, actor: User) -> bool:
    """Write what was looked through. False where that was said before. Raises InvalidState where it can not be."""
    with transaction.atomic():
        now = timezone.now()
        begun = ClientImport.objects.filter(pk=job.pk, status=S.CHECKED).update(
            status=S.RUNNING, failures=0, updated_at=now
        )
        if begun:
            audit.record(actor=actor, action="clients.imported", subject=job, data={"rows": job.to_do})
            _tell(job)
            return True
    job.refresh_from_db(fields=["status"])
    if job.status in (S.RUNNING, S.DONE):
        return False
    raise InvalidState


def stop(*, job: ClientImport, actor: User) -> None:
    """End the writing after the batch that is being written. What is written stays, the rest can still be done.
    Stopped already, or all written: nothing changes. Raises InvalidState for a list that is not being written."""
    with transaction.atomic():
        locked = ClientImport.objects.select_for_update().defer("source").get(pk=job.pk)
        if locked.status == S.FAILED:
            return
        if locked.status != S.RUNNING:
            raise InvalidState
        left = left_of(locked).count()
        if not left:
            return  # all is written: its job only has to say so
        locked.status, locked.failures = S.FAILED, 0
        locked.save(update_fields=["status", "failures", "updated_at"])
        data = {"written": locked.done, "left": left}
        audit.record(actor=actor, action="clients.import_stopped", subject=locked, data=data)


def left_of(job: ClientImport) -> QuerySet[ImportRow]:
    """The rows that are still to be written."""
    return ImportRow.objects.filter(job=job, applied=False, outcome__in=[Outcome.CREATE, Outcome.UPDATE])


def go_on(*, job: ClientImport) -> None:
    """Try again what has stopped in the middle of writing. Going on already: nothing changes. Raises InvalidState while
    another is taken in, and where its rows are forgotten."""
    with transaction.atomic():
        stopped = ClientImport.objects.filter(pk=job.pk, status=S.FAILED, checked=F("total"))
        busy = ClientImport.objects.filter(consultant=job.consultant_id, status__in=[*ClientImport.WAITING, S.RUNNING])
        if busy.exclude(pk=job.pk).exists():
            raise InvalidState(_("Another list is being taken in. Wait until it is done, or throw it away."))
        if (
            stopped.filter(to_create__gt=F("created") + F("updated") - F("to_update")).exists()
            and not left_of(job).exists()
        ):
            raise InvalidState(_("Its rows are forgotten by now. Choose the file again: who is taken in stays as is."))
        if stopped.update(status=S.RUNNING, failures=0, updated_at=timezone.now()):
            _tell(job)


@transaction.atomic
def drop(*, job: ClientImport) -> None:
    """Throw away a list of which nothing was written. Gone already: nothing changes. Raises InvalidState otherwise."""
    locked = ClientImport.objects.select_for_update().defer("source").get(pk=job.pk)
    if locked.status in ClientImport.WAITING:
        _drop(locked)
    elif locked.status != S.DROPPED:
        raise InvalidState


def _drop(job: ClientImport) -> None:
    job.rows.all().delete()
    ClientImport.objects.filter(pk=job.pk).update(
        status=S.DROPPED, source="", samples=[], tag_names=[], updated_at=timezone.now()
    )


# --- what the job does ------------------------------------------------------------------------------


def _tell(job: ClientImport) -> None:
    from clients import tasks

    tell(tasks.work_import, str(job.pk))


def work(import_id: UUID) -> None:
    """Do what there is to do, to its end. What fails is tried again by the sweeper, then row by row, and given up at
    last."""
    try:
        if not _check_all(import_id):
            return
        while run_batch(import_id):
            pass
    except Exception as error:
        if not _failed(import_id, error):
            raise
        if not _row_by_row(import_id):
            _give_up(import_id)
            raise
        _tell_again(import_id)


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


def _tell_again(import_id: UUID) -> None:
    from clients import tasks

    tell(tasks.work_import, str(import_id))


def _row_by_row(import_id: UUID) -> int:
    """Write the rows of a batch that fails each by itself, and refuse those that fail then too. Returns how many were
    written: 0 where it is not the rows that are wrong, and none is refused."""
    job = ClientImport.objects.filter(pk=import_id, status=S.RUNNING).defer("source").first()
    if job is None:
        return 0
    written, wrong = 0, []
    for row_id in list(left_of(job).order_by("number").values_list("pk", flat=True)[:BATCH]):
        try:
            written += _run_batch(import_id, only=row_id)
        except Exception:
            log.exception("import_row_failed", job=str(import_id), row=row_id)
            wrong.append(row_id)
    if written and wrong:
        _refuse(import_id, wrong)
    return written


@transaction.atomic
def _refuse(import_id: UUID, row_ids: list[int]) -> None:
    job = ClientImport.objects.select_for_update().defer("source").get(pk=import_id)
    rows = list(left_of(job).filter(pk__in=row_ids))
    job.to_create -= sum(row.outcome == Outcome.CREATE for row in rows)
    job.to_update -= sum(row.outcome == Outcome.UPDATE for row in rows)
    job.refused += len(rows)
    for row in rows:
        row.outcome, row.values = Outcome.REFUSE, {}
        row.why = _("It could not be written, for a reason on our side. Write this client down by hand.")
    ImportRow.objects.bulk_update(rows, ["outcome", "values", "why"])
    job.save(update_fields=["to_create", "to_update", "refused", "updated_at"])


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
    while batch := list(islice(rows, BATCH)):
        if at + len(batch) > job.checked:
            taken = [rules.take(number, cells) for number, cells in batch]
            if not check_batch(import_id, at, taken, rules):
                return False
        at += len(batch)
    return True


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


def run_batch(import_id: UUID) -> int:
    """Write the next rows, or note that all are written. Returns how many were. A client who comes about by a booking,
    or is merged, at the same moment undoes the batch, which then finds them."""
    for _try in range(MOST_FAILURES):
        try:
            return _run_batch(import_id)
        except (IntegrityError, Overtaken) as error:
            log.info("import_overtaken", job=str(import_id), error=str(error)[:200])
    return _run_batch(import_id)


@transaction.atomic
def _run_batch(import_id: UUID, *, only: int | None = None) -> int:
    jobs = ClientImport.objects.select_for_update(of=("self",)).select_related("consultant").defer("source")
    job = jobs.filter(pk=import_id, status=S.RUNNING).first()
    if job is None:
        return 0
    left = left_of(job) if only is None else left_of(job).filter(pk=only)
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


def left_behind() -> list[UUID]:
    """Lists that should be going on, and that nobody is at."""
    since = timezone.now() - LEFT_BEHIND
    going = ClientImport.objects.filter(status__in=ClientImport.GOING, updated_at__lt=since)
    return list(going.order_by("updated_at").values_list("pk", flat=True))


def forget_old() -> int:
    """Take the people out of lists that are long done, and throw away what nobody came back to. Returns how many."""
    now = timezone.now()
    done = Q(status__in=[S.DONE, S.FAILED], updated_at__lt=now - KEPT_FOR)
    forgotten = Q(status__in=ClientImport.WAITING, updated_at__lt=now - WAITS_FOR)
    old = list(ClientImport.objects.filter(done, rows__isnull=False).distinct().values_list("pk", flat=True))
    ImportRow.objects.filter(job__in=old).delete()
    for job in (waiting := list(ClientImport.objects.filter(forgotten).defer("source"))):
        drop(job=job)
    return len(old) + len(waiting)


def report_rows(job: ClientImport) -> Any:
    """Every row with what it comes to, and what became of it where that is another thing, for a file."""
    for row in job.rows.order_by("number").iterator(chunk_size=2000):
        yield [row.number, row.name, row.email, str(row.words_in(job)), row.why]
