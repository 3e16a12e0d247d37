"""``python -m naksha.embedded``: prepare the data, then serve everything from this one process."""

from __future__ import annotations

import fcntl
import hashlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import django
import uvicorn

from naksha.wire import WEBSOCKETS


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - this is what the person at the terminal reads


def manage(*arguments: str) -> None:
    """Run a management command in a process of its own, so that its memory is given back. Only warnings are logged."""
    environment = {"LOG_LEVEL": "WARNING", **os.environ}
    subprocess.run([sys.executable, "-m", "django", *arguments], check=True, env=environment)  # noqa: S603


def leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def refuse_taken_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            sys.exit(f"Port {port} can't be used ({error.strerror}). Choose another: PORT={port + 1} bin/run")


def static_fingerprint() -> str:
    """What the static files are made from: names, sizes and times of the sources, and the lock files."""
    from django.conf import settings

    seen = hashlib.sha256()
    for entry in settings.STATICFILES_DIRS:
        prefix, folder = entry if isinstance(entry, tuple) else ("", entry)
        for path in sorted(p for p in Path(folder).rglob("*") if p.is_file()):
            about = path.stat()
            seen.update(f"{prefix}/{path.relative_to(folder)} {about.st_size} {about.st_mtime_ns}\n".encode())
    for lock in ("requirements.txt", "package-lock.json"):
        seen.update((settings.BASE_DIR / lock).read_bytes())
    return seen.hexdigest()


def collect_static() -> None:
    from django.conf import settings

    stamp, wanted = Path(settings.STATIC_ROOT) / ".made-from", static_fingerprint()
    with open(settings.BASE_DIR / "manage.py") as lock:  # one at a time in this clone, whatever its data
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == wanted:
            return
        say("Collecting static files …")
        manage("collectstatic", "--noinput", "--verbosity=0")
        stamp.write_text(wanted)


def forget_half_a_market(unfinished: Path) -> None:
    """Where the last start was stopped while it filled the database, nobody has used it yet: begin anew."""
    from django.conf import settings

    if not unfinished.exists():
        return
    if settings.DATABASE_URL:
        sys.exit(
            f"The last start was stopped while it made the demo data. Empty the database, then delete {unfinished}."
        )
    for path in settings.DATA_DIR.glob("*.sqlite3*"):
        path.unlink()
    unfinished.unlink()


def prepare_database() -> None:
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.core.management import get_commands
    from django.db import DatabaseError, connection, connections
    from django.db.migrations.executor import MigrationExecutor

    from naksha import schedule

    unfinished = settings.DATA_DIR / "demo.unfinished"
    forget_half_a_market(unfinished)
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        sys.exit(f"The database can't be used: {str(error).strip()}")
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Preparing the database …")
        connections.close_all()
        manage("lay_out", "--verbosity=0")
    schedule.sync()
    if "demo" in get_commands() and not get_user_model().objects.exists():
        say("Filling the empty database with a small market (a minute or so) …")
        unfinished.touch()
        manage("demo", "--verbosity=0")
        unfinished.unlink()
    connections.close_all()


def greet(address: str) -> None:
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.db import connections

    say(f"\nNaksha is at {address}")
    there = set(get_user_model().objects.values_list("email", flat=True).filter(email__in=settings.DEMO_LOGINS))
    for mail, (who, password) in settings.DEMO_LOGINS.items():
        if mail in there:
            say(f"  {who:<11} {mail}   {password}")
    if settings.MAIL_EMULATOR:
        say(f"  sent mails  {address}/dev/mail/")
    say("Ctrl-C stops it.\n")
    connections.close_all()


class Server(uvicorn.Server):
    """Says where it is once it answers."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        import asyncio

        from django.conf import settings

        await super().startup(sockets)
        if self.started:
            await asyncio.get_running_loop().run_in_executor(None, greet, settings.SITE_URL)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "naksha.settings")
    # uvicorn raises the signal again after its own shutdown: this ends the process with 0 then, and early before.
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    django.setup()
    from django.conf import settings

    if not settings.EMBEDDED:
        sys.exit("NAKSHA_MODE is production: start bin/web, bin/live, bin/worker and bin/beat instead.")
    refuse_taken_port(settings.HOST, settings.PORT)
    collect_static()
    prepare_database()
    options: dict[str, Any] = {
        "host": settings.HOST,
        "port": settings.PORT,
        "lifespan": "on",
        "workers": 1,
        "log_config": None,
        "access_log": False,
        "proxy_headers": False,
        "server_header": False,
        "timeout_graceful_shutdown": 5,
        **WEBSOCKETS,
    }
    Server(uvicorn.Config("naksha.asgi:application", **options)).run()


if __name__ == "__main__":
    main()
