"""The jobs of the figures. Each only looks: the rows say what is to be done."""

from __future__ import annotations

import uuid

from celery import shared_task


@shared_task
def keep_figures() -> int:
    """Every minute: keep the days that are over, and count again those that have changed."""
    from dashboard.figures import keeping

    return keeping.keep_due()


@shared_task
def keep_figures_of(consultant_id: str) -> int:
    """When a day that is kept has changed."""
    from dashboard.figures import keeping

    return keeping.keep(uuid.UUID(consultant_id))
