"""The link in the mail leads to a page with a button; only the button spends it."""

import json

import pytest
from django.urls import reverse

from accounts.models import User
from naksha.testing import PASSWORD
from notifications.models import OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(client):
    client.post(
        reverse("account_signup"),
        {"account_type": "consultant", "name": "Asha Rao", "email": "asha@example.com", "password1": PASSWORD},
    )
    return json.loads(OutgoingMail.objects.get().sealed_context)["activate_url"].split("8000")[-1]


def test_opening_the_link_confirms_nothing(client, link):
    for _ in range(3):
        page = client.get(link)
        assert page.status_code == 200
        assert "asha@example.com" in page.content.decode()
    assert not User.objects.get().has_confirmed_mail()


def test_the_button_confirms_and_lets_the_same_browser_in(client, link):
    answer = client.post(link)
    assert answer.status_code == 302
    assert answer.url == reverse("consultants:application")
    assert User.objects.get().has_confirmed_mail()
    assert "_auth_user_id" in client.session


def test_another_browser_confirms_and_is_asked_to_log_in(client, link):
    stranger = client.__class__()
    answer = stranger.post(link)
    assert User.objects.get().has_confirmed_mail()
    assert answer.url == reverse("account_login")
    assert "_auth_user_id" not in stranger.session


def test_a_spent_or_made_up_link_says_so(client, link):
    client.post(link)
    assert "This link is spent" in client.__class__().get(link).content.decode()
    assert "This link is spent" in client.get("/accounts/confirm-email/made:up/").content.decode()


def test_without_a_confirmed_address_a_login_ends_at_the_mail(client, link):
    fresh = client.__class__()
    answer = fresh.post(reverse("account_login"), {"login": "asha@example.com", "password": PASSWORD})
    assert answer.url == reverse("account_email_verification_sent")
    assert "_auth_user_id" not in fresh.session
