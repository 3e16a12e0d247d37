"""The jobs of quotations. Each only looks: the rows say what is to be done."""

from __future__ import annotations

from celery import shared_task


@shared_task
def lapse_due() -> int:
    """Every minute: end the quotations whose last day is over."""
    from quotations.services import lapsing

    return lapsing.lapse_due()


@shared_task
def send_reminders() -> int:
    """Every minute: remind clients three days and one day before."""
    from quotations.services import lapsing

    return lapsing.send_reminders()
