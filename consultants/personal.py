"""What this app knows of somebody who is no consultant. It goes with the login's row."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from consultants.models import SavedConsultant


def export(user: User) -> dict[str, Any]:
    saved = SavedConsultant.objects.filter(user=user)
    return {"saved_consultants": list(saved.values("created_at", "consultant__display_name", "consultant__slug"))}
