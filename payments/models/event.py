"""What the gateway called to say. Each is kept once, and is a trigger to ask, never a proof."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from naksha.crypto import EncryptedTextField
from naksha.db import Row


class GatewayEventQuerySet(models.QuerySet["GatewayEvent"]):
    def waiting(self) -> GatewayEventQuerySet:
        return self.filter(status=GatewayEvent.Status.STORED, due_at__lte=timezone.now())


class GatewayEvent(Row):
    class Status(models.TextChoices):
        STORED = "stored", _("Waiting")
        DONE = "done", _("Done")
        IGNORED = "ignored", _("Not ours")
        FAILED = "failed", _("Given up")

    event_id = models.CharField(max_length=100, unique=True)  # X-Razorpay-Event-Id: the same on every delivery
    kind = models.CharField(max_length=60, blank=True)
    body = EncryptedTextField()  # as it came; holds the payer's details
    order_id = models.CharField(max_length=40, blank=True)
    gateway_payment_id = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.STORED)
    deliveries = models.PositiveIntegerField(default=1)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects: ClassVar[models.Manager[GatewayEvent]] = GatewayEventQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["done", "ignored"], done_at__isnull=False)
                | Q(status__in=["stored", "failed"], done_at__isnull=True),
                name="gateway_event_done_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(status="stored"), name="gateway_event_waiting"),
            models.Index(fields=["order_id"], name="gateway_event_by_order"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
