"""The audit trail. A line is written in the transaction of the change it tells of."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from accounts.models import AuditEntry, User
from naksha.logs import request_id


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
        request_id=request_id.get(),
    )
