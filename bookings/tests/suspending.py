"""A consultant is suspended in tests, and what became of it is read again."""

from uuid import UUID

from accounts.models import User
from bookings.models import Booking
from consultants.models import Consultant, Suspension
from consultants.services import approval, suspending
from payments.models import Refund

REASON = "Three complaints of no-shows."


def suspend(consultant: Consultant, admin: User) -> Suspension:
    """Suspended, and the job has run."""
    suspension = suspended(consultant, admin)
    suspending.work(suspension_id=suspension.pk)
    return suspension


def suspended(consultant: Consultant, admin: User) -> Suspension:
    approval.suspend(consultant=consultant, actor=admin, reason=REASON)
    consultant.refresh_from_db()
    return Suspension.objects.get(lifted_at__isnull=True)


def again(booking: Booking) -> Booking:
    return Booking.objects.select_related("consultant", "session").get(pk=booking.pk)


def refunds() -> dict[UUID, int]:
    sums: dict[UUID, int] = {}
    for payable, paise in Refund.objects.values_list("payment__payable_id", "amount_paise"):
        sums[payable] = sums.get(payable, 0) + paise
    return sums
