"""A booking as something that is paid for (payments.payable.Payable)."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.utils.translation import gettext as _

from availability import slots
from bookings.errors import REFUSED
from bookings.invoicing import KIND, invoice_facts
from bookings.models import Booking
from bookings.services import balance, confirm, give_up, links
from bookings.services import tell as telling
from bookings.services.machine import S, locked
from naksha import past
from payments.models import Payment, Refund
from payments.payable import Door, InvoiceFacts, Payable, RefundInFull, Settled

log = structlog.get_logger(__name__)


class BookingPayable:
    """Made from a locked booking. Everything here runs inside the money transaction."""

    payable_kind = KIND

    def __init__(self, booking: Booking) -> None:
        self.booking = booking

    @property
    def payable_id(self) -> UUID:
        return self.booking.pk

    def payment_captured(self, payment: Payment) -> Settled | RefundInFull:
        if payment.purpose == Payment.Purpose.BALANCE:
            return self._balance(payment)
        if not self.booking.consultant.is_approved:
            give_up.abandon(booking=self.booking)
            return RefundInFull(_("The consultant could not be booked any more when the money came."))
        if self.booking.status not in (S.HELD, S.ABANDONED):
            closed = self.booking.status not in (S.PENDING, S.ACCEPTED)
            return RefundInFull(_("The booking was closed before the money came.") if closed else _("Paid twice."))
        self.booking.paid_paise += payment.amount_paise
        try:
            confirm.paid(self.booking)
        except REFUSED:
            self.booking.paid_paise -= payment.amount_paise
            return self._too_late(payment)
        return Settled()

    def _balance(self, payment: Payment) -> Settled | RefundInFull:
        booking = self.booking
        if booking.status not in (S.PENDING, S.ACCEPTED):
            return RefundInFull(_("The booking was closed before the balance came."))
        if not booking.consultant.is_approved:
            return RefundInFull(_("The consultant was suspended before the balance came."))
        if payment.amount_paise > booking.owed_paise:
            return RefundInFull(_("The balance was paid already."))
        booking.paid_paise += payment.amount_paise
        booking.save(update_fields=["paid_paise", "updated_at"])
        past.changed(booking.consultant_id, booking.created_at)
        telling.client(booking, "payment_received", _("Payment received"))
        telling.on_screen(booking, _("Balance paid"))
        return Settled()

    def _too_late(self, payment: Payment) -> RefundInFull:
        """The hold had lapsed and the time is somebody else's: tell the client which times are near."""
        booking = give_up.abandon(booking=self.booking)
        nearest = []
        if booking.seat_id is None:
            nearest = slots.nearest_free(
                consultant=booking.consultant,
                minutes=booking.minutes,
                around=booking.starts_at,
                limit=3,
            )
        telling.client(
            booking,
            "late_payment_refunded",
            _("Payment returned"),
            refund_paise=payment.amount_paise,
            nearest=nearest,
            once=payment.pk.hex,
        )
        log.info("late_payment_refunded", booking=booking.reference)
        return RefundInFull(_("The time was taken before the money came."))

    def refund_promised(self, refund: Refund) -> None:
        """What was booked stays booked: whoever cancels says so."""

    def payment_refunded(self, refund: Refund) -> None:
        booking = self.booking
        booking.refunded_paise += refund.amount_paise
        booking.save(update_fields=["refunded_paise", "updated_at"])
        telling.client(booking, "refund_sent", _("Refund sent"), refund_paise=refund.amount_paise, once=refund.pk.hex)

    def excess_refunded(self, refund: Refund) -> None:
        telling.client(
            self.booking, "refund_sent", _("Refund sent"), refund_paise=refund.amount_paise, once=refund.pk.hex
        )

    def invoice_facts(self) -> InvoiceFacts:
        return invoice_facts(self.booking)


def _id_of_token(token: str) -> UUID | None:
    try:
        return links.resolve(token).pk
    except Booking.DoesNotExist:
        return None


DOOR = Door(
    ids_of=lambda user: Booking.objects.filter(client__user=user).values("pk"),
    id_of_token=_id_of_token,
    due=balance.due,
)


def load(booking_id: UUID) -> Payable:
    """The booking, locked. Raises Booking.DoesNotExist."""
    return BookingPayable(locked(booking_id))
