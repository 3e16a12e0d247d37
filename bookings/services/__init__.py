"""Every change of a booking. Pages, API, admin and jobs call these and add nothing."""

from bookings.services.change import (
    cancel_by_client,
    cancel_by_consultant,
    cancel_by_platform,
    reschedule_by_client,
    reschedule_by_consultant,
)
from bookings.services.decide import accept, decline, expire_due
from bookings.services.give_up import abandon
from bookings.services.hold import Details, hold, hold_again, hold_seat
from bookings.services.terms import price_of, quote_cancellation
from bookings.services.waitlist import end_wait, join_waitlist, leave, offer_days, offer_seats
from bookings.services.webinars import call_off_date, cancel_webinar

__all__ = [
    "Details",
    "abandon",
    "accept",
    "call_off_date",
    "cancel_by_client",
    "cancel_by_consultant",
    "cancel_by_platform",
    "cancel_webinar",
    "decline",
    "end_wait",
    "expire_due",
    "hold",
    "hold_again",
    "hold_seat",
    "join_waitlist",
    "leave",
    "offer_days",
    "offer_seats",
    "price_of",
    "quote_cancellation",
    "reschedule_by_client",
    "reschedule_by_consultant",
]
