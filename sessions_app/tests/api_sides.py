"""A session over the API, recorded or booked, and its two sides."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.testing import make_paid
from clients.models import Client
from naksha.api.testing import api_of
from naksha.testing import make_client, next_slot_start
from sessions_app.models import Session
from sessions_app.testing import make_recorded


@pytest.fixture
def client_of(consultant, client_user):
    return make_client(consultant, user=client_user, email=client_user.email, name="Farhan Qureshi")


@pytest.fixture
def theirs(consultant):
    return api_of(consultant.user)


@pytest.fixture
def mine(client_user):
    return api_of(client_user)


@pytest.fixture
def session(consultant, client_of):
    return make_recorded(consultant, minutes=30, client=client_of)


@pytest.fixture
def booked(consultant, client_user, fake_gateway):
    booking, _token = make_paid(fake_gateway, consultant, starts_at=next_slot_start(days=3))
    Client.objects.filter(pk=booking.client_id).update(user=client_user)
    return booking


def begin(session, ago=30):
    start = timezone.now() - timedelta(minutes=ago)
    Session.objects.filter(pk=session.pk).update(starts_at=start, ends_at=start + timedelta(minutes=30))


def state(session):
    return Session.objects.get(pk=session.pk).status
