"""Who waits for a seat of a full webinar or a time of a full day, and gets what is freed, first come, for a while.

What is offered is kept out of everybody else's reach: a seat stays counted, a time is held. An offer that lapses goes
to the next in line.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from availability import services as time
from availability import slots
from availability.errors import NotBookable, SlotTaken
from availability.models import Occupancy
from bookings import tasks
from bookings.errors import AlreadyWaiting, NotFull, NotOpen, OfferOver
from bookings.facts import iso, place_label
from bookings.models import Booking, WaitlistEntry
from bookings.services import links
from bookings.services.tell import BOOKINGS
from consultants.models import Consultant, Service
from naksha.db import db_now
from naksha.queue import tell
from notifications import services as notifications
from sessions_app import seats
from sessions_app.errors import WebinarClosed, WebinarFull
from sessions_app.models import Session

W = WaitlistEntry.Status
APPROVED = Consultant.Status.APPROVED


def _has_room(service: Service, session: Session | None, day: date | None) -> bool:
    """Whether there is nothing to wait for. Else invented addresses could keep every free time of a calendar."""
    if day is not None:
        return not slots.day_is_full(consultant=service.consultant, minutes=service.minutes, day=day)
    if session is None:
        return False
    seats.clear_lapsed(session.pk)
    session.refresh_from_db(fields=["seats_taken"])
    return session.seats_left > 0


def join_waitlist(
    *,
    service: Service,
    name: str,
    email: str,
    timezone: str,
    phone: str = "",
    session: Session | None = None,
    day: date | None = None,
) -> tuple[WaitlistEntry, str]:
    """Put somebody on the list of a webinar's date (``session``), or of a day in the consultant's zone (``day``).

    Returns the place and the token that opens it. Raises NotOpen, and AlreadyWaiting for an address that is on the
    list: its link is mailed again then, and shown to nobody. Raises NotFull where something is free.
    """
    if (session is None) == (day is None):
        raise ValueError("a waitlist is that of a webinar's date or of a day")
    service = Service.objects.select_related("consultant__user").get(pk=service.pk)
    now = db_now()
    if not service.is_active or service.archived_at or not service.consultant.is_public:
        raise NotOpen
    if session is not None and (session.status != Session.Status.CONFIRMED or session.starts_at <= now):
        raise WebinarClosed
    if day is not None and not 0 <= (day - now.astimezone(ZoneInfo(service.consultant.timezone)).date()).days <= 366:
        raise NotOpen
    if _has_room(service, session, day):
        raise NotFull
    email = email.strip().lower()
    try:
        with transaction.atomic():
            entry = WaitlistEntry.objects.create(
                consultant=service.consultant,
                service=service,
                session=session,
                date=day,
                name=name,
                email=email,
                phone=phone,
                timezone=timezone,
            )
            token = links.mint_waitlist(entry)
            notifications.changed(entry.consultant.user, BOOKINGS)
            _mail(entry, "waitlist_joined", token)
            if session is not None:
                offer_seats(session_id=session.pk)
            else:
                tell_day_is_free(consultant_id=service.consultant_id)
            return entry, token
    except IntegrityError as error:
        there = WaitlistEntry.objects.filter(
            service=service, session=session, date=day, email=email, status__in=[W.WAITING, W.OFFERED]
        ).first()
        if there is None:
            raise
        with transaction.atomic():
            _mail(there, "waitlist_joined", links.mint_waitlist(there))
        raise AlreadyWaiting from error


def place_in_line(entry: WaitlistEntry) -> int:
    """1 for who is next."""
    ahead = WaitlistEntry.objects.filter(status=W.WAITING, created_at__lt=entry.created_at)
    if entry.session_id is not None:
        return ahead.filter(session_id=entry.session_id).count() + 1
    return ahead.filter(consultant_id=entry.consultant_id, date=entry.date, service_id=entry.service_id).count() + 1


@transaction.atomic
def leave(*, entry: WaitlistEntry) -> WaitlistEntry:
    """Give the place up, and what was kept for it. Once booked or over, nothing changes."""
    entry = _locked(entry.pk)
    if entry.status in (W.WAITING, W.OFFERED):
        _let_go(entry, W.LEFT)
    return entry


def use_offer(
    *, entry: WaitlistEntry, service_id: UUID, starts_at: datetime | None = None, session_id: UUID | None = None
) -> None:
    """Hand over what is kept for ``entry``, within the transaction that books it: ``starts_at`` of a personal service,
    or a seat of ``session_id``. Raises OfferOver for anything that was not offered to it.

    A time is freed for whoever holds the lock to take at once; a seat stays counted.
    """
    entry = _locked(entry.pk)
    if entry.status != W.OFFERED or entry.offer_expires_at is None or entry.offer_expires_at <= db_now():
        raise OfferOver
    if entry.service_id != service_id or entry.session_id != session_id:
        raise OfferOver  # what is kept is a seat of that date, or a time of that service, and nothing else
    if session_id is not None:
        if not entry.seat_held:
            raise OfferOver
        return
    if entry.offer_starts_at != starts_at or entry.occupancy_id is None:
        raise OfferOver
    time.release(occupancy_id=entry.occupancy_id)


def mark_booked(*, entry: WaitlistEntry, booking: Booking) -> None:
    WaitlistEntry.objects.filter(pk=entry.pk).update(
        status=W.BOOKED, booking=booking, occupancy=None, seat_held=False, offer_expires_at=None
    )


def offer_seats(*, session_id: UUID) -> int:
    """Offer the free seats of a webinar to who waits, in the caller's transaction. Returns how many were offered."""
    offered = 0
    # Nobody is asked to take what can't be booked.
    line = WaitlistEntry.objects.filter(session_id=session_id, status=W.WAITING, consultant__status=APPROVED)
    while line.exists():
        # The seat first: who finds none keeps nobody in line from the one who gives a seat back meanwhile.
        try:
            seats.claim_one(session_id)
        except (WebinarFull, WebinarClosed):
            break
        if (entry := _first(line)) is None:  # who is next is leaving, and looks again afterwards
            seats.give_back(session_id)
            break
        session = Session.objects.get(pk=session_id)
        entry.seat_held = True
        _offer(entry, starts_at=session.starts_at, until=_until(session.starts_at))
        offered += 1
    return offered


