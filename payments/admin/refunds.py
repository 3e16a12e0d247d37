"""Refunds: where each stands, and sending again what failed."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.moves import Move, MovesAdmin
from naksha.money import rupees
from payments import services
from payments.admin.parts import REFUND_TONES, answer_shown
from payments.models import Refund

MOVES = (
    Move(
        "send-again",
        _("Send again"),
        _("A new refund of the same amount takes the place of this one. What is promised stays the same."),
        _("A new refund is on its way to the gateway."),
        act=lambda refund, actor, _reason: services.send_again(refund=refund, actor=actor),
        offered=lambda refund, _actor: refund.status == Refund.Status.FAILED and not hasattr(refund, "replaced_by"),
        asks=_("Note"),
        needs_reason=False,
        tone="primary",
    ),
)


@admin.register(Refund)
class RefundAdmin(MovesAdmin):
    moves = MOVES
    list_display = (
        "created_at",
        "told_status",
        "amount",
        "cause",
        "payment",
        "reason",
        "attempts",
        "due_at",
        "last_error",
    )
    list_filter = ("status", "cause", "created_at")
    list_select_related = ("payment",)
    search_fields = ("gateway_refund_id", "payment__order_id", "payment__payer_name", "payment__payer_email")
    ordering = ("-created_at",)
    fields = (
        "status",
        "amount",
        "fee",
        "cause",
        "reason",
        "actor",
        "payment",
        "attempt",
        "gateway_refund_id",
        "replaces",
        "attempts",
        "due_at",
        "created_at",
        "sent_at",
        "processed_at",
        "failed_at",
        "last_error",
        "said",
    )
    readonly_fields = fields

    @display(description=_("state"), label=REFUND_TONES, ordering="status")
    def told_status(self, refund: Refund) -> tuple[str, str]:
        return refund.status, refund.get_status_display()

    @display(description=_("amount"), ordering="amount_paise")
    def amount(self, refund: Refund) -> str:
        return rupees(refund.amount_paise)

    @display(description=_("platform's fee given up, and GST on it"))
    def fee(self, refund: Refund) -> str:
        return f"{rupees(refund.fee_paise)} + {rupees(refund.fee_tax_paise)}"

    @display(description=_("the gateway's answer"))
    def said(self, refund: Refund) -> SafeString:
        return answer_shown(refund.answer)
