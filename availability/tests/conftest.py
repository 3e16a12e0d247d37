"""What the tests of the consultant's pages share."""

import pytest


@pytest.fixture
def desk(client, consultant):
    """The browser of the consultant."""
    client.force_login(consultant.user)
    return client
