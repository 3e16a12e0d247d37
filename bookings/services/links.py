"""Links that open one booking, or one place on a waitlist, without a login. The database keeps hashes alone."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking, BookingLink, WaitlistEntry, WaitlistLink
from clients.models import Client
from naksha.crypto import new_token, token_hash
from naksha.kept import Kept, Param
from sessions_app.access import revoke_links, standing_link
from sessions_app.models import SessionLink

_BESIDE = ("consultant__user", "consultant__policy", "service", "client", "session")
_LINKED = Kept(
    lambda: Booking.objects.select_related(*_BESIDE).filter(
        links__token_hash=Param("hash", models.CharField()), links__revoked_at__isnull=True
    )
)


def mint(booking: Booking) -> str:
    """A new link for ``booking``; those before it keep working. Returns its token, which can't be read back later."""
    token = new_token()
    BookingLink.objects.create(booking=booking, token_hash=token_hash(token))
    return token


def mint_waitlist(entry: WaitlistEntry) -> str:
    token = new_token()
    WaitlistLink.objects.create(entry=entry, token_hash=token_hash(token))
    return token


def resolve(token: str) -> Booking:
    """The booking that a link opens. Raises Booking.DoesNotExist for one that is unknown or was revoked.

    The same work is done for every token: a hash, and one look-up by the hash.
    """
    booking = _LINKED.first(hash=token_hash(token))
    if booking is None:
        raise Booking.DoesNotExist
    return booking


def by_id(booking_id: UUID) -> Booking | None:
    """As :func:`resolve`, where somebody needs no link. Whether they may is for the caller to ask."""
    return Booking.objects.select_related(*_BESIDE).filter(pk=booking_id).first()


def resolve_stopped(token: str) -> Booking:
    """The booking that a link opened until it was revoked: for the money that is on its way by it, and nothing else.
    Raises Booking.DoesNotExist for a link that is unknown or works."""
    return Booking.objects.select_related("consultant").get(
        links__token_hash=token_hash(token), links__revoked_at__isnull=False
    )


def resolve_waitlist(token: str) -> WaitlistEntry:
    """The place on a waitlist that a link opens. Raises WaitlistEntry.DoesNotExist."""
    return WaitlistEntry.objects.select_related("consultant__policy", "service", "session").get(
        links__token_hash=token_hash(token)
    )


def revoke(booking: Booking) -> int:
    """End every link of a booking, and to its session's page (one has fallen into wrong hands). Returns how many.

    The booking's first: see :func:`room_link`.
    """
    ended = BookingLink.objects.filter(booking=booking, revoked_at__isnull=True).update(revoked_at=timezone.now())
    if booking.session_id is not None:
        revoke_links(session_id=booking.session_id, client_id=booking.client_id)
    return ended


@transaction.atomic
def room_link(booking: Booking, token: str) -> SessionLink:
    """A link to the page of the booking's session for whoever has ``token``: one that stands, else a new one.

    The client's row is locked, as where all their links end, and the token's: who ends it meanwhile waits, and ends
    this one after it. Raises BookingLink.DoesNotExist where it was ended first.
    """
    list(Client.objects.select_for_update(no_key=True).filter(pk=booking.client_id))
    rows = BookingLink.objects.select_for_update(of=("self",)).select_related("booking__session", "booking__client")
    found = rows.get(booking=booking, token_hash=token_hash(token), revoked_at__isnull=True).booking
    assert found.session is not None
    return standing_link(session=found.session, client=found.client)


def manage_url(token: str) -> str:
    """The absolute address of a booking's own page."""
    return settings.SITE_URL + reverse("bookings:manage", args=[token])


def pay_url(token: str) -> str:
    """Where what is owed of a booking is paid."""
    return settings.SITE_URL + reverse("bookings:pay", args=[token])


def waitlist_url(token: str) -> str:
    return settings.SITE_URL + reverse("bookings:waitlist", args=[token])
