"""The links of a client's quotations, once the address that they went to is no longer theirs (clients.keys)."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from clients.models import Client
from naksha.db import db_now
from quotations.models import Quotation, QuotationLink
from quotations.services import telling


class QuotationKeys:
    def end(self, client: Client) -> list[UUID]:
        now = db_now()
        standing = QuotationLink.objects.filter(quotation__client=client, revoked_at__isnull=True)
        led_to = set(standing.values_list("quotation", flat=True))
        QuotationLink.objects.filter(quotation__in=led_to, revoked_at__isnull=True).update(revoked_at=now)
        return [each.pk for each in Quotation.objects.filter(pk__in=led_to) if each.is_open_at(now)]

    def send(self, client: Client, ids: Collection[UUID]) -> None:
        once = f"link:{db_now().isoformat()}"
        for quotation in Quotation.objects.filter(pk__in=ids).select_related("consultant__user", "client__user"):
            telling.client(quotation, "quotation_sent", once=once)
