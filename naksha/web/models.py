"""Attempts that are counted in the database, where no Redis is or answers."""

from __future__ import annotations

from django.db import models


class AttemptCount(models.Model):
    """How often something was tried within a window that ends at ``ends_at`` (seconds since 1970)."""

    key = models.CharField(primary_key=True, max_length=64)
    used = models.PositiveIntegerField()
    ends_at = models.FloatField(db_index=True)

    def __str__(self) -> str:
        return self.key
