"""The bookings behind a session (sessions_app.origin.Origin): one, or as many as a webinar has seats."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from bookings.errors import NothingOwed
from bookings.invoicing import KIND
from bookings.models import Booking
from bookings.services import balance, change, terms, webinars
from bookings.services import tell as telling
from bookings.services.machine import locked
from clients.models import Client
from naksha.calendar import event_uid
from naksha.db import db_now
from naksha.errors import InvalidState
from notifications.models import OutgoingMail
from payments.documents import papers
from payments.services import nudging
from sessions_app.access import mint_link
from sessions_app.facts import link_url
from sessions_app.models import Session
from sessions_app.origin import Leaving, RoomFacts
from sessions_app.services.telling import over_facts

S = Booking.Status


def find(session: Session) -> Deal | None:
    """A :class:`sessions_app.origin.Finder`. A webinar is of bookings even while nobody has booked."""
    return Deal(session) if session.is_webinar or session.bookings.exists() else None


def is_ahead(session: Session) -> bool:
    """Whether it may still be called off: nobody has begun it, and its start has not come."""
    return session.status == Session.Status.CONFIRMED and db_now() < session.starts_at


class Deal:
    def __init__(self, session: Session) -> None:
        self.session = session

    def _bookings(self) -> QuerySet[Booking]:
        return Booking.objects.filter(session=self.session, status__in=[S.ACCEPTED, S.CANCELLED]).select_related(
            "client", "session", "consultant"
        )

    def _booking(self, client: Client | None) -> Booking | None:
        """Who has cancelled a seat and booked again has two: the one that stands counts."""
        of = self._bookings() if client is None else self._bookings().filter(client=client)
        return of.order_by("status", "-created_at").first()

    def room_facts(self, *, client: Client | None) -> RoomFacts:
        """As the protocol says. Three queries, two without money."""
        if self.session.is_webinar and client is None:
            ahead = is_ahead(self.session)
            return RoomFacts(
                manage_url=reverse("bookings:webinar", args=[self.session.pk]),
                cancel_url=self.cancel_url() if ahead else "",
                can_cancel=ahead,
            )
        booking = self._booking(client)
        if booking is None:
            return RoomFacts()
        booking.session = self.session
        return _for_client(booking) if client is not None else _for_consultant(booking)

    def cancel_url(self) -> str:
        if self.session.is_webinar:
            return reverse("bookings:webinar_cancel", args=[self.session.pk])
        booking = self._booking(None)
        return reverse("bookings:cancel_theirs", args=[booking.pk]) if booking else ""

    def move_url(self) -> str:
        """A webinar's date is not moved: whoever booked it would have to agree."""
        booking = None if self.session.is_webinar else self._booking(None)
        return reverse("bookings:reschedule_theirs", args=[booking.pk]) if booking else ""

    def calendar_uid(self, *, client: Client | None) -> str:
        booking = None if self.session.is_webinar and client is None else self._booking(client)
        return event_uid("booking", booking.pk) if booking else event_uid("session", self.session.pk)

    def leaving(self, *, client: Client) -> Leaving | None:
        booking = self._booking(client)
        if booking is None:
            return None
        now = db_now()
        quote = terms.quote_cancellation(booking, now)
        return Leaving(
            can_cancel=terms.can_be_cancelled(booking, now),
            can_move=terms.can_be_moved_by_client(booking, now),
            refund_percent=quote.percent,
            refund_paise=quote.refund_paise,
            sentence=quote.sentence,
            free_until=terms.free_cancel_until(booking),
        )

    def cancel(self, *, actor: User, client: Client | None, reason: str) -> None:
        if self.session.is_webinar and client is None:
            webinars.cancel_webinar(session=self.session, actor=actor, reason=reason)
            return
        booking = self._booking(client)
        if booking is None:
            raise InvalidState
        if client is None:
            change.cancel_by_consultant(booking=booking, actor=actor, reason=reason)
        else:
            change.cancel_by_client(booking=booking, reason=reason, by=actor)

    def call_off(self, *, actor: User | None, reason: str) -> None:
        if self.session.is_webinar:
            webinars.call_off_unheld(session=self.session, actor=actor, reason=reason)
            return
        booking = self._booking(None)
        if booking is None:
            raise InvalidState
        change.cancel_by_platform(booking=booking, actor=actor, reason=reason)

    def move(self, *, actor: User, client: Client | None, starts_at: datetime) -> None:
        booking = None if self.session.is_webinar else self._booking(client)
        if booking is None:
            raise InvalidState(_("A webinar’s date is not moved: whoever booked it would have to agree."))
        if client is None:
            change.reschedule_by_consultant(booking=booking, starts_at=starts_at, actor=actor)
        else:
            change.reschedule_by_client(booking=booking, starts_at=starts_at, by=actor)

    def ask(self, *, actor: User) -> None:
        booking = None if self.session.is_webinar else self._booking(None)
        if booking is None:
            raise NothingOwed
        balance.ask_for_balance(booking=booking, actor=actor)

    def follow_up(self) -> int:
        standing = Booking.objects.filter(session=self.session, status=S.ACCEPTED).order_by("pk")
        return sum(_tell_over(booking_id) for booking_id in list(standing.values_list("pk", flat=True)))


