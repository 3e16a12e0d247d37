"""A consultant with sessions: logged in, over the API, and what they record."""

from datetime import timedelta

import pytest

from naksha.api.testing import api_of
from naksha.testing import make_client, make_service, next_slot_start
from sessions_app.models import Session
from sessions_app.testing import make_recorded


@pytest.fixture
def desk(client, consultant):
    client.force_login(consultant.user)
    return client


@pytest.fixture
def theirs(consultant):
    return api_of(consultant.user)


def record(consultant, **changes):
    return make_recorded(consultant, **{"platform": "phone", "place": "+91 98000 00001", **changes})


def many(consultant, count=8, **fields):
    """Rows as they are, with no rule of time between them."""
    client, service = make_client(consultant), make_service(consultant)
    first = next_slot_start(3)
    return Session.objects.bulk_create(
        Session(
            consultant=consultant,
            service=service,
            client=client,
            starts_at=first + timedelta(hours=n),
            ends_at=first + timedelta(hours=n, minutes=30),
            **{"title": service.title, "platform": "jitsi", **fields},
        )
        for n in range(count)
    )
