"""One search over a practice: clients, requests, sessions, quotations."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from bookings.models import Booking
from clients.models import Client
from consultants.models import Consultant
from dashboard.clients.listing import Asked, rows_of
from quotations.models import Quotation
from quotations.services.drafting import as_sent_now
from sessions_app.listing import Criteria, matching
from sessions_app.models import Session

LONGEST = 200  # letters of a search
OF_EACH = 5  # shown of each kind; the kind's own page has all


@dataclass(frozen=True)
class Found:
    words: str = ""
    clients: list[Client] = field(default_factory=list)
    requests: list[Booking] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    quotations: list[Quotation] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.clients or self.requests or self.sessions or self.quotations)


def find(consultant: Consultant, words: str, now: datetime | None = None) -> Found:
    """The first few of each kind that have all of ``words``; sessions to come before those that were. Nothing for
    nothing. Four queries."""
    now = now or timezone.now()
    words = " ".join(words.split())
    if not words:
        return Found()
    sessions = matching(consultant.sessions.all(), Criteria(words=words), consultant=consultant)
    is_over = Case(When(ends_at__lt=now, then=Value(1)), default=Value(0))
    waiting = Booking.objects.filter(consultant=consultant, answer_by__gt=now).waiting()
    for word in words.split()[:8]:
        waiting = waiting.filter(
            Q(client__name__icontains=word)
            | Q(contact_name__icontains=word)
            | Q(client__email__icontains=word)
            | Q(title__icontains=word)
            | Q(reference__iexact=word)
        )
    quotations = Quotation.objects.filter(consultant=consultant).about(words)
    return Found(
        words=words,
        clients=list(rows_of(consultant, Asked(words=words), now)[:OF_EACH]),
        requests=list(waiting.select_related("client")[:OF_EACH]),
        sessions=list(
            sessions.select_related("client").order_by(
                is_over, Case(When(ends_at__gte=now, then=F("starts_at"))), "-starts_at"
            )[:OF_EACH]
        ),
        quotations=[
            as_sent_now(each)
            for each in quotations.select_related("client", "consultant").order_by("-created_at")[:OF_EACH]
        ],
    )
