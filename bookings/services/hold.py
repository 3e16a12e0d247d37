"""From a chosen time to a held one: client, time, frozen terms and what is to be paid, in one transaction."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import CharField, UUIDField
from django.utils.translation import gettext as _

from accounts.models import User
from availability import services as time
from availability.errors import SlotTaken
from availability.models import Occupancy
from bookings.errors import InvalidState, NotOpen
from bookings.models import Booking, WaitlistEntry
from bookings.services import confirm, give_up, links, terms, waitlist
from bookings.services.hoard import refuse_hoarding
from bookings.services.machine import S
from clients import services as clients
from clients.models import Client
from consultants.models import Service
from naksha.db import db_now
from naksha.kept import Kept, Param
from notifications.live import changed_for
from payments.services import open_payment
from sessions_app import seats
from sessions_app.errors import SeatTaken, WebinarClosed
from sessions_app.models import Session

_SERVICE = Kept(
    lambda: Service.objects.select_related("consultant__user", "consultant__policy").filter(
        pk=Param("pk", UUIDField()), kind=Param("kind", CharField()), is_active=True, archived_at__isnull=True
    )
)
_PRESSED = Kept(
    lambda: Booking.objects.select_related("consultant__user", "service", "client", "session").filter(
        request_hash=Param("hash", CharField()), status__in=Booking.LIVE
    )
)


@dataclass(frozen=True)
class Details:
    """What a client types, already checked by a form or a serializer."""

    name: str
    email: str
    timezone: str
    phone: str = ""  # E.164
    answers: list[dict[str, str]] = field(default_factory=list)
    state_code: str = ""
    pin_code: str = ""
    billing_name: str = ""
    billing_address: str = ""
    gstin: str = ""


def hold(
    *,
    service: Service,
    starts_at: datetime,
    details: Details,
    user: User | None = None,
    request_key: str = "",
    origin: str = "",
    replaces: Booking | None = None,
    offer: WaitlistEntry | None = None,
) -> tuple[Booking, str]:
    """Take ``starts_at`` of a personal service for a client, for HOLD_MINUTES where money is due.

    Returns the booking and the token that opens it. Without money it is confirmed, or requested, at once. The same
    ``request_key`` (the form's own number) with the same details gives the same booking. ``replaces`` is the hold of
    the same visitor that goes back for it; ``offer`` the place on the waitlist for which the time was kept; ``origin``
    says where it comes from (bookings.services.hoard).

    Raises NotOpen, OfferOver, TooManyHeld, TooManyFree, availability.errors.SlotTaken or NotBookable; nothing has
    changed then.
    """
    service = _open_service(service.pk, Service.Kind.PERSONAL)
    request_hash = _request_hash(request_key, service.pk, starts_at, details)
    before = _same_press(request_hash)
    if before is not None:
        return before, links.mint(before)
    try:
        with transaction.atomic():
            if replaces is not None:
                give_up.abandon(booking=replaces)
            if offer is not None:
                waitlist.use_offer(entry=offer, service_id=service.pk, starts_at=starts_at)
            now = db_now()
            fields = terms.freeze(service, service.consultant, service.consultant.policy)
            course = _course(service, fields, starts_at, now)
            occupancy = time.reserve(
                consultant_id=service.consultant_id,
                starts_at=starts_at,
                minutes=service.minutes,
                kind=Occupancy.Kind.SESSION if course["status"] == S.ACCEPTED else Occupancy.Kind.HOLD,
                expires_at=course["hold_expires_at"] or course["answer_by"],
                listed_only=offer is None,  # what was offered was listed then
                note=service.title[:120],
                savepoint=False,
            )
            fields |= course | {"request_hash": request_hash, "occupancy_id": occupancy.pk, "starts_at": starts_at}
            fields["origin"] = origin
            fields["ends_at"] = starts_at + timedelta(minutes=service.minutes)
            changed_for(service.consultant.user_id, time.CALENDAR)
            client = _client(service, details, user)  # after the time: who comes too late writes nothing
            booking, token = _make(service, client, details, user, fields, now)
            if offer is not None:
                waitlist.mark_booked(entry=offer, booking=booking)
            return booking, token
    except (SlotTaken, IntegrityError):
        # Another press of the same button may have been first: then this is its booking, not a loss.
        before = _same_press(request_hash)
        if before is None:
            raise
        return before, links.mint(before)


def hold_seat(
    *,
    session: Session,
    details: Details,
    user: User | None = None,
    request_key: str = "",
    origin: str = "",
    replaces: Booking | None = None,
    offer: WaitlistEntry | None = None,
) -> tuple[Booking, str]:
    """Take a seat of a webinar's date; otherwise as :func:`hold`.

    Raises NotOpen, OfferOver, TooManyHeld, TooManyFree, sessions_app.errors.WebinarFull, WebinarClosed or SeatTaken;
    nothing has changed then.
    """
    if session.service_id is None:
        raise WebinarClosed
    service = _open_service(session.service_id, Service.Kind.WEBINAR)
    request_hash = _request_hash(request_key, session.pk, session.starts_at, details)
    before = _same_press(request_hash)
    if before is not None:
        return before, links.mint(before)
    try:
        with transaction.atomic():
            if replaces is not None:
                give_up.abandon(booking=replaces)
            if offer is not None:
                waitlist.use_offer(entry=offer, service_id=service.pk, session_id=session.pk)
            else:
                waitlist.offer_seats(session_id=session.pk)
            client = _client(service, details, user)
            now = db_now()
            fields = terms.freeze(service, service.consultant, service.consultant.policy)
            fields |= _course(service, fields, session.starts_at, now)
            seat = seats.take_seat(
                session_id=session.pk,
                client=client,
                expires_at=fields["hold_expires_at"],
                counted=offer is not None,
            )
            if offer is None:
                waitlist.refuse_overtaking(session_id=session.pk)
            fields |= {"request_hash": request_hash, "session_id": session.pk, "seat_id": seat.pk}
            fields |= {"starts_at": session.starts_at, "ends_at": session.ends_at, "origin": origin}
            booking, token = _make(service, client, details, user, fields, now)
            if offer is not None:
                waitlist.mark_booked(entry=offer, booking=booking)
            return booking, token
    except (SeatTaken, IntegrityError):
        before = _same_press(request_hash)
        if before is None:
            raise
        return before, links.mint(before)


def _open_service(service_id: UUID, kind: str) -> Service:
    service = _SERVICE.first(pk=service_id, kind=kind)
    if service is None or not service.consultant.is_public:
        raise NotOpen
    return service


def _request_hash(request_key: str, what: UUID, starts_at: datetime, details: Details) -> str | None:
    """The name of this very request: the form's number and everything that was typed into it."""
    if not request_key:
        return None
    parts = [request_key[:128], str(what), starts_at.astimezone(UTC).isoformat(), asdict(details)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _same_press(request_hash: str | None) -> Booking | None:
    if request_hash is None:
        return None
    return _PRESSED.first(hash=request_hash)


def _client(service: Service, details: Details, user: User | None) -> Client:
    return clients.find_or_create(
        consultant=service.consultant,
        name=details.name,
        email=details.email,
        phone=details.phone,
        timezone=details.timezone,
        state_code=details.state_code,
        pin_code=details.pin_code,
        address=details.billing_address,
        gstin=details.gstin,
        user=user,
    )


def _course(service: Service, fields: dict[str, Any], starts_at: datetime, now: datetime) -> dict[str, Any]:
    """The state a booking begins in, when its hold lapses, and by when the consultant answers."""
    course: dict[str, Any] = {"status": S.ACCEPTED, "hold_expires_at": None, "answer_by": None}
    if fields["due_now_paise"]:
        course |= {"status": S.HELD, "hold_expires_at": now + timedelta(minutes=settings.HOLD_MINUTES)}
    elif fields["needs_confirmation"]:
        answer_by = confirm.answer_by(service.consultant.policy.answer_hours, starts_at, now)
        course |= {"status": S.PENDING, "answer_by": answer_by}
    return course


def _make(
    service: Service, client: Client, details: Details, user: User | None, fields: dict[str, Any], now: datetime
) -> tuple[Booking, str]:
    """The row, its link, its session where nothing is left to do, and else its payment. What was made is told."""
    booking = Booking(
        consultant=service.consultant,
        service=service,
        client=client,
        booked_by=user,
        timezone=details.timezone,
        answers=details.answers,
        contact_name=details.name,
        contact_phone=details.phone,
        state_code=details.state_code,
        pin_code=details.pin_code,
        billing_name=details.billing_name,
        billing_address=details.billing_address,
        gstin=details.gstin,
        **fields,
    )
    if booking.status == S.ACCEPTED and booking.seat_id is None:
        confirm.attach_session(booking)
    booking.save(force_insert=True)
    refuse_hoarding(booking, now)
    token = links.mint(booking)
    if booking.status == S.HELD:
        open_payment(
            first=True,
            payable_kind="booking",
            payable_id=booking.pk,
            consultant_id=booking.consultant_id,
            purpose="deposit" if booking.due_now_paise < booking.total_paise else "full",
            amount_paise=booking.due_now_paise,
            currency=booking.currency,
            payer_name=details.name,
            payer_email=client.email,
            payer_phone=details.phone,
            description=_("%(title)s with %(name)s")
            % {"title": service.title, "name": service.consultant.display_name},
        )
    else:
        confirm.tell(booking)
    return booking, token


def hold_again(*, booking: Booking, starts_at: datetime, origin: str = "") -> tuple[Booking, str]:
    """Hold ``starts_at`` with everything that was typed for a booking whose hold is over (or is let go for it).

    Raises as :func:`hold` does. InvalidState is raised for a booking that came to something.
    """
    if booking.status not in (S.HELD, S.ABANDONED):
        raise InvalidState
    details = Details(
        name=booking.contact_name,
        email=booking.client.email,
        timezone=booking.timezone,
        phone=booking.contact_phone,
        answers=booking.answers,
        state_code=booking.state_code,
        pin_code=booking.pin_code,
        billing_name=booking.billing_name,
        billing_address=booking.billing_address,
        gstin=booking.gstin,
    )
    replaces = booking if booking.status == S.HELD else None
    key = f"again:{booking.pk}"
    if booking.seat_id is not None and booking.session is not None:
        return hold_seat(
            session=booking.session,
            details=details,
            user=booking.booked_by,
            request_key=key,
            origin=origin,
            replaces=replaces,
        )
    return hold(
        service=booking.service,
        starts_at=starts_at,
        details=details,
        user=booking.booked_by,
        request_key=key,
        origin=origin,
        replaces=replaces,
    )
