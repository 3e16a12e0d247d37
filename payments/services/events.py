"""Webhooks: kept once, answered at once, worked by a job. An event is a reason to ask the gateway, never a proof."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts import audit
from accounts.models import User
from naksha.queue import tell
from payments.errors import GatewayUnavailable, NotAnEvent, SignatureInvalid
from payments.gateway import get_gateway
from payments.models import GatewayEvent, Payment
from payments.services.reconciling import reconcile

log = structlog.get_logger(__name__)

CLAIM_LASTS = timedelta(minutes=3)
GIVE_UP_AFTER = 30  # tries; with the waits below more than a day
BATCH = 100


def store(*, raw_body: bytes, signature: str, event_id: str) -> GatewayEvent:
    """Keep what the gateway sent, once for its id, and have a worker look. A repeat is counted and does nothing.

    Raises SignatureInvalid for a body that the gateway did not sign, NotAnEvent for one that says nothing.
    """
    if not signature or not get_gateway().verify_webhook(raw_body, signature):
        log.warning("webhook_forged", event_id=event_id[:100], size=len(raw_body))
        raise SignatureInvalid
    try:
        text = raw_body.decode()
        told = json.loads(text)
        kind = str(told["event"])
    except (ValueError, KeyError, TypeError) as error:
        log.warning("webhook_not_an_event", event_id=event_id[:100], size=len(raw_body))
        raise NotAnEvent from error
    event_id = event_id[:100] or hashlib.sha256(raw_body).hexdigest()
    order_id, gateway_payment_id = _about(told)
    with transaction.atomic():
        event, first = GatewayEvent.objects.get_or_create(
            event_id=event_id,
            defaults={
                "kind": kind[:60],
                "body": text,
                "order_id": order_id[:40],
                "gateway_payment_id": gateway_payment_id[:40],
            },
        )
        if first:
            _tell(event)
        else:
            GatewayEvent.objects.filter(pk=event.pk).update(deliveries=F("deliveries") + 1)
    return event


def _about(told: dict[str, Any]) -> tuple[str, str]:
    """The order and the payment that an event is about, as far as it says."""
    payload = told.get("payload")

    def entity(name: str) -> dict[str, Any]:
        part = payload.get(name) if isinstance(payload, dict) else None
        found = part.get("entity") if isinstance(part, dict) else None
        return found if isinstance(found, dict) else {}

    order_id = entity("payment").get("order_id") or entity("order").get("id") or ""
    payment_id = entity("payment").get("id") or entity("refund").get("payment_id") or ""
    return str(order_id), str(payment_id)


def _tell(event: GatewayEvent) -> None:
    from payments import tasks

    tell(tasks.process_event, str(event.pk))


def process(event_id: UUID) -> GatewayEvent:
    """Do what a stored event is a reason for, if nobody else is at it: reconcile the payment it is about.

    A gateway that is away puts it off; any other failure puts it off too, and is raised for the log.
    """
    now = timezone.now()
    claimed = GatewayEvent.objects.filter(
        Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - CLAIM_LASTS),
        pk=event_id,
        status=GatewayEvent.Status.STORED,
        due_at__lte=now,
    ).update(claimed_at=now, attempts=F("attempts") + 1)
    event = GatewayEvent.objects.defer("body").get(pk=event_id)  # what it is about is known; the rest stays sealed
    if not claimed:
        return event
    about = Q(order_id=event.order_id) if event.order_id else Q(attempts__gateway_payment_id=event.gateway_payment_id)
    payment = Payment.objects.filter(about).first() if event.order_id or event.gateway_payment_id else None
    if payment is None:
        return _done(event, GatewayEvent.Status.IGNORED)
    try:
        reconcile(payment.pk)
    except GatewayUnavailable as error:
        return _put_off(event, repr(error.__cause__ or error))
    except Exception as error:
        _put_off(event, repr(error))
        raise
    return _done(event, GatewayEvent.Status.DONE)


def _done(event: GatewayEvent, status: str) -> GatewayEvent:
    event.status = status
    event.done_at = timezone.now()
    event.claimed_at = None
    event.last_error = ""
    event.save(update_fields=["status", "done_at", "claimed_at", "last_error", "updated_at"])
    return event


def _put_off(event: GatewayEvent, error: str) -> GatewayEvent:
    """Try again after 1, 2, 4 … minutes, at most an hour; after a day of that a person has to look."""
    event.status = GatewayEvent.Status.FAILED if event.attempts >= GIVE_UP_AFTER else GatewayEvent.Status.STORED
    event.due_at = timezone.now() + timedelta(minutes=min(60, 2 ** min(event.attempts - 1, 6)))
    event.claimed_at = None
    event.last_error = error[:300]
    event.save(update_fields=["status", "due_at", "claimed_at", "last_error", "updated_at"])
    log.warning("webhook_put_off", event_id=event.event_id, attempts=event.attempts, error=error[:300])
    return event


@transaction.atomic
def replay(*, event: GatewayEvent, actor: User) -> GatewayEvent:
    """Work an event once more, as ``actor`` asked. What it once did is found done."""
    event = GatewayEvent.objects.select_for_update().get(pk=event.pk)
    event.status = GatewayEvent.Status.STORED
    event.attempts = 0
    event.due_at = timezone.now()
    event.claimed_at = event.done_at = None
    event.save(update_fields=["status", "attempts", "due_at", "claimed_at", "done_at", "updated_at"])
    audit.record(actor=actor, action="gateway_event.replayed", subject=event)
    _tell(event)
    return event


def unworked() -> list[UUID]:
    """Events that are due and that nobody is working."""
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=timezone.now() - CLAIM_LASTS)
    return list(GatewayEvent.objects.waiting().filter(free).order_by("due_at").values_list("pk", flat=True)[:BATCH])
