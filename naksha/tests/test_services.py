"""Worker and schedule in threads of this process: they work, they are watched, and they stop."""

import asyncio
import threading
import time

import pytest
from asgiref.sync import async_to_sync
from celery import Celery
from kombu.transport.virtual.base import Transport
from structlog.testing import capture_logs

from naksha.celery import app as naksha
from naksha.embedded.layers import LoopBoundInMemoryLayer
from naksha.embedded.lifespan import WithServices
from naksha.embedded.services import Services

pytestmark = pytest.mark.slow


@pytest.fixture
def app(tmp_path):
    app = Celery("embedded-test", broker=f"memory://{tmp_path.name}//", set_as_current=False)
    app.conf.update(
        broker_transport_options={"polling_interval": 0.05},
        task_default_queue=f"test-{tmp_path.name}",
        task_ignore_result=True,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        broker_connection_retry_on_startup=True,
        beat_scheduler="celery.beat:Scheduler",
    )
    yield app
    naksha.set_default()


@pytest.fixture
def services(app):
    services = Services(app, threads=2)  # each test starts them once its tasks are known
    yield services
    services.stop()


async def test_what_a_task_sends_reaches_a_waiting_consumer_at_once(app, services):
    layer = LoopBoundInMemoryLayer()
    channel = await layer.new_channel()
    await layer.group_add("today", channel)

    @app.task
    def look():
        async_to_sync(layer.group_send)("today", {"type": "look", "thread": threading.current_thread().name})

    await asyncio.to_thread(services.start)
    waiting = asyncio.create_task(layer.receive(channel))
    await asyncio.sleep(0.05)
    started = time.monotonic()
    look.delay()
    message = await asyncio.wait_for(waiting, 5)
    assert time.monotonic() - started < 0.5
    assert message["thread"] != threading.main_thread().name


def test_a_worker_that_dies_is_built_again_and_finds_what_was_queued(app, services, monkeypatch):
    done = threading.Event()

    @app.task
    def work():
        done.set()

    drain, broken = Transport.drain_events, threading.Event()
    monkeypatch.setattr("naksha.embedded.services.FIRST_PAUSE", 0.1)

    def break_once(self, *args, **kwargs):
        if not broken.is_set():
            broken.set()
            raise RuntimeError("the broker broke")
        return drain(self, *args, **kwargs)

    services.start()
    with capture_logs() as lines:
        monkeypatch.setattr(Transport, "drain_events", break_once)
        assert broken.wait(5)
        work.delay()
        assert done.wait(30)
    assert services.worker_alive
    assert services.restarts == 1
    assert "worker_ended" in [line["event"] for line in lines]


def test_a_schedule_that_dies_is_started_again(app, services):
    services.start()
    services._beat.service._is_shutdown.set()
    services._beat.join(5)
    deadline = time.monotonic() + 10
    while not (services.restarts and services.beat_alive):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_after_stop_no_thread_is_left(app):
    before = set(threading.enumerate())
    services = Services(app, threads=2)
    services.start()
    assert services.worker_alive
    assert services.beat_alive
    services.stop()
    assert not services.worker_alive
    assert not services.beat_alive
    left = {t.name for t in set(threading.enumerate()) - before if not t.daemon}
    assert left == set()


async def lifespan(app):
    """Send startup and shutdown to ``app``; what it answered."""
    said, questions = [], [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

    async def receive():
        return questions.pop(0)

    async def send(message):
        said.append(message["type"])

    await app({"type": "lifespan"}, receive, send)
    return said


async def test_services_live_as_long_as_the_application():
    happened = []
    app = WithServices(None, start=lambda: happened.append("start"), stop=lambda: happened.append("stop"))
    assert await lifespan(app) == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert happened == ["start", "stop"]


async def test_a_start_that_fails_is_told_to_the_server():
    def fail():
        raise RuntimeError("no worker")

    assert await lifespan(WithServices(None, start=fail, stop=lambda: None)) == ["lifespan.startup.failed"]
