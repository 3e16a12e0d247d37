"""Logging in with a mailed code."""

import json

import pytest
from django.urls import reverse

from naksha.testing import make_user
from notifications.models import OutgoingMail

pytestmark = pytest.mark.django_db
REQUEST, CONFIRM = reverse("account_request_login_code"), reverse("account_confirm_login_code")


@pytest.fixture
def user():
    return make_user(email="asha@example.com")


def code() -> str:
    return json.loads(OutgoingMail.objects.get(template="account/login_code").sealed_context)["code"]


def test_the_code_lets_its_browser_in_and_no_other(client, user):
    client.post(REQUEST, {"email": user.email})
    stranger = client.__class__()
    stranger.post(CONFIRM, {"code": code()})
    assert "_auth_user_id" not in stranger.session
    client.post(CONFIRM, {"code": code()})
    assert "_auth_user_id" in client.session


def test_known_and_unknown_addresses_get_the_same_page(client, user):
    other = client.__class__()
    known = client.post(REQUEST, {"email": user.email}, follow=True)
    unknown = other.post(REQUEST, {"email": "nobody@example.com"}, follow=True)
    assert known.redirect_chain == unknown.redirect_chain
    assert "If nobody@example.com has an account" in unknown.content.decode()


def test_after_three_wrong_codes_the_right_one_is_spent(client, user):
    client.post(REQUEST, {"email": user.email})
    for _ in range(3):
        client.post(CONFIRM, {"code": "WRNG-WRNG"})
    client.post(CONFIRM, {"code": code()})
    assert "_auth_user_id" not in client.session


def test_the_sixth_code_has_to_wait(client, user):
    answers = [client.__class__().post(REQUEST, {"email": user.email}).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
    assert OutgoingMail.objects.count() == 5
