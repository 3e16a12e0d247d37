"""Who is told what of a booking: a mail to the client, a mail and a line on screen to the consultant.

All are rows of the transaction that makes the change they tell of.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.facts import booking_facts, calendar_for, has_room
from bookings.models import Booking
from bookings.services import links
from consultants.models import Service
from consultants.services import mail_words
from naksha.calendar import Method
from notifications import services as notifications
from sessions_app import rooms
from sessions_app.access import mint_link

BOOKINGS = "bookings"  # what open pages hear, to fetch their lists again
# What the consultant may go without, being told on screen too. All other mails about bookings always go out.
SPARED = frozenset({"booking_requested_consultant", "booking_expired_consultant"})


def client(
    booking: Booking,
    template: str,
    title: str,
    *,
    calendar: Method | None = None,
    refund_paise: int = 0,
    nearest: list[datetime] | None = None,
    once: str = "",
    more: dict[str, Any] | None = None,
    reply_to: str | None = None,
) -> None:
    """Mail the client, with a link of the mail's own; one who has a login sees a line on screen too.

    The same change mails once. ``once`` names it where state and sums of the booking don't; ``more`` is what this
    template says besides the facts of the booking. An answer goes to the consultant, unless ``reply_to`` says else.
    """
    token = links.mint(booking)
    url = links.manage_url(token)
    room = room_link(booking)
    notifications.send_mail(
        template=template,
        to=booking.client.email,
        to_name=booking.contact_name or booking.client.name,
        context={
            **booking_facts(booking, token, room_url=room, refund_paise=refund_paise, nearest=nearest),
            **(more or {}),
            **mail_words.for_mail(template, booking.consultant_id),
        },
        calendar=calendar_for(booking, calendar, now=timezone.now(), manage_url=url, room_url=room) if calendar else "",
        calendar_method=calendar or "",
        reply_to=booking.consultant.user.email if reply_to is None else reply_to,
        on_behalf_of=booking.consultant.user,
        dedupe_key=key_of(template, booking, once),
    )
    notifications.changed(booking.consultant.user, BOOKINGS)
    if booking.client.user is not None:
        notifications.changed(booking.client.user, BOOKINGS)
        notifications.notify(
            user=booking.client.user,
            kind="booking",
            title=title,
            body=_("%(title)s with %(consultant)s")
            % {"title": booking.title, "consultant": booking.consultant.display_name},
            moment=booking.starts_at,
            url=reverse("bookings:of", args=[booking.pk]),
        )


def consultant(
    booking: Booking,
    template: str,
    title: str,
    *,
    calendar: Method | None = None,
    refund_paise: int = 0,
) -> None:
    """Mail the consultant, and put a line on screen."""
    _mail_consultant(booking, template, calendar=calendar, refund_paise=refund_paise)
    on_screen(booking, title)


def request(booking: Booking) -> None:
    """Put a request before the consultant: a line on screen, and a mail. While their quiet hours run the mail is a time
    on the booking's row, for by then the request may be withdrawn, answered or moved."""
    on_screen(booking, _("New request"))
    mail_request(booking)


def mail_request(booking: Booking) -> bool:
    """Mail a request to the consultant, or put that off to the end of their quiet hours. Whether it was mailed."""
    address = booking.consultant.user.email
    until = notifications.mail_waits_until(address, timezone.now(), useful_until=booking.answer_by)
    if (booking.request_mail_due_at, until) != (None, None):
        booking.request_mail_due_at = until
        booking.save(update_fields=["request_mail_due_at", "updated_at"])
    if until is None:
        _mail_consultant(booking, "booking_requested_consultant", useful_until=booking.answer_by)
    return until is None


def _mail_consultant(
    booking: Booking,
    template: str,
    *,
    calendar: Method | None = None,
    refund_paise: int = 0,
    useful_until: datetime | None = None,
) -> None:
    user = booking.consultant.user
    room = rooms.room_url(booking.session_id) if booking.session_id else ""
    notifications.send_mail(
        template=template,
        to=user.email,
        to_name=booking.consultant.display_name,
        context=booking_facts(booking, room_url=room, refund_paise=refund_paise),
        calendar=calendar_for(booking, calendar, now=timezone.now(), room_url=room, for_client=False)
        if calendar
        else "",
        calendar_method=calendar or "",
        reply_to=booking.client.email,
        dedupe_key=key_of(template, booking),
        kind="booking" if template in SPARED else "",
        useful_until=useful_until,
    )


def room_link(booking: Booking) -> str:
    """A new link of this client's own to the session's page, where they meet in the browser; else nothing."""
    if booking.session is None or not has_room(booking) or booking.platform != Service.Platform.JITSI:
        return ""
    return rooms.link_url(mint_link(session=booking.session, client=booking.client))


def key_of(template: str, booking: Booking, once: str = "") -> str:
    """The same change of a booking mails once."""
    return f"{template}:{booking.pk.hex}:{once or f'{booking.sequence}:{booking.paid_paise}'}"


def on_screen(booking: Booking, title: str) -> None:
    user = booking.consultant.user
    notifications.changed(user, BOOKINGS)
    notifications.notify(
        user=user,
        kind="booking",
        title=title,
        body=_("%(client)s: %(title)s")
        % {"client": booking.contact_name or booking.client.name, "title": booking.title},
        moment=booking.starts_at,
        url=reverse("bookings:request", args=[booking.pk]),
    )


@transaction.atomic
def send_link(booking: Booking) -> None:
    """Mail the client a new link of a booking whose old one was lost."""
    token = links.mint(booking)
    notifications.send_mail(
        template="booking_link",
        to=booking.client.email,
        to_name=booking.contact_name or booking.client.name,
        context=booking_facts(booking, token, room_url=room_link(booking)),
        reply_to=booking.consultant.user.email,
    )
