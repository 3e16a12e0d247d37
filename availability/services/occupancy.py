"""Every change of a consultant's time: taken, moved, given back.

The rule of locks: each function takes the consultant's lock before it reads or writes that consultant's rows, so
that rivals queue and never deadlock on the guard. Whoever holds row locks of their own (a booking, a payment) takes
those first. One transaction touches one consultant; if it must touch two, in the order of their keys.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from availability import engine, slots, statements
from availability.engine import Rules
from availability.errors import DayFull, NotBookable, SlotTaken
from availability.models import Occupancy
from naksha.db import db_now, lock_consultant
from naksha.times import people_range

CALENDAR = "calendar"  # what open pages hear when time was blocked or hours were changed
GUARD = "occupancy_no_overlap"  # the constraint, and what the triggers raise
LONGEST_MINUTES = 1440
LONGEST_BLOCK = timedelta(days=366)
KEPT_LAPSED = timedelta(days=7)  # a late payment may still take such a time again
SWEPT = 1000  # rows in one go
FIRST = datetime.fromordinal(engine.FIRST_DAY + 1).replace(tzinfo=UTC)
LAST = datetime.fromordinal(engine.LAST_DAY).replace(tzinfo=UTC)


def reserve(
    *,
    consultant_id: uuid.UUID,
    starts_at: datetime,
    minutes: int,
    kind: str,
    expires_at: datetime | None = None,
    listed_only: bool = True,
    note: str = "",
    savepoint: bool = True,
) -> Occupancy:
    """Take a consultant's time from ``starts_at`` for ``minutes``, and the pauses that the terms ask for around it.

    ``kind`` is hold (with ``expires_at``) or session. With ``listed_only`` any start that the engine does not list is
    refused; without, only what overlaps (a session that the consultant lays outside the hours). Raises SlotTaken or
    NotBookable, and then nothing has changed; without ``savepoint``, the caller's transaction is to be undone then.
    """
    if kind not in Occupancy.COUNTED or (kind == Occupancy.Kind.HOLD) != (expires_at is not None):
        raise ValueError("A hold has an expiry; a session has none; a block has its own function.")
    _check(starts_at, minutes)
    with transaction.atomic(savepoint=savepoint), _guard():
        lock_consultant(consultant_id)
        now = db_now()
        statements.lapse_holds(consultant_id, now, without=None)
        rules = _rules(consultant_id, starts_at)
        if listed_only:
            _refuse_unlisted(consultant_id, rules, starts_at, minutes, now)
        return Occupancy.objects.create(
            consultant_id=consultant_id,
            kind=kind,
            expires_at=expires_at,
            note=note[:120],
            **_range(rules, starts_at, minutes),
        )


def settle(*, occupancy_id: uuid.UUID, expires_at: datetime | None = None) -> Occupancy:
    """Make a hold a session; with ``expires_at``, keep it a hold until then.

    A hold that lapsed is taken again if nobody else has the time. A session stays as it is. Raises SlotTaken where
    the row was released or the time is another's.
    """
    with transaction.atomic(), _guard():
        occupancy = _locked(occupancy_id)
        if occupancy.kind not in (Occupancy.Kind.HOLD, Occupancy.Kind.LAPSED):
            return occupancy
        statements.lapse_holds(occupancy.consultant_id, db_now(), without=occupancy.pk)
        occupancy.kind = Occupancy.Kind.SESSION if expires_at is None else Occupancy.Kind.HOLD
        occupancy.expires_at = expires_at
        occupancy.save(update_fields=["kind", "expires_at", "updated_at"])
        return occupancy


def move(*, occupancy_id: uuid.UUID, starts_at: datetime, minutes: int, listed_only: bool = True) -> Occupancy:
    """Take another time in place of the one that the row has, which stays taken if this is refused.

    The row's own time does not stand in its way. Raises SlotTaken (also where the row is gone) or NotBookable.
    """
    _check(starts_at, minutes)
    with transaction.atomic(), _guard():
        occupancy = _locked(occupancy_id)
        if occupancy.kind not in Occupancy.COUNTED:
            raise SlotTaken
        now = db_now()
        statements.lapse_holds(occupancy.consultant_id, now, without=occupancy.pk)
        rules = _rules(occupancy.consultant_id, starts_at)
        if listed_only:
            _refuse_unlisted(occupancy.consultant_id, rules, starts_at, minutes, now, without=occupancy.pk)
        for name, value in _range(rules, starts_at, minutes).items():
            setattr(occupancy, name, value)
        occupancy.save(update_fields=["starts_at", "ends_at", "core_starts_at", "core_ends_at", "updated_at"])
        return occupancy


def release(*, occupancy_id: uuid.UUID) -> bool:
    """Give the time back; False if it was given back before. Rows that point at it point at nothing afterwards:
    an instance that the caller holds must let go of it too (``booking.occupancy = None``)."""
    with transaction.atomic():
        try:
            occupancy = _locked(occupancy_id)
        except SlotTaken:
            return False
        occupancy.delete()
        return True


def block(*, consultant_id: uuid.UUID, starts_at: datetime, ends_at: datetime, note: str = "") -> Occupancy:
    """Keep a stretch of time free of bookings, without pauses. Raises SlotTaken, saying what is in the way, where
    anything is taken; NotBookable where the times make no sense."""
    with transaction.atomic(), _guard():
        lock_consultant(consultant_id)
        _check_block(consultant_id, starts_at, ends_at)
        return Occupancy.objects.create(
            consultant_id=consultant_id,
            kind=Occupancy.Kind.BLOCK,
            note=note[:120],
            **_without_pauses(starts_at, ends_at),
        )


def change_block(
    *, consultant_id: uuid.UUID, occupancy_id: uuid.UUID, starts_at: datetime, ends_at: datetime, note: str
) -> Occupancy:
    """Give a block of this consultant's other times and another note; its own time does not stand in its way.

    Raises Occupancy.DoesNotExist where it is gone, and what :func:`block` refuses with; it stays as it was then.
    """
    with transaction.atomic(), _guard():
        lock_consultant(consultant_id)
        found = Occupancy.objects.get(consultant_id=consultant_id, kind=Occupancy.Kind.BLOCK, pk=occupancy_id)
        if (starts_at, ends_at) != (found.starts_at, found.ends_at):
            _check_block(consultant_id, starts_at, ends_at, without=found.pk)
        for name, value in _without_pauses(starts_at, ends_at).items():
            setattr(found, name, value)
        found.note = note[:120]
        found.save(update_fields=["starts_at", "ends_at", "core_starts_at", "core_ends_at", "note", "updated_at"])
        return found


def _check_block(
    consultant_id: uuid.UUID, starts_at: datetime, ends_at: datetime, *, without: uuid.UUID | None = None
) -> None:
    """Raise what :func:`block` refuses with. Under the consultant's lock."""
    if not FIRST <= starts_at < ends_at <= LAST:
        raise NotBookable(_("A block ends after it begins."))
    if ends_at - starts_at > LONGEST_BLOCK:
        raise NotBookable(_("A block lasts a year at most."))
    now = db_now()
    if ends_at <= now:
        raise NotBookable(_("That time is over already."))
    statements.lapse_holds(consultant_id, now, without=None)
    in_the_way = (
        Occupancy.objects.filter(
            consultant_id=consultant_id,
            kind__in=Occupancy.EXCLUSIVE,
            ends_at__gt=starts_at,
            starts_at__lt=ends_at,
        )
        .exclude(pk__in=[without] if without else [])
        .select_related("consultant")
        .order_by("starts_at")
        .first()
    )
    if in_the_way is not None:
        raise SlotTaken(_conflict(in_the_way))


