"""The probes: alive, and able to serve."""

import time

import pytest
from django.db import connection
from django.db.utils import OperationalError

from naksha.web import health
from naksha.web.health import Finding


def test_alive_asks_nothing_of_anybody(client, django_assert_num_queries):
    response = client.get("/health", HTTP_HOST="10.0.0.7")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_a_probe_over_plain_http_is_not_sent_to_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/health").status_code == 200


@pytest.mark.django_db
def test_ready_with_all_there_says_so_and_nothing_more(client):
    response = client.get("/health/ready")
    assert (response.status_code, response.json()) == (200, {"ready": True})


@pytest.mark.django_db
def test_an_admin_sees_each_part(client, admin_user, client_user):
    client.force_login(admin_user)
    parts = client.get("/health/ready").json()["parts"]
    assert set(parts) == set(health.CHECKS)
    assert parts["database"] == {"ok": True, "about": connection.vendor}
    client.force_login(client_user)
    assert "parts" not in client.get("/health/ready").json()


@pytest.mark.django_db
@pytest.mark.parametrize("logged_in", [False, True])
def test_a_database_that_is_away_makes_it_503(client, client_user, monkeypatch, logged_in):
    if logged_in:
        client.force_login(client_user)

    def away():
        raise OperationalError("connection refused")

    monkeypatch.setitem(health.CHECKS, "database", away)
    response = client.get("/health/ready")
    assert (response.status_code, response.json()) == (503, {"ready": False})


def test_a_part_that_hangs_is_given_up_within_five_seconds(client, monkeypatch):
    monkeypatch.setattr(health, "SECONDS", 0.3)
    monkeypatch.setattr(health, "CHECKS", {"database": lambda: time.sleep(2)})
    started = time.monotonic()
    assert client.get("/health/ready").status_code == 503
    assert time.monotonic() - started < 1.5


def test_a_full_disk_makes_it_503(client, monkeypatch):
    monkeypatch.setattr(health, "LEAST_DISK_BYTES", 1 << 60)
    monkeypatch.setattr(health, "CHECKS", {"disk": health.disk})
    assert client.get("/health/ready").status_code == 503


def test_pages_go_on_without_the_cache(client, monkeypatch):
    monkeypatch.setattr(health, "CHECKS", {"cache": lambda: Finding(False, "ConnectionError", needed=False)})
    assert client.get("/health/ready").status_code == 200


def test_a_dead_redis_is_found_out_in_time(settings, unused_tcp_port):
    settings.REDIS_URL = f"redis://127.0.0.1:{unused_tcp_port}/0"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": settings.REDIS_URL}}
    assert health.cache_answers() == Finding(False, "ConnectionError", needed=False)


def test_an_old_heartbeat_is_told():
    from django.core.cache import cache

    assert not health.heartbeat().ok
    cache.set(health.HEARTBEAT, int(time.time()) - 3)
    assert health.heartbeat().ok
    cache.set(health.HEARTBEAT, int(time.time()) - 1000)
    assert not health.heartbeat().ok
