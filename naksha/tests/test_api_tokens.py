"""Tokens: what opens something, for how long, and what ends it."""

from __future__ import annotations

import threading
from datetime import timedelta

import jwt
import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from accounts.api import tokens
from accounts.models import ApiLogin, RefreshToken
from accounts.services import close_account, end_logins
from naksha.api.errors import ApiError
from naksha.testing import make_admin, make_user
from naksha.tests.api_site import bearer, nothing_worked

__all__ = ["nothing_worked"]
pytestmark = [pytest.mark.django_db, pytest.mark.urls("naksha.tests.api_site")]


def test_a_login_ends_at_the_next_request_whatever_ends_it():
    for ending in (
        lambda user, login: tokens.end(login=login, reason="logout"),
        lambda user, login: end_logins(user=user),
        lambda user, login: close_account(user=user, actor=make_admin(), reason="abuse"),
    ):
        user = make_user()
        login, pair = tokens.begin(user=user)
        client = Client()
        assert client.get("/api/v1/mine", headers=bearer(pair.access)).json()["data"] == user.email
        ending(user, login)
        assert client.get("/api/v1/mine", headers=bearer(pair.access)).status_code == 401
        with pytest.raises(ApiError, match="Log in first"):
            tokens.refresh(pair.refresh)


@pytest.mark.parametrize("algorithm", ["none", "HS512", "HS384"])
def test_no_other_algorithm_is_taken(algorithm):
    _login, pair = tokens.begin(user=make_user())
    claims = jwt.decode(pair.access, options={"verify_signature": False})
    forged = jwt.encode(claims, None if algorithm == "none" else tokens._key() * 2, algorithm=algorithm)
    assert Client().get("/api/v1/mine", headers=bearer(forged)).status_code == 401


def test_an_old_token_says_that_it_has_expired():
    login, _pair = tokens.begin(user=make_user())
    old = tokens.access_token(login, now=timezone.now() - timedelta(minutes=16))
    assert Client().get("/api/v1/mine", headers=bearer(old)).json()["code"] == "TOKEN_EXPIRED"


def test_a_refresh_token_that_comes_twice_ends_the_login():
    _login, pair = tokens.begin(user=make_user())
    _same, following = tokens.refresh(pair.refresh)
    with pytest.raises(ApiError, match="Log in first"):
        tokens.refresh(pair.refresh)
    assert ApiLogin.objects.get().end_reason == "refresh token used twice"
    assert Client().get("/api/v1/mine", headers=bearer(following.access)).status_code == 401


def test_a_cookie_opens_nothing(client):
    client.force_login(make_user())
    assert client.get("/api/v1/mine").status_code == 401


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_64_refreshes_at_once_one_succeeds():
    _login, pair = tokens.begin(user=make_user())
    won, lost = [], []

    def try_it():
        try:
            won.append(tokens.refresh(pair.refresh))
        except ApiError as error:
            lost.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=try_it) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert lost == ["NOT_AUTHENTICATED"] * 63
    assert RefreshToken.objects.count() == 2
    assert connection.vendor == "postgresql"
