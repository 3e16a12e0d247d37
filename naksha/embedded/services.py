"""Worker and schedule as threads of this process, watched, with a state that the health page can tell."""

from __future__ import annotations

import threading
import time
from typing import Any

import structlog
from celery import Celery
from celery.beat import EmbeddedService
from celery.worker import WorkController
from celery.worker import state as worker_state

log = structlog.get_logger(__name__)
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
worker_control: Any = worker_state  # Celery keeps its "stop now" in two globals of this module


class _Worker(WorkController):
    """A worker that says when it is ready. It is made inside its own thread and holds no signal handler."""

    def __init__(self, ready: threading.Event, **kwargs: Any) -> None:
        self.is_ready = ready
        super().__init__(**kwargs)

    def on_consumer_ready(self, consumer: Any) -> None:
        self.is_ready.set()


class Services:
    """Starts, watches and stops the worker and beat. A worker that ends by itself is built again."""

    def __init__(self, app: Celery, *, threads: int = 4) -> None:
        self.app = app
        self.threads = threads
        self.restarts = 0
        self._ready = threading.Event()
        self._stopping = threading.Event()
        self._worker_thread: threading.Thread | None = None
        self._beat: Any = None
        self._watch_thread: threading.Thread | None = None

    def start(self, wait: float = 10.0) -> None:
        """Start both and return when the worker takes tasks. Raises RuntimeError after ``wait`` seconds without it."""
        self.app.loader.import_default_modules()
        self.app.set_default()  # a pool's thread has no current application and looks its tasks up in the default one
        self._worker_thread = threading.Thread(target=self._keep_working, name="worker", daemon=True)
        self._worker_thread.start()
        self._start_beat()
        self._watch_thread = threading.Thread(target=self._keep_beating, name="beat watch", daemon=True)
        self._watch_thread.start()
        if not self._ready.wait(wait):
            raise RuntimeError("the worker did not get ready")

    def stop(self, wait: float = 10.0) -> None:
        """Let running tasks end, then stop. Returns after ``wait`` seconds at the latest; rows keep what was left."""
        self._stopping.set()
        worker_control.should_stop = 0  # seen by the consumer's loop within a second or two
        if self._beat is not None:
            self._beat.service._is_shutdown.set()
        deadline = time.monotonic() + wait
        for thread in (self._worker_thread, self._beat, self._watch_thread):
            if thread is not None:
                thread.join(max(0.0, deadline - time.monotonic()))
                if thread.is_alive():
                    log.warning("service_did_not_stop", thread=thread.name)

    @property
    def worker_alive(self) -> bool:
        return self._worker_thread is not None and self._worker_thread.is_alive() and self._ready.is_set()

    @property
    def beat_alive(self) -> bool:
        return self._beat is not None and self._beat.is_alive()

    def _keep_working(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            worker_control.should_stop = worker_control.should_terminate = None
            started = time.monotonic()
            try:
                _Worker(
                    self._ready,
                    app=self.app,
                    pool="threads",
                    concurrency=self.threads,
                    hostname="embedded@local",
                    loglevel="WARNING",
                    without_heartbeat=True,
                    without_mingle=True,
                    without_gossip=True,
                ).start()
            except Exception:
                log.exception("worker_failed")
            self._ready.clear()
            if self._stopping.is_set():
                return
            self.restarts += 1
            pause = FIRST_PAUSE if time.monotonic() - started > 60 else pause
            log.error("worker_ended", again_in_seconds=pause)
            self._stopping.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _start_beat(self) -> None:
        self._beat = EmbeddedService(self.app, thread=True, scheduler_cls=self.app.conf.beat_scheduler)
        self._beat.start()

    def _keep_beating(self) -> None:
        while not self._stopping.wait(2.0):
            if not self._beat.is_alive():
                self.restarts += 1
                log.error("beat_ended")
                self._start_beat()


running: Services | None = None


def start() -> None:
    """Start this process's services, once."""
    global running
    if running is None:
        from naksha.celery import app

        services = Services(app)
        running = services
        services.start()


def stop() -> None:
    """Stop what :func:`start` started."""
    global running
    if running is not None:
        running.stop()
        running = None
