"""Counting attempts so that 64 parallel tries are 64 tries.

A window opens with the first try and lasts ``seconds``; within it ``limit`` tries are allowed (:func:`hit`). Over
two windows that touch twice as many fit into one stretch of that length; where that would be too many, each try is
remembered for as long (:func:`pace`). Redis counts in one script; without Redis, or while it does not answer, the
database counts in one statement.
"""

from __future__ import annotations

import hashlib
import math
import secrets
import time
from dataclasses import dataclass
from functools import lru_cache

import redis
from django.conf import settings
from django.db import connection
from redis.backoff import NoBackoff
from redis.commands.core import Script
from redis.exceptions import NoScriptError
from redis.retry import Retry

from naksha.outage import REDIS_AWAY, Outage
from naksha.web.models import AttemptCount, RecentTries

outage = Outage("limits")
DIGITS = 16  # of a moment in the database, in microseconds

# A refused try is not added up for ever: the count stops one above the limit, so that giving back stays possible.
_HIT = """
local told = {}
for n, key in ipairs(KEYS) do
    local used = redis.call('INCR', key)
    if used == 1 then redis.call('PEXPIRE', key, ARGV[2 * n]) end
    if used > tonumber(ARGV[2 * n - 1]) + 1 then used = redis.call('DECR', key) end
    told[n] = {used, redis.call('PTTL', key)}
end
return told
"""
# The oldest on the right. Only what is allowed is kept, so there are never more than the limit. Redis' own clock: that
# of the web processes may differ.
_PACE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local most, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local oldest = redis.call('LINDEX', KEYS[1], -1)
while oldest and tonumber(oldest) <= now - window do
    redis.call('RPOP', KEYS[1])
    oldest = redis.call('LINDEX', KEYS[1], -1)
end
local used = redis.call('LLEN', KEYS[1]) + 1
if used <= most then
    redis.call('LPUSH', KEYS[1], now)
    redis.call('PEXPIRE', KEYS[1], window)
end
return {{used, (tonumber(oldest) or now) + window - now}}
"""
_GIVE_BACK = """
if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then return redis.call('DECR', KEYS[1]) end
return 0
"""


@dataclass(frozen=True)
class Limit:
    """What one try was told."""

    limit: int
    used: int
    resets_in: float  # seconds

    @property
    def allowed(self) -> bool:
        return self.used <= self.limit

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def retry_after(self) -> int:
        """Whole seconds until a try is allowed again, at least 1."""
        return max(1, math.ceil(self.resets_in))


@dataclass(frozen=True)
class Rule:
    """``limit`` tries of ``key`` ("login:account:asha@example.com") in a window of ``seconds``."""

    key: str
    limit: int
    seconds: int

    @property
    def name(self) -> str:
        return _name(self.key, self.limit, self.seconds)


def hit(*, key: str, limit: int, seconds: int) -> Limit:
    """Count one try of ``key``. Safe in any number of processes at once."""
    return hit_all([Rule(key, limit, seconds)])[0]


def hit_all(rules: list[Rule]) -> list[Limit]:
    """Count one try under each rule, in one question to Redis. Safe as :func:`hit` is."""
    if (server := _redis()) and outage.worth_asking:
        try:
            asked = [value for rule in rules for value in (rule.limit, rule.seconds * 1000)]
            told = server.run(server.hit, [rule.name for rule in rules], asked)
        except REDIS_AWAY as error:
            outage.began(error)
        else:
            outage.ended()
            return [
                Limit(rule.limit, int(used), max(0, int(left)) / 1000)
                for rule, (used, left) in zip(rules, told, strict=True)
            ]
    return [_hit_database(rule.name, rule.limit, rule.seconds) for rule in rules]


def pace(*, key: str, limit: int, seconds: int) -> Limit:
    """As :func:`hit`, with ``limit`` in any stretch of ``seconds`` whatever: for so long each try is remembered, so
    ``limit`` is not in the thousands. A refused try is not counted."""
    name = _name(f"pace:{key}", limit, seconds)
    if (server := _redis()) and outage.worth_asking:
        try:
            ((used, left),) = server.run(server.pace, [name], [limit, seconds * 1000])
        except REDIS_AWAY as error:
            outage.began(error)
        else:
            outage.ended()
            return Limit(limit, int(used), max(0, int(left)) / 1000)
    return _pace_database(name, limit, seconds)


def give_back(*, key: str, limit: int, seconds: int) -> None:
    """Take one try of ``key`` back, because it was not the kind that is limited (a right password)."""
    name = _name(key, limit, seconds)
    if (server := _redis()) and outage.worth_asking:
        try:
            server.give_back(keys=[name])
        except REDIS_AWAY as error:
            outage.began(error)
        else:
            return
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {AttemptCount._meta.db_table} SET used = used - 1 WHERE key = %s AND used > 0",  # noqa: S608
            [name],
        )


def forget(*, key: str, limit: int, seconds: int) -> None:
    """Open a new window for ``key``."""
    name = _name(key, limit, seconds)
    if (server := _redis()) and outage.worth_asking:
        try:
            server.client.delete(name)
        except REDIS_AWAY as error:
            outage.began(error)
    AttemptCount.objects.filter(key=name).delete()


def _hit_database(name: str, limit: int, seconds: int) -> Limit:
    table = AttemptCount._meta.db_table
    now = time.time()
    if secrets.randbelow(500) == 0:
        AttemptCount.objects.filter(ends_at__lt=now).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {table} (key, used, ends_at) VALUES (%(key)s, 1, %(ends_at)s)
            ON CONFLICT (key) DO UPDATE SET
                used = CASE WHEN {table}.ends_at <= %(now)s THEN 1
                            WHEN {table}.used > %(limit)s THEN {table}.used
                            ELSE {table}.used + 1 END,
                ends_at = CASE WHEN {table}.ends_at <= %(now)s THEN excluded.ends_at ELSE {table}.ends_at END
            RETURNING used, ends_at
            """,  # noqa: S608  the table's name is ours
            {"key": name, "ends_at": now + seconds, "now": now, "limit": limit},
        )
        used, ends_at = cursor.fetchone()
    return Limit(limit, used, ends_at - now)


