"""Logging in with a password: who gets where, and how often it may be tried."""

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth import hashers
from django.test import RequestFactory
from django.urls import reverse

from accounts import entering, limits
from consultants.models import Consultant
from consultants.services import approval
from naksha.api.testing import Api
from naksha.testing import PASSWORD, make_consultant, make_user

pytestmark = pytest.mark.django_db
LOGIN, FORGOT = reverse("account_login"), reverse("account_reset_password")


def log_in(client, email, password=PASSWORD, **more):
    return client.post(LOGIN, {"login": email, "password": password, **more})


def test_each_role_lands_on_its_own_page(client, consultant, client_user, admin_user):
    draft = make_consultant(status=Consultant.Status.DRAFT)
    for user, page in [
        (consultant.user, "/dashboard/"),
        (draft.user, reverse("consultants:application")),
        (client_user, "/me/"),
        (admin_user, reverse("admin:index")),
    ]:
        assert log_in(client, user.email).url == page
        client.logout()


def test_a_page_that_was_asked_for_comes_first_but_never_another_site(client, client_user):
    assert log_in(client, client_user.email, next="/pricing/").url == "/pricing/"
    client.logout()
    for elsewhere in (
        "https://evil.example/",
        "//evil.example",
        "https://[",
        "http://[::1",
        "javascript:alert(1)",
        "\\\\evil",
    ):
        client.logout()
        assert log_in(client, client_user.email, next=elsewhere).url == "/me/", elsewhere
        assert client.get(LOGIN, {"next": elsewhere}).status_code in (200, 302)


def test_another_host_of_this_installation_is_another_site_too(client, client_user, settings):
    settings.ALLOWED_HOSTS = ["testserver", ".naksha.test"]
    answer = log_in(client, client_user.email, next="https://old-and-forgotten.naksha.test/")
    assert answer.url == "/me/"


@pytest.mark.parametrize("spelling", ["FARHAN@Example.com", " farhan@example.com "])
def test_capitals_and_spaces_in_the_address_do_not_matter(client, spelling):
    make_user(email="farhan@example.com")
    assert log_in(client, spelling).status_code == 302


def test_an_unknown_address_and_a_wrong_password_look_the_same(client, client_user):
    wrong = log_in(client, client_user.email, "Wrong-2026!")
    unknown = log_in(client, "nobody@example.com", "Wrong-2026!")
    assert wrong.status_code == unknown.status_code == 200
    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert "not right" in wrong.content.decode()


class Counted(hashers.MD5PasswordHasher):
    """Counts how often a password is hashed."""

    times = 0

    def encode(self, password, salt):
        type(self).times += 1
        return super().encode(password, salt)


@pytest.fixture
def hashes(settings):
    settings.PASSWORD_HASHERS = ["accounts.tests.test_login.Counted"]
    user = make_user(email="asha@example.com")
    Counted.times = 0
    return user


@pytest.mark.parametrize("email", ["asha@example.com", "nobody@example.com"])
def test_every_try_costs_one_hash_whether_the_address_exists_or_not(client, hashes, email):
    log_in(client, email, "Wrong-2026!")
    assert Counted.times == 1


def test_after_five_wrong_passwords_the_right_one_has_to_wait_and_nothing_is_hashed(client, hashes):
    for _ in range(5):
        log_in(client, "asha@example.com", "Wrong-2026!")
    assert Counted.times == 5
    answer = log_in(client, "asha@example.com")
    assert answer.status_code == 429
    assert 890 <= int(answer["Retry-After"]) <= 900
    assert Counted.times == 5
    assert "_auth_user_id" not in client.session


NEW = "asha.new@example.com"


@pytest.fixture
def moving(hashes):
    """Whose new address waits to be confirmed; both open the account."""
    EmailAddress.objects.create(user=hashes, email=NEW)
    return hashes


def test_two_addresses_of_one_account_are_one_count(client, moving):
    statuses = [log_in(client, email, "Wrong-2026!").status_code for email in (NEW, "asha@example.com") * 3]
    assert statuses == [200] * 5 + [429]
    assert Counted.times == 5
    with pytest.raises(limits.TooManyAttempts):
        entering.change_password(RequestFactory().post("/"), user=moving, current="Wrong!", new="Cyclone-2027#")


def test_a_right_password_under_either_address_gives_its_try_back(client, moving):
    for email in (NEW, "asha@example.com") * 4:
        assert log_in(client, email).status_code == 302
        client.logout()


def test_a_password_that_was_set_by_mail_ends_the_wait_at_both(client, moving):
    for _ in range(6):
        log_in(client, NEW, "Wrong-2026!")
    token = f"{user_pk_to_url_str(moving)}-{default_token_generator.make_token(moving)}"
    assert Api().post("/auth/reset-password", {"token": token, "password": "Cyclone-2027#"}).status == 200
    assert log_in(client, "asha@example.com", "Cyclone-2027#").status_code == 302


def test_an_address_that_somebody_else_has_confirmed_is_theirs_alone(client, moving, stranger):
    EmailAddress.objects.create(user=moving, email=stranger.email)
    for _ in range(6):
        log_in(client, stranger.email, "Wrong-2026!")
    assert log_in(client, "asha@example.com").status_code == 302


def test_mails_for_a_forgotten_password_are_counted_by_account(client, moving):
    answers = [client.post(FORGOT, {"email": email}).status_code for email in (NEW, "asha@example.com") * 3]
    assert answers == [302] * 5 + [429]


def test_an_address_that_does_not_exist_is_limited_just_the_same(client):
    answers = [log_in(client, "nobody@example.com").status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


def test_right_passwords_are_not_counted(client, client_user):
    for _ in range(8):
        assert log_in(client, client_user.email).status_code == 302
        client.logout()


def test_one_accounts_limit_is_not_anothers(client, client_user, stranger):
    for _ in range(6):
        log_in(client, client_user.email, "Wrong-2026!")
    assert log_in(client, stranger.email).status_code == 302


def test_a_forged_forwarded_address_changes_nothing(client, client_user):
    answers = [
        client.post(
            LOGIN,
            {"login": client_user.email, "password": "Wrong-2026!"},
            headers={"x-forwarded-for": f"198.51.100.{n}"},
        ).status_code
        for n in range(6)
    ]
    assert answers[-1] == 429


def test_many_accounts_from_one_address_are_limited_too(client, monkeypatch):
    monkeypatch.setattr("accounts.limits.PER_ADDRESS", 8)
    answers = [log_in(client, f"person{n}@example.com").status_code for n in range(10)]
    assert answers == [200] * 8 + [429] * 2


def test_a_server_on_a_unix_socket_lets_people_in(client, client_user):
    answer = client.post(LOGIN, {"login": client_user.email, "password": PASSWORD}, REMOTE_ADDR="")
    assert answer.status_code == 302


def test_a_suspended_consultant_is_told_so_and_only_with_the_right_password(client, consultant, admin_user):
    approval.suspend(consultant=consultant, actor=admin_user, reason="Three complaints.")
    wrong = log_in(client, consultant.user.email, "Wrong-2026!")
    assert "suspended" not in wrong.content.decode()
    answer = client.post(LOGIN, {"login": consultant.user.email, "password": PASSWORD}, follow=True)
    assert "This account is suspended" in answer.content.decode()
    assert "_auth_user_id" not in client.session
