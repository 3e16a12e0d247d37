"""Sessions that the consultant records, and what is done with them before they begin."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from availability import services as time
from availability.errors import SlotTaken
from availability.models import Occupancy
from clients import services as clients
from clients.models import Client
from consultants import frozen
from consultants.models import Consultant, Service
from consultants.pricing import gst, gst_rate
from consultants.services.offers import LEAST_PAISE, MOST_PAISE, wrong_place
from naksha import past
from naksha.db import db_now
from naksha.errors import InvalidState, ReasonNeeded, WrongInput
from naksha.money import rupees
from naksha.times import people_range
from payments.models import Payment
from payments.services import nudging, open_payment, request_refund
from sessions_app import origin, rooms
from sessions_app.errors import NothingOwed, TooLate
from sessions_app.live import say_changed
from sessions_app.models import Session, SessionNotes, SessionTerms
from sessions_app.services import lifecycle, machine, moved_on, reminding, telling
from sessions_app.services.opening import cancelled_words, moved_words
from sessions_app.terms import refundable

LONGEST_MINUTES = 1440
OLDEST = timedelta(days=366)  # what is recorded afterwards
FURTHEST = timedelta(days=2 * 366)
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 O 1 I L U: read out on the phone


def new_reference() -> str:
    """What people call a recorded session: ``NS-`` and eight signs. A name, never a secret."""
    return "NS-" + "".join(secrets.choice(_ALPHABET) for _ in range(8))


@transaction.atomic
def record_session(
    *,
    consultant: Consultant,
    actor: User,
    title: str,
    platform: str,
    starts_at: datetime,
    minutes: int,
    client: Client | None = None,
    name: str = "",
    email: str = "",
    phone: str = "",
    place: str = "",
    price_paise: int = 0,
    notes: str = "",
    tell_client: bool = True,
    ask_now: bool = False,
) -> Session:
    """Write down a session that came of no booking: with ``client``, or with whoever has ``email``.

    One to come is confirmed, one that is over is completed at once; both take the consultant's time, within the weekly
    hours or not. ``price_paise`` is before GST, which comes on top by the consultant's registration of today. The
    client may cancel and move it under the consultant's terms of today, hears of it by mail if ``tell_client``, and is
    asked for the price with ``ask_now``, else (if told at all) when the session is over. ``notes`` are private.

    Raises availability.errors.SlotTaken, with what is there in words, or WrongInput; nothing has changed then.
    """
    title, place = title.strip(), place.strip()
    now = db_now()
    _check(title, platform, place, starts_at, minutes, price_paise, now)
    if client is None:
        if not name.strip() or not email.strip():
            raise WrongInput("client", _("Choose a client, or write a name and a mail address."))
    elif client.consultant_id != consultant.pk:
        raise WrongInput("client", _("Choose one of your own clients."))
    ends_at = starts_at + timedelta(minutes=minutes)
    points = gst_rate(price_paise, charges_gst=consultant.charges_gst)
    tax = gst(price_paise, points)
    occupancy = _take(consultant, starts_at, minutes, title)
    if client is None:
        client = clients.find_or_create(
            consultant=consultant, name=name.strip(), email=email, phone=phone, timezone=consultant.timezone
        )
    else:
        client = clients.chosen(client)
    over = ends_at <= now
    session = Session.objects.create(
        consultant=consultant,
        client=client,
        kind=Session.Kind.PERSONAL,
        status=Session.Status.COMPLETED if over else Session.Status.CONFIRMED,
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        ended_at=ends_at if over else None,
        platform=platform,
        place=place,
        occupancy_id=occupancy.pk,
        reference=new_reference(),
        recorded_by=actor,
        client_told=tell_client,
        price_paise=price_paise,
        tax_paise=tax,
        total_paise=price_paise + tax,
        gst_basis_points=points,
        fee_basis_points=settings.PLATFORM_FEE_BASIS_POINTS,
    )
    SessionTerms.objects.create(session=session, **frozen.freeze(consultant.policy))
    if notes.strip():
        SessionNotes.objects.create(session=session, private=notes.strip(), version=1)
    audit.record(actor=actor, action="session.recorded", subject=session, data={"starts_at": starts_at.isoformat()})
    if over:
        past.changed(consultant.pk, session.starts_at)
        lifecycle.follow_up_later(session)
    else:
        rooms.open_for(session)
        reminding.plan(session)
        if tell_client:
            telling.client_of_recorded(
                session, "session_recorded_client", _("New session"), once="recorded", calendar="REQUEST"
            )
    if ask_now and not (over and tell_client):
        _ask(session, actor)
    moved_on.look_again(session)
    return session


def _check(
    title: str, platform: str, place: str, starts_at: datetime, minutes: int, price_paise: int, now: datetime
) -> None:
    check_what(title, platform, place, minutes)
    if not now - OLDEST <= starts_at <= now + FURTHEST:
        raise WrongInput("starts_at", _("Choose a day of the last year or the next two."))
    if price_paise and not LEAST_PAISE <= price_paise <= MOST_PAISE:
        words = {"least": rupees(LEAST_PAISE), "most": rupees(MOST_PAISE)}
        raise WrongInput("price_paise", _("Between %(least)s and %(most)s, or 0 for free.") % words)


def check_what(title: str, platform: str, place: str, minutes: int) -> None:
    """Raise WrongInput for what no session of one's own can be."""
    if not title:
        raise WrongInput("title", _("Say in a few words what it is."))
    if platform not in Service.Platform.values:
        raise WrongInput("platform", _("Choose where it takes place."))
    if wrong := wrong_place(platform, place):
        raise WrongInput("place", wrong)
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise WrongInput("minutes", _("A session lasts from a minute to a day."))


