"""Sessions to look at, with the one act on those that were recorded: what became of each, its money where it has its
own, who came when, and what was unsaid."""

from __future__ import annotations

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.moves import Move, MovesAdmin, ReasonForm
from naksha.money import rupees
from naksha.times import INDIA, people_time
from payments.admin.parts import LookInline
from sessions_app.chat_view import member_name
from sessions_app.models import JoinEvent, MessageTrace, Session
from sessions_app.services.machine import can_be_called_off
from sessions_app.services.platform import cancel_by_admin
from sessions_app.terms import cancelling_in_words, moving_in_words, refundable

TONES = {
    Session.Status.PENDING: "warning",
    Session.Status.CONFIRMED: "info",
    Session.Status.IN_PROGRESS: "info",
    Session.Status.COMPLETED: "success",
    Session.Status.CANCELLED: "danger",
    Session.Status.NO_SHOW: "danger",
}


MOST_TRACES = 200


class JoinLog(LookInline):
    model = JoinEvent
    fields = ("at", "side", "client", "kind")
    readonly_fields = fields
    verbose_name_plural = _("join log")


class CancelForm(ReasonForm):
    """The reason, beside what goes back."""

    @property
    def told(self) -> str:
        left = refundable(self.row)
        return str(_("%(sum)s goes back to the client.") % {"sum": rupees(left)} if left else _("Nothing was paid."))


# One that was booked is cancelled by its booking.
MOVES = (
    Move(
        "cancel",
        _("Cancel and give everything back"),
        _(
            "The session does not take place. The client gets back everything that was paid, and both sides are told "
            "by mail with your reason. It can't be taken back."
        ),
        _("Cancelled. Both sides are told, and the money is on its way."),
        act=lambda session, actor, reason: cancel_by_admin(session=session, actor=actor, reason=reason),
        offered=lambda session, _actor: session.reference is not None and can_be_called_off(session),
        asks=_("Reason, as the client and the consultant read it"),
        tone="danger",
        form=CancelForm,
    ),
)


@admin.register(Session)
class SessionAdmin(MovesAdmin):
    moves = MOVES
    inlines = (JoinLog,)
    list_display = ("starts_at", "told_status", "title", "consultant", "client", "kind", "total")
    list_filter = ("status", "client_says", "kind", "platform", "starts_at")
    list_select_related = ("consultant", "client")
    search_fields = ("reference", "title", "client__name", "client__email", "consultant__display_name")
    ordering = ("-starts_at",)
    fields = (
        "status",
        "title",
        "consultant",
        "client",
        "service",
        "kind",
        "starts_at",
        "ends_at",
        "platform",
        "place",
        "capacity",
        "seats_taken",
        "started_at",
        "ended_at",
        "asked_at",
        "client_asked_at",
        "client_says",
        "cancelled_at",
        "cancel_reason",
        "reference",
        "recorded_by",
        "client_told",
        "told_terms",
        "total",
        "paid",
        "refunded",
        "traces",
    )
    readonly_fields = fields

    @display(description=_("state"), label=TONES, ordering="status")
    def told_status(self, session: Session) -> tuple[str, str]:
        return session.status, session.get_status_display()

    @display(description=_("price, with GST"), ordering="total_paise")
    def total(self, session: Session) -> str:
        return rupees(session.total_paise) if session.reference else ""

    @display(description=_("paid"))
    def paid(self, session: Session) -> str:
        return rupees(session.paid_paise) if session.reference else ""

    @display(description=_("refunded"))
    def refunded(self, session: Session) -> str:
        return rupees(session.refunded_paise) if session.reference else ""

    @display(description=_("its client’s terms"))
    def told_terms(self, session: Session) -> str:
        return " ".join([*cancelling_in_words(session), moving_in_words(session)])

    @display(description=_("chat, before it was edited or taken back"))
    def traces(self, session: Session) -> SafeString:
        found = MessageTrace.objects.filter(message__conversation__session=session)
        whole = found.select_related("message__member__client").prefetch_related("message__attachments")
        lines = [
            (
                people_time(trace.created_at, INDIA),
                member_name(trace.message.member, session) if trace.message.member else "",
                _("took back") if trace.deleted else _("edited"),
                trace.body or ", ".join(file.original_name for file in trace.message.attachments.all()),
            )
            for trace in whole.order_by("-created_at")[:MOST_TRACES]
        ]
        return format_html_join(mark_safe("<br>"), "{}: {} {} “{}”", lines) or mark_safe("–")
