"""What this app knows of somebody: as they may take it along, and how it is erased."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from naksha.personal import Identity, erased_mail, redact_rows
from notifications.models import MailOff, Notification, OutgoingMail, Preference, QuietHours

S = OutgoingMail.Status
WAITING = (S.QUEUED, S.SENDING)
OVER = (S.SENT, S.FAILED)


@dataclass(frozen=True)
class Told:
    """What others were told of somebody: how the ``dedupe_key`` of mails begins that quote them, of those that only
    name them, where lines on screen lead that quote them, and where lines of chats lead that name them."""

    quoting: Collection[str] = ()
    naming: Collection[str] = ()
    lines: Collection[str] = ()
    chats: Collection[str] = ()


def export(user: User, emails: Collection[str]) -> dict[str, Any]:
    return {
        "notifications": list(
            Notification.objects.filter(user=user)
            .order_by("created_at")
            .values("created_at", "kind", "title", "body", "moment", "read_at")
        ),
        "preferences": list(Preference.objects.filter(user=user).values("kind", "on_screen", "by_mail")),
        "quiet_hours": list(QuietHours.objects.filter(user=user).values("begins", "ends", "timezone")),
        "mails": list(
            OutgoingMail.objects.filter(_to(emails)).order_by("created_at").values("created_at", "subject", "sent_at")
        ),
    }


def _to(emails: Collection[str]) -> Q:
    return _any_of("to", emails)


def _any_of(field: str, values: Iterable[str], how: str = "iexact") -> Q:
    found = Q(pk__in=[])
    for value in values:
        found |= Q(**{f"{field}__{how}": value})
    return found


def erase(*, emails: Collection[str], identity: Identity, others: Collection[UUID], told: Told) -> None:
    """Erase what mails and lines on screen say of somebody; ``others`` are the logins that were told of them.

    A mail to them that waits is not sent any more, nor is one to somebody else that quotes them. Any other to somebody
    else goes out without the name. Of those that are over the log keeps when they went to whom, not what they said.
    """
    theirs = OutgoingMail.objects.filter(_to(emails))
    theirs.filter(status__in=WAITING).update(status=S.FAILED)
    theirs.update(to=erased_mail(), to_name="", subject="", sealed_context="", calendar="", reply_to="", last_error="")
    quoting = OutgoingMail.objects.filter(_any_of("dedupe_key", told.quoting, "startswith"))
    quoting.filter(status__in=WAITING).update(status=S.SKIPPED)
    about = quoting | OutgoingMail.objects.filter(
        _any_of("reply_to", emails) | _any_of("dedupe_key", told.naming, "startswith")
    )
    for mail in about.filter(status__in=WAITING):
        context = identity.redact_in(json.loads(mail.sealed_context)) if mail.sealed_context else None
        OutgoingMail.objects.filter(pk=mail.pk).update(
            reply_to="",
            subject=identity.redact(mail.subject),
            sealed_context=json.dumps({**context, "answers": []}, ensure_ascii=False) if context else "",
            calendar="",
            updated_at=timezone.now(),
        )
    about.exclude(status__in=WAITING).update(
        reply_to="", subject="", sealed_context="", calendar="", updated_at=timezone.now()
    )
    _redact_mails_to(User.objects.filter(pk__in=list(others)).values_list("email", flat=True), identity)
    lines = Notification.objects.filter(user__in=list(others))
    lines.filter(url__in=list(told.lines)).update(body="")
    redact_rows(lines, identity, "title", "body")
    of_chats = Notification.objects.filter(kind=Notification.Kind.MESSAGE, url__in=list(told.chats))
    redact_rows(of_chats, identity, "title")
    MailOff.objects.filter(_any_of("address", emails)).delete()


def _redact_mails_to(addresses: Iterable[str], identity: Identity) -> None:
    """Take the person out of all that was sent to ``addresses``, which may name them by an answer's address of old."""
    sent = OutgoingMail.objects.filter(_any_of("to", addresses), status__in=OVER)
    redact_rows(sent.exclude(subject=""), identity, "subject")
    for mail in sent.exclude(sealed_context="").only("pk", "sealed_context").iterator(chunk_size=500):
        context = json.loads(mail.sealed_context)
        if identity.redact_in(context) != context:
            OutgoingMail.objects.filter(pk=mail.pk).update(sealed_context="", calendar="", updated_at=timezone.now())
