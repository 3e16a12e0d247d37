"""Payments with what the gateway said of each attempt, their refunds and their lines in the ledger."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.models import User
from accounts.moves import Move, MovesAdmin, ReasonForm
from naksha.money import rupees, to_paise
from payments import services
from payments.admin.parts import PAYMENT_TONES, LookInline, answer_shown
from payments.models import LedgerEntry, LedgerTransaction, Payment, PaymentAttempt, Refund


class RefundForm(ReasonForm):
    """How much, why, and what had been promised back when the page was drawn."""

    amount = forms.CharField(label=_("Amount in rupees"), max_length=16)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("amount", "reason", "seen")

    def __init__(self, data: Any = None, *, move: Move, row: Payment) -> None:
        super().__init__(data, move=move, row=row)
        self.fields["seen"].initial = row.refunding_paise
        self.fields["amount"].initial = f"{row.refundable_paise // 100}.{row.refundable_paise % 100:02d}"

    def clean_amount(self) -> int:
        try:
            return to_paise(self.cleaned_data["amount"])
        except ValueError:
            raise forms.ValidationError(_("Write it as rupees, like 1,500 or 1500.50.")) from None

    def answer(self) -> dict[str, Any]:
        return self.cleaned_data


def _refund(payment: Payment, actor: User, answer: dict[str, Any]) -> Refund:
    return services.refund_by_hand(
        payment=payment,
        amount_paise=answer["amount"],
        seen_refunding_paise=answer["seen"],
        reason=answer["reason"],
        actor=actor,
    )


MOVES = (
    Move(
        "ask",
        _("Ask the gateway"),
        _("What the gateway says now about this payment and its refunds is recorded."),
        _("Asked, and what the gateway said is recorded."),
        act=lambda payment, _actor, _reason: services.reconcile(payment.pk),
        offered=lambda payment, _actor: bool(payment.order_id),
        asks=_("Note"),
        needs_reason=False,
    ),
    Move(
        "looked-at",
        _("Dealt with"),
        _("The note is taken off, and the payment leaves the list of those that need a look."),
        _("Taken off the list."),
        act=lambda payment, actor, _reason: services.looked_at(payment=payment, actor=actor),
        offered=lambda payment, _actor: bool(payment.attention),
        asks=_("What you did"),
        needs_reason=False,
    ),
    Move(
        "refund",
        _("Refund"),
        _(
            "The money goes back the way it came, in 5 to 7 working days. What was booked stays booked; to call it "
            "off with its refund, cancel the booking instead. Accepted work is called off once all that was paid for "
            "it goes back."
        ),
        _("The refund is promised and on its way to the gateway."),
        act=_refund,
        offered=lambda payment, _actor: payment.refundable_paise > 0,
        asks=_("Reason, for the record"),
        tone="danger",
        form=RefundForm,
    ),
)


class NeedsALook(admin.SimpleListFilter):
    title = _("needs a look")
    parameter_name = "look"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        return queryset.exclude(attention="") if self.value() == "yes" else queryset


class AttemptInline(LookInline):
    model = PaymentAttempt
    verbose_name_plural = _("attempts, as the gateway last told")
    fields = ("gateway_payment_id", "status", "outcome", "amount", "charge", "method", "wrong", "answered_at", "said")
    readonly_fields = fields

    @display(description=_("amount"))
    def amount(self, attempt: PaymentAttempt) -> str:
        return rupees(attempt.amount_paise)

    @display(description=_("gateway's charge"))
    def charge(self, attempt: PaymentAttempt) -> str:
        return "" if attempt.gateway_fee_paise is None else rupees(attempt.gateway_fee_paise)

    @display(description=_("what went wrong"))
    def wrong(self, attempt: PaymentAttempt) -> str:
        return attempt.error_description or attempt.error_reason

    @display(description=_("answer"))
    def said(self, attempt: PaymentAttempt) -> SafeString:
        return answer_shown(attempt.answer)


class RefundInline(LookInline):
    model = Refund
    fields = ("status", "cause", "amount", "reason", "gateway_refund_id", "attempts", "processed_at", "last_error")
    readonly_fields = fields
    show_change_link = True

    @display(description=_("amount"))
    def amount(self, refund: Refund) -> str:
        return rupees(refund.amount_paise)


class LedgerInline(LookInline):
    model = LedgerTransaction
    fields = ("occurred_at", "kind", "lines")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerTransaction]:
        entries = LedgerEntry.objects.select_related("account").order_by("-amount_paise")
        return super().get_queryset(request).prefetch_related(Prefetch("entries", queryset=entries))

    @display(description=_("lines"))
    def lines(self, told: LedgerTransaction) -> SafeString:
        return format_html_join(
            "", "<div>{}: {}</div>", ((str(entry.account), rupees(entry.amount_paise)) for entry in told.entries.all())
        )


@admin.register(Payment)
class PaymentAdmin(MovesAdmin):
    moves = MOVES
    list_display = (
        "created_at",
        "told_status",
        "amount",
        "refunded",
        "consultant",
        "payer_name",
        "description",
        "order_id",
        "attention",
    )
    list_filter = ("status", NeedsALook, "purpose", "created_at")
    list_select_related = ("consultant",)
    search_fields = (
        "order_id",
        "payer_name",
        "payer_email",
        "consultant__display_name",
        "attempts__gateway_payment_id",
    )
    ordering = ("-created_at",)
    fields = (
        "status",
        "attention",
        "consultant",
        "description",
        "purpose",
        "amount",
        "captured",
        "refunded",
        "promised_back",
        "fee",
        "payer_name",
        "payer_email",
        "payer_phone",
        "order_id",
        "receipt",
        "failure_text",
        "created_at",
        "authorized_at",
        "captured_at",
        "failed_at",
        "expired_at",
        "checked_at",
        "check_at",
    )
    readonly_fields = fields
    inlines = (AttemptInline, RefundInline, LedgerInline)

    @display(description=_("state"), label=PAYMENT_TONES, ordering="status")
    def told_status(self, payment: Payment) -> tuple[str, str]:
        return payment.status, payment.get_status_display()

    @display(description=_("amount"), ordering="amount_paise")
    def amount(self, payment: Payment) -> str:
        return rupees(payment.amount_paise)

    @display(description=_("came in"), ordering="captured_paise")
    def captured(self, payment: Payment) -> str:
        return rupees(payment.captured_paise)

    @display(description=_("gone back"), ordering="refunded_paise")
    def refunded(self, payment: Payment) -> str:
        return rupees(payment.refunded_paise) if payment.refunded_paise else ""

    @display(description=_("promised back"))
    def promised_back(self, payment: Payment) -> str:
        return rupees(payment.refunding_paise)

    @display(description=_("platform's fee, and GST on it"))
    def fee(self, payment: Payment) -> str:
        return f"{rupees(payment.fee_paise)} + {rupees(payment.fee_tax_paise)}"
