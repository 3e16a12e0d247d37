"""A suspension, and what it undoes: a row for each booking, session and place in line that was still to come."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultants.models.consultant import Consultant
from naksha.db import Row


class Suspension(Row):
    """One time that a consultant was suspended. It is over once it is lifted; what it undid stays undone."""

    consultant = models.ForeignKey(Consultant, on_delete=models.PROTECT, related_name="suspensions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultant"], condition=Q(lifted_at__isnull=True), name="suspension_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.consultant_id} {self.created_at:%Y-%m-%d}"


class UndoingQuerySet(models.QuerySet["Undoing"]):
    def due(self) -> UndoingQuerySet:
        """Those still to be done whose turn has come, the soonest meeting first (the order they were made in)."""
        return self.filter(done_at__isnull=True, due_at__lte=timezone.now()).order_by("pk")


class Undoing(Row):
    """One thing that a suspension undoes. Written with the suspension; whoever does it writes what came of it."""

    class Outcome(models.TextChoices):
        OPEN = "", _("Still to be done")
        UNDONE = "undone", _("Called off")
        NOTHING = "nothing", _("Over before it was reached")

    suspension = models.ForeignKey(Suspension, on_delete=models.CASCADE, related_name="undoings")
    kind = models.CharField(max_length=20)  # a name of consultants.commitments
    subject_id = models.UUIDField()
    outcome = models.CharField(max_length=7, choices=Outcome, default=Outcome.OPEN, blank=True)
    refund_paise = models.PositiveIntegerField(default=0)  # promised back
    due_at = models.DateTimeField(default=timezone.now)  # later, after a failure
    done_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    objects: ClassVar[models.Manager[Undoing]] = UndoingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["suspension", "kind", "subject_id"], name="undoing_once"),
            models.CheckConstraint(
                condition=Q(outcome="", done_at__isnull=True, refund_paise=0)
                | (~Q(outcome="") & Q(done_at__isnull=False)),
                name="undoing_done_has_outcome",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(done_at__isnull=True), name="undoing_to_do")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"
