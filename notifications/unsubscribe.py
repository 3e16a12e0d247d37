"""The link in a mail that stops mails of its kind, without a login (RFC 8058: one POST, no cookie asked for)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from notifications.models import OutgoingMail

_SIGNER = "notifications.unsubscribe"


def token_for(mail: OutgoingMail) -> str:
    """Names the mail, and so its reader and its kind, and is signed: nobody can make one up."""
    return Signer(salt=_SIGNER).sign(mail.pk.hex)


def mail_of(token: str) -> OutgoingMail | None:
    """The mail that the link stood in, or None for a token that isn't ours."""
    try:
        pk = uuid.UUID(Signer(salt=_SIGNER).unsign(token))
    except (BadSignature, ValueError):
        return None
    return OutgoingMail.objects.filter(pk=pk).exclude(kind="").first()


def url_for(mail: OutgoingMail) -> str:
    """The whole address; empty for a mail that always goes out."""
    return settings.SITE_URL + reverse("notifications:mail_off", args=[token_for(mail)]) if mail.kind else ""
