"""A booking as mails and calendars tell it: plain values, ready for JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.models import Booking
from bookings.services import links, terms
from consultants.models import Service
from naksha.calendar import Entry, Method, Person, calendar_file, event_uid, sent_for

P = Service.Platform


def iso(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat() if moment else ""


def place_label(platform: str) -> str:
    """Where it happens, in a few words that are public."""
    return str(
        {
            P.JITSI: _("Online, in the browser"),
            P.LINK: _("Online, by video link"),
            P.PHONE: _("By phone"),
            P.IN_PERSON: _("In person"),
        }.get(P(platform), platform)
    )


def place_note(platform: str) -> str:
    """Where it happens and how one learns more, before booking."""
    return str(
        {
            P.JITSI: _("Online; the link comes by mail"),
            P.LINK: _("Online; the link comes by mail"),
            P.PHONE: _("By phone; the number comes by mail"),
            P.IN_PERSON: _("In person"),
        }.get(P(platform), platform)
    )


def place_of(booking: Booking, room_url: str = "") -> str:
    """The link, number or address. A link or a number is told once the booking is confirmed, an address always.

    Who meets in the browser is told ``room_url``, the reader's own way to the session's page, never the meeting's.
    """
    if booking.platform == P.IN_PERSON:
        return booking.place
    if not has_room(booking) or booking.session is None:
        return ""
    return booking.session.place or (room_url if booking.platform == P.JITSI else "")


def has_room(booking: Booking) -> bool:
    """Whether there is a session whose page can be opened."""
    return booking.status == Booking.Status.ACCEPTED and booking.session_id is not None


def place_url(booking: Booking) -> str:
    """A link of the consultant's own as something to click, if that is where they meet."""
    place = place_of(booking)
    return place if place.startswith("https://") and booking.platform == P.LINK else ""


def booking_facts(
    booking: Booking,
    token: str | None = None,
    *,
    room_url: str = "",
    refund_paise: int = 0,
    nearest: list[datetime] | None = None,
) -> dict[str, Any]:
    """What a mail says of ``booking``: to its client with a ``token``, to its consultant without one.

    Moments are ISO in UTC beside the reader's zone name, amounts are paise, addresses absolute.
    """
    consultant = booking.consultant
    for_client = token is not None
    return {
        "reference": booking.reference,
        "title": booking.title,
        "service_minutes": booking.minutes,
        "consultant_name": consultant.display_name,
        "consultant_page": consultant.page_url,
        "client_name": booking.contact_name or booking.client.name,
        "starts_at": iso(booking.starts_at),
        "ends_at": iso(booking.ends_at),
        "timezone": booking.timezone if for_client else consultant.timezone,
        "place_label": place_label(booking.platform),
        "place": place_of(booking, room_url),
        "total_paise": booking.total_paise,
        "paid_paise": booking.paid_paise - booking.refunded_paise,
        "balance_paise": booking.balance_paise,
        "refund_paise": refund_paise,
        "manage_url": links.manage_url(token) if token else "",
        "pay_url": links.pay_url(token) if token and booking.payable_paise else "",
        "dashboard_url": ""
        if for_client or not consultant.is_approved
        else settings.SITE_URL + reverse("bookings:request", args=[booking.pk]),
        "reason": booking.close_reason,
        "answer_by": iso(booking.answer_by),
        "free_cancel_until": iso(terms.free_cancel_until(booking)),
        "nearest": [
            {
                "starts_at": iso(start),
                "url": settings.SITE_URL
                + reverse("bookings:details", args=[consultant.slug, booking.service_id])
                + f"?start={start.astimezone(UTC):%Y-%m-%dT%H:%MZ}",
            }
            for start in nearest or []
        ],
        "answers": booking.answers,
    }


def calendar_entry(booking: Booking, *, manage_url: str = "", room_url: str = "", for_client: bool = True) -> Entry:
    """The booking as an event in somebody's calendar. ``room_url`` is the reader's way to the session's page."""
    who = booking.consultant.display_name if for_client else (booking.contact_name or booking.client.name)
    place = place_of(booking, room_url)
    lines = [_("Booking %(reference)s on Naksha.") % {"reference": booking.reference}]
    if place:
        lines.append(f"{place_label(booking.platform)}: {place}")
    if manage_url:
        lines.append(_("Move, cancel, receipt: %(url)s") % {"url": manage_url})
    reader = (
        Person(booking.contact_name or booking.client.name, booking.client.email)
        if for_client
        else Person(booking.consultant.display_name, booking.consultant.user.email)
    )
    return Entry(
        uid=event_uid("booking", booking.pk),
        sequence=booking.sequence,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        title=_("%(title)s with %(who)s") % {"title": booking.title, "who": who},
        description="\n".join(lines),
        location=place or place_label(booking.platform),
        url=manage_url,
        organizer=sent_for(booking.consultant.display_name),
        attendee=reader,
        tentative=booking.status == Booking.Status.PENDING,
    )


def calendar_for(
    booking: Booking,
    method: Method,
    *,
    now: datetime,
    manage_url: str = "",
    room_url: str = "",
    for_client: bool = True,
) -> str:
    entry = calendar_entry(booking, manage_url=manage_url, room_url=room_url, for_client=for_client)
    return calendar_file(entry, method, now=now)
