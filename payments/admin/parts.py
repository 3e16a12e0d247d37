"""What several of the money pages show in the same way."""

from __future__ import annotations

import json
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from unfold.admin import TabularInline

from accounts.access import may_administer
from payments.models import Payment, Refund

PAYMENT_TONES = {
    Payment.Status.CREATED: "info",
    Payment.Status.AUTHORIZED: "warning",
    Payment.Status.CAPTURED: "success",
    Payment.Status.PARTIALLY_REFUNDED: "warning",
    Payment.Status.REFUNDED: "info",
    Payment.Status.FAILED: "danger",
}
REFUND_TONES = {
    Refund.Status.PENDING: "warning",
    Refund.Status.PROCESSING: "warning",
    Refund.Status.PROCESSED: "success",
    Refund.Status.FAILED: "danger",
}


class LookInline(TabularInline):
    """Rows that belong to the page's own, to look at."""

    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = False
    hide_title = True

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        return may_administer(request.user)

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False


def answer_shown(answer: Any) -> SafeString:
    """What the gateway said, as it said it."""
    return format_html(
        '<pre class="nk-answer" tabindex="0" role="group" aria-label="{}">{}</pre>',
        _("What the gateway said"),
        json.dumps(answer, indent=1, ensure_ascii=False),
    )
