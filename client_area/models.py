"""Files of erased clients that are still to be deleted: rows first, so that none is forgotten."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from naksha.db import Row


class FileToDelete(Row):
    """A file in the private storage that no row names any more. Its own name says nothing of the person."""

    name = models.CharField(max_length=300)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "files to delete"
        indexes = [models.Index(fields=["due_at"], name="file_to_delete_due")]

    def __str__(self) -> str:
        return self.name
