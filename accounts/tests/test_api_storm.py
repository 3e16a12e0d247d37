"""Many tries at once, over the API."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth import hashers
from django.db import connection

from accounts.api import tokens
from accounts.models import SocketTicket, User
from naksha.api.testing import Api, api_of
from naksha.testing import PASSWORD, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


class Counted(hashers.MD5PasswordHasher):
    times = 0
    lock = threading.Lock()

    def encode(self, password: Any, salt: Any) -> Any:
        with self.lock:
            type(self).times += 1
        return super().encode(password, salt)


@pytest.fixture
def user(settings: Any) -> Any:
    settings.PASSWORD_HASHERS = ["accounts.tests.test_api_storm.Counted"]
    user = make_user(email="asha@example.com")
    Counted.times = 0
    return user


def at_once(work: Any, times: Any = 64) -> Any:
    def one(n: Any) -> Any:
        try:
            return work(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(one, range(times)))


@pytest.mark.parametrize("email", ["asha@example.com", "nobody@example.com"])
def test_of_64_wrong_logins_at_once_five_reach_the_hash(user: Any, email: Any) -> None:
    def attempt(n: Any) -> Any:
        body = {"email": email, "password": f"Wrong-{n}!a"}
        return Api().send("POST", "/auth/login", body, REMOTE_ADDR=f"198.51.100.{n}").status

    answers = at_once(attempt)
    assert (answers.count(401), answers.count(429)) == (5, 59)
    assert Counted.times == 5


def test_an_account_with_two_addresses_is_one_account(user: Any) -> None:
    """Its new address waits to be confirmed: both open it, so both are one count."""
    EmailAddress.objects.create(user=user, email="asha.new@example.com")
    addresses = ("asha@example.com", "asha.new@example.com", " Asha@Example.com")

    def attempt(n: Any) -> Any:
        body = {"email": addresses[n % 3], "password": f"Wrong-{n}!a"}
        return Api().send("POST", "/auth/login", body, REMOTE_ADDR=f"198.51.100.{n}").status

    answers = at_once(attempt)
    assert (answers.count(401), answers.count(429)) == (5, 59)
    assert Counted.times == 5


def test_of_many_sign_ups_with_one_address_one_makes_the_account(monkeypatch: Any) -> None:
    monkeypatch.setattr("accounts.limits.PER_ACCOUNT", 100)
    body = {"name": "Asha Rao", "email": "asha@example.com", "password": PASSWORD}
    answers = at_once(lambda n: Api().post("/auth/signup", body).status, 16)
    assert sorted(answers) == [201] + [409] * 15
    assert User.objects.count() == 1


def test_of_many_who_use_one_link_one_sets_the_password(user: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("accounts.limits.PER_ACCOUNT", 100)
    token = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"

    def reset(n: Any) -> Any:
        return Api().post("/auth/reset-password", {"token": token, "password": f"Cyclone-{n}-2027#"}).status

    assert sorted(at_once(reset, 8)) == [200] + [400] * 7


def test_of_many_who_show_one_ticket_one_gets_in(user: Any) -> None:
    api = api_of(user)
    ticket = api.post("/auth/ws-ticket").data["ticket"]
    got = at_once(lambda n: tokens.spend_ticket(ticket), 16)
    assert [login for login in got if login] == [str(api.login.pk)]
    assert SocketTicket.objects.get().used_at
