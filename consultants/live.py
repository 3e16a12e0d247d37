"""Telling a consultant's open pages to look again, where the consultant is known by no more than an id."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from consultants.models import Consultant
from notifications.live import changed_for

SETUP = "setup"  # what a consultant sets: page, services, terms, bank account


@lru_cache(maxsize=4096)
def _login_of(consultant_id: UUID) -> UUID:
    """A consultant is one login's for good, so it is asked once."""
    login: UUID = Consultant.objects.values_list("user_id", flat=True).get(pk=consultant_id)
    return login


def say_changed(consultant_id: UUID, topic: str = SETUP) -> None:
    """On commit: whoever has what ``topic`` names on the screen looks again."""
    changed_for(_login_of(consultant_id), topic)
