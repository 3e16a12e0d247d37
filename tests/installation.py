"""The whole product as processes, on the database of the test itself.

So a test makes its rows and looks at them as all tests do, while real web processes and a real worker serve them. The
gateway's emulator runs beside them; it and Redis are reached over lines that the test can cut. Beat is left out: the
test says when the schedule comes round.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import redis
from celery import Celery
from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils import timezone

from bookings.models import Booking
from naksha.schedule import EVERY
from notifications import delivery
from notifications.models import OutgoingMail
from payments.models import GatewayEvent, Payment, Refund
from payments.razorpay.emulator.testing import KEY_ID, KEY_SECRET, WEBHOOK_SECRET, RunningEmulator
from payments.services import events, sending
from tests.broken_line import Line
from tests.e2e import sites

NOT_NOW = {
    "naksha.web.tasks.heartbeat",
    "notifications.tasks.wipe_mail",
    "notifications.tasks.wipe_notifications",
}


# Seconds after which something never comes. Machines that are busy with other things take their time.
PATIENCE = 150.0
LONGEST = 5  # times that hours pass before what still waits is stuck


def until(true: Callable[[], Any], what: str, *, within: float = PATIENCE) -> Any:
    """Wait until ``true()`` is, and return it. AssertionError with ``what`` if it never is."""
    deadline = time.monotonic() + within
    while not (found := true()):
        assert time.monotonic() < deadline, f"not within {within} s: {what}"
        time.sleep(0.05)
    return found


@dataclass
class Installation:
    site: sites.Site
    environment: dict[str, str]
    gateway: RunningEmulator
    redis_line: Line
    gateway_line: Line
    broker: redis.Redis
    port: int
    queue: Celery
    web: tuple[str, int] = ("", 0)  # the application that is served, and by how many processes
    commands: dict[str, list[str]] = field(default_factory=dict)
    killed_at: float = 0.0  # Unix seconds: the last time that the worker was

    @property
    def address(self) -> str:
        return self.site.address

    # --- processes --------------------------------------------------------------------------

    def serve(self, application: str, *, processes: int) -> None:
        """Serve ``application`` (``naksha.wsgi``, or a test's own that stands in its place), if it isn't served yet;
        a worker on the same code beside it."""
        if self.web == (application, processes):
            return
        self.kill(*self.site.processes)
        web, worker = sites.web_command(self.port), list(sites.WORKER)
        web[web.index("--workers") + 1] = str(processes)
        web[-1] = f"{application}:application"
        if application != "naksha.wsgi":
            worker[worker.index("naksha")] = application
        self.web, self.commands = (application, processes), {"web": web, "worker": worker}
        self.start("worker", "web")

    def start(self, *names: str) -> None:
        for name in names:
            sites.start_part(self.site, name, self.commands[name], self.environment)
        if "web" in names:
            until(lambda: self._alive() and sites.answers(self.address + "/health"), "web answers")

    def _alive(self) -> bool:
        for name, process in self.site.processes.items():
            log = (self.site.data / f"{name}.log").read_text()[-3000:]
            assert process.poll() is None, f"{name} ended with {process.returncode}:\n{log}"
        return True

    def kill(self, *names: str) -> None:
        """SIGKILL, children first, so that none outlives its parent."""
        for name in names:
            sites.kill(self.site.processes.pop(name))
        # Redis gives a message to whoever asked first, also to one that has died since and whose line it still holds.
        until(self.redis_line.has_passed_all_on, "the broker hears who has gone")
        if "worker" in names:
            self.killed_at = time.time()
            until(lambda: not self._takers(self.broker.client_list()), "the broker lets go of the dead worker")

    # --- places to fall at ------------------------------------------------------------------

    def arm(self, place: str) -> None:
        (self.site.data / "points" / place).touch()

    def has_fallen(self, place: str, name: str) -> None:
        """Wait until somebody has come to ``place`` and ``name`` has ended of it; then start it anew."""

        def fallen() -> bool:
            return not (self.site.data / "points" / place).exists()

        if name == "worker":
            self.in_time(fallen, f"the worker comes to {place}")
        else:
            until(fallen, f"{name} comes to {place}")
        process = self.site.processes[name]
        # granian's parent ends by itself once one of its workers is gone; a supervisor then starts it anew.
        until(lambda: process.poll() is not None, f"{name} ends at {place}")
        self.kill(name)
        self.start(name)

    # --- time, the schedule, the queue --------------------------------------------------------

    def hours_pass(self, hours: float = 1) -> None:
        """All claims and due times of work are that much older. Holds are not."""
        ago = timedelta(hours=hours)
        Payment.objects.update(check_at=F("check_at") - ago, order_claimed_at=F("order_claimed_at") - ago)
        GatewayEvent.objects.update(due_at=F("due_at") - ago, claimed_at=F("claimed_at") - ago)
        Refund.objects.update(due_at=F("due_at") - ago, claimed_at=F("claimed_at") - ago)
        OutgoingMail.objects.update(due_at=F("due_at") - ago, claimed_at=F("claimed_at") - ago)

    def schedule_comes_round(self) -> None:
        """Everything that beat would tell the worker to do, told as often as there is something due, as beat does."""

        def round_is_done() -> bool:
            for every in EVERY:
                if every.task not in NOT_NOW:
                    self.queue.send_task(every.task)
            self.worked_through()
            return not self.due()

        until(round_is_done, "the sweepers find nothing more")

    def due(self) -> list[Any]:
        """What the sweepers would take now."""
        now = timezone.now()
        return [
            *delivery.due_ids(),
            *events.unworked(),
            *sending.unsent(),
            *Payment.objects.filter(check_at__lte=now),
            *Refund.objects.filter(status=Refund.Status.PROCESSING, due_at__lte=now),
            *Booking.objects.filter(status=Booking.Status.HELD, hold_expires_at__lte=now),
        ]

    def waiting(self) -> list[Any]:
        """What is not done, due or not."""
        return [
            *OutgoingMail.objects.filter(status__in=["queued", "sending"]),
            *GatewayEvent.objects.filter(status=GatewayEvent.Status.STORED),
            *Refund.objects.filter(status__in=[Refund.Status.PENDING, Refund.Status.PROCESSING]),
            *self.due(),
        ]

    def worked_through(self) -> None:
        """Wait until the gateway has told all that it doesn't keep back, and the worker waits for a message."""
        until(lambda: self._gateway_has_told() and self._idle(), "the queue is worked through")

    def _idle(self) -> bool:
        """Whether no message waits, none is being worked, and a worker asks for the next. One that has taken a message
        asks for no other before it has noted the one, so that nothing falls between the three, seen at one moment."""
        look = self.broker.pipeline(transaction=True)
        look.llen("celery")
        look.zcount("unacked_index", f"({self._lost_before}", "+inf")
        look.client_list()
        waiting, taken, clients = look.execute()
        return not waiting and not taken and bool(self._takers(clients))

    @property
    def _lost_before(self) -> float:
        """What was taken until then, and not worked, was taken by a killed worker or over a line that was cut."""
        return max(self.killed_at, self.redis_line.mended_at)

    def _takers(self, clients: list[dict[str, str]]) -> list[dict[str, str]]:
        """The clients of our broker that wait for a message."""
        ours = str(self.broker.get_connection_kwargs()["db"])
        return [one for one in clients if one["db"] == ours and one["cmd"] == "brpop" and "b" in one["flags"]]

    def _gateway_has_told(self) -> bool:
        told = self.gateway.state()
        return told["disorder"]["paused"] or not any(each["state"] == "waiting" for each in told["deliveries"])

    def all_is_done(self) -> None:
        """Wait until no row waits any more: what the worker was told of, and what only the sweepers find, in the hours
        after. What is stuck stays stuck, and is found by whoever looks at the books then."""
        self.worked_through()
        for _ in range(LONGEST):
            if not self.waiting():
                return
            self.hours_pass()
            self.schedule_comes_round()

    def an_hour_later(self) -> None:
        """The schedule has come round, as often as is needed."""
        self.hours_pass()
        self.schedule_comes_round()
        self.all_is_done()

    def in_time(self, true: Callable[[], Any], what: str, *, pause: float = 10) -> None:
        """Wait until ``true()`` is. What the queue was not told of, because it did not answer in time, the sweepers
        find after ``pause`` seconds."""

        def found() -> bool:
            after = time.monotonic() + pause
            while time.monotonic() < after:
                if true():
                    return True
                time.sleep(0.05)
            self.hours_pass()
            self.queue.send_task("notifications.tasks.sweep_mail")
            self.queue.send_task("payments.tasks.sweep")
            return False

        until(found, what)

    def come_again(self) -> None:
        """The broker gives what killed workers had taken to another, as it does after its visibility time-out."""
        for tag in self.broker.zrangebyscore("unacked_index", "-inf", self._lost_before):
            taken = self.broker.hget("unacked", tag)
            if taken is not None:
                message, _exchange, _key = json.loads(taken)
                self.broker.lpush("celery", json.dumps(message))
            self.broker.hdel("unacked", tag)
            self.broker.zrem("unacked_index", tag)
        self.worked_through()

    def late_news(self) -> None:
        """The gateway tells everything that it has kept back, twice."""
        self.gateway.control("webhooks/flush", withheld=True, rounds=2)
        self.worked_through()

    def all_comes_in(self) -> None:
        """Two hours later: the gateway has told everything, and the schedule has come round."""
        for _ in range(2):
            self.late_news()
            self.an_hour_later()

    # --- mails ------------------------------------------------------------------------------

    def mails(self, to: str = "") -> list[EmailMessage]:
        found = [
            message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in sorted((self.site.data / "mail").glob("*.eml"))
        ]
        return [mail for mail in found if to in str(mail["To"])]  # type: ignore[misc]

    def mail_server(self, fault: str) -> None:
        (self.site.data / "mail" / "fault").write_text(fault)

    def as_new(self) -> None:
        """What the test before has left outside of the database, also one that failed half-way."""
        self.redis_line.mend()
        self.gateway_line.mend()
        self.mail_server("")
        for point in (self.site.data / "points").iterdir():
            point.unlink()
        self.kill(*[name for name, process in self.site.processes.items() if process.poll() is not None])
        self.start(*[name for name in ("worker", "web") if name in self.commands.keys() - self.site.processes.keys()])
        if self.commands:
            self.come_again()
        for mail in (self.site.data / "mail").glob("*.eml"):
            mail.unlink()
        self.gateway.reset()
        self.gateway.control("settings", webhook_url=f"{self.address}/payments/webhook/razorpay/")


def _redis_database() -> str:
    """Of the server that the suite uses, one of this test process's own; the suite has 15, the browser's walk 14."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return urlunsplit(urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{max(1, 13 - number)}"))


def _over(line: Line, url: str) -> str:
    parts = urlsplit(url)
    credentials, at, _server = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{credentials}{at}127.0.0.1:{line.port}"))


def _line_to(url: str) -> Line:
    parts = urlsplit(url)
    return Line((parts.hostname or "127.0.0.1", parts.port or 6379))


@contextmanager
def installation(data: Path, gateway: RunningEmulator) -> Iterator[Installation]:
    """Everything but the processes, which :meth:`Installation.serve` starts."""
    url = urlsplit(os.environ["DATABASE_URL"])
    redis_url = _redis_database()
    broker = redis.Redis.from_url(redis_url)
    broker.flushdb()
    redis_line, gateway_line = _line_to(redis_url), _line_to(gateway.url)
    port = sites.free_port()
    (data / "points").mkdir()
    (data / "mail").mkdir()
    environment = {
        **sites.separate_environment(
            data,
            database_url=urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}")),
            redis_url=_over(redis_line, redis_url),
            port=port,
            gateway_port=gateway_line.port,
        ),
        "RAZORPAY_EMULATOR": "1",
        "RAZORPAY_KEY_ID": KEY_ID,
        "RAZORPAY_KEY_SECRET": KEY_SECRET,
        "RAZORPAY_WEBHOOK_SECRETS": WEBHOOK_SECRET,
        "SECRET_KEY": settings.SECRET_KEY,
        # All clients of a storm have one address.
        "HOLDS_PER_ADDRESS": "100000",
        "HOLDS_PER_MAIL": "100000",
        "HOLDS_KEPT_PER_ADDRESS": "100000",
        "HOLDS_KEPT_PER_MAIL": "100000",
        "FREE_PER_ADDRESS_A_DAY": "100000",
        "FREE_KEPT_PER_MAIL": "100000",
        "DATABASE_POOL_WAIT": "120",  # a storm on a slow machine takes its time
        "CRASH_POINTS": str(data / "points"),
    }
    collect = "import django; django.setup(); from naksha.embedded.__main__ import collect_static; collect_static()"
    subprocess.run([sys.executable, "-c", collect], cwd=sites.ROOT, env=environment, check=True)
    ready = Installation(
        site=sites.Site(f"http://127.0.0.1:{port}", data),
        environment=environment,
        gateway=gateway,
        redis_line=redis_line,
        gateway_line=gateway_line,
        broker=broker,
        port=port,
        queue=Celery(broker=redis_url, set_as_current=False),
    )
    ready.queue.conf.update(task_ignore_result=True)
    try:
        yield ready
    finally:
        sites.stop(ready.site.processes)
        redis_line.stop()
        gateway_line.stop()
        broker.flushdb()