def _take(consultant: Consultant, starts_at: datetime, minutes: int, note: str) -> Occupancy:
    """The consultant's time. Raises SlotTaken with what is there."""
    try:
        return time.reserve(
            consultant_id=consultant.pk,
            starts_at=starts_at,
            minutes=minutes,
            kind=Occupancy.Kind.SESSION,
            listed_only=False,
            note=note[:120],
        )
    except SlotTaken as error:
        raise in_words(error, consultant, starts_at, minutes) from error


def in_words(
    error: SlotTaken, consultant: Consultant, starts_at: datetime, minutes: int, *, without: UUID | None = None
) -> SlotTaken:
    """The refusal, with what takes that time, in the consultant's own zone. ``without`` is the occupancy that was to
    move: its own time does not stand in its way."""
    there = (
        Occupancy.objects.filter(
            consultant=consultant,
            kind__in=Occupancy.EXCLUSIVE,
            starts_at__lt=starts_at + timedelta(minutes=minutes),
            ends_at__gt=starts_at,
        )
        .exclude(pk__in=[without] if without else [])
        .order_by("starts_at")
        .first()
    )
    if there is None:
        return SlotTaken(_("It is too close to what comes before or after. Choose another time."))
    when = people_range(there.core_starts_at, there.core_ends_at, consultant.timezone)
    words = {"when": when, "what": there.note}
    if there.kind == Occupancy.Kind.HOLD:
        return SlotTaken(_("A client is booking this time just now: %(when)s. Choose another, or try soon.") % words)
    if there.kind == Occupancy.Kind.BLOCK:
        return SlotTaken(_("You have blocked this time: %(when)s. Remove the block first, or choose another.") % words)
    if there.note:
        return SlotTaken(_("“%(what)s” is there already: %(when)s. Choose another time.") % words)
    return SlotTaken(_("Something is there already: %(when)s. Choose another time.") % words)


def own_session(session: Session, actor: User) -> Session:
    """A recorded session, locked, for its consultant. One that was booked is changed under its booking's terms.

    Its origin is asked before the lock is taken.
    """
    if origin.of(session).cancel_url():
        raise InvalidState(_("This session was booked. Change the booking instead."))
    return machine.locked_for(session, actor)


@transaction.atomic
def cancel(*, session: Session, actor: User, reason: str) -> Session:
    """Cancel a recorded session before its start. All that was paid goes back; a client who was told reads the reason.

    Cancelled already: nothing changes. Raises ReasonNeeded, InvalidState, TooLate, PermissionDenied.
    """
    session = own_session(session, actor)
    if session.status == Session.Status.CANCELLED:
        return session
    reason = reason.strip()
    if not reason:
        raise ReasonNeeded(_("Say why, in a sentence that the client will read."))
    now = db_now()
    machine.move(session, Session.Status.CANCELLED)
    if now >= session.starts_at:
        raise TooLate(_("It has begun, so it can't be cancelled any more. Say how it went instead."))
    refund = refundable(session)
    close_off(session, now=now, actor=actor, reason=reason, why=_("Cancelled by the consultant"), refund_paise=refund)
    audit.record(actor=actor, action="session.cancelled", subject=session, reason=reason, data={"refund_paise": refund})
    if session.client_told or refund:
        telling.client_of_recorded(
            session,
            "session_cancelled_client",
            _("Session cancelled"),
            once="cancelled",
            calendar="CANCEL",
            refund_paise=refund,
        )
    moved_on.tell(session, cancelled_words(reason))
    return session


def close_off(session: Session, *, now: datetime, actor: User | None, reason: str, why: str, refund_paise: int) -> None:
    """Save a locked session that was moved to cancelled, free its time and promise ``refund_paise`` back, once.
    ``reason`` is what people read, ``why`` what stands on the refund."""
    session.cancelled_at = now
    session.cancel_reason = reason
    session.sequence += 1
    session.save()
    if refund_paise:
        request_refund(
            payable_kind=Session.PAYABLE,
            payable_id=session.pk,
            amount_paise=refund_paise,
            reason=why,
            actor=actor,
            key=f"session-{session.pk}-closed",
        )
    if session.occupancy_id is not None:
        time.release(occupancy_id=session.occupancy_id)
    reminding.take_back(session.pk)
    past.changed(session.consultant_id, session.starts_at)


