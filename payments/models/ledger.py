"""The ledger: balanced double entry in paise. A debit is positive, a credit negative; a transaction sums to zero.

Rows are added, never changed or removed: a mistake is put right by a transaction the other way. PostgreSQL keeps both
rules with triggers (migration 0002), SQLite the second one for changes; see docs/decisions on the chart of accounts.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from naksha.db import Row
from payments.models.payment import Payment, PaymentAttempt
from payments.models.refund import Refund

if TYPE_CHECKING:
    from consultants.models import Consultant


class LedgerAccount(Row):
    class Code(models.TextChoices):
        GATEWAY = "gateway", _("Held by the gateway")  # asset
        GATEWAY_FEES = "gateway_fees", _("Gateway's charges")  # expense
        GST_INPUT = "gst_input", _("GST paid on charges")  # asset
        CONSULTANT = "consultant", _("Owed to the consultant")  # liability, one for each consultant
        PLATFORM_FEES = "platform_fees", _("Platform's fees")  # income
        GST_OUTPUT = "gst_output", _("GST due on fees")  # liability
        REFUNDS = "refunds", _("Owed back to clients")  # liability

    code = models.CharField(max_length=16, choices=Code)
    consultant = models.ForeignKey(
        "consultants.Consultant", null=True, blank=True, on_delete=models.PROTECT, related_name="ledger_accounts"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=Q(consultant__isnull=True), name="account_one_for_code"),
            models.UniqueConstraint(
                fields=["code", "consultant"],
                condition=Q(consultant__isnull=False),
                name="account_one_for_code_and_consultant",
            ),
            models.CheckConstraint(
                condition=Q(code="consultant", consultant__isnull=False)
                | (~Q(code="consultant") & Q(consultant__isnull=True)),
                name="account_consultant_iff_theirs",
            ),
        ]

    def __str__(self) -> str:
        return self.get_code_display()


# Whose a payment becomes: the consultant's, the platform's, the tax office's.
EARNED = (LedgerAccount.Code.CONSULTANT, LedgerAccount.Code.PLATFORM_FEES, LedgerAccount.Code.GST_OUTPUT)


class Immutable(Row):
    """A row that is added and then stays as it is."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("the ledger is only added to")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("the ledger is only added to")


class LedgerTransaction(Immutable):
    class Kind(models.TextChoices):
        CAPTURE = "capture", _("Payment")
        EXCESS = "excess", _("Money to give back")
        GATEWAY_FEE = "gateway_fee", _("Gateway's charge")
        REFUND_OWED = "refund_owed", _("Refund promised")
        REFUND_PAID = "refund_paid", _("Refund gone")

    kind = models.CharField(max_length=12, choices=Kind)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="ledger_transactions")
    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="ledger_transactions")
    refund = models.ForeignKey(
        Refund, null=True, blank=True, on_delete=models.PROTECT, related_name="ledger_transactions"
    )
    currency = models.CharField(max_length=3)
    entry_count = models.PositiveSmallIntegerField()
    occurred_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            # Each movement is told once, however often it is heard of.
            models.UniqueConstraint(
                fields=["kind", "attempt"], condition=Q(refund__isnull=True), name="ledger_once_for_attempt"
            ),
            models.UniqueConstraint(
                fields=["kind", "refund"], condition=Q(refund__isnull=False), name="ledger_once_for_refund"
            ),
            models.CheckConstraint(condition=Q(entry_count__gte=2), name="ledger_two_entries"),
            models.CheckConstraint(
                condition=Q(kind__in=["refund_owed", "refund_paid"], refund__isnull=False)
                | Q(kind__in=["capture", "excess", "gateway_fee"], refund__isnull=True),
                name="ledger_refund_fits_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {timezone.localtime(self.occurred_at):%Y-%m-%d}"


class LedgerEntryQuerySet(models.QuerySet["LedgerEntry"]):
    def balance(self, code: str) -> int:
        """Paise, debits less credits, of all accounts of a code."""
        return self.filter(account__code=code).aggregate(total=Sum("amount_paise"))["total"] or 0

    def owed_to(self, consultant: Consultant) -> int:
        """Paise that the consultant may claim now."""
        account = self.filter(account__code=LedgerAccount.Code.CONSULTANT, account__consultant=consultant)
        return -(account.aggregate(total=Sum("amount_paise"))["total"] or 0)

    def of_each_kind(
        self, consultant: Consultant, begins: datetime | None = None, ends: datetime | None = None
    ) -> models.QuerySet[Any, Any]:
        """Rows of ``kind``, ``code`` and ``total`` (paise): what came for a consultant, and what was promised back, by
        whose it is. From ``begins`` until before ``ends``; None is no end."""
        return (
            self.during(begins, ends)
            .filter(
                transaction__payment__consultant=consultant,
                transaction__kind__in=[LedgerTransaction.Kind.CAPTURE, LedgerTransaction.Kind.REFUND_OWED],
                account__code__in=EARNED,
            )
            .annotate(kind=F("transaction__kind"), code=F("account__code"))
            .values("kind", "code")
            .annotate(total=-Sum("amount_paise"))
            .order_by("kind", "code")
        )

    def annotate_code(self) -> LedgerEntryQuerySet:
        """Each with ``code``, its account's, without a query for that."""
        return self.annotate(code=F("account__code"))

    def during(self, begins: datetime | None, ends: datetime | None) -> LedgerEntryQuerySet:
        """From ``begins`` until before ``ends``; None is no end."""
        found = self.all()
        if begins is not None:
            found = found.filter(transaction__occurred_at__gte=begins)
        return found if ends is None else found.filter(transaction__occurred_at__lt=ends)

    def by_day(self, *, code: str, first: date, last: date, zone: str = "") -> models.QuerySet[Any, Any]:
        """Rows of ``day`` and ``total`` (paise, debits less credits), first to last day, as the zone counts days."""
        day = TruncDate("transaction__occurred_at", tzinfo=ZoneInfo(zone or settings.TIME_ZONE))
        return (
            self.filter(account__code=code)
            .annotate(day=day)
            .filter(day__gte=first, day__lte=last)
            .values("day")
            .annotate(total=Sum("amount_paise"))
            .order_by("day")
        )

    def for_consultant(self, consultant: Consultant) -> LedgerEntryQuerySet:
        return self.filter(account__consultant=consultant)


class LedgerEntry(Immutable):
    transaction = models.ForeignKey(LedgerTransaction, on_delete=models.PROTECT, related_name="entries")
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="entries")
    amount_paise = models.BigIntegerField()

    objects: ClassVar[models.Manager[LedgerEntry]] = LedgerEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "ledger entries"
        constraints = [
            models.CheckConstraint(condition=~Q(amount_paise=0), name="ledger_entry_not_zero"),
            models.UniqueConstraint(fields=["transaction", "account"], name="ledger_entry_one_for_account"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_paise}"
