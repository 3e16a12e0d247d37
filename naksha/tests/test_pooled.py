"""A pooled connection is looked at before it is used, and asked only where the look can't tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection
from psycopg_pool import ConnectionPool

from naksha.pooled import ASKED_ANEW_AFTER, InstantLoader, WatchedConnection

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs PostgreSQL"),
]


class Told(psycopg.Cursor):
    """Counts what is really sent."""

    def execute(self, *args, **options):
        self.connection.asked += 1
        return super().execute(*args, **options)


class Counted(WatchedConnection):
    asked = 0


def look(conn: psycopg.Connection) -> None:
    ConnectionPool.check_connection(conn)


@pytest.fixture
def conn() -> Iterator[Counted]:
    params = connection.get_connection_params()
    params["cursor_factory"] = Told
    with Counted.connect(**params, autocommit=True) as made:
        yield made


def test_it_is_asked_once_and_then_only_looked_at(conn: Counted) -> None:
    for _ in range(3):
        look(conn)
    assert conn.asked == 1


def test_it_is_asked_again_when_it_has_rested(conn: Counted) -> None:
    look(conn)
    conn._good_at -= ASKED_ANEW_AFTER + 1
    look(conn)
    assert conn.asked == 2


def test_one_that_the_server_ended_is_found_out_without_resting(conn: Counted) -> None:
    look(conn)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [conn.info.backend_pid])
        assert cursor.fetchone() == (True,)
    with pytest.raises(psycopg.OperationalError):
        look(conn)


def test_one_that_we_closed_is_found_out(conn: Counted) -> None:
    look(conn)
    conn.close()
    with pytest.raises(psycopg.OperationalError):
        look(conn)


def test_other_statements_are_always_sent(conn: Counted) -> None:
    look(conn)
    assert conn.execute("SELECT 7").fetchone() == (7,)


@pytest.mark.parametrize(
    "text", ["2026-11-24 05:30:00+00", "0001-01-01 00:00:00.1+00", "9999-12-31 23:59:59.999999+00"]
)
def test_an_instant_is_read_as_django_reads_it(conn: Counted, text: str) -> None:
    ((ours,),) = conn.execute(f"SELECT '{text}'::timestamptz")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT '{text}'::timestamptz")
        ((theirs,),) = cursor.fetchall()
    assert conn.adapters.get_loader(1184, psycopg.pq.Format.TEXT) is InstantLoader
    assert (ours, ours.tzinfo) == (theirs, UTC)


def test_an_instant_of_another_zone_is_told_in_utc(conn: Counted) -> None:
    conn.execute("SET TIME ZONE 'Asia/Kolkata'")
    ((found,),) = conn.execute("SELECT '2026-11-24 05:30:00+00'::timestamptz")
    assert (found, found.tzinfo) == (datetime(2026, 11, 24, 5, 30, tzinfo=UTC), UTC)


@pytest.mark.parametrize("text", ["infinity", "10000-01-01 00:00:00+00", "0044-03-15 00:00:00+00 BC"])
def test_an_instant_that_python_does_not_know_is_refused(conn: Counted, text: str) -> None:
    with pytest.raises(psycopg.DataError):
        list(conn.execute(f"SELECT '{text}'::timestamptz"))


def test_what_it_is_already_is_not_set_again(conn: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[object] = []
    wait = Counted.wait
    monkeypatch.setattr(Counted, "wait", lambda self, *given, **how: waited.append(given) or wait(self, *given, **how))
    conn.autocommit = True
    assert not waited
    conn.autocommit = False
    assert (conn.autocommit, len(waited)) == (False, 1)
    conn.autocommit = True
    assert (conn.autocommit, len(waited)) == (True, 2)
