"""What open pages are told."""

from __future__ import annotations

from collections import defaultdict

import pytest

from consultants.models import Consultant
from notifications.live import group_of


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The topics that each group was told, once each is committed."""
    topics: dict[str, list[str]] = defaultdict(list)
    monkeypatch.setattr(
        "naksha.live._send", lambda group, message: topics[group].append(message.get("topic", message["type"]))
    )
    return topics


@pytest.fixture
def heard(told: dict[str, list[str]], consultant: Consultant) -> list[str]:
    """What the consultant's open pages were told."""
    return told[group_of(consultant.user_id)]
