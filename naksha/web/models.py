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


class RecentTries(models.Model):
    """When something was tried last, where no Redis is or answers: as often as is allowed, the oldest first. After
    ``ends_at`` (seconds since 1970) none of it counts."""

    key = models.CharField(primary_key=True, max_length=64)
    times = models.TextField()  # each of limits.DIGITS digits
    is_full = models.BooleanField()  # whether the last try was one too many
    ends_at = models.FloatField(db_index=True)

    def __str__(self) -> str:
        return self.key
