"""A list of clients that is taken in: what was sent, what each row comes to, and how far it is.

It is checked row by row first; nothing is written to clients until its consultant has said so. Both are done by a job,
some hundred rows in each transaction, with how far it has come: a worker that dies leaves whole batches behind, and
the next goes on after them.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from naksha.db import Row


class ClientImport(Row):
    class Status(models.TextChoices):
        MAPPING = "mapping", _("Columns to be named")
        CHECKING = "checking", _("Being looked through")
        CHECKED = "checked", _("Looked through")
        RUNNING = "running", _("Being taken in")
        DONE = "done", _("Taken in")
        FAILED = "failed", _("Stopped")
        DROPPED = "dropped", _("Thrown away")

    WAITING = (Status.MAPPING, Status.CHECKING, Status.CHECKED)
    GOING = (Status.CHECKING, Status.RUNNING)

    consultant = models.ForeignKey("consultants.Consultant", on_delete=models.CASCADE, related_name="client_imports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    filename = models.CharField(max_length=200)
    status = models.CharField(max_length=8, choices=Status, default=Status.MAPPING)
    confirmed = models.BooleanField(default=False)  # from the start: what is looked through is then written
    source = models.TextField(blank=True)  # the file's text, until its rows are looked through
    delimiter = models.CharField(max_length=1)
    header = models.JSONField()  # the names of its columns
    samples = models.JSONField(default=list)  # its first rows, while columns have to be named
    columns = models.JSONField(default=list)  # what each column is (clients.importing.columns), "" for none
    tag_names = models.JSONField(default=list)  # in small letters: those that its rows bring and the consultant lacks
    total = models.PositiveIntegerField()  # rows
    checked = models.PositiveIntegerField(default=0)  # looked through
    to_create = models.PositiveIntegerField(default=0)
    to_update = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)  # made by now
    updated = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)  # of its job, one after the other
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["consultant"],
                condition=Q(status__in=["mapping", "checking", "checked", "running"]),
                name="client_import_one_at_a_time",
            ),
            models.CheckConstraint(condition=Q(checked__lte=F("total")), name="client_import_checked_within_total"),
            models.CheckConstraint(
                condition=Q(created__lte=F("to_create") + F("to_update") - F("updated")),
                name="client_import_done_within_checked",
            ),
        ]
        indexes = [
            models.Index(
                fields=["updated_at"], condition=Q(status__in=["checking", "running"]), name="client_import_going"
            )
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_going(self) -> bool:
        return self.status in self.GOING

    @property
    def stopped_writing(self) -> bool:
        """In the middle of it, for whatever reason; one that failed before has written nothing and can't go on."""
        return self.status == self.Status.FAILED and self.checked == self.total

    @property
    def is_stopped(self) -> bool:
        """By its consultant, in the middle of writing; not by what failed again and again."""
        return self.stopped_writing and self.failures == 0

    @property
    def to_do(self) -> int:
        """Rows that are, or would be, written."""
        return self.to_create + self.to_update

    @property
    def done(self) -> int:
        return self.created + self.updated

    def rows_left(self) -> models.QuerySet[ImportRow]:
        """Those that are still to be written."""
        return ImportRow.objects.filter(job=self, applied=False, outcome__in=ImportRow.WRITTEN)

    def can_go_on(self) -> bool:
        """Whether the rest can be written, or all is and has only to be noted: not once its rows are forgotten."""
        return self.stopped_writing and (self.done == self.to_do or self.rows_left().exists())


class ImportRow(models.Model):
    """A row of the list, and what it comes to."""

    class Outcome(models.TextChoices):
        CREATE = "create", _("New")
        UPDATE = "update", _("Changed")
        SAME = "same", _("Known already")
        REFUSE = "refuse", _("Refused")

    WRITTEN = (Outcome.CREATE, Outcome.UPDATE)

    job = models.ForeignKey(ClientImport, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()  # as a spreadsheet counts: the head is 1
    name = models.CharField(max_length=100, blank=True)  # the beginning of what was written
    email = models.CharField(max_length=254, blank=True)
    outcome = models.CharField(max_length=6, choices=Outcome)
    why = models.TextField(blank=True)
    values = models.JSONField(default=dict)  # what was taken of it, by column
    applied = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="import_row_once")]
        indexes = [
            models.Index(fields=["job", "email"], name="import_row_by_email"),
            models.Index(
                fields=["job", "number"],
                condition=Q(applied=False, outcome__in=["create", "update"]),
                name="import_row_to_do",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.get_outcome_display()}"

    def is_left_in(self, job: ClientImport) -> bool:
        """Whether ``job``, its list, is or was being written and this row is not."""
        begun = job.status == ClientImport.Status.RUNNING or job.stopped_writing
        return begun and not self.applied and self.outcome in self.WRITTEN

    def words_in(self, job: ClientImport) -> str | Promise:
        """What it comes to; of a list that stopped before its turn, that it is left."""
        return _("Not taken in yet") if self.is_left_in(job) else self.Outcome(self.outcome).label
