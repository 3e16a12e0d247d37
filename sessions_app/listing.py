"""Which sessions a list, an export, or an act on all that fit is about. The pages and the API both ask here, so that
what one finds the other finds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from clients.models import Client
from consultants.models import Consultant
from naksha.web.zone import zone as zone_of
from sessions_app import origin
from sessions_app.models import Seat, Session
from sessions_app.money import with_payment_status

S = Session.Status
LONGEST_SEARCH = 100
MOST_WORDS = 8
TOO_LONG = _("Search for at most 100 characters.")
_REFERENCE = re.compile(r"N[A-Z]-[0-9A-Z]{8}")
AHEAD = Q(status__in=(S.PENDING, S.CONFIRMED, S.IN_PROGRESS))
# Where a session stands; each is in one of these.
GROUPS: dict[str, Q] = {
    "coming": AHEAD & Q(asked_at__isnull=True),
    "asked": AHEAD & Q(asked_at__isnull=False),
    "held": Q(status=S.COMPLETED),
    "missed": Q(status=S.NO_SHOW),
    "cancelled": Q(status=S.CANCELLED),
}


@dataclass(frozen=True, slots=True)
class Criteria:
    """What somebody looks for; what is empty doesn't matter. A session fits that starts from ``first`` on and before
    ``until``. Without ``statuses`` those that were given up while they were paid for are left out."""

    group: str = ""
    statuses: tuple[str, ...] = ()
    payment: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    services: tuple[UUID, ...] = ()
    client: UUID | None = None
    first: datetime | None = None
    until: datetime | None = None
    words: str = ""


def matching(
    rows: QuerySet[Session], criteria: Criteria, *, consultant: Consultant | None, user: User | None = None
) -> QuerySet[Session]:
    """Those of ``rows`` that fit. They are ``consultant``'s, or with None those of the client with the login ``user``,
    whose own money is looked at then."""
    if criteria.group:
        rows = rows.filter(GROUPS[criteria.group])
    rows = rows.filter(status__in=criteria.statuses) if criteria.statuses else rows.exclude(status=S.ABANDONED)
    for field, values in (("kind", criteria.kinds), ("platform", criteria.platforms), ("service", criteria.services)):
        if values:
            rows = rows.filter(**{f"{field}__in": values})
    if criteria.client is not None:
        seats = Seat.objects.filter(client=criteria.client).values("session_id")
        rows = rows.filter(Q(client=criteria.client) | Q(pk__in=seats))
    if criteria.first is not None:
        rows = rows.filter(starts_at__gte=criteria.first)
    if criteria.until is not None:
        rows = rows.filter(starts_at__lt=criteria.until)
    for word in criteria.words.split()[:MOST_WORDS]:
        rows = rows.filter(_has(word, consultant))
    if criteria.payment:
        rows = with_payment_status(rows, criteria.payment, consultant=consultant, user=user)
    return rows


def _has(word: str, consultant: Consultant | None) -> Q:
    """Whether ``word`` is in the title, is the reference, or is in the name (for a consultant: or the mail address) of
    the other side; for a consultant also in the name that was typed with a booking."""
    has = Q(title__icontains=word)
    if consultant is None:
        has |= Q(consultant__display_name__icontains=word)
    else:
        # The clients first and by themselves: there are fewer of them than sessions, and each is read once.
        named = Client.objects.filter(Q(name__icontains=word) | Q(email__icontains=word), consultant=consultant)
        has |= Q(client__in=named.values("pk"))
        for books in origin.books():
            has |= Q(pk__in=books.named(word, consultant=consultant))
    if _REFERENCE.fullmatch(called := word.upper()):
        has |= Q(reference=called)
        for books in origin.books():
            has |= Q(pk__in=books.called(called))
    return has


def midnight(day: date, zone: str, *, after: bool = False) -> datetime:
    """A date's first moment in ``zone``; ``after``: the first of the next. Raises ValueError for a year that nobody
    means."""
    if not 1900 < day.year < 9000:
        raise ValueError("a year that nobody means")
    return datetime.combine(day + timedelta(days=after), time.min, tzinfo=zone_of(zone))
