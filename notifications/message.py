"""A row of the mail log as a message: subject, text, HTML, and the calendar file."""

from __future__ import annotations

import json
from email.utils import formataddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from notifications import unsubscribe
from notifications.models import OutgoingMail
from notifications.rendering import render_mail


def message_id(mail: OutgoingMail) -> str:
    """The same for every try of one mail, so that a double can be told; another one for each resend."""
    host = urlsplit(settings.SITE_URL).hostname or "naksha.invalid"
    return f"<{mail.pk.hex}.{mail.edition}@{host}>"


def build_message(mail: OutgoingMail) -> EmailMultiAlternatives:
    """Render the mail. Raises what the template raises."""
    off = unsubscribe.url_for(mail)
    rendered = render_mail(mail.template, {**json.loads(mail.sealed_context), "mail_off_url": off})
    message = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[formataddr((_one_line(mail.to_name), mail.to)) if mail.to_name else mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={
            "Message-ID": message_id(mail),
            "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office answers
            "X-Entity-Ref-ID": mail.pk.hex,
            **({"List-Unsubscribe": f"<{off}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if off else {}),
        },
    )
    message.attach_alternative(rendered.html, "text/html")
    if mail.calendar:
        method = mail.calendar_method or "PUBLISH"
        # The alternative lets mail programs show the invitation (RFC 6047); the file serves all the others.
        message.attach_alternative(mail.calendar, f"text/calendar; method={method}")
        message.attach("invite.ics", mail.calendar.encode(), "application/ics")
    return message


def _one_line(text: str) -> str:
    return " ".join(text.split())
