"""Kept figures of two clients who become one (clients.moving.Mover): on each day they count once."""

from __future__ import annotations

from clients.models import Client
from clients.moving import Moving
from dashboard.models import DailyClient


class FiguresMove:
    relations = frozenset({"dashboard.DailyClient.client"})

    def told(self, gone: Client) -> list[Moving]:
        return []

    def against(self, *, kept: Client, gone: Client) -> list[str]:
        return []

    def move(self, *, kept: Client, gone: Client) -> None:
        theirs = DailyClient.objects.filter(client=gone)
        theirs.filter(day__in=DailyClient.objects.filter(client=kept).values("day")).delete()
        theirs.update(client=kept)
