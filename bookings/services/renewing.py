"""Ending the links of a booking that are in wrong hands, and mailing its client one that works."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from bookings.models import Booking, BookingLink
from bookings.services import links
from bookings.services import tell as telling
from bookings.services.machine import S, locked
from clients import keys
from clients.models import Client
from naksha.db import db_now
from naksha.errors import InvalidState
from notifications import services as notifications
from sessions_app.live import say_changed


@transaction.atomic
def new_link(*, booking: Booking, actor: User) -> Booking:
    """End every link to ``booking`` and to its session, and mail its client a new one. Once more within the same
    minute: nothing changes, for that one has just gone out.

    Raises PermissionDenied for anybody but its consultant, InvalidState before it has come to something or once its
    client was erased.
    """
    booking = locked(booking.pk)
    if booking.consultant.user_id != actor.pk or not booking.consultant.is_approved:
        raise PermissionDenied
    if booking.status in (S.HELD, S.ABANDONED) or booking.client.erased_at is not None:
        raise InvalidState
    once = keys.press_of(db_now())
    if notifications.was_queued(telling.key_of(keys.MAIL, booking, once)):
        return booking
    links.revoke(booking)
    telling.client(booking, keys.MAIL, _("A new link to your booking"), once=once)
    audit.record(actor=actor, action="booking.links_ended", subject=booking)
    if booking.session_id is not None:
        say_changed(booking.session_id)
    return booking


class BookingKeys:
    """A :class:`clients.keys.Keys`."""

    def end(self, client: Client) -> list[UUID]:
        standing = BookingLink.objects.filter(booking__client=client, revoked_at__isnull=True)
        led_to = set(standing.values_list("booking", flat=True))
        standing.update(revoked_at=timezone.now())
        ahead = Booking.objects.filter(pk__in=led_to, status__in=[S.PENDING, S.ACCEPTED], ends_at__gt=db_now())
        return list(ahead.order_by("starts_at").values_list("pk", flat=True))

    def send(self, client: Client, ids: Collection[UUID]) -> None:
        once = f"link:{db_now().isoformat()}"
        for booking in Booking.objects.filter(pk__in=ids).select_related(
            "consultant__user", "consultant__policy", "service", "client__user", "session"
        ):
            telling.client(booking, keys.MAIL, _("A new link to your booking"), once=once)
