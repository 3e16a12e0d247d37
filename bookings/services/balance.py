"""What is to be paid of a booking: to keep its time, what is still owed after the deposit, and asking for that."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import UUIDField
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from bookings.errors import InvalidState, NothingOwed
from bookings.invoicing import KIND
from bookings.models import Booking
from bookings.services import tell as telling
from bookings.services.machine import S, locked
from naksha.db import db_now
from naksha.kept import Kept, Param
from payments.models import Payment
from payments.payable import Due
from payments.services import nudging, open_payment

_FIRST_PAYMENT = Kept(
    lambda: (
        Payment.objects.filter(payable_kind="booking", payable_id=Param("pk", UUIDField()))
        .exclude(purpose=Payment.Purpose.BALANCE)
        .order_by("created_at")[:1]
    )
)


def first_payment(booking: Booking) -> Payment | None:
    """The one that the booking was held for; None where it was free."""
    return _FIRST_PAYMENT.first(pk=booking.pk)


def due(booking_id: UUID) -> Due:
    """What is to be paid now. Raises InvalidState where a hold is over or nothing is asked for yet, NothingOwed when
    all is paid."""
    booking = Booking.objects.select_related("consultant").get(pk=booking_id)
    if booking.is_held_at(db_now()):
        payment = first_payment(booking) if booking.consultant.is_approved else None
        if payment is None:
            raise InvalidState
        return Due(payment, booking.hold_expires_at)
    if booking.status == S.PENDING:
        raise NothingOwed(_("Nothing is to be paid while this waits for an answer."))
    return Due(open_balance(booking=booking))


@transaction.atomic
def open_balance(*, booking: Booking) -> Payment:
    """The payment of what is still owed of a confirmed booking; the same one when asked again.

    Raises InvalidState when it isn't confirmed or its consultant is suspended, NothingOwed when it is paid.
    """
    booking = locked(booking.pk)
    if booking.status != S.ACCEPTED or not booking.consultant.is_approved:
        raise InvalidState
    if not booking.owed_paise:
        raise NothingOwed
    return open_payment(
        payable_kind="booking",
        payable_id=booking.pk,
        consultant_id=booking.consultant_id,
        purpose=Payment.Purpose.BALANCE,
        amount_paise=booking.owed_paise,
        currency=booking.currency,
        payer_name=booking.contact_name,
        payer_email=booking.client.email,
        payer_phone=booking.contact_phone,
        description=_("Balance: %(title)s with %(name)s")
        % {"title": booking.title, "name": booking.consultant.display_name},
    )


@transaction.atomic
def ask_for_balance(*, booking: Booking, actor: User) -> Booking:
    """Mail the client what is still owed, with the link to pay. Raises NothingOwed, PermissionDenied, and
    payments.errors.AskedAlready within a day of the last time."""
    booking = locked(booking.pk)
    if booking.consultant.user_id != actor.pk:
        raise PermissionDenied
    if not booking.payable_paise:
        raise NothingOwed
    asked = nudging.ask(
        kind=KIND,
        payable_id=booking.pk,
        consultant=booking.consultant,
        amount_paise=booking.payable_paise,
        actor=actor,
    )
    telling.client(booking, "balance_due", _("Balance to pay"), once=f"asked:{asked.pk.hex}")
    audit.record(actor=actor, action="booking.balance_asked", subject=booking)
    return booking
