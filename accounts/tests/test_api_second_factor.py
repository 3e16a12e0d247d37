"""The second factor, where a login has one step."""

import threading
import time
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.db import connections

from accounts import second_factor
from accounts.models import ApiLogin
from naksha.api.testing import Api, api_of
from naksha.testing import PASSWORD, make_admin, make_user

pytestmark = pytest.mark.django_db
SECRET = generate_totp_secret()
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def user() -> Any:
    user = make_user(email="asha@example.com")
    TOTP.activate(user, SECRET)
    return user


def code(steps: Any = 0) -> Any:
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + steps))


def log_in(user: Any, path: Any = "/auth/login", **more: Any) -> Any:
    return Api().post(path, {"email": user.email, "password": PASSWORD, **more})


def test_the_password_alone_does_not_let_in(user: Any) -> None:
    answer = log_in(user)
    assert (answer.status, answer.code) == (401, "SECOND_FACTOR_REQUIRED")
    assert not ApiLogin.objects.exists()


def test_without_the_password_nobody_learns_that_there_is_a_second_factor(user: Any) -> None:
    answer = Api().post("/auth/login", {"email": user.email, "password": "Wrong-2026!", "code": code()})
    assert answer.code == "INVALID_CREDENTIALS"


def test_with_the_apps_code_one_is_in_and_the_code_is_spent(user: Any) -> None:
    right = code()
    assert log_in(user, code=right).status == 200
    assert log_in(user, code=right).code == "SECOND_FACTOR_REQUIRED"


@pytest.mark.parametrize("early", [-1, 0, 1])  # a device whose clock is off by a step, and one whose clock is right
def test_a_code_is_spent_for_as_long_as_it_lives(user: Any, early: int) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        right = code(early)
        assert log_in(user, code=right).status == 200
        for _ in range(early + 2):  # the steps for which it would still count
            cache.clear()  # where allauth remembers it for thirty seconds
            assert log_in(user, code=right).code == "SECOND_FACTOR_REQUIRED"
            clock.shift(30)
        assert log_in(user, code=code(1)).status == 200
    assert ApiLogin.objects.count() == 2


def test_after_a_code_an_earlier_one_is_spent_too(user: Any) -> None:
    with time_machine.travel(NOON, tick=False):
        assert log_in(user, code=code(1)).status == 200
        assert log_in(user, code=code(0)).code == "SECOND_FACTOR_REQUIRED"


def test_a_code_that_was_spent_counts_as_a_wrong_one(user: Any) -> None:
    with time_machine.travel(NOON, tick=False):
        right = code()
        assert log_in(user, code=right).status == 200
        assert [log_in(user, code=right).status for _ in range(6)] == [401] * 5 + [429]


@pytest.mark.django_db(transaction=True)
def test_of_eight_logins_at_once_with_one_code_one_is_in(user: Any) -> None:
    right, told = code(), []

    def try_it() -> None:
        try:
            told.append(second_factor.spend(Authenticator.objects.get(user=user), right))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=try_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [False] * 7 + [True]


def test_a_recovery_code_lets_in_once(user: Any) -> None:
    recovery = RecoveryCodes.activate(user).get_unused_codes()[0]
    assert log_in(user, code=recovery).status == 200
    assert log_in(user, code=recovery).code == "SECOND_FACTOR_REQUIRED"


def test_who_has_a_passkey_alone_comes_in_with_a_recovery_code() -> None:
    user = make_user()
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "key"})
    recovery = RecoveryCodes.activate(user).get_unused_codes()[0]
    assert log_in(user).code == "SECOND_FACTOR_REQUIRED"
    assert log_in(user, code="000000").code == "SECOND_FACTOR_REQUIRED"
    assert log_in(user, code=recovery).status == 200


def test_after_five_wrong_codes_the_right_one_has_to_wait(user: Any) -> None:
    assert [log_in(user, code="000000").status for _ in range(5)] == [401] * 5
    assert log_in(user, code=code(1)).status == 429
    assert not ApiLogin.objects.exists()


def test_in_production_an_admin_without_a_second_factor_can_do_nothing(settings: Any) -> None:
    admin = make_admin()
    before = api_of(admin)
    settings.PRODUCTION, settings.SECURE_SSL_REDIRECT = True, False
    answer = log_in(admin, "/auth/admin/login")
    assert (answer.status, answer.code) == (403, "SECOND_FACTOR_MISSING")
    assert before.get("/admin/stats").status == 403
    TOTP.activate(admin, SECRET)
    assert log_in(admin, "/auth/admin/login").code == "SECOND_FACTOR_REQUIRED"
    answer = log_in(admin, "/auth/admin/login", code=code())
    assert Api().bear(answer.data["tokens"]["accessToken"]).get("/admin/stats").status == 200
