import pytest


@pytest.fixture
def desk(client, consultant):
    """The consultant's browser."""
    client.force_login(consultant.user)
    return client
