"""What the mail log and the centre forget."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from notifications.models import Notification, OutgoingMail

# Mails that say goodbye: once they are out, nothing is kept of whom they went to.
LAST_WORDS = frozenset({"account_erased"})


def forget_last_words(mail_id: UUID | None = None) -> int:
    """Delete goodbyes that went out or were given up: the one that was just tried, or all. Returns how many."""
    over = OutgoingMail.objects.filter(
        template__in=LAST_WORDS, status__in=[OutgoingMail.Status.SENT, OutgoingMail.Status.FAILED]
    )
    if mail_id is not None:
        over = over.filter(pk=mail_id)
    return over.delete()[0]


def wipe_old_contexts(*, days: int = 30) -> int:
    """Empty what sent and given-up mails held (links, names, amounts) once it is ``days`` old. Returns how many."""
    return (
        OutgoingMail.objects.filter(
            status__in=[OutgoingMail.Status.SENT, OutgoingMail.Status.FAILED],
            updated_at__lt=timezone.now() - timedelta(days=days),
        )
        .exclude(sealed_context="")
        .update(sealed_context="", calendar="")
    )


READ_DAYS = 180  # the page of notifications says so
REMOVED = timedelta(days=1)  # long enough to put back what was taken off by mistake
AT_ONCE = 2_000


def wipe_old_notifications() -> int:
    """Delete lines that were read 180 days ago, or taken off the list a day ago. What waits is kept. Returns how many.

    In batches, so that no transaction holds the table for long.
    """
    now = timezone.now()
    old = Notification.objects.filter(
        Q(read_at__lt=now - timedelta(days=READ_DAYS)) | Q(removed_at__lt=now - REMOVED)
    ).order_by()
    wiped = 0
    while batch := list(old.values_list("pk", flat=True)[:AT_ONCE]):
        wiped += Notification.objects.filter(pk__in=batch).delete()[0]
    return wiped
