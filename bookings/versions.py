"""Whether a consultant's open pages still show what is so."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Count, Max, UUIDField

from bookings.models import Booking
from consultants.models import Consultant
from naksha.kept import KeptTuples, Param, added_up
from naksha.together import Question
from sessions_app.models import Session

FRESH_MINUTES = 5  # what the clock alone changes ("in an hour", what is past) is drawn again this often


def _last_change(model: Any) -> KeptTuples:
    def build() -> Any:
        mine = model.objects.filter(consultant=Param("consultant", UUIDField()))
        return added_up(mine, last=Max("updated_at"), n=Count("pk"))

    return KeptTuples(build)


_BOOKINGS, _SESSIONS = _last_change(Booking), _last_change(Session)


def questions(consultant: Consultant) -> list[Question]:
    """What :func:`facts_of` asks, to be asked together with other things."""
    return [partial(kept.one, consultant=consultant.pk) for kept in (_BOOKINGS, _SESSIONS)]


def facts_of(consultant: Consultant, now: datetime) -> list[object]:
    """What changes whenever a booking or a session of ``consultant`` does. Two cheap queries, whatever is booked."""
    bookings, sessions = _BOOKINGS.one(consultant=consultant.pk), _SESSIONS.one(consultant=consultant.pk)
    return [consultant.updated_at, bookings, sessions, int(now.timestamp()) // (FRESH_MINUTES * 60)]
