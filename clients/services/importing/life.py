"""The life of a list, as its consultant leads it: sent, named, confirmed, stopped, taken up again, thrown away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from clients.fields import plain
from clients.importing import columns as naming
from clients.importing.reading import Read, read
from clients.models import ClientImport, CustomField, ImportRow
from clients.services.importing.job import tell_job, work
from consultants.models import Consultant
from naksha.errors import InvalidState, WrongInput

log = structlog.get_logger(__name__)
S = ClientImport.Status

AT_ONCE = 2000  # rows of a list that is done on return, where nobody is to be asked
KEPT_FOR = timedelta(days=7)  # what was in its rows, after which they go
WAITS_FOR = timedelta(days=2)  # for its consultant, after which it is thrown away


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
            tell_job(job.pk)
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
            tell_job(job.pk)
    if job.total <= AT_ONCE:
        try:
            work(job.pk)
        except Exception:
            log.exception("import_goes_on_later", job=str(job.pk))  # it is noted, and the sweeper takes it up
        job.refresh_from_db()
    return job


def _kept(consultant: Consultant, actor: User, filename: str, found: Read, **fields: Any) -> ClientImport:
    _take_turns(consultant.pk)
    before = ClientImport.objects.filter(consultant=consultant)
    waiting = before.filter(status__in=ClientImport.WAITING).select_for_update()
    makes_room = list(waiting.values_list("pk", flat=True))  # locked first: one may be confirmed just now
    if before.filter(Q(status=S.RUNNING) | Q(status=S.CHECKING, confirmed=True)).exists():
        raise InvalidState(_("A list is being taken in just now. Wait until it is done."))
    _drop(makes_room)
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


def _take_turns(consultant_id: UUID) -> None:
    """Whoever else begins a list of the same consultant waits until the transaction ends."""
    Consultant.objects.select_for_update(no_key=True).get(pk=consultant_id)


def name_columns(*, job: ClientImport, columns: Sequence[str]) -> ClientImport:
    """Say what each column is, and have the rows looked through. Raises WrongInput; InvalidState once it has begun."""
    own = list(CustomField.objects.filter(consultant=job.consultant_id))
    naming.check(columns, job.header, own)
    with transaction.atomic():
        moved = ClientImport.objects.filter(pk=job.pk, status=S.MAPPING)
        if not moved.update(status=S.CHECKING, columns=list(columns), updated_at=timezone.now()):
            raise InvalidState
        tell_job(job.pk)
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
            tell_job(job.pk)
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
        left = locked.rows_left().count()
        if not left:
            return  # all is written: its job only has to say so
        locked.status, locked.failures = S.FAILED, 0
        locked.save(update_fields=["status", "failures", "updated_at"])
        data = {"written": locked.done, "left": left}
        audit.record(actor=actor, action="clients.import_stopped", subject=locked, data=data)


def go_on(*, job: ClientImport) -> None:
    """Try again what has stopped in the middle of writing. Going on already: nothing changes. Raises InvalidState while
    another is taken in, and where its rows are forgotten."""
    with transaction.atomic():
        _take_turns(job.consultant_id)
        locked = ClientImport.objects.select_for_update().defer("source").get(pk=job.pk)
        if not locked.stopped_writing:
            return
        busy = ClientImport.objects.filter(consultant=job.consultant_id, status__in=[*ClientImport.WAITING, S.RUNNING])
        if busy.exists():
            raise InvalidState(_("Another list is being taken in. Wait until it is done, or throw it away."))
        if not locked.can_go_on():
            raise InvalidState(_("Its rows are forgotten by now. Choose the file again: who is taken in stays as is."))
        locked.status, locked.failures = S.RUNNING, 0
        locked.save(update_fields=["status", "failures", "updated_at"])
        tell_job(locked.pk)


@transaction.atomic
def drop(*, job: ClientImport) -> None:
    """Throw away a list of which nothing was written. Gone already: nothing changes. Raises InvalidState otherwise."""
    locked = ClientImport.objects.select_for_update().defer("source").get(pk=job.pk)
    if locked.status in ClientImport.WAITING:
        _drop([locked.pk])
    elif locked.status != S.DROPPED:
        raise InvalidState


def _drop(job_ids: list[UUID]) -> None:
    """They are locked."""
    ImportRow.objects.filter(job__in=job_ids).delete()
    ClientImport.objects.filter(pk__in=job_ids).update(
        status=S.DROPPED, source="", samples=[], tag_names=[], updated_at=timezone.now()
    )


@transaction.atomic
def forget_old() -> int:
    """Take the people out of lists that are long done, and throw away what nobody came back to. Returns how many. Who
    goes on with one at the same moment keeps it: each is locked, and looked at again then."""
    now = timezone.now()
    has_rows = Exists(ImportRow.objects.filter(job=OuterRef("pk")))
    done = Q(has_rows, status__in=[S.DONE, S.FAILED], updated_at__lt=now - KEPT_FOR)
    forgotten = Q(status__in=ClientImport.WAITING, updated_at__lt=now - WAITS_FOR)
    old = dict(ClientImport.objects.select_for_update().filter(done | forgotten).values_list("pk", "status"))
    ImportRow.objects.filter(job__in=old).delete()
    _drop([pk for pk, status in old.items() if status in ClientImport.WAITING])
    return len(old)


def report_rows(job: ClientImport) -> Any:
    """Every row with what it comes to, and what became of it where that is another thing, for a file."""
    for row in job.rows.order_by("number").iterator(chunk_size=2000):
        yield [row.number, row.name, row.email, str(row.words_in(job)), row.why]
