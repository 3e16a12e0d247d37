"""A Redis that is full and evicts nothing costs speed, never an answer: it is treated as one that is away."""

from typing import Any

import pytest
import redis
from celery import Celery

from naksha import cache, queue
from naksha.cache import SturdyRedisCache
from naksha.outage import Outage
from naksha.web import limits
from naksha.web.models import AttemptCount
from tests.own_redis import own_redis, server

pytestmark = [pytest.mark.redis, pytest.mark.skipif(server() is None, reason="no redis-server on this machine")]


@pytest.fixture
def full(tmp_path: Any, monkeypatch: Any) -> Any:
    for module, name in ((cache, "cache"), (queue, "broker"), (limits, "limits")):
        monkeypatch.setattr(module, "outage", Outage(name))
    with own_redis(tmp_path) as own:
        with redis.Redis.from_url(own.url) as client:
            client.config_set("maxmemory-policy", "noeviction")
            client.config_set("maxmemory", 1)
            with pytest.raises(redis.exceptions.OutOfMemoryError):
                client.set("a", 1)
        yield own.url
        limits._server.cache_clear()


def test_the_cache_keeps_it_in_the_process(full: Any) -> None:
    sturdy = SturdyRedisCache(full, {})
    sturdy.set("a", 1, 5)
    assert cache.outage.worth_asking is False
    assert sturdy.get("a") == 1


def test_attempts_are_counted_in_the_database(full: Any, settings: Any, db: Any) -> None:
    settings.LIMITS_REDIS_URL = full
    assert [limits.hit(key="a", limit=2, seconds=60).allowed for _ in range(3)] == [True, True, False]
    assert AttemptCount.objects.count() == 1


def test_a_job_waits_as_its_row(full: Any) -> None:
    app = Celery(broker=full)

    @app.task
    def job() -> None:
        """Never run here."""

    queue._enqueue(job, (), {})
    assert queue.outage.worth_asking is False