@transaction.atomic
def reschedule(*, session: Session, actor: User, starts_at: datetime) -> Session:
    """Move a recorded session to any time that is free. At that time already: nothing changes. The client may then
    cancel with everything back until it begins.

    Raises InvalidState, TooLate, PermissionDenied, availability.errors.SlotTaken with what is there in words.
    """
    session = own_session(session, actor)
    if session.starts_at == starts_at:
        return session
    now = db_now()
    if session.status != Session.Status.CONFIRMED or session.occupancy_id is None:
        raise InvalidState
    if now >= session.starts_at:
        raise TooLate(_("It has begun, so it can't be moved any more."))
    if not now < starts_at <= now + FURTHEST:
        raise TooLate(_("Choose a time that is still to come."))
    minutes = session.minutes
    try:
        time.move(occupancy_id=session.occupancy_id, starts_at=starts_at, minutes=minutes, listed_only=False)
    except SlotTaken as error:
        raise in_words(error, session.consultant, starts_at, minutes, without=session.occupancy_id) from error
    take_to(session, starts_at)
    let_leave(session)
    audit.record(actor=actor, action="session.moved", subject=session, data={"to": starts_at.isoformat()})
    if session.client_told:
        telling.client_of_recorded(
            session, "session_moved_client", _("Session moved"), once=f"moved:{session.sequence}", calendar="REQUEST"
        )
    moved_on.tell(session, moved_words(session))
    return session


def take_to(session: Session, starts_at: datetime) -> None:
    """Save a locked session at a start whose time is its own already, with its reminders."""
    session.starts_at, session.ends_at = starts_at, starts_at + timedelta(minutes=session.minutes)
    session.sequence += 1
    session.save(update_fields=["starts_at", "ends_at", "sequence", "updated_at"])
    reminding.plan(session)


def let_leave(session: Session) -> None:
    """Its consultant has changed its time: whoever can't come then gets everything back, whatever the terms say."""
    SessionTerms.objects.filter(session=session).update(least_refund_percent=100)


@transaction.atomic
def open_price(*, session: Session) -> Payment:
    """The payment of what is owed of a recorded session; the same one when asked again. Raises NothingOwed, also while
    its consultant is suspended."""
    found = machine.locked(session.pk)
    if found is None or found.client is None or not found.payable_paise:
        raise NothingOwed
    return open_payment(
        payable_kind=Session.PAYABLE,
        payable_id=found.pk,
        consultant_id=found.consultant_id,
        purpose=Payment.Purpose.FULL,
        amount_paise=found.owed_paise,
        currency=found.currency,
        payer_name=found.client.name,
        payer_email=found.client.email,
        payer_phone=found.client.phone,
        description=_("%(title)s with %(name)s") % {"title": found.title, "name": found.consultant.display_name},
    )


@transaction.atomic
def ask_for_price(*, session: Session, actor: User) -> Session:
    """Mail the client what is owed, with the link to pay. Raises NothingOwed, PermissionDenied, and
    payments.errors.AskedAlready within a day of the last time."""
    session = own_session(session, actor)
    if not session.owed_paise:
        raise NothingOwed
    _ask(session, actor)
    audit.record(actor=actor, action="session.price_asked", subject=session)
    return session


@transaction.atomic
def paid_elsewhere(*, session: Session, actor: User) -> Session:
    """The consultant says that what is owed of a recorded session was paid without us. Nobody asks for it any more, and
    money that comes all the same goes back. Said already: nothing changes.

    Raises NothingOwed, InvalidState for one that was booked, PermissionDenied.
    """
    session = own_session(session, actor)
    if session.elsewhere_paise:
        return session
    if not session.owed_paise:
        raise NothingOwed
    session.elsewhere_paise = session.owed_paise
    _say_elsewhere(session, actor, "session.paid_elsewhere", session.elsewhere_paise)
    return session


@transaction.atomic
def not_paid_elsewhere(*, session: Session, actor: User) -> Session:
    """Take back :func:`paid_elsewhere`: it is owed again, if its state has anything owed. Not said: nothing changes.

    Raises InvalidState for one that was booked, PermissionDenied.
    """
    session = own_session(session, actor)
    if session.elsewhere_paise:
        taken_back, session.elsewhere_paise = session.elsewhere_paise, 0
        _say_elsewhere(session, actor, "session.not_paid_elsewhere", taken_back)
    return session


def _say_elsewhere(session: Session, actor: User, action: str, paise: int) -> None:
    session.save(update_fields=["elsewhere_paise", "updated_at"])
    audit.record(actor=actor, action=action, subject=session, data={"paise": paise})
    say_changed(session.pk)
    moved_on.look_again(session)


def _ask(session: Session, actor: User) -> None:
    if session.owed_paise:
        asked = nudging.ask(
            kind=Session.PAYABLE,
            payable_id=session.pk,
            consultant=session.consultant,
            amount_paise=session.owed_paise,
            actor=actor,
        )
        telling.client_of_recorded(session, "balance_due", _("Payment due"), once=f"asked:{asked.pk.hex}")
