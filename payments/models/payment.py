"""A payment is one gateway order: what is owed, once. Several attempts may be made at it; one settles it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from naksha.db import Row, on_days
from naksha.errors import InvalidState


def moved(moves: Mapping[str, frozenset[str]], now: str, then: str) -> str:
    """``then``, if the table allows it from ``now`` or it is the same. Raises InvalidState."""
    if then != now and then not in moves[now]:
        raise InvalidState(translate("What is %(now)s can't become %(then)s.") % {"now": now, "then": then})
    return then


_ORDER = re.compile(r"[A-Za-z0-9_]{1,40}")


class PaymentQuerySet(models.QuerySet["Payment"]):
    def for_payable(self, kind: str, payable_id: object) -> PaymentQuerySet:
        return self.filter(payable_kind=kind, payable_id=payable_id)

    def of_order(self, order_id: str) -> Payment | None:
        """The payment of a gateway's order. The name comes from a browser: what can't be one is asked of nobody."""
        return self.filter(order_id=order_id).first() if _ORDER.fullmatch(order_id) else None

    def within(self, first: date | None, last: date | None, zone: str = "UTC") -> PaymentQuerySet:
        """Those that were begun on the days from ``first`` to ``last``, as ``zone`` counts; None is no end."""
        return self.filter(on_days("created_at", first, last, zone))

    def about(self, words: str) -> PaymentQuerySet:
        """Those that have ``words`` in what was paid for or in who paid, or are called so at the gateway."""
        if not words:
            return self
        tries = PaymentAttempt.objects.filter(payment=OuterRef("pk"), gateway_payment_id=words[:60])
        return self.filter(
            Q(description__icontains=words)
            | Q(payer_name__icontains=words)
            | Q(payer_email__icontains=words)
            | Q(order_id=words[:60])
            | Q(Exists(tries))
        )

    def by(self, way: str) -> PaymentQuerySet:
        """Those that came by ``way`` ("upi") or, where nothing came, were last tried by it."""
        tries = PaymentAttempt.objects.filter(payment=OuterRef("pk"))
        counts = Case(When(outcome__in=["settled", "returned"], then=0), default=1)
        return self.alias(way=Subquery(tries.order_by(counts, "-created_at").values("method")[:1])).filter(way=way)

    def captured(self) -> PaymentQuerySet:
        """Those whose money came in, whatever went back since."""
        return self.filter(captured_paise__gt=0)

    def open(self) -> PaymentQuerySet:
        """Those that may still be paid in the ordinary way: a failed attempt leaves room for the next."""
        return self.filter(captured_paise=0, expired_at__isnull=True)


class Payment(Row):
    class Status(models.TextChoices):
        CREATED = "created", _("Not paid")
        AUTHORIZED = "authorized", _("Authorised")
        CAPTURED = "captured", _("Paid")
        PARTIALLY_REFUNDED = "partially_refunded", _("Partly refunded")
        REFUNDED = "refunded", _("Refunded")
        FAILED = "failed", _("Failed")

    class Purpose(models.TextChoices):
        FULL = "full", _("In full")
        DEPOSIT = "deposit", _("Deposit")
        BALANCE = "balance", _("Balance")

    # A bank may still say yes days after it said no (late authorisation), so "failed" is not an end.
    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        Status.CREATED: frozenset({Status.AUTHORIZED, Status.CAPTURED, Status.FAILED}),
        Status.AUTHORIZED: frozenset({Status.CAPTURED, Status.FAILED}),
        Status.FAILED: frozenset({Status.AUTHORIZED, Status.CAPTURED}),
        Status.CAPTURED: frozenset({Status.PARTIALLY_REFUNDED, Status.REFUNDED}),
        Status.PARTIALLY_REFUNDED: frozenset({Status.REFUNDED}),
        Status.REFUNDED: frozenset(),
    }

    payable_kind = models.CharField(max_length=40)
    payable_id = models.UUIDField()
    consultant = models.ForeignKey("consultants.Consultant", on_delete=models.PROTECT, related_name="payments")
    purpose = models.CharField(max_length=8, choices=Purpose)
    status = models.CharField(max_length=18, choices=Status, default=Status.CREATED)
    currency = models.CharField(max_length=3, default="INR")
    amount_paise = models.PositiveIntegerField()
    captured_paise = models.PositiveIntegerField(default=0)  # of the attempt that settled: 0 or all
    refunding_paise = models.PositiveIntegerField(default=0)  # promised back, whether or not it has gone yet
    refunded_paise = models.PositiveIntegerField(default=0)  # gone back, as the gateway says
    fee_paise = models.PositiveIntegerField(default=0)  # the platform's share, fixed when it is captured
    fee_tax_paise = models.PositiveIntegerField(default=0)  # GST on that share

    payer_name = models.CharField(max_length=200)
    payer_email = models.EmailField(max_length=254)
    payer_phone = models.CharField(max_length=20, blank=True)
    description = models.CharField(max_length=250)

    order_id = models.CharField(max_length=40, null=True, blank=True, unique=True)  # the gateway's
    order_claimed_at = models.DateTimeField(null=True, blank=True)  # somebody is asking for the order now
    failure_code = models.CharField(max_length=80, blank=True)
    failure_text = models.CharField(_("why it failed"), max_length=300, blank=True)
    authorized_at = models.DateTimeField(null=True, blank=True)
    captured_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    expired_at = models.DateTimeField(null=True, blank=True)  # nobody is invited to pay it any more
    check_at = models.DateTimeField(_("asked about next"), null=True, blank=True)  # empty: no need to ask
    checks = models.PositiveSmallIntegerField(default=0)
    checked_at = models.DateTimeField(_("asked about last"), null=True, blank=True)
    attention = models.CharField(_("needs a look"), max_length=300, blank=True)  # what a person has to look at

    objects: ClassVar[models.Manager[Payment]] = PaymentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            # Razorpay takes no order below 100 paise.
            models.CheckConstraint(condition=Q(amount_paise__gte=100), name="payment_amount_a_rupee"),
            models.CheckConstraint(
                condition=Q(captured_paise=0) | Q(captured_paise=F("amount_paise")), name="payment_captured_all_or_none"
            ),
            models.CheckConstraint(
                condition=Q(refunding_paise__lte=F("captured_paise")), name="payment_refunding_within_captured"
            ),
            models.CheckConstraint(
                condition=Q(refunded_paise__lte=F("refunding_paise")), name="payment_refunded_within_refunding"
            ),
            models.CheckConstraint(
                condition=Q(fee_paise=0, fee_tax_paise=0)
                | Q(captured_paise__gt=0, fee_paise__lte=F("captured_paise") - F("fee_tax_paise")),
                name="payment_fee_within_captured",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["created", "failed"], captured_paise=0)
                | Q(status="authorized", captured_paise=0, order_id__isnull=False)
                | Q(
                    status__in=["captured", "partially_refunded", "refunded"],
                    captured_paise__gt=0,
                    captured_at__isnull=False,
                    order_id__isnull=False,
                ),
                name="payment_captured_fits_status",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["created", "failed", "authorized", "captured"], refunded_paise=0)
                | Q(status="partially_refunded", refunded_paise__gt=0, refunded_paise__lt=F("captured_paise"))
                | Q(status="refunded", refunded_paise=F("captured_paise")),
                name="payment_refunded_fits_status",
            ),
            models.CheckConstraint(
                condition=~Q(status="failed") | Q(failed_at__isnull=False), name="payment_failed_has_time"
            ),
            models.UniqueConstraint(
                fields=["payable_kind", "payable_id", "purpose", "amount_paise"],
                condition=Q(captured_paise=0, expired_at__isnull=True),
                name="payment_one_open_for_payable",
            ),
        ]
        indexes = [
            models.Index(fields=["payable_kind", "payable_id"], name="payment_by_payable"),
            models.Index(fields=["consultant", "-captured_at"], name="payment_by_consultant"),
            # Every movement of its money saves it: what moved since some moment is found among few.
            models.Index(fields=["consultant", "updated_at"], name="payment_by_change"),
            models.Index(fields=["check_at"], condition=Q(check_at__isnull=False), name="payment_to_check"),
        ]

    def __str__(self) -> str:
        return self.order_id or self.receipt

    @property
    def receipt(self) -> str:
        """What the gateway knows the order by from us; the same for every try at it."""
        return self.id.hex

    @property
    def is_paid(self) -> bool:
        return self.captured_paise > 0

    @property
    def can_be_paid(self) -> bool:
        return self.status in (self.Status.CREATED, self.Status.FAILED) and self.expired_at is None

    @property
    def refundable_paise(self) -> int:
        """What came in and has not been promised back."""
        return self.captured_paise - self.refunding_paise

    def move_to(self, status: str) -> None:
        """Change the state in memory. Raises InvalidState for a move that isn't in ``MOVES``; staying is no move."""
        self.status = moved(self.MOVES, self.status, status)


