"""The secret address at which other calendars fetch a consultant's."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from naksha.crypto import EncryptedTextField
from naksha.db import Row


class CalendarFeed(Row):
    """One for a consultant. The token is shown to its owner again, so it is kept sealed; it is found by its hash."""

    class Detail(models.TextChoices):
        NAMES = "names", _("Names and titles")
        BUSY = "busy", _("Only that I am busy")

    consultant = models.OneToOneField("consultants.Consultant", on_delete=models.CASCADE, related_name="calendar_feed")
    token = EncryptedTextField()
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    detail = models.CharField(max_length=5, choices=Detail, default=Detail.NAMES)

    def __str__(self) -> str:
        return f"Calendar of {self.consultant_id}"
