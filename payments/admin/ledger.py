"""The ledger and the balances of its accounts, to look at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.adminsite import AdminsOnly
from naksha.money import rupees
from payments.admin.parts import LookInline
from payments.models import LedgerAccount, LedgerEntry, LedgerTransaction


class EntryInline(LookInline):
    model = LedgerEntry
    fields = ("account", "owner", "debit", "credit")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerEntry]:
        rows: QuerySet[LedgerEntry] = super().get_queryset(request)
        return rows.select_related("account__consultant").order_by("-amount_paise")

    @display(description=_("consultant"))
    def owner(self, entry: LedgerEntry) -> str:
        return str(entry.account.consultant or "")

    @display(description=_("debit"))
    def debit(self, entry: LedgerEntry) -> str:
        return rupees(entry.amount_paise) if entry.amount_paise > 0 else ""

    @display(description=_("credit"))
    def credit(self, entry: LedgerEntry) -> str:
        return rupees(-entry.amount_paise) if entry.amount_paise < 0 else ""


@admin.register(LedgerTransaction)
class LedgerTransactionAdmin(AdminsOnly):
    list_display = ("occurred_at", "kind", "moved", "payment", "refund")
    list_filter = ("kind", "occurred_at")
    list_select_related = ("payment", "refund")
    search_fields = ("payment__order_id", "attempt__gateway_payment_id", "refund__gateway_refund_id")
    ordering = ("-occurred_at",)
    fields = ("occurred_at", "kind", "payment", "attempt", "refund", "currency")
    readonly_fields = fields
    inlines = (EntryInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerTransaction]:
        rows: QuerySet[LedgerTransaction] = super().get_queryset(request)
        debits = Sum("entries__amount_paise", filter=Q(entries__amount_paise__gt=0))
        return rows.annotate(debits=Coalesce(debits, 0))

    @display(description=_("amount"))
    def moved(self, told: Any) -> str:
        return rupees(told.debits)


@admin.register(LedgerAccount)
class LedgerAccountAdmin(AdminsOnly):
    """Balances: what the platform holds is a debit, what it owes a credit."""

    list_display = ("code", "consultant", "balance")
    list_filter = ("code",)
    list_select_related = ("consultant",)
    search_fields = ("consultant__display_name",)
    fields = ("code", "consultant", "balance")
    readonly_fields = fields
    ordering = ("code", "consultant")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerAccount]:
        rows: QuerySet[LedgerAccount] = super().get_queryset(request)
        return rows.annotate(total=Coalesce(Sum("entries__amount_paise"), 0))

    @display(description=_("balance"), ordering="total")
    def balance(self, account: Any) -> str:
        if not account.total:
            return rupees(0)
        side = _("we owe") if account.total < 0 else _("we hold")
        return f"{rupees(abs(account.total))} {side}"
