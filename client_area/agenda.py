"""Sessions as their client sees them: what was booked with anybody, what a consultant recorded, seats in webinars.

The client of a session is every client row that hangs from the login, whoever the consultant is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from bookings.models import Booking, BookingQuerySet
from client_area import ways
from consultants.models import Consultant
from sessions_app.models import Session, SessionQuerySet
from sessions_app.rooms import is_join_time
from sessions_app.services.machine import can_client_answer
from sessions_app.state import OVER, tone_of

B, S = Booking.Status, Session.Status
PER_PAGE = 20
TABS = {
    "upcoming": gettext_lazy("Upcoming"),
    "past": gettext_lazy("Past"),
    "cancelled": gettext_lazy("Cancelled"),
}
_OPEN = (S.PENDING, S.CONFIRMED, S.IN_PROGRESS)
_DONE = (S.COMPLETED, S.NO_SHOW)


@dataclass(frozen=True)
class Entry:
    """One line of the list: a booking with the session that came of it, or a session without a booking."""

    booking: Booking | None
    session: Session | None
    now: datetime

    @property
    def _row(self) -> Any:
        return self.booking or self.session

    @property
    def consultant(self) -> Consultant:
        return self._row.consultant

    @property
    def title(self) -> str:
        return self._row.title

    @property
    def starts_at(self) -> datetime:
        return self._row.starts_at

    @property
    def ends_at(self) -> datetime:
        return self._row.ends_at

    @property
    def platform(self) -> str:
        return self._row.platform

    @property
    def is_held(self) -> bool:
        return self.booking is not None and self.booking.status == B.HELD

    @property
    def is_request(self) -> bool:
        return self.booking is not None and self.booking.status == B.PENDING

    @property
    def is_under_way(self) -> bool:
        return (self._is_open and self.starts_at <= self.now < self.ends_at) or self._session_is(S.IN_PROGRESS)

    @property
    def is_cancelled(self) -> bool:
        if self.booking is not None and self.booking.status in (B.CANCELLED, B.REJECTED, B.EXPIRED):
            return True
        return self._session_is(S.CANCELLED)

    @property
    def is_webinar(self) -> bool:
        return self.session is not None and self.session.is_webinar

    @property
    def _is_open(self) -> bool:
        return self.session is not None and self.session.status in _OPEN and not self.is_cancelled

    def _session_is(self, status: str) -> bool:
        return self.session is not None and self.session.status == status

    @property
    def state(self) -> tuple[str, str]:
        """The badge: its tone and its word."""
        if self.booking is not None and self.booking.status != B.ACCEPTED:
            tone = "wait" if self.booking.status in (B.HELD, B.PENDING) else "bad"
            word = _("Waiting for payment") if self.is_held else self.booking.get_status_display()
            return tone, str(word)
        if self.is_cancelled:
            return tone_of(S.CANCELLED), _("Cancelled")
        if self._session_is(S.COMPLETED):
            return tone_of(S.COMPLETED), _("Completed")
        if self._session_is(S.NO_SHOW):
            return tone_of(S.NO_SHOW), _("Missed")
        if self.is_under_way:
            return tone_of(S.IN_PROGRESS), _("Under way")
        if self.ends_at <= self.now:
            return OVER, _("Over")
        return tone_of(S.CONFIRMED), _("Confirmed")

    @property
    def room_url(self) -> str:
        """The session's room: to join, and afterwards to read what was written there."""
        if self.session is None or self.is_cancelled:
            return ""
        return ways.room_url(self.session.pk)

    @property
    def can_join(self) -> bool:
        """Whether Join is offered: while the door of the room is open."""
        return self._is_open and self.session is not None and is_join_time(self.session, self.now)

    @property
    def asks_held(self) -> bool:
        """Whether its client is asked in the room if it took place."""
        return self.session is not None and can_client_answer(self.session, self.now)

    @property
    def page_url(self) -> str:
        return ways.booking_url(self.booking.pk) if self.booking is not None else ""

    @property
    def balance_paise(self) -> int:
        if self.is_cancelled or self.is_held or self.is_request:
            return 0
        return int(self._row.payable_paise)

    @property
    def pay_url(self) -> str:
        """Where what is due is paid: a hold within its minutes, or a balance."""
        if self.booking is None:
            return self.room_url if self.balance_paise else ""
        return ways.booking_url(self.booking.pk, "pay") if self.is_held or self.balance_paise else ""


