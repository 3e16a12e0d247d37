"""A cache that survives Redis: while it is away or full, each process has a small one of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

from naksha.outage import REDIS_AWAY, Outage

LOCAL_SECONDS = 60
outage = Outage("cache")


def batched(keys: Iterable[bytes], size: int) -> Iterator[list[bytes]]:
    """``keys`` in lists of at most ``size``."""
    rest = iter(keys)
    while batch := list(islice(rest, size)):
        yield batch


class SturdyRedisCache(RedisCache):
    """Django's Redis cache, beside an empty local one that answers while Redis does not.

    What is kept locally lives at most a minute, so limits still count within a process and nothing grows old there.
    Nothing that must be right may live in the cache alone.
    """

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        local = {**params, "OPTIONS": {"MAX_ENTRIES": 2_000}}
        self._local = LocMemCache(f"while-redis-is-away-{server}", local)

    def _ask(self, redis: Callable[[], Any], local: Callable[[], Any]) -> Any:
        if outage.worth_asking:
            try:
                answer = redis()
            except REDIS_AWAY as error:
                outage.began(error)
            else:
                outage.ended()
                return answer
        return local()

    def _short(self, timeout: Any) -> float:
        if timeout is DEFAULT_TIMEOUT:
            timeout = self.default_timeout
        return LOCAL_SECONDS if timeout is None else min(timeout, LOCAL_SECONDS)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._ask(
            lambda: RedisCache.add(self, key, value, timeout, version),
            lambda: self._local.add(key, value, self._short(timeout), version),
        )

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._ask(
            lambda: RedisCache.get(self, key, default, version), lambda: self._local.get(key, default, version)
        )

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._ask(
            lambda: RedisCache.set(self, key, value, timeout, version),
            lambda: self._local.set(key, value, self._short(timeout), version),
        )

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._ask(
            lambda: RedisCache.touch(self, key, timeout, version),
            lambda: self._local.touch(key, self._short(timeout), version),
        )

    def delete(self, key: Any, version: int | None = None) -> bool:
        return self._ask(lambda: RedisCache.delete(self, key, version), lambda: self._local.delete(key, version))

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        wanted = list(keys)
        return self._ask(
            lambda: RedisCache.get_many(self, wanted, version), lambda: self._local.get_many(wanted, version)
        )

    def has_key(self, key: Any, version: int | None = None) -> bool:
        return self._ask(lambda: RedisCache.has_key(self, key, version), lambda: self._local.has_key(key, version))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return self._ask(
            lambda: RedisCache.incr(self, key, delta, version), lambda: self._local.incr(key, delta, version)
        )

    def set_many(self, data: dict[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[Any]:
        return self._ask(
            lambda: RedisCache.set_many(self, data, timeout, version),
            lambda: self._local.set_many(data, self._short(timeout), version),
        )

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        unwanted = list(keys)
        self._ask(
            lambda: RedisCache.delete_many(self, unwanted, version),
            lambda: self._local.delete_many(unwanted, version),
        )

    def clear(self) -> Any:
        return self._ask(self._delete_ours, self._local.clear)

    def _delete_ours(self) -> bool:
        """Delete the keys under our prefix. Django's own flushes the whole Redis database, the queue in it too."""
        client = self._cache.get_client(write=True)
        ours = client.scan_iter(match=f"{self.key_prefix}:*", count=1_000)
        return bool(sum(client.delete(*keys) for keys in batched(ours, 500)))
