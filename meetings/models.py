"""The room of one meeting. What the meeting is about is known above; here it is a subject with an id."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from naksha.crypto import new_token
from naksha.db import Row, db_now


def new_name() -> str:
    """192 random bits: whoever knows the name of a plain Jitsi room is in it."""
    return f"naksha-{new_token()}"


class Room(Row):
    """Made as a row with what it is for, and filled in at once or by a worker. ``name`` never changes, so that asking
    again asks for the same room."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Could not be made")

    subject_id = models.UUIDField(unique=True)
    provider = models.CharField(max_length=12)
    status = models.CharField(max_length=8, choices=Status, default=Status.PENDING)
    name = models.CharField(max_length=120, default=new_name)
    url = models.URLField(max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=db_now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="ready") & ~Q(url="") | ~Q(status="ready") & Q(url=""), name="room_ready_has_url"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(status="pending"), name="room_to_make")]

    def __str__(self) -> str:
        return f"{self.provider}, {self.get_status_display()}"

    @property
    def is_ready(self) -> bool:
        return self.status == self.Status.READY
