"""That a client was asked for what is still owed: once a day at most, by mail."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from naksha.db import Row


class NudgeQuerySet(models.QuerySet["Nudge"]):
    def for_payable(self, kind: str, payable_id: UUID) -> NudgeQuerySet:
        return self.filter(payable_kind=kind, payable_id=payable_id)


class Nudge(Row):
    payable_kind = models.CharField(max_length=40)
    payable_id = models.UUIDField()
    consultant = models.ForeignKey("consultants.Consultant", on_delete=models.CASCADE, related_name="nudges")
    # Who pressed the button; empty where it was asked for by itself, as a session ended.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    amount_paise = models.PositiveIntegerField(_("owed then"))
    asked_at = models.DateTimeField()
    asked_on = models.DateField()  # its day in UTC

    objects: ClassVar[models.Manager[Nudge]] = NudgeQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["payable_kind", "payable_id", "asked_on"], name="nudge_once_a_day"),
            models.CheckConstraint(condition=Q(amount_paise__gt=0), name="nudge_for_something"),
        ]
        indexes = [models.Index(fields=["consultant", "-asked_at"], name="nudge_by_consultant")]

    def __str__(self) -> str:
        return f"{self.payable_kind} {self.payable_id}"
