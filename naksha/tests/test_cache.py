"""The cache works with Redis away: as an empty one of this process, that keeps nothing for long."""

import time

import pytest
from structlog.testing import capture_logs

from naksha import cache as module
from naksha.cache import SturdyRedisCache
from naksha.outage import Outage


@pytest.fixture
def dead(unused_tcp_port, monkeypatch):
    monkeypatch.setattr(module, "outage", Outage("cache"))
    cache = SturdyRedisCache(
        f"redis://127.0.0.1:{unused_tcp_port}/0", {"OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1.0}}
    )
    cache._local.clear()
    return cache


def test_every_call_answers_and_the_log_says_it_once(dead):
    with capture_logs() as lines:
        assert dead.get("a", "nothing") == "nothing"
        assert dead.add("a", 1) is True
        assert dead.add("a", 2) is False
        assert dead.incr("a") == 2
        dead.set("b", "x")
        dead.set_many({"c": 3})
        assert dead.get_many(["b", "c", "d"]) == {"b": "x", "c": 3}
        assert dead.has_key("b")
        assert dead.touch("b")
        assert dead.get_or_set("e", lambda: 5) == 5
        assert dead.delete("b")
        dead.delete_many(["c"])
        dead.clear()
        assert dead.get("a") is None
    assert [line["event"] for line in lines] == ["service_down"]


def test_a_hundred_calls_cost_less_than_a_second(dead):
    started = time.monotonic()
    for _ in range(100):
        dead.get("a")
    assert time.monotonic() - started < 1


def test_nothing_is_kept_locally_for_more_than_a_minute(dead):
    dead.set("forever", 1, timeout=None)
    dead.set("day", 1, timeout=86_400)
    kept = dead._local._expire_info.values()
    assert all(until <= time.time() + 60 for until in kept)
    assert len(kept) == 2


@pytest.mark.redis
def test_with_redis_there_it_is_redis_that_answers(settings):
    cache = SturdyRedisCache(settings.REDIS_URL, {"KEY_PREFIX": "test-sturdy"})
    cache.set("a", {"b": 1}, 5)
    assert cache.get("a") == {"b": 1}
    assert cache._local.get("a") is None
    cache.delete("a")


@pytest.mark.redis
def test_clearing_leaves_what_others_keep_in_the_same_redis(settings):
    ours = SturdyRedisCache(settings.REDIS_URL, {"KEY_PREFIX": "test-ours"})
    theirs = SturdyRedisCache(settings.REDIS_URL, {"KEY_PREFIX": "test-theirs"})
    ours.set("a", 1, 5)
    theirs.set("a", 2, 5)
    assert ours.clear() is True
    assert ours.get("a") is None
    assert theirs.get("a") == 2
    theirs.delete("a")
