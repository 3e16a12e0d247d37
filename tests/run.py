"""What ``bin/test`` runs: pytest, on PostgreSQL and Redis where they answer, else on the embedded parts."""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - the person at the terminal reads it


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.5):
            return True
    except OSError:
        return False


def can_connect(url: str) -> str:
    """Empty where ``url`` lets us in, else why not."""
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError as error:
        return str(error).strip().splitlines()[-1]
    return ""


def standard_postgres() -> str:
    """A URL for the PostgreSQL on the standard port, as this login or as postgres; empty where none lets us in."""
    if not answers(5432):
        return ""
    reasons = []
    for user in dict.fromkeys((getpass.getuser(), "postgres")):
        url = f"postgres://{user}@127.0.0.1:5432/postgres"
        reason = can_connect(url)
        if not reason:
            return url.removesuffix("postgres") + "naksha"
        reasons.append(f"{user}: {reason}")
    say("PostgreSQL answers on 127.0.0.1:5432 but lets nobody in (" + "; ".join(reasons) + ").")
    return ""


def make_database(url: str) -> None:
    """Create the database that ``url`` names where it is missing (Django makes its test databases beside it)."""
    import psycopg
    from psycopg import sql

    if not can_connect(url):
        return
    parts = urlsplit(url)
    name = parts.path.lstrip("/")
    server = urlunsplit(parts._replace(path="/postgres"))
    with psycopg.connect(server, autocommit=True, connect_timeout=3) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def choose_parts(environment: dict[str, str]) -> None:
    if "DATABASE_URL" not in environment and (url := standard_postgres()):
        environment["DATABASE_URL"] = url
    if environment.get("DATABASE_URL", "").startswith("postgres"):
        make_database(environment["DATABASE_URL"])
    if "REDIS_URL" not in environment and answers(6379):
        environment["REDIS_URL"] = "redis://127.0.0.1:6379/15"
    database = environment.get("DATABASE_URL") or "SQLite, as in the embedded mode"
    parts = urlsplit(database)
    say(f"Database: {database.replace(f':{parts.password}@', ':***@') if parts.password else database}")
    say(f"Redis:    {'there' if environment.get('REDIS_URL') else 'none; cache, queue and live layer in memory'}")


def main() -> int:
    environment = dict(os.environ)
    choose_parts(environment)
    arguments = sys.argv[1:]
    if not any(argument.startswith(("-n", "--numprocesses")) for argument in arguments):
        workers = max(1, min(os.cpu_count() or 1, 8))
        arguments = ["-n", str(workers), *arguments]
    with tempfile.TemporaryDirectory(prefix="naksha-test-") as data:
        environment.update(NAKSHA_DATA=data)
        try:
            return subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=environment).returncode
        except KeyboardInterrupt:
            return 130


if __name__ == "__main__":
    sys.exit(main())
