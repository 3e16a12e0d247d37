"""Writing a broadcast's lines, some hundred people at a time.

Each batch is one transaction: the broadcast's row is locked, the lines are written, and how far it has come is noted.
A worker that dies leaves the last whole batch behind, and the next goes on after it. Two workers take turns at the
lock. And were all that wrong, the database holds one line of a broadcast for each login
(notification_once_of_broadcast) and refuses the batch.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from notifications.live import changed
from notifications.models import Broadcast, Notification, Preference

log = structlog.get_logger(__name__)

BATCH = 500
LEFT_BEHIND = timedelta(minutes=2)  # since its last batch: nobody is at it


def audience_of(audience: str, *, joined_by: datetime | None = None) -> QuerySet[User]:
    """Who is told: every open account of that kind, of those that were there at ``joined_by``."""
    people = User.objects.filter(is_active=True)
    if audience == Broadcast.Audience.CONSULTANTS:
        people = people.filter(role=User.Role.CONSULTANT)
    elif audience == Broadcast.Audience.CLIENTS:
        people = people.filter(role=User.Role.CLIENT)
    if joined_by is not None:
        people = people.filter(created_at__lte=joined_by)
    return people.order_by("pk")


def send(broadcast_id: uuid.UUID) -> int:
    """Tell everybody who has not been told yet. Returns how many were told now."""
    told = 0
    while batch := send_batch(broadcast_id):
        told += batch
    return told


@transaction.atomic
def send_batch(broadcast_id: uuid.UUID) -> int:
    """Tell the next ones, or note that all have been told. Returns how many were told."""
    row = Broadcast.objects.select_for_update().filter(pk=broadcast_id, status=Broadcast.Status.WAITING).first()
    if row is None:
        return 0
    people = audience_of(row.audience, joined_by=row.created_at)
    if row.told_up_to is not None:
        people = people.filter(pk__gt=row.told_up_to)
    batch = list(people[:BATCH])
    if batch:
        _write(row, batch)
        row.told_up_to = batch[-1].pk
        row.told += len(batch)
    else:
        row.status = Broadcast.Status.SENT
        log.info("broadcast_sent", broadcast=str(row.pk), told=row.told)
    row.save(update_fields=["told_up_to", "told", "status", "updated_at"])
    return len(batch)


def _write(row: Broadcast, people: list[User]) -> None:
    now = timezone.now()
    off = set(
        Preference.objects.filter(user__in=people, kind=Notification.Kind.SYSTEM, on_screen=False).values_list(
            "user_id", flat=True
        )
    )
    Notification.objects.bulk_create(
        Notification(
            user=user,
            kind=Notification.Kind.SYSTEM,
            title=row.title,
            body=row.body,
            url=row.url,
            broadcast=row,
            read_at=now if user.pk in off else None,
        )
        for user in people
    )
    for user in people:
        if user.pk not in off:
            changed(user)


def left_behind_ids() -> list[uuid.UUID]:
    """Broadcasts that wait though nobody is at them."""
    since = timezone.now() - LEFT_BEHIND
    waiting = Broadcast.objects.filter(status=Broadcast.Status.WAITING, updated_at__lt=since)
    return list(waiting.order_by("pk").values_list("pk", flat=True))
