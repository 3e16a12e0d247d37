"""A mail is queued as a row, which belongs to the change that it tells of."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import transaction
from django.template.loader import get_template
from django.utils import timezone

from accounts import audit
from accounts.models import User
from naksha.personal import is_erased_mail
from naksha.queue import tell
from notifications import wishes
from notifications.errors import MailIsOnItsWay, MailIsWiped, MailNotWanted
from notifications.live import MAILS, changed_for
from notifications.models import OutgoingMail
from notifications.tasks import deliver_mail

_UNWANTED = {"status": OutgoingMail.Status.SKIPPED, "sealed_context": "", "calendar": ""}


def send_mail(
    *,
    template: str,
    to: str,
    to_name: str = "",
    context: dict[str, Any],
    calendar: str = "",
    calendar_method: str = "",
    reply_to: str = "",
    on_behalf_of: User | None = None,
    dedupe_key: str | None = None,
    kind: str = "",
    useful_until: datetime | None = None,
) -> OutgoingMail:
    """Queue ``templates/mail/<template>.html`` for ``to``, in the caller's transaction.

    ``context`` is sealed as JSON: moments are ISO strings with the reader's zone name beside them, money is integer
    paise, links are absolute. A second call with the same ``dedupe_key`` returns the first row and sends nothing.
    ``calendar`` is an iCalendar file and ``calendar_method`` its METHOD (RFC 5546). ``on_behalf_of`` is the
    consultant's login, who sees on Today when the mail was given up.

    ``kind`` (one of ``wishes.MAILS_THAT_CAN_BE_OFF``) is told for a mail that its reader can do without: it carries a
    link that stops its kind, waits for the end of the reader's quiet hours (unless ``useful_until`` comes first) with
    the words of now, and where it isn't wanted the row stays in the log as "skipped", without what it would have said.
    So does any mail to a client who was erased.
    What may be over by the end of the quiet hours asks ``mail_waits_until`` before it is written. A confirmation, a
    cancellation, money, a login: these have no kind and always go out at once.
    Raises TypeError for a context that is not JSON, TemplateDoesNotExist for an unknown template, ValueError for a
    kind whose mails can't be switched off.
    """
    get_template(f"mail/{template}.html")  # a wrong name fails where it is written
    if kind and kind not in wishes.MAILS_THAT_CAN_BE_OFF:
        raise ValueError(f"mails of the kind {kind!r} can't be switched off; leave it out")
    values = {
        "template": template,
        "to": to.strip(),
        "to_name": to_name[:200],
        "sealed_context": json.dumps(context, ensure_ascii=False),
        "calendar": calendar,
        "calendar_method": calendar_method.upper(),
        "reply_to": reply_to,
        "on_behalf_of": on_behalf_of,
        "kind": kind,
    }
    if is_erased_mail(to):
        values |= _UNWANTED | {"to_name": ""}
    elif kind:
        values |= _as_wished(to, kind, useful_until)
    if dedupe_key is None:
        mail, made = OutgoingMail.objects.create(**values), True
    else:
        mail, made = OutgoingMail.objects.get_or_create(dedupe_key=dedupe_key, defaults=values)
    if made and mail.status == OutgoingMail.Status.QUEUED and mail.due_at <= timezone.now():
        tell(deliver_mail, str(mail.pk))
    return mail


def was_queued(dedupe_key: str) -> bool:
    """Whether :func:`send_mail` was called with it before."""
    return OutgoingMail.objects.filter(dedupe_key=dedupe_key).exists()


def _as_wished(to: str, kind: str, useful_until: datetime | None) -> dict[str, Any]:
    if not wishes.wants_mail(to, kind):
        return _UNWANTED
    until = wishes.mail_waits_until(to, timezone.now(), useful_until=useful_until)
    return {"due_at": until} if until else {}


def withdraw_mails(*, dedupe_keys: list[str]) -> int:
    """Take back mails that have not gone out, in the caller's transaction, because they are not true any more. One that
    is being sent at this moment goes out. Returns how many."""
    waiting = OutgoingMail.objects.filter(dedupe_key__in=dedupe_keys, status=OutgoingMail.Status.QUEUED)
    return waiting.update(**_UNWANTED, updated_at=timezone.now())


@transaction.atomic
def resend_mail(*, mail: OutgoingMail, actor: User, reason: str = "") -> OutgoingMail:
    """Queue a sent or given-up mail once more, as ``actor`` asked.

    Raises MailIsOnItsWay, MailNotWanted or MailIsWiped.
    """
    mail = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    if mail.status in (OutgoingMail.Status.QUEUED, OutgoingMail.Status.SENDING):
        raise MailIsOnItsWay
    if mail.status == OutgoingMail.Status.SKIPPED or not wishes.wants_mail(mail.to, mail.kind):
        raise MailNotWanted
    if not mail.sealed_context:
        raise MailIsWiped
    mail.status = OutgoingMail.Status.QUEUED
    mail.attempts = 0
    mail.edition += 1
    mail.due_at = timezone.now()
    mail.last_error = ""
    mail.save(update_fields=["status", "attempts", "edition", "due_at", "last_error", "updated_at"])
    if mail.on_behalf_of_id is not None:
        changed_for(mail.on_behalf_of_id, MAILS)
    audit.record(actor=actor, action="mail.resent", subject=mail, reason=reason.strip())
    tell(deliver_mail, str(mail.pk))
    return mail
