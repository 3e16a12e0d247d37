"""What the gateway called to say, with replay."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display

from accounts.access import may_administer
from accounts.moves import Move, MovesAdmin
from payments import services
from payments.admin.parts import answer_shown
from payments.models import GatewayEvent
from payments.services.settling import PERSONAL

TONES = {
    GatewayEvent.Status.STORED: "warning",
    GatewayEvent.Status.DONE: "success",
    GatewayEvent.Status.IGNORED: "info",
    GatewayEvent.Status.FAILED: "danger",
}
MOVES = (
    Move(
        "replay",
        _("Replay"),
        _("The gateway is asked again about this payment. What was done already is found done."),
        _("It will be worked again in a moment."),
        act=lambda event, actor, _reason: services.replay(event=event, actor=actor),
        offered=lambda _event, _actor: True,
        asks=_("Note"),
        needs_reason=False,
    ),
)


def without_the_payer(told: Any) -> Any:
    """An event's body with the payer's own details taken out, at any depth."""
    if isinstance(told, dict):
        return {name: without_the_payer(value) for name, value in told.items() if name not in PERSONAL}
    return [without_the_payer(value) for value in told] if isinstance(told, list) else told


@admin.register(GatewayEvent)
class GatewayEventAdmin(MovesAdmin):
    moves = MOVES
    actions = ("replay_chosen",)
    list_display = ("created_at", "told_status", "kind", "order_id", "deliveries", "attempts", "due_at", "last_error")
    list_filter = ("status", "kind", "created_at")
    search_fields = ("event_id", "order_id", "gateway_payment_id")
    ordering = ("-created_at",)
    fields = (
        "status",
        "kind",
        "event_id",
        "order_id",
        "gateway_payment_id",
        "deliveries",
        "attempts",
        "created_at",
        "due_at",
        "done_at",
        "last_error",
        "said",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[GatewayEvent]:
        rows: QuerySet[GatewayEvent] = super().get_queryset(request)
        # A list needs no sealed body, and opening fifty of them takes its time.
        return rows if request.resolver_match and "object_id" in request.resolver_match.kwargs else rows.defer("body")

    @display(description=_("state"), label=TONES, ordering="status")
    def told_status(self, event: GatewayEvent) -> tuple[str, str]:
        return event.status, event.get_status_display()

    @display(description=_("what it says"))
    def said(self, event: GatewayEvent) -> SafeString:
        return answer_shown(without_the_payer(json.loads(event.body)))

    @action(description=_("Replay"), permissions=["replay"])
    def replay_chosen(self, request: HttpRequest, queryset: QuerySet[GatewayEvent]) -> None:
        events = list(queryset)
        for event in events:
            services.replay(event=event, actor=request.user)  # type: ignore[arg-type]
        told = ngettext("%(n)d call will be worked again.", "%(n)d calls will be worked again.", len(events))
        messages.success(request, told % {"n": len(events)})

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return may_administer(request.user)
