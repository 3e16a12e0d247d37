"""Everything that Today shows, asked for in a fixed number of queries."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, DateTimeField, Max, OuterRef, QuerySet, Subquery, UUIDField
from django.utils import timezone

from bookings.models import Booking
from bookings.versions import facts_of
from bookings.versions import questions as booked_questions
from clients.models import Client
from consultants.completion import HANGING, completion, with_hanging
from consultants.models import Consultant
from dashboard import attention, day
from dashboard.attention import Need, needs_of
from dashboard.figures.reading import kept_through
from dashboard.money import Money, money_of
from dashboard.payments.versions import facts_of as paid_facts
from dashboard.unread import SHOWN, Unread, unread_of
from dashboard.unread import facts_of as facts_of_chats
from naksha.kept import Kept, KeptTuples, Param, added_up
from naksha.together import Question
from notifications.models import Notification, OutgoingMail
from quotations.models import Quotation, QuotationQuestion
from sessions_app import rooms
from sessions_app.models import Review

SHOWN_REQUESTS = 5
CALL_BEFORE = timedelta(hours=1)
MOST_REQUESTS = 100
_REQUESTS = Kept(
    lambda: (
        Booking.objects.filter(
            consultant=Param("consultant", UUIDField()),
            status=Booking.Status.PENDING,
            answer_by__gt=Param("now", DateTimeField()),
        )
        .select_related("client")
        .order_by("answer_by")
    )
)


def _other_facts() -> QuerySet[Any, Any]:
    """What else Today shows, as far as it takes to see that it changed: one row."""
    mine = Consultant.objects.filter(pk=Param("consultant", UUIDField()))
    told = Notification.objects.filter(user=OuterRef("user")).order_by("-created_at").values("pk")[:1]
    given_up = OutgoingMail.objects.filter(on_behalf_of=OuterRef("user"), status=OutgoingMail.Status.FAILED)
    questions = QuotationQuestion.objects.filter(quotation__consultant=OuterRef("pk"))
    clients, reviews, quotations = (
        model.objects.filter(consultant=OuterRef("pk")) for model in (Client, Review, Quotation)
    )
    facts = {
        "told": Subquery(told),
        "given_up": Subquery(added_up(given_up, n=Count("pk"))),
        "last_given_up": Subquery(added_up(given_up, last=Max("updated_at"))),
        "asked": Subquery(added_up(questions, last=Max("updated_at"))),
        "named": Subquery(added_up(clients, last=Max("updated_at"))),
        "rated": Subquery(added_up(reviews, n=Count("pk"))),
        "quoted": Subquery(added_up(quotations, last=Max("updated_at"))),
    }
    return with_hanging(mine).annotate(**facts).values_list(*HANGING, *facts)


_OTHER_FACTS = KeptTuples(_other_facts)


@dataclass(frozen=True)
class Today:
    now: datetime
    date: date
    next: day.Stop | None
    stops: list[day.Stop]
    route: list[day.Stop | day.Gap | day.Now]
    requests: list[Booking]
    more_requests: int
    needs: list[Need]
    money: Money
    unread: list[Unread]
    more_unread: int
    messages_unread: int

    @property
    def sessions_left(self) -> int:
        return sum(not stop.is_over for stop in self.stops)

    @property
    def requests_waiting(self) -> int:
        return len(self.requests) + self.more_requests

    @property
    def can_join(self) -> bool:
        """Whether Join is offered for the next session: while the door of its room is open."""
        return self.next is not None and rooms.is_join_time(self.next.session, self.now)

    @property
    def is_soon(self) -> bool:
        """Whether it is time to call the client of the next session, or nearly."""
        return self.next is not None and self.next.session.starts_at - self.now <= CALL_BEFORE

    @property
    def is_under_way(self) -> bool:
        return self.next is not None and self.next.session.starts_at <= self.now


def questions(consultant: Consultant, now: datetime) -> list[Question]:
    """What Today and its version ask without waiting for another answer. The version's come first: what changes
    between two of them is drawn once more, and not missed."""
    return [
        *facts_asked(consultant, now),
        *day.questions(consultant, now),
        *attention.questions(consultant, now),
        *(partial(each, consultant, now) for each in (requests_of, unread_of)),
        *(partial(each, consultant) for each in (completion, kept_through)),
    ]


def facts_asked(consultant: Consultant, now: datetime) -> list[Question]:
    """What :func:`version_of` asks."""
    return [
        *booked_questions(consultant),
        partial(_OTHER_FACTS.one, consultant=consultant.pk),
        partial(paid_facts, consultant),
        partial(facts_of_chats, consultant, now),
    ]


def today_of(consultant: Consultant, now: datetime | None = None) -> Today:
    now = now or timezone.now()
    here = now.astimezone(ZoneInfo(consultant.timezone)).date()
    stops, coming = day.stops_of(consultant, now)
    waiting = requests_of(consultant, now)
    written = unread_of(consultant, now)
    return Today(
        now=now,
        date=here,
        next=coming,
        stops=stops,
        route=day.route(stops, now),
        requests=waiting[:SHOWN_REQUESTS],
        more_requests=len(waiting[SHOWN_REQUESTS:]),
        needs=needs_of(consultant, completion(consultant), now),
        money=money_of(consultant, here),
        unread=written[:SHOWN],
        more_unread=len(written[SHOWN:]),
        messages_unread=sum(talk.many for talk in written),
    )


def requests_of(consultant: Consultant, now: datetime) -> list[Booking]:
    """What waits for an answer, the most pressing first."""
    return _REQUESTS.part(0, MOST_REQUESTS, consultant=consultant.pk, now=now)


def version_of(consultant: Consultant, now: datetime | None = None) -> str:
    """Changes whenever Today would look different: an ETag. Five cheap queries, whatever has been booked."""
    now = now or timezone.now()
    others = _OTHER_FACTS.one(consultant=consultant.pk)
    facts = [*facts_of(consultant, now), others, paid_facts(consultant), facts_of_chats(consultant, now)]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:24]
