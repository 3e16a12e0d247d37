"""What clients have had and brought: sessions held and to come, and money; for many clients in few queries.

A session is a client's by being one to one with them, or by a seat of a webinar that they have taken.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum, TextChoices, UUIDField
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from bookings.invoicing import KIND as BOOKING
from bookings.models import Booking
from clients.models import Client
from clients.models.client import ClientQuerySet
from consultants.models import Consultant
from dashboard.figures.period import LOST_AFTER
from payments.models import Payment
from quotations.models import Quotation
from sessions_app.models import Seat, Session

S = Session.Status
AHEAD = (S.PENDING, S.CONFIRMED, S.IN_PROGRESS)
ACTIVE_FOR = timedelta(days=90)
NEW_FOR = timedelta(days=30)


class Activity(TextChoices):
    """How things stand with a client: one word for each, and for each one word.

    * active: a session is to come, or one was held within the last 90 days;
    * new: none was ever held, and they became a client within the last 30 days;
    * lost: none was held within a year, nor did they become a client within it (who came back by an old session that
      was written down later counts by the session);
    * quiet: everybody else.

    The contract names the filter (``activity``); the bounds are ours: the recency of RFM, cut at a quarter and a year.
    :func:`activity_of` and :func:`with_activity` say the same, one for what is shown and one for what is searched.
    """

    ACTIVE = "active", _("Active")
    NEW = "new", _("New")
    QUIET = "quiet", _("Quiet")
    LOST = "lost", _("Lost")

    @property
    def tone(self) -> str:
        """Of its badge."""
        return {"active": "good", "new": "calm", "quiet": "wait"}.get(self.value, "")


@dataclass(frozen=True)
class Figures:
    """``last`` is the start of the last session that was held, ``next`` of the first to come; ``value_paise`` is what
    was captured less what was given back or promised back."""

    held: int = 0
    last: datetime | None = None
    next: datetime | None = None
    value_paise: int = 0


NOTHING = Figures()


def times_of(consultant: Consultant, clients: Collection[UUID] | None, now: datetime) -> dict[UUID, Figures]:
    """Sessions of ``clients`` (None: of all). Two queries. Who had none is left out."""
    own = Session.objects.filter(consultant=consultant, client__isnull=False)
    seats = Seat.objects.filter(session__consultant=consultant, status=Seat.Status.TAKEN)
    if clients is not None:
        own, seats = own.filter(client__in=clients), seats.filter(client__in=clients)
    found: dict[UUID, Figures] = {}
    for rows, prefix in ((own, ""), (seats, "session__")):
        held = Q((f"{prefix}status", S.COMPLETED))
        ahead = Q((f"{prefix}status__in", AHEAD), (f"{prefix}ends_at__gt", now))
        sums: QuerySet[Any, Any] = (
            rows.order_by()
            .values("client")
            .annotate(  # type: ignore[attr-defined]
                held=Count("pk", filter=held),
                last=Max(f"{prefix}starts_at", filter=held),
                next=Min(f"{prefix}starts_at", filter=ahead),
            )
        )
        for row in sums:
            before = found.get(row["client"], NOTHING)
            found[row["client"]] = replace(
                before,
                held=before.held + row["held"],
                last=max(filter(None, (before.last, row["last"])), default=None),
                next=min(filter(None, (before.next, row["next"])), default=None),
            )
    return found


def paid_for_by(clients: Collection[UUID]) -> Q:
    """Payments for what is theirs, whoever of them."""
    booked = Booking.objects.filter(client__in=clients).values("pk")
    recorded = Session.objects.filter(client__in=clients, reference__isnull=False).values("pk")
    quoted = Quotation.objects.filter(client__in=clients).values("pk")
    return (
        Q(payable_kind=BOOKING, payable_id__in=booked)
        | Q(payable_kind=Session.PAYABLE, payable_id__in=recorded)
        | Q(payable_kind=Quotation.PAYABLE, payable_id__in=quoted)
    )


def values_of(consultant: Consultant, clients: Collection[UUID] | None) -> dict[UUID, int]:
    """Paise that each of ``clients`` (None: all) has paid for bookings, recorded sessions and quotations, less what was
    given back or promised back: what the ledger has as earned. Two queries at most. Who paid nothing is left out."""
    paid = Payment.objects.filter(consultant=consultant, captured_paise__gt=0).order_by()
    if clients is not None:
        return _values_of_few(paid, clients)
    whose = Coalesce(
        Subquery(Booking.objects.filter(pk=OuterRef("payable_id")).values("client")),
        Subquery(Session.objects.filter(pk=OuterRef("payable_id")).values("client")),
        Subquery(Quotation.objects.filter(pk=OuterRef("payable_id")).values("client")),
        output_field=UUIDField(),  # else SQLite says them as text
    )
    sums = paid.annotate(whose=whose).values("whose").annotate(total=Sum(F("captured_paise") - F("refunding_paise")))
    return {row["whose"]: row["total"] for row in sums if row["whose"] is not None}


def _values_of_few(paid: QuerySet[Payment], clients: Collection[UUID]) -> dict[UUID, int]:
    """By the names of what is theirs: asked in one query, PostgreSQL reads all payments of the consultant."""
    theirs = [
        rows.order_by().values_list("pk", "client_id")
        for rows in (
            Booking.objects.filter(client__in=clients),
            Session.objects.filter(client__in=clients, reference__isnull=False),
            Quotation.objects.filter(client__in=clients),
        )
    ]
    whose: dict[UUID, UUID] = dict(theirs[0].union(*theirs[1:], all=True))
    found: dict[UUID, int] = {}
    kinds = [BOOKING, Session.PAYABLE, Quotation.PAYABLE]
    for payment in paid.filter(payable_kind__in=kinds, payable_id__in=list(whose)).only(
        "payable_id", "captured_paise", "refunding_paise"
    ):
        client = whose[payment.payable_id]
        found[client] = found.get(client, 0) + payment.captured_paise - payment.refunding_paise
    return found


def figures_of(consultant: Consultant, clients: Collection[UUID] | None, now: datetime) -> dict[UUID, Figures]:
    """Both together: four queries."""
    found = times_of(consultant, clients, now)
    for client, paise in values_of(consultant, clients).items():
        found[client] = replace(found.get(client, NOTHING), value_paise=paise)
    return found


def activity_of(client: Client, figures: Figures, now: datetime) -> Activity:
    if figures.next is not None or (figures.last is not None and figures.last >= now - ACTIVE_FOR):
        return Activity.ACTIVE
    if figures.last is None:
        if client.created_at >= now - NEW_FOR:
            return Activity.NEW
        return Activity.LOST if client.created_at < now - LOST_AFTER else Activity.QUIET
    return Activity.LOST if figures.last < now - LOST_AFTER else Activity.QUIET


def activities(consultant: Consultant, now: datetime) -> dict[str, Q]:
    """Each activity as a condition on a consultant's clients."""

    def had(**which: Any) -> Q:
        """They have such a session."""
        seat = {f"session__{name}": value for name, value in which.items()}
        own = Session.objects.filter(consultant=consultant, client__isnull=False, **which).order_by()
        seats = Seat.objects.filter(session__consultant=consultant, status=Seat.Status.TAKEN, **seat)
        return Q(pk__in=own.values("client")) | Q(pk__in=seats.values("client"))

    active = had(status=S.COMPLETED, starts_at__gte=now - ACTIVE_FOR) | had(status__in=AHEAD, ends_at__gt=now)
    ever, within_year = had(status=S.COMPLETED), had(status=S.COMPLETED, starts_at__gte=now - LOST_AFTER)
    new = ~active & ~ever & Q(created_at__gte=now - NEW_FOR)
    lost = ~active & ~within_year & (ever | Q(created_at__lt=now - LOST_AFTER))
    quiet = ~active & (within_year | ~ever & Q(created_at__lt=now - NEW_FOR, created_at__gte=now - LOST_AFTER))
    return {Activity.ACTIVE: active, Activity.NEW: new, Activity.QUIET: quiet, Activity.LOST: lost}


def with_activity(rows: ClientQuerySet, activity: str, consultant: Consultant, now: datetime) -> ClientQuerySet:
    return rows.filter(activities(consultant, now)[activity])
