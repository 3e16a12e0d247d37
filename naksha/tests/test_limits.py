"""Attempts are counted atomically: in Redis, in the database, and in the database while Redis is away."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.conf import settings
from django.db import connection

from naksha.tests.reach import REDIS
from naksha.web import limits
from naksha.web.models import AttemptCount, RecentTries

DEAD_REDIS = "redis://127.0.0.1:1/0"


@pytest.fixture(params=["database", "redis", "redis that is away"])
def counter(request, settings, db):
    limits.outage.ended()
    if request.param == "redis":
        if not REDIS:
            pytest.skip("needs Redis")
        settings.LIMITS_REDIS_URL = REDIS
        limits.forget(key="login:asha", limit=5, seconds=900)
        limits.forget(key="login:farhan", limit=5, seconds=900)
        limits._redis().client.delete(limits._name("pace:chat:asha", 5, 60))
    elif request.param == "redis that is away":
        settings.LIMITS_REDIS_URL = DEAD_REDIS
    yield request.param
    limits.outage.ended()


def pace():
    return limits.pace(key="chat:asha", limit=5, seconds=60)


def later(seconds):
    """Let so much time pass for all that ``pace`` remembers."""
    for row in RecentTries.objects.all():
        moments = (int(row.times[at : at + 16]) for at in range(0, len(row.times), 16))
        row.times = "".join(f"{moment - seconds * 1_000_000:016}" for moment in moments)
        row.save()
    if REDIS and settings.LIMITS_REDIS_URL == REDIS:
        name, known = limits._name("pace:chat:asha", 5, 60), limits._redis().client
        for place, moment in enumerate(known.lrange(name, 0, -1)):
            known.lset(name, place, int(moment) - seconds * 1000)


def test_no_more_than_so_many_in_any_minute(counter):
    assert [pace().allowed for _ in range(2)] == [True] * 2
    later(50)
    assert [pace().allowed for _ in range(4)] == [True] * 3 + [False]
    later(15)  # a window that opened with the first would be over
    assert [pace().allowed for _ in range(4)] == [True] * 2 + [False] * 2
    later(46)
    assert [pace().allowed for _ in range(4)] == [True] * 3 + [False]


def test_who_is_too_fast_is_told_when_to_go_on(counter):
    pace()
    later(20)
    for _ in range(5):
        told = pace()
    assert (told.allowed, told.remaining) == (False, 0)
    assert 38 <= told.retry_after <= 40


def test_a_pace_and_a_window_of_one_key_are_counted_apart(counter):
    for _ in range(6):
        limits.hit(key="chat:asha", limit=5, seconds=60)
    assert pace().remaining == 4
    limits.forget(key="chat:asha", limit=5, seconds=60)


def test_a_redis_that_forgot_the_script_of_the_pace_is_told_it_again(counter):
    pace()
    if counter == "redis":
        limits._redis().client.script_flush()
    assert [pace().remaining for _ in range(2)] == [3, 2]


def hit(key="login:asha"):
    return limits.hit(key=key, limit=5, seconds=900)


def test_five_tries_pass_and_the_sixth_is_told_when(counter):
    assert [hit().allowed for _ in range(6)] == [True] * 5 + [False]
    refused = hit()
    assert refused.remaining == 0
    assert 895 <= refused.retry_after <= 900


def test_remaining_counts_down(counter):
    assert [hit().remaining for _ in range(6)] == [4, 3, 2, 1, 0, 0]


def test_a_redis_that_forgot_the_script_is_told_it_again(counter):
    hit()
    if counter == "redis":
        limits._redis().client.script_flush()
    assert [hit().remaining for _ in range(2)] == [3, 2]


def test_keys_do_not_share_a_count(counter):
    for _ in range(6):
        hit()
    assert hit("login:farhan").allowed


def test_a_try_can_be_given_back(counter):
    for _ in range(5):
        hit()
    limits.give_back(key="login:asha", limit=5, seconds=900)
    assert hit().allowed
    assert not hit().allowed


def test_refused_tries_do_not_pile_up(counter):
    for _ in range(40):
        hit()
    for _ in range(2):
        limits.give_back(key="login:asha", limit=5, seconds=900)
    assert hit().allowed


def test_a_forgotten_key_starts_anew(counter):
    for _ in range(6):
        hit()
    limits.forget(key="login:asha", limit=5, seconds=900)
    assert hit().remaining == 4


@pytest.mark.django_db
def test_a_new_window_opens_when_the_old_one_has_ended():
    with time_machine.travel("2026-11-20T10:00:00Z", tick=False) as clock:
        for _ in range(6):
            hit()
        clock.shift(899)
        assert not hit().allowed
        clock.shift(2)
        assert hit().remaining == 4
    assert AttemptCount.objects.count() == 1


def test_the_name_of_a_key_holds_no_address_in_clear(counter):
    hit("login:asha@example.com")
    assert not AttemptCount.objects.filter(key__contains="asha").exists()


def parallel(tries: int, hit=hit) -> int:
    def one(_: int) -> bool:
        try:
            return hit().allowed
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        return sum(pool.map(one, range(tries)))


@pytest.mark.skipif(not REDIS, reason="needs Redis")
@pytest.mark.django_db(transaction=True)
def test_of_64_parallel_tries_redis_lets_five_through(settings):
    settings.LIMITS_REDIS_URL = REDIS
    limits.forget(key="login:asha", limit=5, seconds=900)
    assert parallel(64) == 5


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
@pytest.mark.django_db(transaction=True)
def test_of_64_parallel_tries_the_database_lets_five_through():
    assert parallel(64) == 5


@pytest.mark.skipif(not REDIS, reason="needs Redis")
@pytest.mark.django_db(transaction=True)
def test_of_64_parallel_messages_redis_lets_five_through(settings):
    settings.LIMITS_REDIS_URL = REDIS
    limits._redis().client.delete(limits._name("pace:chat:asha", 5, 60))
    assert parallel(64, pace) == 5


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
@pytest.mark.django_db(transaction=True)
def test_of_64_parallel_messages_the_database_lets_five_through():
    assert parallel(64, pace) == 5
