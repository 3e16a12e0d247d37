"""What a suspension undoes: rows that are written with it, and a job that goes through them one by one.

Each row is done in a transaction of its own, with its lock held: two jobs at once skip each other's, a crash leaves the
row as it was, and what is done is not done again. A failure is written down and tried again later. Clients, and those
who answer for money, change the same bookings meanwhile: the keeper looks at each under its own lock and says when
there was nothing left to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone

from accounts.models import User
from consultants import commitments
from consultants.models import Consultant, Suspension, Undoing
from naksha.queue import tell

log = structlog.get_logger(__name__)

# A booking whose transaction was open while its consultant was suspended commits after the rows were written.
LATECOMERS = timedelta(hours=1)
RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
BATCH = 500


def begin(*, consultant: Consultant, actor: User) -> Suspension:
    """Write down what is to be undone, in the transaction that suspends; the job is told on commit."""
    suspension = Suspension.objects.create(consultant=consultant, by=actor)
    write_rows(suspension)
    _tell(suspension.pk)
    return suspension


def lift(*, consultant: Consultant) -> None:
    """The consultant is reinstated. What was undone stays so, and rows that are open are still done."""
    Suspension.objects.filter(consultant=consultant, lifted_at__isnull=True).update(lifted_at=timezone.now())


def write_rows(suspension: Suspension) -> int:
    """A row for each commitment to come that has none. Returns how many were written."""
    known = set(suspension.undoings.values_list("kind", "subject_id"))
    rows = [
        Undoing(suspension=suspension, kind=kind, subject_id=commitment.subject_id)
        for kind, commitment in commitments.to_come(suspension.consultant_id)
        if (kind, commitment.subject_id) not in known
    ]
    Undoing.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    return len(rows)


def work(*, suspension_id: UUID) -> int:
    """Do the rows of one suspension that are due, and once more what has come meanwhile. Returns how many were done.

    Call it outside of a transaction. Safe to call twice, and twice at once.
    """
    suspension = Suspension.objects.get(pk=suspension_id)
    done = _work_through(suspension.undoings.due())
    if suspension.lifted_at is None and write_rows(suspension):
        done += _work_through(suspension.undoings.due())
    return done


def sweep() -> int:
    """Do what the queue has dropped, a crash has cut short, a failure has put off, or came while it was suspended."""
    fresh = Suspension.objects.filter(lifted_at__isnull=True, created_at__gt=timezone.now() - LATECOMERS)
    for suspension in fresh:
        write_rows(suspension)
    return _work_through(Undoing.objects.due()[:BATCH])


def _work_through(rows: object) -> int:
    ids = list(rows.values_list("pk", flat=True))  # type: ignore[attr-defined]
    return sum(_do(row_id) for row_id in ids)


def _do(row_id: UUID) -> bool:
    """One row. False when somebody else is at it, or it failed."""
    try:
        with transaction.atomic():
            row = (
                Undoing.objects.select_for_update(of=("self",), skip_locked=True)
                .select_related("suspension__by")
                .filter(pk=row_id, done_at__isnull=True)
                .first()
            )
            if row is None:
                return False
            refund = commitments.keeper_of(row.kind).undo(row.subject_id, actor=row.suspension.by)
            row.outcome = Undoing.Outcome.NOTHING if refund is None else Undoing.Outcome.UNDONE
            row.refund_paise = refund or 0
            row.done_at = timezone.now()
            row.last_error = ""
            row.save()
    except Exception as error:
        log.exception("undoing_failed", row=str(row_id))
        _put_off(row_id, error)
        return False
    return True


def _put_off(row_id: UUID, error: Exception) -> None:
    row = Undoing.objects.get(pk=row_id)
    wait = RETRY_AFTER[min(row.failures, len(RETRY_AFTER) - 1)]
    Undoing.objects.filter(pk=row_id, done_at__isnull=True).update(
        failures=row.failures + 1,
        last_error=f"{type(error).__name__}: {error}"[:300],
        due_at=timezone.now() + wait,
        updated_at=timezone.now(),
    )


def _tell(suspension_id: UUID) -> None:
    from consultants import tasks

    tell(tasks.undo, str(suspension_id))


@dataclass(frozen=True)
class Progress:
    """How far a suspension's undoing is. ``refund_paise`` is what was promised back so far."""

    suspension: Suspension
    total: int
    undone: int
    nothing: int
    failing: int
    refund_paise: int

    @property
    def done(self) -> int:
        return self.undone + self.nothing

    @property
    def errors(self) -> list[Undoing]:
        """Those that failed and are tried again, for whoever has to look."""
        return list(self.suspension.undoings.filter(done_at__isnull=True, failures__gt=0).order_by("due_at")[:10])

    @property
    def is_done(self) -> bool:
        return self.done == self.total


def progress_of(suspension: Suspension) -> Progress:
    """One query."""
    counted = suspension.undoings.aggregate(
        total=Count("pk"),
        undone=Count("pk", filter=Q(outcome=Undoing.Outcome.UNDONE)),
        nothing=Count("pk", filter=Q(outcome=Undoing.Outcome.NOTHING)),
        failing=Count("pk", filter=Q(done_at__isnull=True, failures__gt=0)),
        refund_paise=Sum("refund_paise", default=0),
    )
    return Progress(suspension=suspension, **counted)


def last_of(consultant: Consultant) -> Progress | None:
    """How far the undoing of the consultant's last suspension is; None where there was none. Two queries."""
    last = consultant.suspensions.first()
    return progress_of(last) if last else None
