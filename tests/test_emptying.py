"""After a test with transactions of its own nothing of it is left, what the database guards included."""

from __future__ import annotations

import threading
import time

import pytest
from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.test import TransactionTestCase
from django_celery_beat.models import PeriodicTask

from accounts.models import User
from bookings.testing import make_paid
from naksha.testing import make_user
from payments.models import Invoice, LedgerEntry
from tests import emptying

pytestmark = pytest.mark.django_db(transaction=True)
BEAT = "naksha.web.tasks.heartbeat"


@pytest.fixture
def case(transactional_db):
    """As after a test before: what Django leaves is known."""
    made = TransactionTestCase("__init__")
    emptying._left_by_django.clear()
    made._fixture_teardown()
    return made


@pytest.fixture
def djangos(monkeypatch):
    """How often Django's own way was taken."""
    times = []
    monkeypatch.setattr(
        emptying, "_django_empties", lambda case, own=emptying._django_empties: (times.append(1), own(case))
    )
    return times


def filled():
    return set(emptying._filled("default", emptying._tables("default")))


def test_everything_goes_but_what_django_leaves(case, djangos, consultant, fake_gateway):
    left = emptying._left_by_django["default"]
    assert Permission._meta.db_table in left
    make_paid(fake_gateway, consultant)
    assert Invoice.objects.exists()
    assert LedgerEntry.objects.exists()
    case._fixture_teardown()
    assert djangos == []
    assert filled() == set(left)
    assert emptying._rows("default", list(left)) == left


def test_what_was_changed_of_that_is_made_anew_as_django_does(case, djangos):
    make_user()
    PeriodicTask.objects.filter(name=BEAT).update(enabled=False)
    case._fixture_teardown()
    assert djangos == [1]
    assert PeriodicTask.objects.get(name=BEAT).enabled
    assert not User.objects.exists()
    make_user()
    case._fixture_teardown()
    assert djangos == [1]
    assert not User.objects.exists()


@pytest.mark.postgres
def test_whoever_is_in_a_transaction_is_waited_for(case):
    """A request that outlives its test leaves nothing to the next one."""
    inside, may_end = threading.Event(), threading.Event()

    def late() -> None:
        try:
            with transaction.atomic():
                make_user()
                inside.set()
                assert may_end.wait(60)
        finally:
            connection.close()

    def empty() -> None:
        try:
            case._fixture_teardown()
        finally:
            connection.close()

    threads = [threading.Thread(target=late), threading.Thread(target=empty)]
    threads[0].start()
    assert inside.wait(60)
    threads[1].start()
    try:
        deadline = time.monotonic() + 60
        while not _waits_for_a_lock():
            assert time.monotonic() < deadline, "it waits for nobody"
            assert threads[1].is_alive(), "it waited for nobody"
            time.sleep(0.02)
    finally:
        may_end.set()
        for thread in threads:
            thread.join(60)
    assert not User.objects.exists()


@pytest.mark.postgres
def test_who_waits_for_it_while_it_waits_for_them_does_not_stop_it(case):
    """A request that has read the last of the tables and asks for the first one when that is locked already. Who has
    waited longest looks for a way out first: that is not the request."""
    make_user()
    *_, last = emptying._tables("default")
    first = emptying._tables("default")[0]
    inside, ends = threading.Event(), []

    def late() -> None:
        try:
            with transaction.atomic():
                emptying._run("default", f"SELECT 1 FROM {last}")  # noqa: S608
                inside.set()
                deadline = time.monotonic() + 60
                while not _waits_for_a_lock():
                    assert time.monotonic() < deadline
                emptying._run("default", f"SELECT 1 FROM {first}")  # noqa: S608
                ends.append("in peace")
        finally:
            connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    assert inside.wait(60)
    case._fixture_teardown()
    thread.join(60)
    assert ends == ["in peace"]
    assert not User.objects.exists()


def _waits_for_a_lock() -> bool:
    waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    return bool(emptying._ask("default", waiting))
