"""A row is told to the queue on commit; a dead broker neither raises nor holds anybody up."""

import socket
import time

import pytest
from celery import Celery
from django.db import transaction
from kombu.exceptions import OperationalError
from structlog.testing import capture_logs

from naksha import queue
from naksha.outage import Outage
from naksha.queue import tell


@pytest.fixture(autouse=True)
def _no_outage(monkeypatch):
    monkeypatch.setattr(queue, "outage", Outage("broker"))


class Recorder:
    app = Celery("recorded", broker="memory://", set_as_current=False)

    def __init__(self, error=None):
        self.calls, self.error = [], error

    def apply_async(self, args, kwargs, **options):
        self.calls.append((args, kwargs))
        if self.error:
            raise self.error


@pytest.mark.django_db(transaction=True)
def test_the_queue_is_told_only_when_the_transaction_commits():
    task = Recorder()
    with transaction.atomic():
        tell(task, 7, colour="blue")
        assert task.calls == []
    assert task.calls == [((7,), {"colour": "blue"})]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_change_tells_nobody():
    task = Recorder()
    with transaction.atomic():
        tell(task)
        transaction.set_rollback(True)
    assert task.calls == []


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_is_logged_once_and_asked_again_only_later():
    task = Recorder(OperationalError("away"))
    with capture_logs() as lines:
        tell(task)
        tell(task)
    assert len(task.calls) == 1
    assert [line["event"] for line in lines] == ["service_down"]


@pytest.mark.django_db(transaction=True)
def test_any_other_error_is_raised():
    with pytest.raises(ValueError, match="not JSON"):
        tell(Recorder(ValueError("not JSON")))


@pytest.mark.django_db(transaction=True)
def test_a_redis_that_refuses_costs_less_than_a_second(unused_tcp_port):
    app = Celery("dead", broker=f"redis://127.0.0.1:{unused_tcp_port}/0", set_as_current=False)
    app.conf.broker_transport_options = {"socket_connect_timeout": 0.5, "socket_timeout": 5.0, "max_retries": 0}

    @app.task
    def job(): ...

    started = time.monotonic()
    with capture_logs() as lines:
        tell(job)
    assert time.monotonic() - started < 1
    assert lines[0]["service"] == "broker"


@pytest.mark.django_db(transaction=True)
def test_a_redis_that_says_nothing_costs_little_more_than_a_second():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        app = Celery("silent", broker=f"redis://127.0.0.1:{silent.getsockname()[1]}/0", set_as_current=False)
        app.conf.broker_transport_options = {"socket_connect_timeout": 0.5, "socket_timeout": 5.0, "max_retries": 0}

        @app.task
        def message(): ...

        started = time.monotonic()
        with capture_logs() as lines:
            tell(message)
        assert time.monotonic() - started < 2.5
    assert lines[0]["service"] == "broker"
