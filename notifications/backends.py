"""The mail server of the embedded mode: mails are kept as files and read at ``/dev/mail/``."""

from __future__ import annotations

import smtplib
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

FAULTS = ("refuse", "reject", "hang")
KEPT = 500  # the newest mails; older ones are forgotten


def folder() -> Path:
    path = Path(settings.DATA_DIR) / "mail"
    path.mkdir(parents=True, exist_ok=True)
    return path


def fault() -> str:
    """How the server misbehaves now: ``refuse`` (no connection), ``reject`` (550), ``hang`` (no answer), or empty."""
    try:
        return (folder() / "fault").read_text().strip()
    except FileNotFoundError:
        return ""


def set_fault(kind: str) -> None:
    """Make every process's mail server misbehave until it is set to the empty string. Raises ValueError."""
    if kind not in ("", *FAULTS):
        raise ValueError(f"no such fault: {kind}")
    (folder() / "fault").write_text(kind)


class FolderBackend(BaseEmailBackend):
    """Keeps each mail as ``<time>-<uuid>.eml``, whole before it is visible."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            self._misbehave(message)
            name = f"{time.time_ns():020d}-{uuid.uuid4().hex[:12]}.eml"
            half = folder() / f"{name}.half"
            half.write_bytes(message.message().as_bytes())
            half.rename(folder() / name)
        for old in sorted(folder().glob("*.eml"), reverse=True)[KEPT:]:
            old.unlink(missing_ok=True)
        return len(email_messages)

    def _misbehave(self, message: EmailMessage) -> None:
        match fault():
            case "refuse":
                raise ConnectionRefusedError("the mail server refuses connections")
            case "reject":
                raise smtplib.SMTPRecipientsRefused(dict.fromkeys(message.recipients(), (550, b"no such mailbox")))
            case "hang":
                time.sleep(settings.EMAIL_TIMEOUT)
                raise TimeoutError("the mail server did not answer")
