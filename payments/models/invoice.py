"""Invoices and what goes with them: receipt vouchers for advances, credit notes, refund vouchers.

A document is written once, with everything that it says, and never changes: a mistake is put right by a further
document. Its number comes from a series without gaps, one for each supplier, financial year and kind of document
(CGST Rules 46, 50, 51, 53).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.core import signing
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from naksha.db import Row
from payments.models.payment import Payment
from payments.models.refund import Refund
from payments.tax import Split

if TYPE_CHECKING:
    pass


class InvoiceSeries(Row):
    """The last number of one series. Its row is locked while a number is taken, so numbers have no gaps."""

    consultant = models.ForeignKey("consultants.Consultant", on_delete=models.PROTECT, related_name="invoice_series")
    financial_year = models.CharField(max_length=7)  # 2026-27
    code = models.CharField(max_length=3)
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "invoice series"
        constraints = [
            models.UniqueConstraint(fields=["consultant", "financial_year", "code"], name="invoice_series_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.financial_year}"


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def for_payable(self, kind: str, payable_id: object) -> InvoiceQuerySet:
        return self.filter(payable_kind=kind, payable_id=payable_id)

    def final(self) -> InvoiceQuerySet:
        """The documents of the supply itself, not of money that came before it or went back."""
        return self.filter(kind__in=Invoice.FINAL)


class Invoice(Row):
    class Kind(models.TextChoices):
        TAX_INVOICE = "tax_invoice", _("Tax invoice")
        BILL_OF_SUPPLY = "bill_of_supply", _("Bill of supply")
        INVOICE = "invoice", _("Invoice")
        RECEIPT_VOUCHER = "receipt_voucher", _("Receipt voucher")
        CREDIT_NOTE = "credit_note", _("Credit note")
        REFUND_VOUCHER = "refund_voucher", _("Refund voucher")

    SALT: ClassVar[str] = "payments.invoice"
    FINAL = (Kind.TAX_INVOICE, Kind.BILL_OF_SUPPLY, Kind.INVOICE)
    BACK = (Kind.CREDIT_NOTE, Kind.REFUND_VOUCHER)
    CODES: ClassVar[dict[str, str]] = {
        Kind.TAX_INVOICE: "INV",
        Kind.BILL_OF_SUPPLY: "BOS",
        Kind.INVOICE: "INV",
        Kind.RECEIPT_VOUCHER: "RV",
        Kind.CREDIT_NOTE: "CN",
        Kind.REFUND_VOUCHER: "RFV",
    }

    kind = models.CharField(max_length=15, choices=Kind)
    consultant = models.ForeignKey("consultants.Consultant", on_delete=models.PROTECT, related_name="invoices")
    financial_year = models.CharField(max_length=7)
    code = models.CharField(max_length=3)
    serial = models.PositiveIntegerField()
    number = models.CharField(max_length=16)
    issued_at = models.DateTimeField()
    issued_on = models.DateField()  # the day in India

    payable_kind = models.CharField(max_length=30)
    payable_id = models.UUIDField()
    reference = models.CharField(max_length=40)  # what people call the thing that was sold
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="invoices")
    refund = models.OneToOneField(Refund, null=True, blank=True, on_delete=models.PROTECT, related_name="credit_note")
    original = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    advances = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="invoiced_by")

    # Everything below is as it was on the day.
    supplier = models.JSONField()
    recipient = models.JSONField()
    place_of_supply = models.CharField(max_length=2)
    lines = models.JSONField()
    details = models.JSONField(default=dict)  # how it was paid, which advances it takes up, why it was given back
    currency = models.CharField(max_length=3)
    gst_basis_points = models.PositiveSmallIntegerField()
    taxable_paise = models.PositiveIntegerField()
    cgst_paise = models.PositiveIntegerField()
    sgst_paise = models.PositiveIntegerField()
    igst_paise = models.PositiveIntegerField()
    round_off_paise = models.SmallIntegerField()
    total_paise = models.PositiveIntegerField()

    objects: ClassVar[models.Manager[Invoice]] = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["consultant", "financial_year", "number"], name="invoice_number_once"),
            models.UniqueConstraint(
                fields=["consultant", "financial_year", "code", "serial"], name="invoice_serial_once"
            ),
            models.UniqueConstraint(
                fields=["payable_kind", "payable_id"],
                condition=Q(kind__in=["tax_invoice", "bill_of_supply", "invoice"]),
                name="invoice_one_for_payable",
            ),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(kind="receipt_voucher"), name="invoice_one_voucher_for_payment"
            ),
            models.CheckConstraint(
                condition=Q(
                    total_paise=F("taxable_paise")
                    + F("cgst_paise")
                    + F("sgst_paise")
                    + F("igst_paise")
                    + F("round_off_paise")
                ),
                name="invoice_adds_up",
            ),
            models.CheckConstraint(condition=Q(cgst_paise=F("sgst_paise")), name="invoice_equal_halves"),
            models.CheckConstraint(condition=Q(cgst_paise=0) | Q(igst_paise=0), name="invoice_one_way_of_tax"),
            models.CheckConstraint(
                condition=Q(round_off_paise__gte=-50, round_off_paise__lte=50), name="invoice_rounds_little"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["credit_note", "refund_voucher"], refund__isnull=False, original__isnull=False)
                | (~Q(kind__in=["credit_note", "refund_voucher"]) & Q(refund__isnull=True, original__isnull=True)),
                name="invoice_correction_has_original",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["bill_of_supply", "invoice"])
                | Q(cgst_paise=0, sgst_paise=0, igst_paise=0, gst_basis_points=0),
                name="invoice_tax_only_where_allowed",
            ),
        ]
        indexes = [
            models.Index(fields=["consultant", "-issued_at"], name="invoice_by_consultant"),
            models.Index(fields=["payable_kind", "payable_id"], name="invoice_by_payable"),
        ]

    def __str__(self) -> str:
        return self.number

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("a document that was issued does not change")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("a document that was issued stays")

    @property
    def split(self) -> Split:
        return Split(
            self.taxable_paise,
            self.cgst_paise,
            self.sgst_paise,
            self.igst_paise,
            self.round_off_paise,
            self.total_paise,
        )

    @property
    def is_final(self) -> bool:
        return self.kind in self.FINAL

    @property
    def gives_back(self) -> bool:
        return self.kind in self.BACK

    @property
    def shows_tax(self) -> bool:
        return bool(self.gst_basis_points)

    @property
    def title(self) -> str:
        """What stands at its head. "Voucher" is a word of GST's, for those who are registered."""
        if self.kind == self.Kind.RECEIPT_VOUCHER and not self.supplier["gstin"]:
            return str(_("Receipt for an advance"))
        if self.kind == self.Kind.REFUND_VOUCHER and not self.supplier["gstin"]:
            return str(_("Receipt for a refund"))
        return str(self.get_kind_display())

    @property
    def filename(self) -> str:
        return f"{self.number.replace('/', '-')}.pdf"

    def get_absolute_url(self) -> str:
        """A link that opens the document without a login. Its signature is the key: show it to its parties only."""
        return reverse("payments:document", args=[signing.Signer(salt=self.SALT).sign(self.pk.hex)])