def refuse_overtaking(*, session_id: UUID) -> None:
    """Raise WebinarFull where somebody waits still: a seat freed since :func:`offer_seats` looked is theirs.

    Call it after the seat was counted: from then on nobody else counts one of this session until we are done, so who
    is seen waiting now has been offered nothing.
    """
    if WaitlistEntry.objects.filter(session_id=session_id, status=W.WAITING, consultant__status=APPROVED).exists():
        raise WebinarFull


def tell_day_is_free(*, consultant_id: UUID) -> None:
    """On commit, look whether somebody waits for a day of this consultant."""
    tell(tasks.offer_days, str(consultant_id))


def offer_days(*, consultant_id: UUID) -> int:
    """Offer the free times of full days to who waits for them. Returns how many were offered."""
    waiting = (
        WaitlistEntry.objects.filter(
            consultant_id=consultant_id, consultant__status=APPROVED, status=W.WAITING, date__isnull=False
        )
        .order_by("date", "created_at")
        .values_list("pk", "date")
    )
    full: set[tuple[date, int]] = set()
    offered = 0
    consultant = Consultant.objects.select_related("policy").get(pk=consultant_id)
    for pk, day in waiting:
        with transaction.atomic():
            entry = _first(WaitlistEntry.objects.filter(pk=pk, status=W.WAITING))
            if entry is None or day is None or (day, entry.service.minutes) in full:
                continue
            if _offer_time(entry, consultant, day):
                offered += 1
            else:
                full.add((day, entry.service.minutes))
    return offered


def _offer_time(entry: WaitlistEntry, consultant: Consultant, day: date) -> bool:
    minutes = entry.service.minutes
    for start in slots.free_slots(consultant=consultant, minutes=minutes, first=day, last=day):
        until = _until(start)
        try:
            with transaction.atomic():
                occupancy = time.reserve(
                    consultant_id=consultant.pk,
                    starts_at=start,
                    minutes=minutes,
                    kind=Occupancy.Kind.HOLD,
                    expires_at=until,
                    note=_("Waitlist"),
                )
        except (SlotTaken, NotBookable):
            continue
        entry.occupancy_id = occupancy.pk
        _offer(entry, starts_at=start, until=until)
        return True
    return False


def _offer(entry: WaitlistEntry, *, starts_at: datetime, until: datetime) -> None:
    entry.status = W.OFFERED
    entry.offer_starts_at = starts_at
    entry.offer_expires_at = until
    entry.save()
    notifications.changed(entry.consultant.user, BOOKINGS)
    _mail(entry, "waitlist_offer", links.mint_waitlist(entry))


