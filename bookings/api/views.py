from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import Anybody, ApprovedConsultant, Member, Party
from accounts.api.base import LoginView
from accounts.models import User
from availability.errors import TimeRefused
from bookings import visitor
from bookings.api import examples
from bookings.api import serializers as shown
from bookings.api.taking import take, taken
from bookings.models import Booking
from bookings.services import (
    abandon,
    accept,
    cancel_by_client,
    cancel_by_consultant,
    decline,
    links,
    reschedule_by_client,
    reschedule_by_consultant,
)
from naksha.api import paging
from naksha.api.errors import ApiError
from naksha.api.schema import ROLE, operation
from naksha.api.views import ApiView
from naksha.db import on_days

S = Booking.Status
ORDERS = {"start": "starts_at", "createdAt": "created_at"}
TAKING = ("NOT_FOUND", "SLOT_TAKEN", "INVALID_STATE", "GATEWAY_UNAVAILABLE")
GONE = "A time that is gone is 409 SLOT_TAKEN, with the nearest free ones in `details.nearest`."


def bookings_of(user: User) -> QuerySet[Booking]:
    """Those that ``user`` may see, with what is told of each."""
    related = ("consultant__user", "consultant__policy", "service", "client", "session")
    return Booking.objects.seen_by(user).select_related(*related)


class BookingView(LoginView):
    permission_classes = [Party]

    def booking(self, pk: UUID) -> Booking:
        return get_object_or_404(bookings_of(self.user), pk=pk)

    def had(self, booking: Booking) -> bool:
        """Whether the login is the consultant's side of it."""
        return booking.consultant.user_id == self.user.pk

    def told(self, booking: Booking, message: str = "") -> Response:
        """The booking as it is now."""
        return self.ok(shown.BookingDetail(self.booking(booking.pk)).data, message)


class Book(ApiView):
    permission_classes = [Anybody]
    idempotent = frozenset({"post"})
    in_steps = True

    @operation(
        "book",
        "Book as a guest or a client",
        tag="Public",
        request=shown.BookInput,
        answer=shown.Booked,
        status=201,
        errors=TAKING,
        idempotent=True,
        request_example=examples.BOOK,
        example=examples.BOOKED,
        login=False,
        description=f"Holds the time for ten minutes where money is due. {GONE}",
    )
    def post(self, request: Request) -> Response:
        user = visitor.confirmed_user(request._request) if isinstance(request.user, User) else None
        return booked(self, request, user)


def booked(view: ApiView, request: Request, user: User | None) -> Response:
    booking, token, due = take(request, view.checked(shown.BookInput), user)
    answer = {"booking": booking, "manage_token": token, "manage_url": links.manage_url(token), "payment": due}
    return view.ok(shown.Booked(answer).data, _("Booked.") if due is None else _("Held for you."), status=201)


class Bookings(BookingView):
    idempotent = frozenset({"post"})
    in_steps = True

    def get_permissions(self) -> list[Any]:
        return [Party() if self.request.method == "POST" else Member()]

    @operation(
        "bookings_list",
        "Bookings that you made, or had as a consultant",
        tag="Bookings",
        answer=shown.BookingShown,
        listed="bookings",
        errors=ROLE,
        parameters=[
            shown.BookingFilters,  # type: ignore[list-item]
            OpenApiParameter("ordering", str, enum=sorted(ORDERS), description="With a minus: the other way round."),
        ],
        example=examples.ACCEPTED,
        description="`from` and `to` are dates in UTC on which it begins.",
    )
    def get(self, request: Request) -> Response:
        given = self.filters(shown.BookingFilters)
        rows = bookings_of(self.user).filter(on_days("starts_at", given.get("from"), given.get("to")))
        if status := given.get("status"):
            rows = rows.filter(status=status)
        if words := given.get("search"):
            named = Q(contact_name__icontains=words) | Q(client__email__icontains=words)
            rows = rows.filter(Q(reference__icontains=words) | Q(title__icontains=words) | named)
        return self.page("bookings", paging.ordered(request, rows, ORDERS, "-start"), shown.BookingShown)

    @operation(
        "bookings_create",
        "Ask for a time, logged in",
        tag="Bookings",
        request=shown.BookInput,
        answer=shown.Booked,
        status=201,
        errors=[*ROLE, "EMAIL_NOT_VERIFIED", *TAKING],
        idempotent=True,
        request_example=examples.REQUEST,
        example=examples.BOOKED,
        description=f"As `/book`, for the login's own confirmed address. {GONE}",
    )
    def post(self, request: Request) -> Response:
        user = visitor.confirmed_user(request._request)
        if user is None:
            raise ApiError("EMAIL_NOT_VERIFIED", 403, _("Confirm the mail address first."))
        return booked(self, request, user)


