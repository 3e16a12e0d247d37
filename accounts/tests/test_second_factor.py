"""Authenticator app, recovery codes and passkeys."""

import json
import re
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from naksha.crypto import decrypt
from naksha.testing import PASSWORD, make_user
from notifications.models import OutgoingMail

pytestmark = pytest.mark.django_db
LOGIN = reverse("account_login")


def code_of(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def log_in(client, user):
    return client.post(LOGIN, {"login": user.email, "password": PASSWORD})


@pytest.fixture
def user():
    return make_user(email="asha@example.com")


@pytest.fixture
def secret(client, user, django_capture_on_commit_callbacks) -> str:
    """Set the app up as a person would, and log out again."""
    log_in(client, user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'class="secret">([A-Z2-7]+)<', page)[1]
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)}).status_code == 302
    client.logout()
    return secret


def test_setting_up_asks_for_the_password_again(client, user):
    log_in(client, user)
    answer = client.get(reverse("mfa_activate_totp"))
    assert answer.url.startswith(reverse("account_reauthenticate"))


def test_secrets_are_sealed_in_the_database(secret):
    for authenticator in Authenticator.objects.all():
        kept = str(authenticator.data)
        assert secret not in kept
    totp = Authenticator.objects.get(type="totp")
    assert decrypt(totp.data["secret"]) == secret


def test_being_set_up_is_told_by_mail(secret):
    assert OutgoingMail.objects.filter(template="mfa/totp_activated").exists()


def test_the_password_alone_no_longer_lets_in(client, user, secret):
    assert log_in(client, user).url == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret, steps=1)})
    assert "_auth_user_id" in client.session


@pytest.mark.parametrize("door", ["mfa_authenticate", "mfa_reauthenticate"])
def test_a_code_is_spent_for_as_long_as_it_lives(client, user, secret, door):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        right = code_of(secret, steps=1)
        log_in(client, user)
        client.post(reverse("mfa_authenticate"), {"code": right})
        assert "_auth_user_id" in client.session
        if door == "mfa_authenticate":
            client.logout()
            log_in(client, user)
        clock.shift(45)
        cache.clear()  # where allauth remembers it for thirty seconds
        assert "not right" in client.post(reverse(door), {"code": right}).content.decode()


def test_the_code_of_the_setting_up_opens_nothing(client, user, django_capture_on_commit_callbacks):
    with time_machine.travel(timezone.now(), tick=False):
        log_in(client, user)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        page = client.get(reverse("mfa_activate_totp")).content.decode()
        shown = code_of(re.search(r'class="secret">([A-Z2-7]+)<', page)[1])
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse("mfa_activate_totp"), {"code": shown})
        client.logout()
        log_in(client, user)
        assert "not right" in client.post(reverse("mfa_authenticate"), {"code": shown}).content.decode()
        assert "_auth_user_id" not in client.session


def test_a_recovery_code_lets_in_once(client, user, secret):
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    log_in(client, user)
    client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert "_auth_user_id" in client.session
    client.logout()
    log_in(client, user)
    assert "not right" in client.post(reverse("mfa_authenticate"), {"code": codes[0]}).content.decode()


def test_after_five_wrong_codes_the_right_one_has_to_wait(client, user, secret):
    log_in(client, user)
    for _ in range(5):
        assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert client.post(reverse("mfa_authenticate"), {"code": code_of(secret, 1)}).status_code == 429
    assert "_auth_user_id" not in client.session


def test_a_mailed_code_does_not_go_round_the_second_factor(client, user, secret):
    client.post(reverse("account_request_login_code"), {"email": user.email})
    mail = OutgoingMail.objects.get(template="account/login_code")
    answer = client.post(
        reverse("account_confirm_login_code"), {"code": json.loads(mail.sealed_context)["code"]}, follow=True
    )
    assert answer.request["PATH_INFO"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("name", ["mfa_index", "mfa_list_webauthn", "mfa_view_recovery_codes"])
def test_the_pages_of_the_second_factor_read(client, user, secret, name):
    client.force_login(user)
    client.post(reverse("mfa_reauthenticate"), {"code": code_of(secret, 1)})
    page = client.get(reverse(name))
    assert page.status_code == 200


def test_pages_with_passkeys_have_no_script_that_the_policy_would_stop(client, user):
    pages = [client.get(LOGIN)]
    log_in(client, user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    pages.append(client.get(reverse("mfa_add_webauthn")))
    for page in pages:
        text = page.content.decode()
        assert page.status_code == 200
        scripts = re.findall(r"<script([^>]*)>", text)
        assert scripts
        for attributes in scripts:
            assert "src=" in attributes or 'type="application/json"' in attributes
        assert not re.search(r"\son[a-z]+=|\sstyle=", text)
        assert "unsafe" not in page["Content-Security-Policy"]
