"""The jobs that send mail, find what fell, and forget what is old. Each only calls what it is named after."""

from __future__ import annotations

import uuid

from celery import shared_task

from naksha.queue import tell
from notifications import broadcasts, delivery, retention


@shared_task
def deliver_mail(mail_id: str) -> None:
    delivery.deliver(uuid.UUID(mail_id))
    retention.forget_last_words(uuid.UUID(mail_id))


@shared_task
def sweep_mail() -> int:
    """Queue again what is due, and what a dead worker was sending. Returns how many."""
    waiting = delivery.due_ids()
    for mail_id in waiting:
        tell(deliver_mail, str(mail_id))
    return len(waiting)


@shared_task
def wipe_mail() -> int:
    retention.forget_last_words()
    return retention.wipe_old_contexts()


@shared_task
def wipe_notifications() -> int:
    return retention.wipe_old_notifications()


@shared_task
def send_broadcast(broadcast_id: str) -> int:
    return broadcasts.send(uuid.UUID(broadcast_id))


@shared_task
def sweep_broadcasts() -> int:
    """Queue again what a dead worker left half told. Returns how many."""
    waiting = broadcasts.left_behind_ids()
    for broadcast_id in waiting:
        tell(send_broadcast, str(broadcast_id))
    return len(waiting)
