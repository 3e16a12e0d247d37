"""A session's state has one colour, whichever page shows it."""

import re

import pytest
from django.urls import reverse

from bookings.services import links
from bookings.testing import make_paid
from clients.models import Client
from sessions_app.models import Session
from sessions_app.state import tone_of

pytestmark = pytest.mark.django_db


def badge(page, words):
    """The tone of the badge that says ``words``."""
    found = re.search(rf'class="badge ([a-z]*)"[^>]*>(?:<svg.*?</svg>)?\s*{words}', page.content.decode(), re.DOTALL)
    assert found, words
    return found[1]


def test_confirmed_looks_the_same_to_both_in_room_lists_and_booking(client, client_user, fake_gateway, consultant):
    booking, _ = make_paid(fake_gateway, consultant)
    Client.objects.filter(pk=booking.client_id).update(user=client_user)
    room, desk = reverse("sessions:room", args=[booking.session_id]), reverse("sessions:list")
    pages = {
        client_user: [room, reverse("client_area:sessions"), reverse("bookings:manage", args=[links.mint(booking)])],
        consultant.user: [room, desk, reverse("bookings:request", args=[booking.pk])],
    }
    for user, addresses in pages.items():
        client.force_login(user)
        for address in addresses:
            assert badge(client.get(address), "Confirmed") == tone_of(Session.Status.CONFIRMED) == "good", address
