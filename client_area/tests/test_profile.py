"""The profile: what every consultant gets alike, and where the pages of one's own account stand."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import User
from bookings.testing import make_paid
from client_area.testing import client_of
from clients import services
from clients.models import Client, ClientProfile
from consultants.slugs import is_reserved
from naksha.testing import PASSWORD, make_client

pytestmark = pytest.mark.django_db
PAGE = "/me/profile/"
TYPED = {
    "name": "Farhan Qureshi",
    "phone": "98200 12345",
    "timezone": "Asia/Dubai",
    "address": "7 Hill Road, Mumbai",
    "state_code": "27",
    "pin_code": "400 050",
    "gstin": "27AAPFU0939F1ZV",
}


def test_what_is_typed_goes_onto_every_row_of_the_login_and_no_other(
    me, client_user, stranger, consultant, other_consultant
) -> None:
    mine = [client_of(client_user, consultant), client_of(client_user, other_consultant)]
    theirs = client_of(stranger, consultant)
    assert me.post(PAGE, TYPED).url == PAGE
    for row in mine:
        row.refresh_from_db()
        assert (row.phone, row.timezone, row.address) == ("+919820012345", "Asia/Dubai", "7 Hill Road, Mumbai")
        assert (row.state_code, row.pin_code, row.gstin) == ("27", "400050", "27AAPFU0939F1ZV")
    before = (theirs.phone, theirs.address)
    theirs.refresh_from_db()
    assert (theirs.phone, theirs.address) == before


def test_a_new_name_is_the_logins_and_of_rows_that_had_the_old_one(
    me, client_user, consultant, other_consultant
) -> None:
    same = client_of(client_user, consultant)
    nick = client_of(client_user, other_consultant)
    Client.objects.filter(pk=nick.pk).update(name="Farhan from the bakery")
    me.post(PAGE, {**TYPED, "name": "Farhan Ali Qureshi"})
    client_user.refresh_from_db()
    assert client_user.name == "Farhan Ali Qureshi"
    assert Client.objects.get(pk=same.pk).name == "Farhan Ali Qureshi"
    assert Client.objects.get(pk=nick.pk).name == "Farhan from the bakery"


def test_the_next_consultant_gets_it_too(me, client_user, consultant) -> None:
    me.post(PAGE, TYPED)
    row = services.find_or_create(consultant=consultant, name="Farhan", email="x@example.com", user=client_user)
    assert (row.address, row.gstin) == ("7 Hill Road, Mumbai", "27AAPFU0939F1ZV")


def test_rows_that_are_taken_over_get_what_they_lack_and_keep_what_they_have(me, client_user, consultant) -> None:
    me.post(PAGE, TYPED)
    guest = make_client(consultant, email=client_user.email, phone="+919800000009", state_code="", pin_code="")
    services.claim(user=client_user, email=client_user.email)
    guest.refresh_from_db()
    assert (guest.phone, guest.address, guest.pin_code) == ("+919800000009", "7 Hill Road, Mumbai", "400050")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "7"),
        ("phone", "12"),
        ("pin_code", "0123"),
        ("gstin", "27AAPFU0939F1ZX"),
        ("state_code", "29"),
        ("timezone", "Mars/Base"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_kept(me, client_user, consultant, field, value) -> None:
    answer = me.post(PAGE, {**TYPED, field: value})
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert not ClientProfile.objects.exists()


def test_the_first_time_the_form_knows_what_was_typed_while_booking(me, client_user, consultant) -> None:
    client_of(client_user, consultant)
    assert 'value="+919800000001"' in me.get(PAGE).content.decode()
    assert not ClientProfile.objects.exists()


def test_a_client_lands_in_the_area_after_login(client, client_user) -> None:
    answer = client.post("/accounts/login/", {"login": client_user.email, "password": PASSWORD})
    assert answer.url == "/me/"


@pytest.mark.parametrize("name", ["account_email", "account_change_password", "mfa_index", "usersessions_list"])
def test_account_pages_stand_in_the_area_for_a_client_and_in_the_dashboard_for_a_consultant(
    client, client_user, consultant, name
) -> None:
    url = reverse(name)
    client.force_login(client_user)
    page = client.get(url).content.decode()
    assert 'class="page me"' in page
    assert 'class="shell"' not in page
    assert page.count('aria-current="page"') >= 2  # the area's own place, and the part of the account
    client.force_login(consultant.user)
    page = client.get(url).content.decode()
    assert 'class="shell"' in page
    assert 'class="page me"' not in page
    assert "Profile and login" not in page


def test_the_header_leads_a_client_to_their_own_things(me) -> None:
    page = me.get("/consultants/").content.decode()
    for url in ("/me/", "/me/sessions/", "/me/payments/", "/me/saved/", "/me/profile/", "/notifications/"):
        assert f'href="{url}"' in page
    assert "/accounts/logout/" in page
    me.logout()
    assert 'href="/me/' not in me.get("/pricing/").content.decode()


def test_the_areas_address_is_nobodys_name() -> None:
    assert is_reserved("me")


@pytest.mark.django_db(transaction=True)
def test_the_details_form_is_filled_in_from_the_profile(me, client_user, consultant, fake_gateway) -> None:
    me.post(PAGE, TYPED)
    booking, _token = make_paid(fake_gateway, consultant)
    page = me.get(f"/asha-rao/book/{booking.service_id}/details/", {"start": "2026-12-10T05:30Z"}, follow=True)
    assert "+919820012345" in page.content.decode()
    assert User.objects.filter(pk=client_user.pk).exists()
