"""A reminder to come: a row with its time, sent once, moved and dropped with its session."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from naksha.db import Row
from sessions_app.models.session import Session, Side, side_fits_client


class Reminder(Row):
    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        DROPPED = "dropped", _("Dropped")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="reminders")
    side = models.CharField(max_length=10, choices=Side)
    client = models.ForeignKey(
        "clients.Client", null=True, blank=True, on_delete=models.CASCADE, related_name="reminders"
    )
    minutes_before = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    # The end of its reader's quiet hours, which ran when it was due; empty while it is due as planned.
    put_off_until = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=7, choices=Status, default=Status.WAITING)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=side_fits_client(), name="reminder_side_fits_client"),
            models.UniqueConstraint(fields=["session", "client", "minutes_before"], name="reminder_once_for_client"),
            models.UniqueConstraint(
                fields=["session", "minutes_before"],
                condition=Q(side="consultant"),
                name="reminder_once_for_consultant",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(status="waiting"), name="reminder_due")]

    def __str__(self) -> str:
        return f"{self.minutes_before} minutes before {self.session_id}"
