"""A forgotten password, and a changed one."""

import json

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.urls import reverse

from naksha.testing import PASSWORD, make_user
from notifications.models import OutgoingMail

pytestmark = pytest.mark.django_db
NEW = "Cyclone-2027#"
FORGOT = reverse("account_reset_password")
CHANGE = reverse("account_change_password")


@pytest.fixture
def user():
    return make_user(email="asha@example.com")


def ask(client, email="asha@example.com"):
    return client.post(FORGOT, {"email": email})


def link() -> str:
    context = json.loads(OutgoingMail.objects.get(template="account/password_reset_key").sealed_context)
    return context["password_reset_url"].split("8000")[-1]


def set_new(client, password=NEW):
    form = client.get(link(), follow=True)
    return client.post(form.request["PATH_INFO"], {"password1": password})


def test_known_and_unknown_addresses_get_the_same_answer(client, user):
    known, unknown = ask(client), ask(client, "nobody@example.com")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert set(OutgoingMail.objects.values_list("template", "to")) == {
        ("account/password_reset_key", "asha@example.com"),
        ("account/unknown_account", "nobody@example.com"),
    }


def test_opening_the_link_changes_nothing(client, user):
    ask(client)
    for _ in range(3):
        assert client.get(link(), follow=True).status_code == 200
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_the_link_sets_a_password_once_and_ends_every_login(client, user):
    elsewhere = client.__class__()
    elsewhere.force_login(user)
    ask(client)
    assert set_new(client).status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert not elsewhere.get("/accounts/email/").wsgi_request.user.is_authenticated
    assert "_auth_user_id" not in client.session
    assert "This link is spent" in client.__class__().get(link(), follow=True).content.decode()


def test_after_an_hour_the_link_is_spent(client, user):
    with time_machine.travel("2026-11-20T10:00:00Z", tick=False) as clock:
        ask(client)
        clock.shift(3601)
        assert "This link is spent" in client.get(link(), follow=True).content.decode()


def test_a_weak_new_password_is_refused_and_the_link_lives_on(client, user):
    ask(client)
    assert "Add a digit." in set_new(client, "Monsoon-rain!").content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert set_new(client).status_code == 302


def test_a_reset_lets_a_locked_out_person_in_at_once(client, user):
    for _ in range(6):
        client.post(reverse("account_login"), {"login": user.email, "password": "Wrong-2026!"})
    ask(client)
    set_new(client)
    answer = client.post(reverse("account_login"), {"login": user.email, "password": NEW})
    assert "_auth_user_id" in client.session
    assert answer.status_code == 302


def test_the_sixth_request_has_to_wait_and_mails_nobody(client, user):
    for _ in range(5):
        ask(client)
    assert ask(client).status_code == 429
    assert OutgoingMail.objects.count() == 5


def test_a_suspended_account_gets_no_link(client, user):
    user.is_active = False
    user.save()
    ask(client)
    assert not OutgoingMail.objects.filter(template="account/password_reset_key").exists()


def change(client, old=PASSWORD, new=NEW):
    return client.post(CHANGE, {"oldpassword": old, "password1": new})


def test_a_changed_password_keeps_this_login_ends_the_others_and_is_told_by_mail(client, user):
    elsewhere = client.__class__()
    for browser in (client, elsewhere):
        browser.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert change(client).status_code == 302
    assert client.get(reverse("usersessions_list")).status_code == 200
    assert len(client.get(reverse("usersessions_list")).context["sessions"]) == 1
    assert elsewhere.get(reverse("usersessions_list")).status_code == 302
    assert authenticate(email=user.email, password=NEW) == user
    assert OutgoingMail.objects.get().template == "account/password_changed"


def test_a_wrong_present_password_changes_nothing_and_counts_as_a_try(client, user):
    client.force_login(user)
    for _ in range(5):
        assert "not your present password" in change(client, old="Wrong-2026!").content.decode()
    assert change(client).status_code == 429
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