class PaymentAttempt(Row):
    """One payment at the gateway for our order, as it last told us. At most one settles; each further one goes back."""

    class Status(models.TextChoices):
        CREATED = "created", _("Begun")
        AUTHORIZED = "authorized", _("Authorised")
        CAPTURED = "captured", _("Captured")
        REFUNDED = "refunded", _("Refunded")
        FAILED = "failed", _("Failed")

    class Outcome(models.TextChoices):
        OPEN = "", _("Nothing yet")
        SETTLED = "settled", _("Paid for it")
        RETURNED = "returned", _("Came too late")
        DUPLICATE = "duplicate", _("Paid twice")

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="attempts")
    gateway_payment_id = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=10, choices=Status)
    outcome = models.CharField(max_length=9, choices=Outcome, default=Outcome.OPEN, blank=True)
    amount_paise = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    captured_paise = models.PositiveIntegerField(default=0)
    refunding_paise = models.PositiveIntegerField(default=0)
    refunded_paise = models.PositiveIntegerField(default=0)
    gateway_fee_paise = models.PositiveIntegerField(null=True, blank=True)  # with its GST
    gateway_tax_paise = models.PositiveIntegerField(null=True, blank=True)
    method = models.CharField(max_length=20, blank=True)
    error_code = models.CharField(max_length=80, blank=True)
    error_reason = models.CharField(max_length=80, blank=True)
    error_description = models.CharField(max_length=300, blank=True)
    answer = models.JSONField(default=dict, blank=True)  # the gateway's last word, without the payer's details
    answered_at = models.DateTimeField()
    captured_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["payment"], condition=Q(outcome__in=["settled", "returned"]), name="attempt_one_counts"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", captured_paise=0, captured_at__isnull=True)
                | (~Q(outcome="") & Q(captured_paise=F("amount_paise"), captured_at__isnull=False)),
                name="attempt_captured_fits_outcome",
            ),
            models.CheckConstraint(
                condition=Q(refunding_paise__lte=F("captured_paise")), name="attempt_refunding_within_captured"
            ),
            models.CheckConstraint(
                condition=Q(refunded_paise__lte=F("refunding_paise")), name="attempt_refunded_within_refunding"
            ),
        ]

    def __str__(self) -> str:
        return self.gateway_payment_id

    @property
    def counts(self) -> bool:
        """Whether the payment's own sums are of this attempt."""
        return self.outcome in (self.Outcome.SETTLED, self.Outcome.RETURNED)

    @property
    def refundable_paise(self) -> int:
        return self.captured_paise - self.refunding_paise
