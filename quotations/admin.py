"""Quotations to look at: what was offered, what became of it, and the evidence of a yes."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.adminsite import AdminsOnly
from naksha.money import rupees
from payments.admin.parts import LookInline
from quotations.models import Quotation, QuotationLine, QuotationQuestion, QuotationView

S = Quotation.Status
TONES = {
    S.DRAFT: "",
    S.SENT: "info",
    S.VIEWED: "warning",
    S.ACCEPTED: "success",
    S.PAID: "success",
    S.DECLINED: "danger",
    S.EXPIRED: "danger",
}


class Lines(LookInline):
    model = QuotationLine
    fields = ("position", "description", "quantity", "unit_paise", "discount_points", "net_paise")
    readonly_fields = fields


class Views(LookInline):
    model = QuotationView
    fields = ("at",)
    readonly_fields = fields
    verbose_name_plural = _("looks of the client")


class Questions(LookInline):
    model = QuotationQuestion
    fields = ("created_at", "body", "answer", "answered_at")
    readonly_fields = fields


@admin.register(Quotation)
class QuotationAdmin(AdminsOnly):
    inlines = (Lines, Questions, Views)
    list_display = ("label", "told_status", "title", "consultant", "client", "valid_until", "total", "paid")
    list_filter = ("status", "ending", "sent_at")
    list_select_related = ("consultant", "client")
    search_fields = ("number", "title", "client__name", "client__email", "consultant__display_name")
    ordering = ("-created_at",)
    fields = (
        "label",
        "status",
        "ending",
        "title",
        "consultant",
        "client",
        "revises",
        "message",
        "terms",
        "valid_until",
        "lapses_at",
        "place_of_supply",
        "total",
        "deposit",
        "paid",
        "refunded",
        "sent_at",
        "viewed_at",
        "accepted_at",
        "accepted_name",
        "accepted_from",
        "paid_at",
        "closed_at",
        "close_reason",
        "trail",
    )
    readonly_fields = fields

    @display(description=_("state"), label=TONES, ordering="status")
    def told_status(self, quotation: Quotation) -> tuple[str, str]:
        return quotation.status, quotation.status_words

    @display(description=_("total, with GST"), ordering="total_paise")
    def total(self, quotation: Quotation) -> str:
        return rupees(quotation.total_paise)

    @display(description=_("deposit"))
    def deposit(self, quotation: Quotation) -> str:
        return rupees(quotation.deposit_paise)

    @display(description=_("paid"), ordering="paid_paise")
    def paid(self, quotation: Quotation) -> str:
        return rupees(quotation.paid_paise)

    @display(description=_("refunded"))
    def refunded(self, quotation: Quotation) -> str:
        return rupees(quotation.refunded_paise)
