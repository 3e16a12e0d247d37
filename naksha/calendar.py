"""Calendar files (RFC 5545), as mail programs take them up (RFC 5546): one event, in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from icalendar import vCalAddress

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]


@dataclass(frozen=True)
class Person:
    name: str
    email: str


@dataclass(frozen=True)
class Entry:
    """One event. ``uid`` never changes; ``sequence`` rises with each change (RFC 5545 §3.8.7.4)."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    title: str
    description: str
    location: str = ""
    url: str = ""
    organizer: Person | None = None
    attendee: Person | None = None
    tentative: bool = False


def event_uid(kind: str, key: UUID) -> str:
    """The name of an event that is ours, the same for as long as it lives (RFC 5545 §3.8.4.7)."""
    host = settings.SITE_URL.split("//", 1)[-1].split(":", 1)[0].split("/", 1)[0] or "naksha"
    return f"{kind}-{key}@{host}"


def sent_for(name: str) -> Person:
    """The organizer of an event that we send in somebody's name: their name, our address."""
    site, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return Person(_("%(name)s via %(site)s") % {"name": name, "site": site}, sender)


def _address(person: Person) -> vCalAddress:
    from icalendar import vCalAddress, vText

    address = vCalAddress(f"mailto:{person.email}")
    address.params["cn"] = vText(person.name.replace('"', "'"))
    return address


def calendar_file(entry: Entry, method: Method, *, now: datetime) -> str:
    """The file as text, with CRLF and folded lines.

    ``REQUEST`` invites or changes, ``CANCEL`` takes back, ``PUBLISH`` is a copy to keep. Organizer and attendee are
    written only where somebody is asked for an answer: in a copy to keep they would make programs refuse it.
    """
    from icalendar import Alarm, Calendar, Event, vText, vUri  # 4 MB, which most processes never need

    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("sequence", entry.sequence)
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("summary", entry.title)
    event.add("description", entry.description)
    event.add("status", "CANCELLED" if method == "CANCEL" else "TENTATIVE" if entry.tentative else "CONFIRMED")
    event.add("transp", "OPAQUE")
    if entry.location:
        event.add("location", entry.location)
    if entry.url:
        event.add("url", vUri(entry.url))
    if method != "PUBLISH":
        if entry.organizer:
            event["organizer"] = _address(entry.organizer)
        if entry.attendee:
            attendee = _address(entry.attendee)
            attendee.params["role"] = vText("REQ-PARTICIPANT")
            attendee.params["partstat"] = vText("NEEDS-ACTION")
            attendee.params["rsvp"] = vText("FALSE")
            event.add("attendee", attendee, encode=False)
    if method != "CANCEL":
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.title)
        alarm.add("trigger", timedelta(minutes=-15))
        event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//Naksha//Bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(event)
    return calendar.to_ical().decode()


def google_url(entry: Entry) -> str:
    """A link that puts the event into Google Calendar."""
    form = "%Y%m%dT%H%M%SZ"
    return "https://calendar.google.com/calendar/render?" + urlencode(
        {
            "action": "TEMPLATE",
            "text": entry.title,
            "dates": f"{entry.starts_at.astimezone(UTC):{form}}/{entry.ends_at.astimezone(UTC):{form}}",
            "details": entry.description,
            "location": entry.location,
        }
    )


def outlook_url(entry: Entry) -> str:
    """A link that puts the event into Outlook on the web."""
    return "https://outlook.live.com/calendar/0/deeplink/compose?" + urlencode(
        {
            "path": "/calendar/action/compose",
            "rru": "addevent",
            "subject": entry.title,
            "startdt": entry.starts_at.astimezone(UTC).isoformat(),
            "enddt": entry.ends_at.astimezone(UTC).isoformat(),
            "body": entry.description,
            "location": entry.location,
        }
    )
