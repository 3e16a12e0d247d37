"""64 tries at once are 64 tries: five passwords are hashed, the rest are turned away before."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import hashers
from django.db import connection
from django.test import Client
from django.urls import reverse

from naksha.testing import make_user
from naksha.web import limits

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]
LOGIN = reverse("account_login")


class Counted(hashers.MD5PasswordHasher):
    times = 0
    lock = threading.Lock()

    def encode(self, password, salt):
        with self.lock:
            type(self).times += 1
        return super().encode(password, salt)


@pytest.fixture(autouse=True)
def hashes(settings):
    settings.PASSWORD_HASHERS = ["accounts.tests.test_login_storm.Counted"]
    make_user(email="asha@example.com")
    Counted.times = 0


def storm(email: str) -> list[int]:
    def one(n: int) -> int:
        try:
            return (
                Client()
                .post(LOGIN, {"login": email, "password": f"Wrong-{n}!a"}, REMOTE_ADDR=f"198.51.100.{n}")
                .status_code
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(one, range(64)))


@pytest.mark.parametrize("email", ["asha@example.com", "nobody@example.com"])
def test_of_64_parallel_logins_five_reach_the_hash(email):
    answers = storm(email)
    assert sorted(set(answers)) == [200, 429]
    assert answers.count(429) == 59
    assert Counted.times == 5


def test_with_a_count_that_is_read_before_it_is_written_more_get_through(monkeypatch):
    """The twin without the guard: it has to fail, or the test above proves nothing."""
    counts: dict[str, int] = {}

    def careless(*, key: str, limit: int, seconds: int) -> limits.Limit:
        used = counts.get(key, 0) + 1
        time.sleep(0.01)
        counts[key] = used
        return limits.Limit(limit, used, seconds)

    monkeypatch.setattr(limits, "hit", careless)
    storm("asha@example.com")
    assert Counted.times > 5
