"""Quotations to two clients who become one (clients.moving.Mover)."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import ngettext

from clients.models import Client
from clients.moving import Moving
from quotations.models import Quotation


class QuotationsMove:
    relations = frozenset({"quotations.Quotation.client"})

    def told(self, gone: Client) -> list[Moving]:
        n = Quotation.objects.filter(client=gone).count()
        return [Moving(ngettext("%(n)d quotation", "%(n)d quotations", n) % {"n": n}, n)]

    def against(self, *, kept: Client, gone: Client) -> list[str]:
        return []

    def move(self, *, kept: Client, gone: Client) -> None:
        Quotation.objects.filter(client=gone).update(client=kept, updated_at=timezone.now())
