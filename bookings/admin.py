"""Bookings in the admin's hands: to look at with their money and their trail, and the one act on them."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.models import User
from accounts.moves import Move, MovesAdmin, ReasonForm
from bookings.models import Booking
from bookings.services import cancel_by_platform, terms
from bookings.services.change import can_be_called_off
from naksha.money import rupees

S = Booking.Status
TONES = {
    S.HELD: "warning",
    S.PENDING: "warning",
    S.ACCEPTED: "success",
    S.REJECTED: "danger",
    S.CANCELLED: "danger",
    S.EXPIRED: "danger",
    S.ABANDONED: "info",
}


class CancelForm(ReasonForm):
    """The reason, beside what goes back."""

    @property
    def told(self) -> str:
        left = terms.refundable(self.row)
        return str(_("%(sum)s goes back to the client.") % {"sum": rupees(left)} if left else _("Nothing was paid."))


def _may_cancel(booking: Booking, _actor: User) -> bool:
    return booking.status in (S.PENDING, S.ACCEPTED) and can_be_called_off(booking)


MOVES = (
    Move(
        "cancel",
        _("Cancel and give everything back"),
        _(
            "The session does not take place. The client gets back everything that was paid, whatever the terms say, "
            "and both sides are told by mail with your reason. It can't be taken back."
        ),
        _("Cancelled. Both sides are told, and the money is on its way."),
        act=lambda booking, actor, reason: cancel_by_platform(booking=booking, actor=actor, reason=reason),
        offered=_may_cancel,
        asks=_("Reason, as the client and the consultant read it"),
        tone="danger",
        form=CancelForm,
    ),
)


@admin.register(Booking)
class BookingAdmin(MovesAdmin):
    moves = MOVES
    list_display = ("reference", "starts_at", "told_status", "title", "consultant", "contact_name", "total", "paid")
    list_filter = ("status", "closed_by_platform", "starts_at")
    list_select_related = ("consultant",)
    search_fields = ("reference", "title", "contact_name", "client__email", "consultant__display_name")
    ordering = ("-starts_at",)
    fields = (
        "reference",
        "status",
        "title",
        "consultant",
        "service",
        "client",
        "contact_name",
        "contact_phone",
        "billing_name",
        "billing_address",
        "gstin",
        "starts_at",
        "ends_at",
        "platform",
        "session",
        "hold_expires_at",
        "answer_by",
        "total",
        "paid",
        "refunded",
        "to_give_back",
        "closed_at",
        "closed_by",
        "closed_by_platform",
        "close_reason",
        "trail",
    )
    readonly_fields = fields

    @display(description=_("state"), label=TONES, ordering="status")
    def told_status(self, booking: Booking) -> tuple[str, str]:
        return booking.status, booking.get_status_display()

    @display(description=_("price, with GST"), ordering="total_paise")
    def total(self, booking: Booking) -> str:
        return rupees(booking.total_paise)

    @display(description=_("paid"), ordering="paid_paise")
    def paid(self, booking: Booking) -> str:
        return rupees(booking.paid_paise)

    @display(description=_("refunded"))
    def refunded(self, booking: Booking) -> str:
        return rupees(booking.refunded_paise)

    @display(description=_("left to give back"))
    def to_give_back(self, booking: Booking) -> str:
        return rupees(terms.refundable(booking))
