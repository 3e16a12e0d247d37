"""A pooled connection is looked at before it is used, and asked only where the look can't tell."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from psycopg_pool import ConnectionPool

from naksha.pooled import ASKED_ANEW_AFTER, WatchedConnection

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