def _without_pauses(starts_at: datetime, ends_at: datetime) -> dict[str, datetime]:
    return {"starts_at": starts_at, "ends_at": ends_at, "core_starts_at": starts_at, "core_ends_at": ends_at}


def unblock(*, consultant_id: uuid.UUID, occupancy_id: uuid.UUID) -> bool:
    """Take a block of this consultant away; False if there is none such."""
    with transaction.atomic():
        lock_consultant(consultant_id)
        blocks = Occupancy.objects.filter(consultant_id=consultant_id, kind=Occupancy.Kind.BLOCK, pk=occupancy_id)
        return bool(blocks.delete()[0])


def sweep_expired() -> int:
    """Mark every lapsed hold as lapsed, and forget those of last week; how many were marked.

    It skips rows that somebody is at, so it waits for nobody.
    """
    with transaction.atomic():
        now = db_now()
        due = Occupancy.objects.filter(kind=Occupancy.Kind.HOLD, expires_at__lte=now)
        ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:SWEPT])
        marked = Occupancy.objects.filter(pk__in=ids).update(kind=Occupancy.Kind.LAPSED, updated_at=now)
    with transaction.atomic():
        old = Occupancy.objects.filter(kind=Occupancy.Kind.LAPSED, updated_at__lt=now - KEPT_LAPSED)
        ids = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:SWEPT])
        Occupancy.objects.filter(pk__in=ids).delete()
    return marked


