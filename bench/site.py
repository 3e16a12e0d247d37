"""The processes that are measured: two web workers and the gateway's emulator on PostgreSQL and Redis."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def database(server_url: str) -> Iterator[str]:
    """A database of this run alone, beside the one that ``server_url`` names; gone afterwards."""
    import psycopg
    from psycopg import sql

    name = f"naksha_bench_{secrets.token_hex(4)}"
    parts = urlsplit(server_url)
    admin = urlunsplit(parts._replace(path="/postgres"))
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@dataclass
class Site:
    environment: dict[str, str]
    port: int
    data: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def web(self) -> int:
        """The first process of the web server, which was started after the gateway."""
        return self.processes[1].pid

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def manage(self, *arguments: str) -> str:
        """Run a Python module in the site's environment; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", *arguments], cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, check=True
        )
        return done.stdout.decode()

    def ask(self, typed: str, *arguments: str) -> str:
        """As :meth:`manage`, with ``typed`` to read."""
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env=self.environment,
            input=typed.encode(),
            stdout=subprocess.PIPE,
            check=True,
        )
        return done.stdout.decode()

    def start(self, name: str, *command: str, **more: str) -> None:
        with open(self.data / f"{name}.log", "ab") as out:
            self.processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", *command],
                    cwd=ROOT,
                    env={**self.environment, **more},
                    stdout=out,
                    stderr=out,
                    start_new_session=True,
                )
            )

    def start_web(self, workers: int = WORKERS) -> None:
        options = ["--workers", str(workers), "--host", "127.0.0.1", "--port", str(self.port)]
        threads = ["--blocking-threads", os.environ.get("WEB_THREADS", "4")]
        self.start("web", "granian", "--interface", "wsgi", "--no-ws", *options, *threads, "naksha.wsgi:application")
        wait_for(self.port, "/bench/empty/", 60)

    def restart_web(self, workers: int = WORKERS) -> None:
        """The web server anew, with so many workers; its place among the processes stays."""
        _end(self.processes.pop(1))
        self.start_web(workers)
        self.processes.insert(1, self.processes.pop())

    def stop_last(self) -> None:
        """End what was started last."""
        _end(self.processes.pop())

    def stop(self) -> None:
        for process in self.processes:
            _end(process)
        self.processes.clear()

    def load(self, *entries: dict[str, Any], concurrency: int = 16, **spec: Any) -> dict[str, Any]:
        """Send ``entries`` from a process of its own."""
        spec = {"host": self.host, "requests": entries, "concurrency": concurrency, "seconds": 5, "warm": 1, **spec}
        done = subprocess.run(
            [sys.executable, "-m", "bench.load"], input=json.dumps(spec).encode(), capture_output=True, check=True
        )
        result: dict[str, Any] = json.loads(done.stdout)
        return result


def _end(process: subprocess.Popen[bytes]) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(timeout=15)
            return
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            process.wait()
            return


def wait_for(port: int, path: str, seconds: float) -> float:
    """Seconds until ``path`` answers 200 on ``port``."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return time.monotonic() - started
        except OSError:
            time.sleep(0.02)
        finally:
            connection.close()
    raise RuntimeError(f"nothing answers on port {port} within {seconds:.0f} s")


def descendants(pid: int) -> list[int]:
    """``pid`` and everything that it started."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, open_ones = [], [pid]
    while open_ones:
        found.append(open_ones.pop())
        open_ones += parents.get(found[-1], [])
    return found


def peak_mb(pid: int) -> float:
    """The most that the process has seen since :func:`forget_peak`."""
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM")]
    return round(int(line.split()[1]) / 1024, 1)


def forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def memory_mb(pid: int) -> dict[str, float]:
    """``rss``: all that the process sees; ``pss``: with what it shares counted by its share."""
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in ("Rss", "Pss"):
            found[name.lower()] = round(int(rest.split()[0]) / 1024, 1)
    return found


@contextmanager
def site(data: Path, *, server_url: str, redis_url: str, **more: str) -> Iterator[Site]:
    """An empty installation, migrated, with its static files; nothing runs yet but the emulator."""
    port, gateway = free_port(), free_port()
    with database(server_url) as url:
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG", "BENCH_CONNECTIONS") if name in os.environ},
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "NAKSHA_DATA": str(data),
            "DATABASE_URL": url,
            "REDIS_URL": redis_url,
            "PORT": str(port),
            "RAZORPAY_BASE_URL": f"http://127.0.0.1:{gateway}",
            "LOG_JSON": "1",
            "CHAT_MESSAGES_A_MINUTE": "1000000",  # the load's few people write as many would
            **more,
        }
        running = Site(environment, port, data)
        running.manage("django", "collectstatic", "--noinput", "--verbosity=0")
        running.manage("django", "migrate", "--noinput", "--verbosity=0")
        try:
            running.start(
                "gateway", "payments.razorpay.emulator", "--port", str(gateway), "--db", str(data / "razorpay.sqlite3")
            )
            yield running
        finally:
            running.stop()