def bookings_of(user: User) -> BookingQuerySet:
    return Booking.objects.filter(client__user=user).exclude(status=B.ABANDONED)


def sessions_of(user: User) -> SessionQuerySet:
    """Sessions of the login, booked or not: one to one, and webinars with a seat that is taken."""
    return Session.objects.of_client(user)


def unbooked_of(user: User) -> SessionQuerySet:
    """Those that came of no booking of this login's: recorded by the consultant, a seat that was given."""
    return sessions_of(user).filter(~Exists(bookings_of(user).filter(session=OuterRef("pk"))))


def _bookings_in(tab: str, now: datetime) -> Q:
    accepted = Q(status=B.ACCEPTED)
    upcoming = (
        Q(status=B.PENDING)
        | Q(status=B.HELD, hold_expires_at__gt=now)
        | accepted & Q(session__status=S.IN_PROGRESS)
        | accepted & Q(session__status__in=_OPEN, ends_at__gt=now)
    )
    called_off = Q(status__in=[B.CANCELLED, B.REJECTED, B.EXPIRED]) | accepted & Q(session__status=S.CANCELLED)
    past = accepted & (Q(session__status__in=_DONE) | Q(session__status__in=[S.PENDING, S.CONFIRMED], ends_at__lte=now))
    return {"upcoming": upcoming, "past": past, "cancelled": called_off}[tab]


def _sessions_in(tab: str, now: datetime) -> Q:
    waiting = Q(status__in=[S.PENDING, S.CONFIRMED])
    return {
        "upcoming": waiting & Q(ends_at__gt=now) | Q(status=S.IN_PROGRESS),
        "past": Q(status__in=_DONE) | waiting & Q(ends_at__lte=now),
        "cancelled": Q(status=S.CANCELLED),
    }[tab]


def _lines(user: User, tab: str, now: datetime) -> Any:
    booked = bookings_of(user).filter(_bookings_in(tab, now)).annotate(booked=Value(1))
    given = unbooked_of(user).filter(_sessions_in(tab, now)).annotate(booked=Value(0))
    order = "starts_at" if tab == "upcoming" else "-starts_at"
    columns = ("pk", "starts_at", "booked")
    return (
        booked.order_by().values_list(*columns).union(given.order_by().values_list(*columns), all=True).order_by(order)
    )


def _entries(lines: list[tuple[UUID, datetime, int]], now: datetime) -> list[Entry]:
    bookings = Booking.objects.select_related("consultant", "session").in_bulk([pk for pk, _at, is_ in lines if is_])
    sessions = Session.objects.select_related("consultant").in_bulk([pk for pk, _at, is_ in lines if not is_])
    found = []
    for pk, _at, is_booking in lines:
        booking = bookings.get(pk) if is_booking else None
        session = booking.session if booking else sessions.get(pk)
        if booking or session:  # else it went between the two queries
            found.append(Entry(booking, session, now))
    return found


def page_of(user: User, tab: str, number: Any, now: datetime) -> tuple[Page, list[Entry]]:
    """One page of a tab and its entries, in four queries."""
    page = Paginator(_lines(user, tab, now), PER_PAGE).get_page(number)
    return page, _entries(list(page.object_list), now)


def first(user: User, tab: str, most: int, now: datetime) -> list[Entry]:
    return _entries(list(_lines(user, tab, now)[:most]), now)


def owing(user: User, now: datetime, most: int = 20) -> list[Entry]:
    """Confirmed or held meetings of which something is left to pay, the oldest first."""
    of_approved = {"consultant__status": Consultant.Status.APPROVED}  # a suspended one is paid nothing
    booked = bookings_of(user).filter(**of_approved).owing().select_related("consultant", "session")
    given = unbooked_of(user).filter(**of_approved).owing()
    rows = [Entry(one, one.session, now) for one in booked.order_by("starts_at")[:most]]
    rows += [Entry(None, one, now) for one in given.select_related("consultant").order_by("starts_at")[:most]]
    return sorted(rows, key=lambda entry: entry.starts_at)[:most]
