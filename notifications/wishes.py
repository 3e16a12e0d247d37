"""What somebody wants to be told, and how. Without a word of theirs: everything, at once, on screen and by mail."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notifications.models import MailOff, Notification, Preference, QuietHours
from notifications.quiet import quiet_until

Kind = Notification.Kind
# The kinds that have mails which a reader can do without: what they are, as the page of preferences says it.
MAILS_THAT_CAN_BE_OFF: dict[str, str | Promise] = {
    Kind.BOOKING: _("Requests and quotations that wait for an answer, and those that ran out."),
    Kind.SESSION: _("Reminders before a session."),
    Kind.MESSAGE: _("What you did not read for a while, in one mail."),
    Kind.REVIEW: _("When a review is given, answered or hidden."),
    Kind.SYSTEM: _("News about Naksha, and for admins what waits in the queues."),
}


@dataclass(frozen=True)
class Wish:
    """What somebody wants of one kind. Mails that can't be switched off are always wanted."""

    on_screen: bool = True
    by_mail: bool = True


def wishes_of(user: User) -> dict[str, Wish]:
    """What ``user`` wants of each kind. Two queries."""
    kept = {row.kind: row for row in Preference.objects.filter(user=user)}
    off = set(MailOff.objects.filter(address=user.email.lower()).values_list("kind", flat=True))
    return {
        kind: Wish(
            on_screen=kind not in kept or kept[kind].on_screen,
            by_mail=kind not in off and (kind not in kept or kept[kind].by_mail),
        )
        for kind in Kind.values
    }


def wants_mail(address: str, kind: str) -> bool:
    """Whether mails of ``kind`` may go to ``address``. Without a kind, always."""
    if not kind:
        return True
    if MailOff.objects.filter(address=address.strip().lower(), kind=kind).exists():
        return False
    return not Preference.objects.filter(user__email=address.strip().lower(), kind=kind, by_mail=False).exists()


def wants_on_screen(user: User, kind: str) -> bool:
    """Whether a line of ``kind`` is counted and shown as it comes. One that isn't is kept as read."""
    return not Preference.objects.filter(user=user, kind=kind, on_screen=False).exists()


def mail_waits_until(address: str, now: datetime, *, useful_until: datetime | None = None) -> datetime | None:
    """The end of the quiet hours that run now for the login with ``address``; None where none run, or where they end
    only when the mail is of no use any more.

    Who writes mails of things that may be over by then asks first, and puts off the row that the mail is made of
    instead of the mail: when that row is due again, everything is asked again.
    """
    hours = QuietHours.objects.filter(user__email=address.strip().lower()).first()
    until = quiet_until(hours, now) if hours else None
    return until if until and (useful_until is None or until < useful_until) else None


def screen_is_quiet(user_id: uuid.UUID, now: datetime) -> bool:
    """Whether nothing should pop up on the screens of this login."""
    hours = QuietHours.objects.filter(user=user_id).first()
    return hours is not None and quiet_until(hours, now) is not None
