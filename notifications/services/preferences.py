"""What somebody wants to be told: by kind and channel, and when not at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time

from django.db import transaction

from accounts.models import User
from notifications.errors import QuietHoursEmpty
from notifications.models import MailOff, Notification, OutgoingMail, Preference, QuietHours
from notifications.wishes import MAILS_THAT_CAN_BE_OFF


def hold_preferences(*, user: User) -> None:
    """Let nobody else change what ``user`` wants until the transaction ends."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


@transaction.atomic
def save_preferences(*, user: User, on_screen: Mapping[str, bool], by_mail: Mapping[str, bool]) -> None:
    """Keep what ``user`` wants of each kind. A kind that isn't named keeps what it was."""
    kept = {row.kind: row for row in Preference.objects.filter(user=user)}
    for kind in Notification.Kind.values:
        row = kept.get(kind) or Preference(user=user, kind=kind)
        row.on_screen = on_screen.get(kind, row.on_screen)
        row.by_mail = by_mail.get(kind, row.by_mail) if kind in MAILS_THAT_CAN_BE_OFF else True
        Preference.objects.update_or_create(
            user=user, kind=kind, defaults={"on_screen": row.on_screen, "by_mail": row.by_mail}
        )
    wanted_again = [kind for kind, wanted in by_mail.items() if wanted]
    MailOff.objects.filter(address=user.email.lower(), kind__in=wanted_again).delete()


def set_quiet_hours(*, user: User, begins: time | None, ends: time | None, timezone: str) -> None:
    """Leave ``user`` alone from ``begins`` until ``ends`` on the clocks of ``timezone``; without both, never.

    Raises QuietHoursEmpty where the two are the same.
    """
    if begins is None or ends is None:
        QuietHours.objects.filter(user=user).delete()
        return
    if begins == ends:
        raise QuietHoursEmpty
    QuietHours.objects.update_or_create(user=user, defaults={"begins": begins, "ends": ends, "timezone": timezone})


def stop_mails(*, mail: OutgoingMail) -> None:
    """Send no more mails of ``mail``'s kind to its reader, who need not have a login."""
    MailOff.objects.get_or_create(address=mail.to.lower(), kind=mail.kind)


def want_mails_again(*, mail: OutgoingMail) -> None:
    """Take :func:`stop_mails` back, and what the page of preferences says with it."""
    MailOff.objects.filter(address=mail.to.lower(), kind=mail.kind).delete()
    Preference.objects.filter(user__email=mail.to.lower(), kind=mail.kind).update(by_mail=True)
