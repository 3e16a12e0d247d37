"""Invoices and their kin, to look at. Nobody changes what was issued."""

from __future__ import annotations

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.adminsite import AdminsOnly
from naksha.money import rupees
from payments.models import Invoice


@admin.register(Invoice)
class InvoiceAdmin(AdminsOnly):
    list_display = ("number", "kind", "consultant", "recipient_name", "reference", "issued_on", "total", "paper")
    list_filter = ("kind", "financial_year", "issued_on")
    list_select_related = ("consultant",)
    search_fields = ("number", "reference", "consultant__display_name", "payment__order_id")
    ordering = ("-issued_at",)
    fields = (
        ("number", "kind", "financial_year", "issued_at"),
        ("consultant", "recipient_name", "place_of_supply"),
        ("reference", "payment", "refund", "original"),
        ("taxable", "cgst", "sgst", "igst"),
        ("round_off", "total"),
        "paper",
    )
    readonly_fields = tuple(name for row in fields for name in ((row,) if isinstance(row, str) else row))

    @display(description=_("recipient"))
    def recipient_name(self, invoice: Invoice) -> str:
        return str(invoice.recipient["name"])

    @display(description=_("total"), ordering="total_paise")
    def total(self, invoice: Invoice) -> str:
        return rupees(-invoice.total_paise if invoice.gives_back else invoice.total_paise)

    @display(description=_("taxable value"))
    def taxable(self, invoice: Invoice) -> str:
        return rupees(invoice.taxable_paise)

    @display(description="CGST")
    def cgst(self, invoice: Invoice) -> str:
        return rupees(invoice.cgst_paise)

    @display(description="SGST/UTGST")
    def sgst(self, invoice: Invoice) -> str:
        return rupees(invoice.sgst_paise)

    @display(description="IGST")
    def igst(self, invoice: Invoice) -> str:
        return rupees(invoice.igst_paise)

    @display(description=_("round off"))
    def round_off(self, invoice: Invoice) -> str:
        return rupees(invoice.round_off_paise)

    @display(description=_("document"))
    def paper(self, invoice: Invoice) -> SafeString:
        return format_html('<a href="{}" target="_blank" rel="noopener">{}</a>', invoice.get_absolute_url(), "PDF")
