"""The money behind the sessions of bookings (sessions_app.origin.Books).

Of a session's bookings those that stand count; where none does, those that were cancelled. A webinar has as many as
seats, of which a client sees their own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum, UUIDField, When
from django.db.models.expressions import RawSQL
from django.db.models.lookups import GreaterThan

from accounts.models import User
from bookings.invoicing import KIND
from bookings.models import Booking
from consultants.models import Consultant
from naksha.kept import KeptIds, KeptValues, Param, some
from payments.models import Payment
from sessions_app.models import Session
from sessions_app.money import Money, asks_for_tries, left_of, status_of

S = Booking.Status


def _counted(user: User | None) -> QuerySet[Booking]:
    rows = Booking.objects.filter(status__in=[S.ACCEPTED, S.CANCELLED]).order_by()
    return rows if user is None else rows.filter(client__user=user)


def _failed() -> Q:
    """Nothing has come in, and the last try came to nothing."""
    tries = Payment.objects.filter(payable_kind=KIND, payable_id=OuterRef("pk"), status=Payment.Status.FAILED)
    return Q(Exists(tries), paid_paise=0, total_paise__gt=0)


def _summed(rows: QuerySet[Booking]) -> QuerySet[Booking, tuple[UUID, str, str, int, int, int]]:
    """For each session, status and currency what was asked for, has come in, and has gone back."""
    sums = {"total": Sum("total_paise"), "paid": Sum("paid_paise"), "refunded": Sum("refunded_paise")}
    return rows.values_list("session_id", "status", "currency").annotate(**sums)


# Asked for with each page of a consultant's sessions.
_SUMS = KeptValues(lambda size: _summed(_counted(None).filter(session__pk__in=some("session", UUIDField(), size))))


class BookingBooks:
    def money_of(self, sessions: Sequence[Session], *, user: User | None) -> dict[UUID, Money]:
        by_id = {session.id: session for session in sessions}
        if not by_id:
            return {}
        if user is None and len(by_id) <= KeptValues.MOST:
            sums = _SUMS.all("session", list(by_id))
        else:
            sums = list(_summed(_counted(user).filter(session__in=by_id)))
        unpaid = [pk for pk, _status, _currency, total, paid, _refunded in sums if total and not paid]
        failed: set[tuple[UUID | None, str]] = set()
        if unpaid:
            tries = _counted(user).filter(_failed(), session__in=unpaid)
            failed = set(tries.values_list("session_id", "status"))
        found: dict[UUID, Money] = {}
        for pk, status, currency, total, paid, refunded in sorted(sums, key=itemgetter(1), reverse=True):
            session, owed = by_id[pk], max(0, total - paid)
            asked = status == S.ACCEPTED and session.status not in Session.UNASKED and session.consultant.is_approved
            found[pk] = Money(  # accepted comes last and stays
                total_paise=total,
                paid_paise=paid,
                refunded_paise=refunded,
                owed_paise=owed if asked else 0,
                currency=currency,
                failed=bool(failed) and (pk, status) in failed,
            )
        return found

    def with_status(self, wanted: Collection[str], *, consultant: Consultant | None, user: User | None) -> RawSQL:
        kept = _with_status(tuple(sorted(set(wanted))), consultant is not None, user is not None)
        return kept.of(consultant=consultant and consultant.pk, user=user and user.pk)

    def is_theirs(self, *, user: User | None) -> Exists:
        return Exists(_counted(user).filter(session=OuterRef("pk")))

    def total(self) -> Any:
        by_status = _counted(None).filter(session=OuterRef("pk")).values("status")
        # "accepted" sorts before "cancelled".
        return Subquery(by_status.annotate(s=Sum("total_paise")).order_by("status").values("s")[:1])

    def called(self, reference: str) -> QuerySet[Any, Any]:
        return Booking.objects.filter(reference=reference, session__isnull=False).values("session_id")

    def named(self, word: str, *, consultant: Consultant) -> QuerySet[Any, Any]:
        rows = Booking.objects.filter(consultant=consultant, session__isnull=False, contact_name__icontains=word)
        return rows.exclude(contact_name="").values("session_id")

    def refundable(self, sessions: Sequence[Session]) -> dict[UUID, int]:
        standing = Booking.objects.filter(session__in=[session.pk for session in sessions], status=S.ACCEPTED)
        session_of: dict[UUID, UUID] = dict(standing.order_by().values_list("pk", "session_id"))
        found: dict[UUID, int] = {}
        for booking_id, paise in left_of(KIND, session_of).items():
            found[session_of[booking_id]] = found.get(session_of[booking_id], 0) + paise
        return found


@cache
def _with_status(wanted: tuple[str, ...], of_consultant: bool, of_user: bool) -> KeptIds:
    return KeptIds(lambda: _sums(wanted, of_consultant, of_user))


def _sums(wanted: tuple[str, ...], of_consultant: bool, of_user: bool) -> QuerySet[Any, Any]:
    """The sessions whose bookings add up to one of ``wanted``."""
    rows = _counted(None).filter(session__isnull=False)
    if of_consultant:
        rows = rows.filter(consultant=Param("consultant", UUIDField()))
    if of_user:
        rows = rows.filter(client__user=Param("user", UUIDField()))
    rows_of: QuerySet[Any, Any] = rows.values("session_id")
    failed = None
    if asks_for_tries(wanted):
        rows_of = rows_of.annotate(tried=_of_those_that_count(Count, "pk", _failed()))
        failed = Q(tried__gt=0)
    sums = {f"deal_{name}": _of_those_that_count(Sum, f"{name}_paise") for name in ("total", "paid", "refunded")}
    told = rows_of.annotate(**sums).annotate(deal_status=status_of(failed))
    return told.filter(deal_status__in=wanted).values("session_id")


def _of_those_that_count(sum_up: type[Sum] | type[Count], field: str, which: Q | None = None) -> Case:
    """An aggregate of a session's bookings: of those that stand, or where none does, of those that were cancelled."""
    stands, cancelled = Q(status=S.ACCEPTED), Q(status=S.CANCELLED)
    narrow = Q() if which is None else which
    return Case(
        When(GreaterThan(Count("pk", filter=stands), 0), then=sum_up(field, filter=stands & narrow)),
        default=sum_up(field, filter=cancelled & narrow),
    )
