"""Sending one mail: claim, render, send, mark. No transaction is open while the mail server is asked.

A worker that dies between "sent" and the mark leaves a row that is taken back and sent again: the one place where
a mail can come twice. The second has the same Message-ID, by which mail servers and programs fold doubles.
"""

from __future__ import annotations

import random
import smtplib
import uuid
from datetime import datetime, timedelta

import structlog
from django.core.mail import get_connection
from django.db.models import F, Q
from django.utils import timezone

from naksha.db import give_back_connection
from notifications.live import MAILS, changed_for
from notifications.message import build_message
from notifications.models import OutgoingMail
from notifications.wishes import wants_mail

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 12  # 1, 2, 4 … 256 minutes, then 6 hours: a little less than a day
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
STALE_CLAIM = timedelta(minutes=10)  # far past EMAIL_TIMEOUT: whoever claimed it is dead
GRACE = timedelta(seconds=30)  # the worker that was told on commit goes first
SWEEP = 500  # rows in one sweep


def _claimable(now: datetime) -> Q:
    return Q(status=OutgoingMail.Status.QUEUED, due_at__lte=now) | Q(
        status=OutgoingMail.Status.SENDING, claimed_at__lt=now - STALE_CLAIM
    )


def due_ids(now: datetime | None = None) -> list[uuid.UUID]:
    """Mails that nobody took: due for half a minute, or left behind by a dead worker. The oldest first."""
    now = now or timezone.now()
    waiting = OutgoingMail.objects.filter(
        Q(status=OutgoingMail.Status.QUEUED, due_at__lte=now - GRACE)
        | Q(status=OutgoingMail.Status.SENDING, claimed_at__lt=now - STALE_CLAIM)
    )
    return list(waiting.order_by("due_at").values_list("pk", flat=True)[:SWEEP])


def pause_after(attempts: int) -> timedelta:
    """How long to wait after the ``attempts``-th failed try: doubling, at most 6 hours, a fifth either way."""
    plain = min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
    return plain * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, guards nothing


def is_permanent(error: Exception) -> bool:
    """Whether the server refused this recipient or this message for good (a 5xx answer, RFC 5321 §4.2.1)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def deliver(mail_id: uuid.UUID) -> bool:
    """Send the mail if it is due and nobody else is sending it. Returns whether it went out now."""
    now = timezone.now()
    claimed = OutgoingMail.objects.filter(_claimable(now), pk=mail_id).update(
        status=OutgoingMail.Status.SENDING, claimed_at=now, attempts=F("attempts") + 1, updated_at=now
    )
    if not claimed:
        return False
    mail = OutgoingMail.objects.get(pk=mail_id)
    if not wants_mail(mail.to, mail.kind):  # switched off since it was queued
        OutgoingMail.objects.filter(pk=mail_id, claimed_at=now).update(
            status=OutgoingMail.Status.SKIPPED, sealed_context="", calendar="", updated_at=timezone.now()
        )
        return False
    try:
        message = build_message(mail)
        give_back_connection()
        get_connection().send_messages([message])
    except Exception as error:  # noqa: BLE001 - whatever it was is kept on the row, logged, and tried again
        _failed(mail, now, error)
        return False
    sent = timezone.now()
    OutgoingMail.objects.filter(pk=mail_id, claimed_at=now).update(
        status=OutgoingMail.Status.SENT, sent_at=sent, subject=message.subject[:250], last_error="", updated_at=sent
    )
    log.info("mail_sent", mail=str(mail_id), template=mail.template, attempts=mail.attempts)
    return True


def _failed(mail: OutgoingMail, claimed_at: datetime, error: Exception) -> None:
    gone = is_permanent(error) or mail.attempts >= MAX_ATTEMPTS
    now = timezone.now()
    ours = OutgoingMail.objects.filter(pk=mail.pk, claimed_at=claimed_at).update(
        status=OutgoingMail.Status.FAILED if gone else OutgoingMail.Status.QUEUED,
        due_at=now + pause_after(mail.attempts),
        last_error=_in_short(error),
        updated_at=now,
    )
    if gone and ours and mail.on_behalf_of_id is not None:
        changed_for(mail.on_behalf_of_id, MAILS)
    log.warning(
        "mail_given_up" if gone else "mail_put_off",
        mail=str(mail.pk),
        template=mail.template,
        attempts=mail.attempts,
        error=type(error).__name__,
    )


def _in_short(error: Exception) -> str:
    """The error as the mail log keeps it: its kind and what the server said, without the address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = "; ".join(f"{code} {_text(text)}" for code, text in error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        said = f"{error.smtp_code} {_text(error.smtp_error)}"
    else:
        said = str(error)
    return f"{type(error).__name__}: {said}"[:500]


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
