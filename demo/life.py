"""What becomes of the sessions of the demo market: who came, what was noted, written, paid afterwards.

Each session has dice of its own, so that one more session leaves the others as they were.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from bookings.errors import NothingOwed
from bookings.models import Booking
from bookings.services import balance
from demo import talk
from demo.cast import consultant_of, guests_of, main_field, read
from demo.chats import Chats
from demo.clock import at
from demo.till import Till
from sessions_app.access import Visitor
from sessions_app.models import Session
from sessions_app.rooms import is_online
from sessions_app.services import joining, lifecycle, noting, reminding, schedule

Later = Callable[[datetime, Callable[[], object]], None]
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
# Mails are read at /dev/mail/ for a while; reminders from long before would cost time for nothing.
REMINDED_SINCE = timedelta(days=3)


@dataclass
class Life:
    """``later`` puts a step into the market's plan; nothing is put after ``now``."""

    till: Till
    now: datetime
    later: Later
    count: int = 0
    chats: Chats = field(init=False)

    def __post_init__(self) -> None:
        self.chats = Chats(self.now)

    def of(self, session_id: UUID, *, role: str = "") -> None:
        """Plan what happens around a session that was just confirmed. ``role`` says what the demo's client shows:
        "lively" is a chat under way, "kept" a session that was held."""
        self.count += 1
        dice = random.Random(f"life {self.count}")  # noqa: S311 - a show, not a secret
        session = read(session_id)
        booked = max(timezone.now(), session.created_at)  # a request becomes a session when it is accepted, hours later
        if role == "lively":
            self.later(self.now - timedelta(minutes=talk.LIVELY[0][0]), partial(self.chats.lively, session_id))
        elif dice.random() < (0.7 if session.starts_at > self.now else 0.36):
            until = min(session.starts_at, self.now)
            begins = booked + (until - booked) * dice.uniform(0.05, 0.7)
            self.later(begins, partial(self.chats.before, session_id, dice, begins, until))
        if session.starts_at > self.now - REMINDED_SINCE:
            for due, reminder_id in session.reminders.filter(due_at__lt=self.now).values_list("due_at", "pk"):
                self.later(due + timedelta(seconds=20), partial(reminding.send, reminder_id))
        if session.ends_at <= self.now:
            self.later(session.ends_at, partial(self._past, session_id, dice, role))
        elif session.starts_at <= self.now:
            self.later(session.starts_at, partial(self._under_way, session_id, dice))

    # --- the session itself ------------------------------------------------------------------------

    def _past(self, session_id: UUID, dice: random.Random, role: str) -> None:
        session = read(session_id)
        if session.status != Session.Status.CONFIRMED:
            return
        reminding.drop(session_id)  # what was not sent by now is not sent late
        missed = not session.is_webinar and not role and dice.random() < 0.07
        with transaction.atomic():
            over = self._missed(session, dice) if missed else self._held(session, dice)
        with at(over + timedelta(seconds=5)):
            lifecycle.follow_up(session_id=session_id)
        if missed:
            if dice.random() < 0.7:
                self._chat_after(session, dice, over, talk.AFTER_MISSED)
            return
        for booking in Booking.objects.filter(session=session, status=Booking.Status.ACCEPTED):
            if booking.owed_paise and dice.random() < 0.85:
                self.later(over + HOUR * dice.uniform(0.5, 60), partial(self._pay_balance, booking.pk))
        if not session.is_webinar and dice.random() < 0.15:
            self._chat_after(session, dice, over, talk.AFTER)

    def _chat_after(self, session: Session, dice: random.Random, over: datetime, talks: tuple[talk.Talk, ...]) -> None:
        begins = over + MINUTE * dice.uniform(15, 1200)
        self.later(begins, partial(self.chats.say, session.pk, dice, dice.choice(talks), begins))

    def _missed(self, session: Session, dice: random.Random) -> datetime:
        """The consultant waits alone. Returns when it was marked."""
        visitor = consultant_of(session)
        marked = min(session.starts_at + MINUTE * dice.uniform(13, 22), self.now)
        if is_online(session.platform):
            self._come(visitor, session.starts_at - MINUTE * dice.uniform(1, 6), dice)
        with at(marked):
            lifecycle.mark_no_show(session=session, actor=session.consultant.user)
        if is_online(session.platform):
            self._go(visitor, marked + MINUTE)
        return marked

    def _held(self, session: Session, dice: random.Random) -> datetime:
        """Both sides come, talk and go. Returns when it was said to be over."""
        online, consultant = is_online(session.platform), consultant_of(session)
        guests = [guest for guest in guests_of(session) if not session.is_webinar or dice.random() < 0.85]
        came = session.starts_at - MINUTE * dice.uniform(1, 8)
        ended = min(session.ends_at + MINUTE * dice.uniform(-4, 7), self.now)
        if online:
            self._come(consultant, came, dice)
            for guest in guests:
                self._come(guest, session.starts_at + MINUTE * dice.uniform(-7, 4), dice)
        if not online or session.is_webinar or dice.random() < 0.6:
            with at(max(came + MINUTE, session.starts_at - MINUTE)):
                lifecycle.start(session=session, actor=session.consultant.user)
        else:
            with at(session.starts_at + MINUTE * dice.randint(0, 1)):
                schedule.begin_one(session.pk)
        if online:
            for visitor in [*guests, consultant]:
                self._go(visitor, ended - timedelta(seconds=dice.randint(0, 50)))
        self._note(session, dice, ended)
        by_itself = session.ends_at + MINUTE * dice.randint(15, 16)
        if online and guests and by_itself < self.now and dice.random() < 0.3:
            with at(by_itself):
                schedule.end_one(session.pk)
            return by_itself
        summary = dice.choice(talk.SUMMARIES) if dice.random() < 0.5 and not session.is_webinar else ""
        with at(ended):
            lifecycle.complete(session=session, actor=session.consultant.user, summary=summary)
        return ended

    def _under_way(self, session_id: UUID, dice: random.Random) -> None:
        """It has begun and will end after the market is open."""
        session = read(session_id)
        if session.status != Session.Status.CONFIRMED or not is_online(session.platform):
            return
        with transaction.atomic():
            for visitor in [consultant_of(session), *guests_of(session)]:
                self._come(visitor, session.starts_at - MINUTE * dice.uniform(1, 6), dice)
            with at(session.starts_at):
                lifecycle.start(session=session, actor=session.consultant.user)

    def _come(self, visitor: Visitor, moment: datetime, dice: random.Random) -> None:
        with at(moment):
            joining.enter(visitor=visitor)
        with at(min(moment + timedelta(seconds=dice.randint(8, 55)), self.now)):
            joining.join(visitor=visitor)

    def _go(self, visitor: Visitor, moment: datetime) -> None:
        with at(min(moment, self.now)):
            joining.leave(visitor=visitor)

    def _note(self, session: Session, dice: random.Random, moment: datetime) -> None:
        if session.is_webinar or dice.random() > 0.4:
            return
        shared, private = dice.choice(talk.NOTES[main_field(session.consultant)])
        with at(moment):
            noting.save_notes(
                session=session, private=private, shared=shared if dice.random() < 0.75 else "", version=0
            )

    def _pay_balance(self, booking_id: UUID) -> None:
        booking = Booking.objects.select_related("client").get(pk=booking_id)
        try:
            payment = balance.open_balance(booking=booking)
        except NothingOwed:
            return
        self.till.pay(payment.pk, email=booking.client.email, contact=booking.contact_phone)
