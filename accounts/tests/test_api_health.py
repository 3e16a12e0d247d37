"""GET /health of the API: who is told what, and what it says while something is away."""

import time
from typing import Any

import pytest
from django.db import connection
from django.db.utils import OperationalError

from naksha.api.testing import Api, api_of
from naksha.web import health
from naksha.web.health import Finding

pytestmark = pytest.mark.django_db
PARTS = {"database", "cache", "queue", "channelLayer", "heartbeat", "disk"}


@pytest.fixture(autouse=True)
def _looked_at_anew(monkeypatch: Any) -> None:
    monkeypatch.setattr(health, "_kept", None)


@pytest.fixture
def all_up(monkeypatch: Any) -> Any:
    for name in health.CHECKS:
        monkeypatch.setitem(health.CHECKS, name, lambda: Finding(True, "there", version="1.2"))


def test_everybody_is_told_up_or_down_and_no_more(all_up: Any, client_user: Any, consultant: Any) -> None:
    for api in (Api(), api_of(client_user), api_of(consultant.user)):
        answer = api.get("/health")
        assert (answer.status, answer.data) == (200, dict.fromkeys(["status", *PARTS], "UP"))
        assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/health", "/admin/system/health"])
def test_an_admin_is_told_versions_and_latencies(all_up: Any, admin_user: Any, path: Any) -> None:
    data = api_of(admin_user).get(path).data
    assert set(data["parts"]) == PARTS
    database = data["parts"]["database"]
    assert database.pop("latencyMs") >= 0
    assert database == {"about": "there", "needed": True, "version": "1.2"}
    assert set(data["versions"]) == {"django", "python"}


def test_the_real_database_says_its_version(admin_user: Any) -> None:
    part = api_of(admin_user).get("/health").data["parts"]["database"]
    assert part["about"] == connection.vendor
    assert part["version"][0].isdigit()


def test_in_production_an_admin_without_a_second_factor_is_told_no_more_than_others(
    all_up: Any, admin_user: Any, settings: Any
) -> None:
    api = api_of(admin_user)
    settings.PRODUCTION = True
    settings.SECURE_SSL_REDIRECT = False
    assert "parts" not in api.get("/health").data


def test_a_database_that_is_away_is_503_with_what_is_up_and_what_is_not(
    all_up: Any, admin_user: Any, monkeypatch: Any
) -> None:
    def away() -> Any:
        raise OperationalError("connection refused by 10.0.0.3")

    api = api_of(admin_user)
    monkeypatch.setitem(health.CHECKS, "database", away)
    answer = api.get("/health")
    assert (answer.status, answer.code) == (503, "SERVICE_UNAVAILABLE")
    assert answer.body is not None
    assert answer.body["data"] == {**dict.fromkeys(PARTS, "UP"), "status": "DOWN", "database": "DOWN"}
    assert "10.0.0.3" not in answer.response.content.decode()


def test_it_asks_no_database_of_its_own_before_it_knows_that_there_is_one(
    all_up: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert Api().get("/health").status == 200


def test_pages_go_on_without_redis_so_it_is_no_reason_for_503(all_up: Any, monkeypatch: Any) -> None:
    for name in ("cache", "channel_layer", "queue"):
        monkeypatch.setitem(health.CHECKS, name, lambda: Finding(False, "ConnectionError", needed=False))
    data = Api().get("/health").data
    assert (data["status"], data["cache"], data["channelLayer"], data["queue"]) == ("UP", "DOWN", "DOWN", "DOWN")


def test_a_part_that_hangs_is_given_up_in_time(all_up: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(health, "SECONDS", 0.3)
    monkeypatch.setitem(health.CHECKS, "database", lambda: time.sleep(2))
    started = time.monotonic()
    assert Api().get("/health").status == 503
    assert time.monotonic() - started < 1.5


def test_a_flood_of_questions_is_one_look_a_second(all_up: Any, monkeypatch: Any) -> None:
    looks: list[int] = []

    def look() -> Any:
        looks.append(1)
        return Finding(True, "")

    monkeypatch.setitem(health.CHECKS, "disk", look)
    for _ in range(20):
        Api().get("/health")
    assert len(looks) == 1