def _until(starts_at: datetime) -> datetime:
    """How long an offer stands: WAITLIST_OFFER_MINUTES, and half of what is left before it begins at the most."""
    now = db_now()
    return now + min(timedelta(minutes=settings.WAITLIST_OFFER_MINUTES), (starts_at - now) / 2)


def lapse(*, entry_id: UUID) -> bool:
    """End an offer whose time is over, and offer it on. False when it is not over, or was taken."""
    with transaction.atomic():
        entry = _locked(entry_id)
        if entry.status != W.OFFERED or entry.offer_expires_at is None or entry.offer_expires_at > db_now():
            return False
        _let_go(entry, W.LAPSED)
    return True


def _let_go(entry: WaitlistEntry, status: str) -> None:
    occupancy_id, seat_held, session_id = entry.occupancy_id, entry.seat_held, entry.session_id
    entry.status = status
    entry.occupancy_id = None
    entry.seat_held = False
    entry.offer_expires_at = None
    entry.save()
    notifications.changed(entry.consultant.user, BOOKINGS)
    if seat_held and session_id is not None:
        seats.give_back(session_id)
        offer_seats(session_id=session_id)
    if occupancy_id is not None:
        time.release(occupancy_id=occupancy_id)
        tell_day_is_free(consultant_id=entry.consultant_id)


@transaction.atomic
def end_wait(*, entry_id: UUID) -> bool:
    """Tell somebody that nothing will be offered any more, and free what was kept. False when their wait was over."""
    entry = _locked(entry_id)
    if entry.status not in (W.WAITING, W.OFFERED):
        return False
    _let_go(entry, W.LAPSED)
    _mail(entry, "waitlist_closed", links.mint_waitlist(entry))
    return True


def close_line(*, session_id: UUID) -> None:
    """A webinar is called off: nobody waits for it any more, and nothing is kept. In the caller's transaction."""
    line = WaitlistEntry.objects.filter(session_id=session_id, status__in=[W.WAITING, W.OFFERED])
    seats.give_back(session_id, line.filter(seat_held=True).count())
    line.update(status=W.LAPSED, seat_held=False, offer_expires_at=None)


def _locked(entry_id: UUID) -> WaitlistEntry:
    return (
        WaitlistEntry.objects.select_for_update(of=("self",))
        .select_related("consultant__user", "service", "session")
        .get(pk=entry_id)
    )


def _first(line: object) -> WaitlistEntry | None:
    """The first in line that nobody else is dealing with."""
    return (
        line.select_for_update(of=("self",), skip_locked=True)  # type: ignore[attr-defined]
        .select_related("consultant__user", "service", "session")
        .order_by("created_at")
        .first()
    )


def _mail(entry: WaitlistEntry, template: str, token: str) -> None:
    consultant = entry.consultant
    session = entry.session
    starts_at = entry.offer_starts_at or (session.starts_at if session else None)
    notifications.send_mail(
        template=template,
        to=entry.email,
        to_name=entry.name,
        context={
            "title": entry.service.title,
            "service_minutes": entry.service.minutes,
            "consultant_name": consultant.display_name,
            "consultant_page": consultant.page_url,
            "client_name": entry.name,
            "starts_at": iso(starts_at),
            "date": entry.date.isoformat() if entry.date else "",
            "timezone": entry.timezone,
            "place_label": place_label(entry.service.platform),
            "offer_url": links.waitlist_url(token),
            "manage_url": links.waitlist_url(token),
            "offer_expires_at": iso(entry.offer_expires_at),
        },
        reply_to=consultant.user.email,
    )


def offer_all() -> int:
    """Look through every line that somebody stands in, and close those whose date has passed."""
    now = db_now()
    today = now.date()
    WaitlistEntry.objects.filter(status=W.WAITING, session__starts_at__lte=now).update(status=W.LAPSED)
    WaitlistEntry.objects.filter(status=W.WAITING, date__lt=today - timedelta(days=1)).update(status=W.LAPSED)
    offered = 0
    waiting = WaitlistEntry.objects.filter(status=W.WAITING)
    for session_id in waiting.filter(session__isnull=False).values_list("session_id", flat=True).distinct():
        if session_id is not None:
            with transaction.atomic():
                offered += offer_seats(session_id=session_id)
    for consultant_id in waiting.filter(date__isnull=False).values_list("consultant_id", flat=True).distinct():
        offered += offer_days(consultant_id=consultant_id)
    return offered
