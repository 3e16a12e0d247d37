"""The day as a route: what was, where we are, what comes, and the free stretches between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from django.db.models import DateTimeField, QuerySet, UUIDField

from bookings.models import Booking
from consultants.models import Consultant
from naksha.kept import Kept, KeptMany, Param, some
from naksha.together import Question
from naksha.web.zone import zone as zone_of
from sessions_app import rooms
from sessions_app.models import Session

SHOWN_GAP = timedelta(hours=1)
ON_THE_DAY = [
    Session.Status.CONFIRMED,
    Session.Status.IN_PROGRESS,
    Session.Status.COMPLETED,
    Session.Status.NO_SHOW,
]
AHEAD = [Session.Status.CONFIRMED, Session.Status.IN_PROGRESS]


@dataclass(frozen=True)
class Stop:
    """A session with the booking that made it (None for a webinar, or one that was laid by hand)."""

    session: Session
    booking: Booking | None
    is_over: bool
    is_next: bool

    @property
    def who(self) -> str:
        if self.booking and self.booking.contact_name:
            return self.booking.contact_name
        return self.session.client.name if self.session.client else self.session.title

    @property
    def minutes(self) -> int:
        return int((self.session.ends_at - self.session.starts_at).total_seconds() // 60)

    @property
    def first_answer(self) -> str:
        """What the client wrote first, as it may stand on the card of the next session."""
        answers = self.booking.answers if self.booking else []
        return next((str(entry["answer"]) for entry in answers if str(entry.get("answer", "")).strip()), "")

    @property
    def room_url(self) -> str:
        """The session's own page, where one joins."""
        return rooms.room_path(self.session.pk)

    @property
    def is_online(self) -> bool:
        return rooms.is_online(self.session.platform)


@dataclass(frozen=True)
class Gap:
    """Free time between two sessions."""

    minutes: int


@dataclass(frozen=True)
class Now:
    at: datetime


def _sessions() -> QuerySet[Session]:
    mine = Session.objects.filter(consultant=Param("consultant", UUIDField()))
    return mine.select_related("client", "service").order_by("starts_at")


_OF_THE_DAY = Kept(
    lambda: _sessions().filter(
        starts_at__gte=Param("first", DateTimeField()),
        starts_at__lt=Param("last", DateTimeField()),
        status__in=ON_THE_DAY,
    )
)
_COMING = Kept(lambda: _sessions().filter(status__in=AHEAD, ends_at__gt=Param("now", DateTimeField())))
_BOOKINGS = KeptMany(
    lambda size: Booking.objects.filter(
        session__pk__in=some("session", UUIDField(), size), status=Booking.Status.ACCEPTED
    )
)


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """A local day as instants; one with a clock change has 23 or 25 hours."""
    there = zone_of(zone)
    return datetime.combine(day, time.min, there), datetime.combine(day + timedelta(days=1), time.min, there)


def questions(consultant: Consultant, now: datetime) -> list[Question]:
    """What :func:`stops_of` asks first, to be asked together with other things."""
    first, last = day_bounds(now.astimezone(zone_of(consultant.timezone)).date(), consultant.timezone)
    return [
        partial(_OF_THE_DAY.all, consultant=consultant.pk, first=first, last=last),
        partial(_COMING.part, 0, 1, consultant=consultant.pk, now=now),
    ]


def stops_of(consultant: Consultant, now: datetime) -> tuple[list[Stop], Stop | None]:
    """Today's sessions, and the next one on whatever day. Three queries."""
    today = now.astimezone(zone_of(consultant.timezone)).date()
    first, last = day_bounds(today, consultant.timezone)
    of_today = _OF_THE_DAY.all(consultant=consultant.pk, first=first, last=last)
    coming = next(iter(_COMING.part(0, 1, consultant=consultant.pk, now=now)), None)
    shown = [*of_today, *([coming] if coming and coming not in of_today else [])]
    booked = {session.pk: session for session in shown if session.client_id}
    bookings = {}
    for booking in _BOOKINGS.all("session", list(booked)):
        if booking.session_id is not None:
            booking.session = booked[booking.session_id]
            bookings[booking.session_id] = booking
    stops = {
        session.pk: Stop(
            session=session,
            booking=bookings.get(session.pk),
            is_over=session.ends_at <= now or session.status not in AHEAD,
            is_next=coming is not None and session.pk == coming.pk,
        )
        for session in shown
    }
    return [stops[session.pk] for session in of_today], stops[coming.pk] if coming else None


def route(stops: list[Stop], now: datetime) -> list[Stop | Gap | Now]:
    """The stops with the gaps between them, and now where it falls between two."""
    told: list[Stop | Gap | Now] = []
    placed = False
    for before, stop in zip([None, *stops], stops, strict=False):
        free = stop.session.starts_at - before.session.ends_at if before else timedelta()
        if free >= SHOWN_GAP:
            told.append(Gap(int(free.total_seconds() // 60)))
        if not placed and now < stop.session.starts_at:
            told.append(Now(now))
            placed = True
        placed = placed or now < stop.session.ends_at  # it is under way: the stop itself says so
        told.append(stop)
    if stops and not placed:
        told.append(Now(now))
    return told