@transaction.atomic
def _tell_over(booking_id: UUID) -> bool:
    """Tell one client that the session is over. False when they have been told, or have nothing to hear."""
    booking = locked(booking_id)
    session = booking.session
    if session is None or booking.status != S.ACCEPTED or booking.client.erased_at is not None:
        return False
    missed = session.status == Session.Status.NO_SHOW
    template = "session_no_show" if missed else "session_completed"
    if OutgoingMail.objects.filter(dedupe_key=telling.key_of(template, booking, "over")).exists():
        return False
    room = link_url(mint_link(session=session, client=booking.client))
    title = _("Marked as missed") if missed else _("Session completed")
    telling.client(booking, template, title, once="over", more=over_facts(session, room))
    if booking.payable_paise:
        nudging.asked_by_itself(
            kind=KIND, payable_id=booking.pk, consultant=booking.consultant, amount_paise=booking.payable_paise
        )
        telling.client(booking, "balance_due", _("Balance to pay"), once="asked")
        telling.on_screen(booking, _("Balance asked for"))
    return True


def _facts(booking: Booking, **of_one_side: Any) -> RoomFacts:
    return RoomFacts(
        reference=booking.reference,
        contact_name=booking.contact_name or booking.client.name,
        answers=booking.answers,
        currency=booking.currency,
        total_paise=booking.total_paise,
        paid_paise=booking.paid_paise - booking.refunded_paise,
        owed_paise=booking.payable_paise,
        invoices=papers(KIND, booking.pk) if booking.total_paise else [],
        **of_one_side,
    )


def _for_client(booking: Booking) -> RoomFacts:
    now = db_now()
    can_cancel = terms.can_be_cancelled(booking, now)
    can_move = terms.can_be_moved_by_client(booking, now)
    page = reverse("bookings:of", args=[booking.pk])
    return _facts(
        booking,
        manage_url=page,
        pay_url=f"{page}?to=pay" if booking.payable_paise else "",
        cancel_url=f"{page}?to=cancel" if can_cancel else "",
        move_url=f"{page}?to=reschedule" if can_move else "",
        can_cancel=can_cancel,
        can_move=can_move,
    )


def _for_consultant(booking: Booking) -> RoomFacts:
    now = db_now()
    can_cancel = booking.status == S.ACCEPTED and terms.can_be_cancelled(booking, now)
    can_move = terms.can_be_moved_by_consultant(booking, now)
    return _facts(
        booking,
        contact_email=booking.client.email,
        contact_phone=booking.contact_phone,
        manage_url=reverse("bookings:request", args=[booking.pk]),
        cancel_url=reverse("bookings:cancel_theirs", args=[booking.pk]) if can_cancel else "",
        new_link_url="" if booking.client.erased_at else reverse("bookings:new_link", args=[booking.pk]),
        move_url=reverse("bookings:reschedule_theirs", args=[booking.pk]) if can_move else "",
        can_cancel=can_cancel,
        can_move=can_move,
    )
