"""Answers that are kept, so that a repeated request gets the first one's."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from naksha.crypto import EncryptedTextField


class KeptAnswer(models.Model):
    """One ``Idempotency-Key`` of one account. While ``status`` is empty, the first request is still at work."""

    account = models.CharField(max_length=64)  # a login's name, a guest's hashed address, or "guest"
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)  # of method, path and body
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    body = EncryptedTextField(blank=True)  # an answer may hold the key of a link
    claimed_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="kept_answer_once"),
            models.CheckConstraint(condition=Q(status__isnull=False) | Q(body=""), name="kept_answer_has_status"),
        ]

    def __str__(self) -> str:
        return self.key
