"""The jobs that move money on. Each takes a row that waits; the sweepers find those that nobody was told of."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from naksha.queue import tell


@shared_task
def send_refund(refund_id: str) -> None:
    from payments.services import sending

    sending.send(UUID(refund_id))


@shared_task
def process_event(event_id: str) -> None:
    from payments.services import events

    events.process(UUID(event_id))


@shared_task
def sweep() -> None:
    """Every minute: queue again the events and refunds that nobody took."""
    from payments.services import events, sending

    for event_id in events.unworked():
        tell(process_event, str(event_id))
    for refund_id in sending.unsent():
        tell(send_refund, str(refund_id))


@shared_task
def reconcile_due() -> None:
    """Every minute: ask the gateway about payments that stay open and refunds that stay on their way."""
    from payments.services import reconciling, sending

    reconciling.reconcile_due()
    sending.ask_due()