def _pace_database(name: str, limit: int, seconds: int) -> Limit:
    table = RecentTries._meta.db_table
    now = time.time()
    if secrets.randbelow(500) == 0:
        RecentTries.objects.filter(ends_at__lt=now).delete()
    since = _digits(now - seconds)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {table} (key, times, is_full, ends_at) VALUES (%(key)s, %(now)s, %(no)s, %(ends_at)s)
            ON CONFLICT (key) DO UPDATE SET
                times = CASE WHEN LENGTH({table}.times) < %(length)s THEN {table}.times || excluded.times
                             WHEN SUBSTR({table}.times, 1, {DIGITS}) > %(since)s THEN {table}.times
                             ELSE SUBSTR({table}.times, {DIGITS + 1}) || excluded.times END,
                is_full = LENGTH({table}.times) >= %(length)s AND SUBSTR({table}.times, 1, {DIGITS}) > %(since)s,
                ends_at = excluded.ends_at
            RETURNING times, is_full
            """,  # noqa: S608  the table's name is ours
            {
                "key": name,
                "now": _digits(now),
                "no": False,
                "since": since,
                "length": limit * DIGITS,
                "ends_at": now + seconds,
            },
        )
        times, is_full = cursor.fetchone()
    kept = [times[at : at + DIGITS] for at in range(0, len(times), DIGITS)]
    lately = [moment for moment in kept if moment > since]
    return Limit(limit, len(lately) + bool(is_full), int(lately[0]) / 1_000_000 + seconds - now)


def _digits(moment: float) -> str:
    """Seconds since 1970 as so many digits, which sort as the moments do."""
    return f"{int(moment * 1_000_000):0{DIGITS}}"


def _name(key: str, limit: int, seconds: int) -> str:
    """A name of one length that holds no address in clear, and changes with the rule."""
    return hashlib.sha256(f"{settings.SECRET_KEY}|{key}|{limit}|{seconds}".encode()).hexdigest()


@dataclass(frozen=True)
class _Server:
    """A Redis with our scripts. Kept, because making a client costs more than asking it."""

    client: redis.Redis
    hit: Script
    pace: Script
    give_back: Script

    def run(self, script: Script, keys: list[str], asked: list[int]) -> list[tuple[int, int]]:
        """Run a script that counts: over a connection of the pool, without the client's retries and records of each
        command, which cost more than the answer. Raises what the client raises."""
        pool = self.client.connection_pool
        connection = pool.get_connection()
        try:
            connection.send_command("EVALSHA", script.sha, len(keys), *keys, *asked)  # type: ignore[no-untyped-call]
            told: list[tuple[int, int]] = connection.read_response()
        except NoScriptError:
            told = script(keys=keys, args=asked)  # which brings the script along
        finally:
            pool.release(connection)
        return told


@lru_cache(maxsize=4)
def _server(url: str) -> _Server:
    client = redis.Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=1.0, retry=Retry(NoBackoff(), 0))
    return _Server(client, *(client.register_script(script) for script in (_HIT, _PACE, _GIVE_BACK)))


def _redis() -> _Server | None:
    url: str = settings.LIMITS_REDIS_URL
    return _server(url) if url else None
