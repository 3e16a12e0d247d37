"""What the centre and every page's bell ask of the database."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, Count, ExpressionWrapper, Max, Q
from django.utils import timezone

from accounts.models import User
from notifications.models import Notification, NotificationQuerySet
from notifications.wishes import screen_is_quiet

PER_PAGE = 30
IN_THE_BELL = 5

_IS_READ = ExpressionWrapper(Q(read_at__isnull=False), BooleanField())


@dataclass(frozen=True)
class Filter:
    """Which lines are asked for, as the address says it: ``?show=unread&kind=booking``."""

    only_unread: bool = False
    kind: str = ""
    words: str = ""

    @classmethod
    def of(cls, asked: Any) -> Filter:
        kind = asked.get("kind", "")
        return cls(asked.get("show") == "unread", kind if kind in Notification.Kind.values else "")

    def lines(self, user: User) -> NotificationQuerySet:
        """What is unread first, each part with the newest on top."""
        lines = Notification.objects.of(user)
        if self.kind:
            lines = lines.filter(kind=self.kind)
        if self.only_unread:
            lines = lines.unread()
        if self.words:
            lines = lines.filter(Q(title__icontains=self.words) | Q(body__icontains=self.words))
        return lines.order_by(_IS_READ, "-created_at", "-pk")

    def page(self, user: User, number: str | None) -> Page[Notification]:
        return Paginator(self.lines(user), PER_PAGE).get_page(number)


def version_of(page: Page[Notification], unread: int, day: object) -> str:
    """Changes whenever the page would look different: an ETag."""
    lines = [(line.pk.hex, line.read_at is None) for line in page.object_list]
    facts = [lines, page.number, page.paginator.num_pages, unread, str(day)]
    return f'W/"{hashlib.sha256(repr(facts).encode()).hexdigest()[:24]}"'


@dataclass(frozen=True)
class Mark:
    """How many lines wait, and when the newest of them came: one query over one index."""

    count: int
    newest: datetime | None

    @property
    def etag(self) -> str:
        return f'W/"{self.count}-{self.newest.timestamp() if self.newest else 0}"'


def mark_of(user_id: uuid.UUID) -> Mark:
    found = Notification.objects.filter(user=user_id).unread().aggregate(count=Count("pk"), newest=Max("created_at"))
    return Mark(found["count"], found["newest"])


def state_of(user_id: uuid.UUID) -> dict[str, Any]:
    """What a page's bell shows: the count, the newest line that waits, and whether to leave the reader alone."""
    mark = mark_of(user_id)
    latest = Notification.objects.filter(user=user_id).unread().order_by("-created_at").first() if mark.count else None
    return {
        "count": mark.count,
        "latest": latest and {"id": str(latest.pk), "at": iso_exact(latest.created_at), "title": latest.title},
        "quiet": screen_is_quiet(user_id, timezone.now()),
    }


def iso_exact(moment: datetime) -> str:
    """To the microsecond, always as long, so that the texts sort like the moments."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def latest_of(user: User) -> list[Notification]:
    """The few lines that the bell shows."""
    return list(Filter().lines(user)[:IN_THE_BELL])
