"""What this app knows of a payer: as they may take it along, and how it is erased.

Invoices and their kin are legal documents: they keep what they say of the recipient as long as the law wants them kept.
The ledger holds no person.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from naksha.personal import ERASED_NAME, Identity, erased_mail, redact_rows
from payments.models import GatewayEvent, Invoice, Payment, Refund


def export(payments: Collection[UUID], documents: Collection[UUID]) -> dict[str, Any]:
    return {
        "payments": list(
            Payment.objects.filter(pk__in=payments)
            .order_by("created_at")
            .values(
                "created_at",
                "consultant__display_name",
                "description",
                "purpose",
                "status",
                "amount_paise",
                "captured_paise",
                "refunded_paise",
                "currency",
                "captured_at",
                "order_id",
                "payer_name",
                "payer_email",
                "payer_phone",
            )
        ),
        "refunds": list(
            Refund.objects.filter(payment__in=payments)
            .order_by("created_at")
            .values("created_at", "amount_paise", "currency", "status", "reason", "processed_at")
        ),
        "documents": list(
            Invoice.objects.filter(pk__in=documents)
            .order_by("issued_at")
            .values("issued_on", "kind", "number", "reference", "total_paise", "currency", "recipient")
        ),
    }


def erase(*, payments: Collection[UUID], identity: Identity) -> None:
    """Take the payer out of ``payments``; sums, states and the gateway's names of them stay."""
    mine = Payment.objects.filter(pk__in=payments)
    orders = [order for order in mine.values_list("order_id", flat=True) if order]
    mine.update(payer_name=ERASED_NAME, payer_email=erased_mail(), payer_phone="")
    redact_rows(mine, identity, "description", "attention")
    redact_rows(Refund.objects.filter(payment__in=payments), identity, "reason")
    # What the gateway told is worked by now, and holds the payer's details as it came.
    GatewayEvent.objects.filter(order_id__in=orders).update(body="{}")


def unworked_events(payments: Collection[UUID]) -> bool:
    """Whether the gateway has told something of ``payments`` that is still to be worked."""
    orders = Payment.objects.filter(pk__in=payments, order_id__isnull=False).values("order_id")
    return GatewayEvent.objects.filter(order_id__in=orders, status=GatewayEvent.Status.STORED).exists()
