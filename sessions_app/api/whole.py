"""All of a consultant's sessions, the last on top, page by page: what an app opens with.

The rows, their number and what failed to be paid come in one kept question, and as tuples: making a session's object
costs several times what finding its row does. What a row is in JSON is kept in the process by all that it is worded
from, so it is never of another row, and never of this one before it changed.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, Count, IntegerField, QuerySet, Subquery, UUIDField, Value, When
from rest_framework.renderers import JSONRenderer

from consultants.models import Consultant
from naksha.api.paging import Asked
from naksha.kept import KeptTuples, Param, added_up
from sessions_app.api.serializers import row_of
from sessions_app.models import Session
from sessions_app.money import Money, has_failed_try, money_of

KEPT_ROWS = 1000


class ListedClient(NamedTuple):
    id: UUID
    name: str
    email: str
    phone: str


class Host(NamedTuple):
    """What a row tells of its consultant."""

    id: str
    display_name: str
    slug: str
    timezone: str


class _Columns(NamedTuple):
    consultant: Consultant | Host
    id: UUID
    kind: str
    status: str
    title: str
    starts_at: datetime
    ends_at: datetime
    platform: str
    place: str
    capacity: int
    seats_taken: int
    reference: str | None
    total_paise: int
    paid_paise: int
    refunded_paise: int
    elsewhere_paise: int
    currency: str
    created_at: datetime
    updated_at: datetime
    client_id: UUID | None
    client__name: str
    client__email: str
    client__phone: str


class Listed(_Columns):
    """A session's row under the names that a session has for it; the session's own rules read it."""

    __slots__ = ()
    Status = Session.Status
    UNASKED = Session.UNASKED
    minutes = Session.minutes
    balance_paise = Session.balance_paise
    owed_paise = Session.owed_paise
    payable_paise = Session.payable_paise

    @property
    def client(self) -> ListedClient | None:
        if self.client_id is None:
            return None
        return ListedClient(self.client_id, self.client__name, self.client__email, self.client__phone)


OURS = Param("consultant", UUIDField())


def whole(of: Any = OURS) -> QuerySet[Session]:
    """The rows of a consultant, in their order."""
    rows = Session.objects.filter(consultant=of).exclude(status=Session.Status.ABANDONED)
    return rows.order_by("-starts_at", "-pk")


def _number(of: Any) -> Any:
    """All of them less those that were given up, which are few and have an index of their own: an index whose rows need
    not be looked into is counted in half the time."""
    rows = Session.objects.filter(consultant=of)
    return _counted(rows) - _counted(rows.filter(status=Session.Status.ABANDONED))


def _counted(rows: QuerySet[Session]) -> Subquery:
    return Subquery(added_up(rows, number=Count("*")), output_field=IntegerField())


def page(of: Any = OURS) -> QuerySet[Session, Any]:
    """The same with their number, whether somebody tried in vain to pay for each, and what is :class:`Listed`."""
    failed = Case(
        When(reference__isnull=False, total_paise__gt=0, paid_paise=0, then=has_failed_try()),
        default=Value(value=False),
    )
    rows = whole(of).annotate(number=_number(of), failed=failed)
    return rows.values_list("number", "failed", *Listed._fields[1:])


_PAGE = KeptTuples(page)
_NUMBER = KeptTuples(lambda: added_up(whole(), number=Count("*")))


def page_of(consultant: Consultant, wanted: Asked) -> tuple[list[bytes], dict[str, Any]]:
    """The rows of the page in JSON, and the ``pagination`` beside them. Two queries at most, whatever the length."""
    found = _PAGE.part(wanted.first, wanted.size, consultant=consultant.pk)
    if not found:
        ((number,),) = _NUMBER.all(consultant=consultant.pk)
        return [], wanted.pagination(number)
    listed: list[Any] = [Listed._make((consultant, *row[2:])) for row in found]
    money = money_of(listed, user=None, failed={row[2] for row in found if row[1]})
    host = Host(str(consultant.id), consultant.display_name, consultant.slug, consultant.timezone)
    return [_worded(row[2:], host, money[row[2]]) for row in found], wanted.pagination(found[0][0])


@lru_cache(maxsize=KEPT_ROWS)
def _worded(facts: tuple[Any, ...], host: Host, money: Money) -> bytes:
    row: Any = Listed._make((host, *facts))
    worded: bytes = JSONRenderer().render(row_of(row, money, for_consultant=True))
    return worded