def _check(starts_at: datetime, minutes: int) -> None:
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise ValueError("A meeting lasts from a minute to a day.")
    if not FIRST <= starts_at <= LAST:
        raise NotBookable


def _locked(occupancy_id: uuid.UUID) -> Occupancy:
    """The row, read again under its consultant's lock."""
    consultant_id = Occupancy.objects.filter(pk=occupancy_id).values_list("consultant_id", flat=True).first()
    if consultant_id is None:
        raise SlotTaken
    lock_consultant(consultant_id)
    occupancy = Occupancy.objects.select_for_update().filter(pk=occupancy_id).first()
    if occupancy is None:
        raise SlotTaken
    return occupancy


def _rules(consultant_id: uuid.UUID, starts_at: datetime) -> Rules:
    """The rules around a start: its local date is at most a day off the one in UTC."""
    day = starts_at.astimezone(UTC).date()
    found = slots.rules_of([consultant_id], day - timedelta(days=1), day + timedelta(days=1))
    if consultant_id not in found:
        raise NotBookable
    return found[consultant_id]


def _refuse_unlisted(
    consultant_id: uuid.UUID,
    rules: Rules,
    starts_at: datetime,
    minutes: int,
    now: datetime,
    without: uuid.UUID | None = None,
) -> None:
    start = starts_at.timestamp()
    day = date.fromordinal(engine.local_ordinal(rules.zone, start))

    def listed(taken: slots.Taken) -> bool:
        return start in engine.free_starts(
            rules,
            minutes=minutes,
            busy=taken.busy,
            taken_by_day=taken.by_day,
            now=now.timestamp(),
            first=day,
            last=day,
        )

    taken = slots.taken_of({consultant_id: rules}, day, day, minutes=minutes, now=now, without=without)
    found = taken[consultant_id]
    if listed(found):
        return
    if not listed(slots.Taken()):
        raise NotBookable
    raise DayFull if listed(slots.Taken(busy=found.busy)) else SlotTaken


def _range(rules: Rules, starts_at: datetime, minutes: int) -> dict[str, datetime]:
    ends_at = starts_at + timedelta(minutes=minutes)
    return {
        "core_starts_at": starts_at,
        "core_ends_at": ends_at,
        "starts_at": starts_at - timedelta(minutes=rules.before),
        "ends_at": ends_at + timedelta(minutes=rules.after),
    }


def _conflict(occupancy: Occupancy) -> str:
    """What is in the way, in the consultant's own zone."""
    words = {"when": people_range(occupancy.starts_at, occupancy.ends_at, occupancy.consultant.timezone)}
    if occupancy.kind == Occupancy.Kind.BLOCK:
        return _("You have blocked this already: %(when)s. Remove that block first, or choose other times.") % words
    if occupancy.kind == Occupancy.Kind.HOLD:
        return _("A client is booking this time just now: %(when)s. Choose other times, or try again soon.") % words
    if (occupancy.starts_at, occupancy.ends_at) != (occupancy.core_starts_at, occupancy.core_ends_at):
        return (
            _("You have a session then, with its pause: %(when)s. Move or cancel it first, or choose other times.")
            % words
        )
    return _("You have a session then: %(when)s. Move or cancel it first, or choose other times.") % words


@contextmanager
def _guard() -> Iterator[None]:
    """The database's own refusal of an overlap, as SlotTaken."""
    try:
        yield
    except IntegrityError as error:
        if GUARD not in str(error):
            raise
        raise SlotTaken from error
