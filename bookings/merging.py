"""Bookings of two clients who become one (clients.moving.Mover)."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import ngettext

from bookings.models import Booking
from clients.models import Client
from clients.moving import Moving


class BookingsMove:
    relations = frozenset({"bookings.Booking.client"})

    def told(self, gone: Client) -> list[Moving]:
        n = Booking.objects.filter(client=gone).exclude(status=Booking.Status.ABANDONED).count()
        return [Moving(ngettext("%(n)d booking", "%(n)d bookings", n) % {"n": n}, n)]

    def against(self, *, kept: Client, gone: Client) -> list[str]:
        return []

    def move(self, *, kept: Client, gone: Client) -> None:
        Booking.objects.filter(client=gone).update(client=kept, updated_at=timezone.now())
