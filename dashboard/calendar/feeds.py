"""The calendar as a file that Google, Apple and Outlook fetch by a secret address (RFC 5545), and what changes that
address. Times are in UTC, so no zone has to be described."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import audit
from consultants.models import Consultant
from dashboard.calendar.events import Event, Kind, events_of
from dashboard.calendar.models import CalendarFeed
from naksha.crypto import new_token, token_hash

if TYPE_CHECKING:
    from icalendar import Component

BACK, AHEAD = timedelta(days=90), timedelta(days=366)
# A hold may be gone in minutes, and what comes of another calendar is there already.
TOLD = (Kind.SESSION, Kind.WEBINAR, Kind.REQUEST, Kind.BLOCK)
EVERY = timedelta(minutes=30)  # how often we propose to be asked


# --- the address


@transaction.atomic
def share(*, consultant: Consultant, detail: str) -> CalendarFeed:
    """Give the calendar an address, or say how much stands at the one that it has."""
    token = new_token()
    feed, made = CalendarFeed.objects.get_or_create(
        consultant=consultant, defaults={"token": token, "token_hash": token_hash(token), "detail": detail}
    )
    if not made and feed.detail != detail:
        feed.detail = detail
        feed.save(update_fields=["detail", "updated_at"])
    audit.record(actor=consultant.user, action="calendar.shared", subject=feed, data={"detail": detail})
    return feed


@transaction.atomic
def renew(*, consultant: Consultant) -> CalendarFeed | None:
    """A new address; the old one is over at once. None where there is none."""
    feed = CalendarFeed.objects.select_for_update().filter(consultant=consultant).first()
    if feed is None:
        return None
    feed.token = new_token()
    feed.token_hash = token_hash(feed.token)
    feed.save(update_fields=["token", "token_hash", "updated_at"])
    audit.record(actor=consultant.user, action="calendar.address_renewed", subject=feed)
    return feed


@transaction.atomic
def close(*, consultant: Consultant) -> bool:
    """Stop sharing. False where nothing was shared."""
    feed = CalendarFeed.objects.select_for_update().filter(consultant=consultant).first()
    if feed is None:
        return False
    audit.record(actor=consultant.user, action="calendar.closed", subject=feed)
    feed.delete()
    return True


def find(token: str) -> CalendarFeed | None:
    """The feed that ``token`` opens, while its consultant may work here. One query."""
    feed = CalendarFeed.objects.select_related("consultant__user").filter(token_hash=token_hash(token)).first()
    if feed is None or not feed.consultant.is_approved or not feed.consultant.user.is_active:
        return None
    return feed


def address_of(feed: CalendarFeed) -> str:
    return settings.SITE_URL + reverse("calendar:feed", args=[feed.token])


# --- the file


def file_of(feed: CalendarFeed, now: datetime) -> bytes:
    """The calendar file: the last 90 days and the next year. The same bytes while nothing has changed that day; three
    queries."""
    from icalendar import Calendar  # 4 MB, which most processes never need

    consultant = feed.consultant
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    calendar = Calendar()
    calendar.add("prodid", "-//Naksha//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Naksha: %(name)s") % {"name": consultant.display_name})
    calendar.add("x-wr-timezone", consultant.timezone)
    calendar.add("refresh-interval", EVERY, parameters={"value": "DURATION"})  # RFC 7986 §5.7
    calendar.add("x-published-ttl", f"PT{int(EVERY.total_seconds() // 60)}M")
    for event in events_of(consultant, day - BACK, day + AHEAD, now):
        if event.kind in TOLD:
            calendar.add_component(_entry(event, feed.detail))
    return bytes(calendar.to_ical())


def _entry(event: Event, detail: str) -> Component:
    from icalendar import Event as Entry
    from icalendar import vUri

    entry = Entry()
    entry.add("uid", event.uid)
    entry.add("dtstamp", event.changed_at.astimezone(UTC))
    entry.add("last-modified", event.changed_at.astimezone(UTC))
    entry.add("sequence", event.sequence)
    entry.add("dtstart", event.starts_at.astimezone(UTC))
    entry.add("dtend", event.ends_at.astimezone(UTC))
    tentative = event.kind == Kind.REQUEST
    entry.add("status", "CANCELLED" if event.is_off else "TENTATIVE" if tentative else "CONFIRMED")
    entry.add("transp", "TRANSPARENT" if event.is_off else "OPAQUE")
    if detail == CalendarFeed.Detail.BUSY:
        entry.add("summary", _("Busy"))
        return entry
    entry.add("summary", f"{event.name}: {event.title}" if event.who else event.title)
    entry.add("description", ". ".join(part for part in (event.words, event.detail) if part))
    entry.add("class", "PRIVATE")
    if event.url:
        entry.add("url", vUri(settings.SITE_URL + event.url))
    return entry
