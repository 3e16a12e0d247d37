"""Whether a client's open pages still show what is so."""

from __future__ import annotations

import hashlib

from django.db.models import Count, Max, Q, Subquery
from django.utils import timezone

from accounts.access import AccountRequest
from accounts.models import User
from client_area import agenda
from client_area.offers import offered_to
from naksha.kept import added_up
from notifications.models import Notification
from sessions_app.models import Member, Review

FRESH_MINUTES = 5  # what the clock alone changes ("in an hour", what is over) is drawn again this often


def list_version(request: AccountRequest) -> str:
    """An ETag of the list of sessions: two cheap queries, whatever is booked."""
    return _tag(request, _facts(request))


def home_version(request: AccountRequest) -> str:
    """An ETag of the first page: it also tells of messages, and of what waits for an answer or a review. Three cheap
    queries."""
    user = request.user
    chats = Member.objects.filter(client__user=user)
    lines, reviews = Notification.objects.filter(user=user), Review.objects.filter(client__user=user)
    offered = offered_to(user)
    facts = [
        added_up(chats, last=Max("conversation__last_message_at")),
        added_up(chats, read=Max("last_read_at")),
        added_up(chats, sequences=Max("conversation__last_version")),
        added_up(reviews, n=Count("pk")),
        added_up(reviews, last=Max("updated_at")),
        added_up(lines, last=Max("created_at")),
        added_up(lines, unread=Count("pk", filter=Q(read_at__isnull=True))),
        added_up(offered, n=Count("pk")),
        added_up(offered, last=Max("updated_at")),
    ]
    row = User.objects.filter(pk=user.pk).values_list(*(Subquery(fact) for fact in facts)).get()
    return _tag(request, [*_facts(request), row])


def quotations_version(request: AccountRequest) -> str:
    """An ETag of the list of quotations: one cheap query."""
    offered = offered_to(request.user).aggregate(last=Max("updated_at"), n=Count("pk"))
    return _tag(request, [offered, *_clock(request)])


def _facts(request: AccountRequest) -> list[object]:
    bookings = agenda.bookings_of(request.user).aggregate(last=Max("updated_at"), n=Count("pk"))
    sessions = agenda.sessions_of(request.user).aggregate(last=Max("updated_at"), n=Count("pk"))
    return [bookings, sessions, *_clock(request)]


def _clock(request: AccountRequest) -> list[object]:
    return [int(timezone.now().timestamp()) // (FRESH_MINUTES * 60), request.GET.urlencode()]


def _tag(request: AccountRequest, facts: list[object]) -> str:
    return f'W/"{hashlib.sha256(repr([request.user.pk, *facts]).encode()).hexdigest()[:24]}"'
