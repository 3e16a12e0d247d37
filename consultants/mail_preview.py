"""How a mail to a client would read with the consultant's words, over a session that nobody has booked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from consultants.models import Consultant, MailWords, Service
from consultants.pricing import earning
from consultants.services.mail_words import said_in
from notifications.rendering import render_mail

Kind = MailWords.Kind
_HREF = re.compile(r'(<a\b[^>]*?) href="[^"]*"')
# The mail that shows the words of a kind. The signature is seen under the first.
SHOWN_BY = {
    Kind.CONFIRMATION: "booking_confirmed_client",
    Kind.REMINDER: "reminder_client",
    Kind.FOLLOW_UP: "session_completed",
    Kind.SIGNATURE: "booking_confirmed_client",
}


def preview(consultant: Consultant, kind: str, words: Mapping[str, str]) -> str:
    """The mail of ``kind`` with ``words`` in it, as HTML whose links lead nowhere. One query."""
    template = SHOWN_BY[Kind(kind)]
    facts = _facts(consultant, past=kind == Kind.FOLLOW_UP)
    return _HREF.sub(r"\1", render_mail(template, {**facts, **said_in(template, words)}).html)


def _facts(consultant: Consultant, *, past: bool) -> dict[str, Any]:
    """What the product would say of a session tomorrow, or yesterday, at eleven on the consultant's clocks."""
    service = consultant.services.bookable().first() or Service(title=_("First call"), minutes=30)  # type: ignore[attr-defined]
    zone = ZoneInfo(consultant.timezone)
    day = timezone.now().astimezone(zone) + timedelta(days=-1 if past else 1)
    starts_at = day.replace(hour=11, minute=0, second=0, microsecond=0)
    page = consultant.page_url or settings.SITE_URL
    paid = earning(service.price_paise, charges_gst=consultant.charges_gst).client_pays if service.price_paise else 0
    return {
        "reference": "NK-…",
        "title": service.title,
        "service_minutes": service.minutes,
        "consultant_name": consultant.display_name,
        "consultant_page": consultant.page_url,
        "client_name": _("Your client"),
        "starts_at": starts_at.astimezone(UTC).isoformat(),
        "ends_at": (starts_at + timedelta(minutes=service.minutes)).astimezone(UTC).isoformat(),
        "timezone": consultant.timezone,
        "place_label": service.get_platform_display(),
        "place": "",
        "total_paise": int(paid),
        "paid_paise": int(paid),
        "balance_paise": 0,
        "free_cancel_until": "",
        "manage_url": page,
        "room_url": page,
        "rate_url": page,
        "summary": "",
    }
