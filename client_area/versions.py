"""Whether a client's open pages still show what is so."""

from __future__ import annotations

import hashlib

from django.db.models import Count, Max, Q
from django.utils import timezone

from accounts.access import AccountRequest
from client_area import agenda
from client_area.offers import offered_to
from notifications.models import Notification
from sessions_app.models import Member, Review

FRESH_MINUTES = 5  # what the clock alone changes ("in an hour", what is over) is drawn again this often


def list_version(request: AccountRequest) -> str:
    """An ETag of the list of sessions: two cheap queries, whatever is booked."""
    return _tag(request, _facts(request))


def home_version(request: AccountRequest) -> str:
    """An ETag of the first page: it also tells of messages, and of what waits for an answer or a review."""
    user = request.user
    chats = Member.objects.filter(client__user=user)
    written = chats.aggregate(
        last=Max("conversation__last_message_at"), read=Max("last_read_at"), sequences=Max("conversation__last_version")
    )
    reviews = Review.objects.filter(client__user=user).aggregate(n=Count("pk"), last=Max("updated_at"))
    lines = Notification.objects.filter(user=user).aggregate(
        last=Max("created_at"), unread=Count("pk", filter=Q(read_at__isnull=True))
    )
    return _tag(request, [*_facts(request), written, reviews, lines, _offered(request)])


def quotations_version(request: AccountRequest) -> str:
    """An ETag of the list of quotations: one cheap query."""
    return _tag(request, [_offered(request), *_clock(request)])


def _offered(request: AccountRequest) -> object:
    return offered_to(request.user).aggregate(last=Max("updated_at"), n=Count("pk"))


def _facts(request: AccountRequest) -> list[object]:
    bookings = agenda.bookings_of(request.user).aggregate(last=Max("updated_at"), n=Count("pk"))
    sessions = agenda.sessions_of(request.user).aggregate(last=Max("updated_at"), n=Count("pk"))
    return [bookings, sessions, *_clock(request)]


def _clock(request: AccountRequest) -> list[object]:
    return [int(timezone.now().timestamp()) // (FRESH_MINUTES * 60), request.GET.urlencode()]


def _tag(request: AccountRequest, facts: list[object]) -> str:
    return f'W/"{hashlib.sha256(repr([request.user.pk, *facts]).encode()).hexdigest()[:24]}"'
