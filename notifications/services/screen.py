"""Lines on screen: written with the change they tell of, read, taken off the list and put back."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from notifications.live import LINES, NOTIFICATIONS, changed
from notifications.models import Notification
from notifications.wishes import wants_on_screen


def notify(
    *, user: User, kind: str, title: str, body: str = "", moment: datetime | None = None, url: str = ""
) -> Notification:
    """Write a line on ``user``'s screen, in the caller's transaction. ``url`` is a path on this site.

    The words stand as long as the row, so a time goes into ``moment`` and is said after ``body`` when it is read.
    A line of a kind that ``user`` has switched off is written as one that was read: the history stays whole, and
    nothing is counted or shown. Pages that show what it tells of hear of it all the same.
    """
    if url and not is_path(url):
        raise ValueError("a notification leads to a path on this site")
    shown = wants_on_screen(user, Notification.Kind(kind))
    line = Notification.objects.create(
        user=user,
        kind=Notification.Kind(kind),
        title=title[:140],
        body=body[:500],
        moment=moment,
        url=url,
        read_at=None if shown else timezone.now(),
    )
    changed(user, NOTIFICATIONS if shown else LINES)
    return line


def is_path(url: str) -> bool:
    """Whether ``url`` is a path on this site, and not the address of another."""
    return url.startswith("/") and not url.startswith(("//", "/\\"))


def mark_read(*, notification: Notification) -> None:
    """Once read, the first moment stays."""
    if Notification.objects.filter(pk=notification.pk, read_at__isnull=True).update(read_at=timezone.now()):
        changed(notification.user)


def mark_all_read(*, user: User, until: datetime) -> int:
    """Mark what ``user`` had been shown by ``until``; what came later stays unread. Returns how many."""
    waiting = Notification.objects.of(user).unread().filter(created_at__lte=until)
    count = waiting.update(read_at=timezone.now())
    if count:
        changed(user)
    return count


def remove(*, notification: Notification) -> datetime:
    """Take one line off the list. Returns the moment by which :func:`put_back` finds it."""
    now = timezone.now()
    if Notification.objects.filter(pk=notification.pk, removed_at__isnull=True).update(removed_at=now):
        changed(notification.user)
    return now


def remove_all(*, user: User, until: datetime) -> datetime:
    """Take off the list what ``user`` had been shown by ``until`` and has read. Returns as :func:`remove` does."""
    now = timezone.now()
    read = Notification.objects.of(user).filter(read_at__isnull=False, created_at__lte=until)
    if read.update(removed_at=now):
        changed(user)
    return now


def put_back(*, user: User, removed_at: datetime) -> int:
    """Put back what ``user`` took off the list at that moment. Returns how many lines."""
    count = Notification.objects.filter(user=user, removed_at=removed_at).update(removed_at=None)
    if count:
        changed(user)
    return count
