"""A refund is a row first: promised in the transaction that causes it, sent to the gateway afterwards."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from naksha.db import Row
from payments.models.payment import Payment, PaymentAttempt, moved


class RefundQuerySet(models.QuerySet["Refund"]):
    def owed(self) -> RefundQuerySet:
        """Promised, and not yet gone as far as we know. A failed one is owed until another takes its place."""
        return self.exclude(status=Refund.Status.PROCESSED).filter(replaced_by__isnull=True)

    def to_send(self) -> RefundQuerySet:
        return self.filter(status=Refund.Status.PENDING, due_at__lte=timezone.now())


class Refund(Row):
    class Status(models.TextChoices):
        PENDING = "pending", _("To be sent")
        PROCESSING = "processing", _("On its way")
        PROCESSED = "processed", _("Refunded")
        FAILED = "failed", _("Failed")

    class Cause(models.TextChoices):
        REQUESTED = "requested", _("Asked for")
        RETURNED = "returned", _("Paid too late")
        DUPLICATE = "duplicate", _("Paid twice")
        EXTERNAL = "external", _("Made at the gateway")

    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        Status.PENDING: frozenset({Status.PROCESSING, Status.PROCESSED, Status.FAILED}),
        Status.PROCESSING: frozenset({Status.PROCESSED, Status.FAILED}),
        Status.PROCESSED: frozenset(),
        # We may have given up on one that the gateway had made after all.
        Status.FAILED: frozenset({Status.PROCESSING, Status.PROCESSED}),
    }

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="refunds")
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    cause = models.CharField(max_length=9, choices=Cause)
    amount_paise = models.PositiveIntegerField()
    fee_paise = models.PositiveIntegerField(default=0)  # of the platform's fee, given up with it
    fee_tax_paise = models.PositiveIntegerField(default=0)
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=120)  # the caller's: the same request made again finds its rows
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    gateway_refund_id = models.CharField(max_length=40, null=True, blank=True, unique=True)
    answer = models.JSONField(default=dict, blank=True)
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    attempts = models.PositiveSmallIntegerField(default=0)  # times it was sent
    due_at = models.DateTimeField(default=timezone.now)  # when to send, or to ask after it, next
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    processed_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects: ClassVar[models.Manager[Refund]] = RefundQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "key"], name="refund_once_for_key"),
            models.CheckConstraint(condition=Q(amount_paise__gt=0), name="refund_of_something"),
            models.CheckConstraint(
                condition=Q(status="pending", processed_at__isnull=True, failed_at__isnull=True)
                | Q(
                    status="processing",
                    gateway_refund_id__isnull=False,
                    processed_at__isnull=True,
                    failed_at__isnull=True,
                )
                | Q(status="processed", gateway_refund_id__isnull=False, processed_at__isnull=False)
                | Q(status="failed", processed_at__isnull=True, failed_at__isnull=False),
                name="refund_fields_fit_status",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(status__in=["pending", "processing"]), name="refund_under_way"),
        ]

    def __str__(self) -> str:
        return self.gateway_refund_id or self.id.hex

    @property
    def idempotency_key(self) -> str:
        """What the gateway tells repeats by (X-Refund-Idempotency)."""
        return self.id.hex

    @property
    def is_excess(self) -> bool:
        """Whether it gives back money that never counted for the payable."""
        return self.attempt.outcome != PaymentAttempt.Outcome.SETTLED

    def move_to(self, status: str) -> None:
        """Change the state in memory. Raises InvalidState for a move that isn't in ``MOVES``; staying is no move."""
        self.status = moved(self.MOVES, self.status, status)