class OneBooking(BookingView):
    permission_classes = [Member]

    @operation(
        "bookings_retrieve",
        "One booking, with what cancelling would give back",
        tag="Bookings",
        answer=shown.BookingDetail,
        errors=[*ROLE, "NOT_FOUND"],
        example=examples.DETAIL,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        return self.ok(shown.BookingDetail(self.booking(pk)).data)


class Decided(BookingView):
    """The consultant's answer to a request."""

    permission_classes = [ApprovedConsultant]

    def request_of(self, pk: UUID) -> Booking:
        booking = self.booking(pk)
        if not self.had(booking):
            raise Http404
        return booking


class Accept(Decided):
    @operation(
        "bookings_accept",
        "Say yes to a request: its session is made",
        tag="Bookings",
        answer=shown.BookingDetail,
        errors=[*ROLE, "NOT_FOUND", "INVALID_STATE"],
        example=examples.DETAIL,
    )
    def put(self, request: Request, pk: UUID) -> Response:
        return self.told(accept(booking=self.request_of(pk), actor=self.user), _("Accepted."))


class Reject(Decided):
    @operation(
        "bookings_reject",
        "Say no to a request, with a reason",
        tag="Bookings",
        request=shown.ReasonInput,
        answer=shown.BookingDetail,
        errors=[*ROLE, "NOT_FOUND", "INVALID_STATE"],
        request_example={"reason": "I am away that week."},
        example={**examples.DETAIL, "status": "REJECTED", "closeReason": "I am away that week."},
        description="What was paid goes back in full.",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        booking = self.request_of(pk)
        reason = self.checked(shown.ReasonInput).get("reason", "")
        return self.told(decline(booking=booking, actor=self.user, reason=reason), _("Declined."))


class Cancel(BookingView):
    @operation(
        "bookings_cancel",
        "Cancel a booking",
        tag="Bookings",
        request=shown.CancelInput,
        answer=shown.BookingDetail,
        errors=[*ROLE, "NOT_FOUND", "INVALID_STATE"],
        request_example={"reason": "I have found the letter.", "shownRefundPaise": 150000},
        example={**examples.DETAIL, "status": "CANCELLED", "closeReason": "I have found the letter."},
        description="A client gets back what the terms say, and lets a hold go; a consultant gives all of it back.",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        booking = self.booking(pk)
        given = self.checked(shown.CancelInput)
        reason = given.get("reason", "")
        if self.had(booking):
            booking = cancel_by_consultant(booking=booking, actor=self.user, reason=reason)
        elif booking.status == S.HELD:
            booking = abandon(booking=booking)
        else:
            booking = cancel_by_client(
                booking=booking, reason=reason, by=self.user, shown_refund_paise=given.get("shown_refund_paise")
            )
        return self.told(booking, _("Cancelled."))


class Reschedule(BookingView):
    @operation(
        "bookings_reschedule",
        "Move a booking to another time",
        tag="Bookings",
        request=shown.MoveInput,
        answer=shown.BookingDetail,
        errors=[*ROLE, "NOT_FOUND", "SLOT_TAKEN", "INVALID_STATE"],
        request_example={"start": examples.MOMENT},
        example=examples.DETAIL,
        description=f"A client within the terms, to a listed time; a consultant to any that is free. {GONE}",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        booking = self.booking(pk)
        start: datetime = self.checked(shown.MoveInput)["start"]
        try:
            if self.had(booking):
                booking = reschedule_by_consultant(booking=booking, starts_at=start, actor=self.user)
            else:
                booking = reschedule_by_client(booking=booking, starts_at=start, by=self.user)
        except TimeRefused as error:
            raise taken(error, booking.consultant, booking.minutes, start) from error
        return self.told(booking, _("Moved."))
