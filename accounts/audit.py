"""The audit trail. A line is written in the transaction of the change it tells of."""

from __future__ import annotations

from typing import Any

import structlog
from django.db.models import Model

from accounts.models import AuditEntry, User


def record(
    *, actor: User | None, action: str, subject: Model, reason: str = "", data: dict[str, Any] | None = None
) -> AuditEntry:
    """Note that ``actor`` (None: the schedule or a guest) did ``action`` ("consultant.approved") to ``subject``."""
    return AuditEntry.objects.create(
        actor=actor,
        actor_label=actor.email if actor else "",
        action=action,
        subject_kind=subject._meta.label_lower,
        subject_id=subject.pk,
        subject_label=str(subject)[:254],
        reason=reason,
        data=data or {},
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
    )
