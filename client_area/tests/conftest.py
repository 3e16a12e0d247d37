from __future__ import annotations

from typing import Any

import pytest
from django.test import Client


@pytest.fixture
def me(client: Client, client_user: Any) -> Client:
    """A browser in which the client is logged in."""
    client.force_login(client_user)
    return client
