"""The whole product as processes of its own: the embedded mode that ``bin/run`` starts, and the separate parts."""

from __future__ import annotations

import email
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from pathlib import Path

from tests.broken_line import Line

ROOT = Path(__file__).resolve().parent.parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """One running installation: where it answers, where its data is, and its processes by name."""

    address: str
    data: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)  # of its processes, and of a command that looks inside

    def mail_to(self, address: str, *, about: str = "", within: float = 30) -> str:
        """The newest mail's text to ``address`` whose subject holds ``about``; waits for it, else AssertionError."""
        deadline = time.monotonic() + within
        while True:
            for path in sorted((self.data / "mail").glob("*.eml"), reverse=True):
                message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
                if address in str(message["To"]) and about.lower() in str(message["Subject"]).lower():
                    part = message.get_body(("plain",))
                    assert part is not None
                    return str(part.get_content())
            assert time.monotonic() < deadline, f"no mail to {address} about {about!r} within {within} s"
            time.sleep(0.2)

    def run(self, code: str) -> str:
        """What ``code`` prints in a process of this installation, with Django set up."""
        environment = {"DJANGO_SETTINGS_MODULE": "naksha.settings", "LOG_LEVEL": "ERROR", **self.environment}
        whole = f"import django; django.setup()\n{code}"
        done = subprocess.run([sys.executable, "-c", whole], cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def link_in_mail_to(self, address: str, path: str, *, about: str = "") -> str:
        """The address in the newest such mail that matches ``path`` (a pattern after the site's own address)."""
        text = self.mail_to(address, about=about)
        found = re.search(re.escape(self.address) + path, text)
        assert found, f"no link {path} in:\n{text}"
        return found.group(0)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def wait_until_up(site: Site, log: Path, *, within: float) -> None:
    deadline = time.monotonic() + within
    while not answers(site.address + "/health"):
        for name, process in site.processes.items():
            assert process.poll() is None, f"{name} ended with {process.returncode}:\n{log.read_text()[-3000:]}"
        assert time.monotonic() < deadline, f"not up within {within} s:\n{log.read_text()[-3000:]}"
        time.sleep(0.2)


def stop(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    for process in processes.values():
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    for process in processes.values():
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL, children first, so that none outlives its parent."""
    children = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True).stdout.split()
    for pid in [*map(int, children), process.pid]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()


def clean_environment(**more: str) -> dict[str, str]:
    """What a newcomer's shell has, and ``more``: no setting of the test run leaks in."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "SSL_CERT_FILE") if name in os.environ}
    return {**kept, **more}


@contextmanager
def embedded(data: Path) -> Iterator[Site]:
    """What ``bin/run`` starts, on an empty folder: it makes the demo market first."""
    port = free_port()
    site = Site(f"http://127.0.0.1:{port}", data)
    site.environment = clean_environment(PORT=str(port), NAKSHA_DATA=str(data))
    log = data / "run.log"
    with log.open("wb") as out:
        site.processes["all"] = subprocess.Popen(
            [str(ROOT / "bin" / "run")],
            env=site.environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until_up(site, log, within=400)
            yield site
        finally:
            stop(site.processes)


def separate_environment(
    data: Path, *, database_url: str, redis_url: str, port: int, gateway_port: int
) -> dict[str, str]:
    return clean_environment(
        PORT=str(port),
        NAKSHA_DATA=str(data),
        DATABASE_URL=database_url,
        REDIS_URL=redis_url,
        RAZORPAY_BASE_URL=f"http://127.0.0.1:{gateway_port}",
        SITE_URL=f"http://127.0.0.1:{port}",
        DJANGO_SETTINGS_MODULE="naksha.settings",
    )


def start_part(site: Site, name: str, command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    with (site.data / f"{name}.log").open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT
        )
    site.processes[name] = process
    return process


WORKER = [
    "celery",
    "-A",
    "naksha",
    "worker",
    "--pool",
    "threads",
    "--concurrency",
    "4",
    "--loglevel",
    "WARNING",
    "--without-mingle",
]
BEAT = ["celery", "-A", "naksha", "beat", "--loglevel", "WARNING", "--pidfile="]


def web_command(port: int) -> list[str]:
    return [
        "granian",
        "--interface",
        "wsgi",
        "--workers",
        "2",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "naksha.wsgi:application",
    ]


class Front(Line):
    """Takes each connection to the live process or to the web workers, by the path that it first asks for."""

    def __init__(self, *, web: int, live: int) -> None:
        super().__init__(("127.0.0.1", web))
        self.live = ("127.0.0.1", live)

    def lead(self, near: socket.socket) -> socket.socket:
        head = b""
        while b"\r\n" not in head:
            if not (more := near.recv(65536)):
                raise ConnectionError  # it was opened ahead, and never used
            head += more
        is_live = head.split(b" ", 2)[1].startswith(b"/ws/")
        far = socket.create_connection(self.live if is_live else self.target)
        far.sendall(head)
        return far


@contextmanager
def separate(data: Path, *, database_url: str, redis_url: str) -> Iterator[Site]:
    """Two web processes, one that holds live connections, a worker, beat and the gateway's emulator, on PostgreSQL and
    Redis; no demo market. In front of them a proxy that splits by path, as deploy/Caddyfile does."""
    web_port, live_port, gateway_port = free_port(), free_port(), free_port()
    front = Front(web=web_port, live=live_port)
    site = Site(f"http://127.0.0.1:{front.port}", data)
    environment = separate_environment(
        data, database_url=database_url, redis_url=redis_url, port=front.port, gateway_port=gateway_port
    )
    site.environment = environment
    for arguments in (["collectstatic", "--noinput", "-v0"], ["migrate", "--noinput", "-v0"]):
        subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, check=True)
    sync = "import django; django.setup(); from naksha import schedule; schedule.sync()"
    subprocess.run([sys.executable, "-c", sync], cwd=ROOT, env=environment, check=True)
    webhook = f"{site.address}/payments/webhook/razorpay/"
    gateway = [
        "payments.razorpay.emulator",
        "--port",
        str(gateway_port),
        "--db",
        str(data / "razorpay.sqlite3"),
        "--webhook-url",
        webhook,
    ]
    try:
        start_part(site, "gateway", gateway, environment)
        start_part(site, "web", web_command(web_port), environment)
        start_part(site, "live", ["naksha.wire"], {**environment, "PORT": str(live_port)})
        start_part(site, "worker", WORKER, environment)
        start_part(site, "beat", BEAT, environment)
        wait_until_up(site, data / "web.log", within=180)
        yield site
    finally:
        stop(site.processes)
        front.stop()
