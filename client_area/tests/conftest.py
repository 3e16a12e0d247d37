from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from bookings.models import Booking
from client_area.tests import lived
from consultants.models import Consultant


@pytest.fixture
def me(client: Client, client_user: Any) -> Client:
    """A browser in which the client is logged in."""
    client.force_login(client_user)
    return client


@pytest.fixture
def person(client_user: User) -> User:
    return lived.person_of(client_user)


@pytest.fixture
def past(person: User, consultant: Consultant, fake_gateway: Any) -> Booking:
    return lived.live(person, consultant, fake_gateway)
