"""The steps of ``.ci/run``. Standard library only; every process started here is ended here."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from glob import glob
from pathlib import Path
from types import FrameType

HERE = Path(__file__).resolve().parent.parent
MINUTES = 80
UNSTEADY = 3  # more failures than this are no accident of a busy machine
BROWSER = ("chromium", "chromium-browser", "google-chrome")
PRODUCTION = {
    "NAKSHA_MODE": "production",
    "SECRET_KEY": "a-key-of-the-checks-alone-0123456789-abcdefghijklmnop",
    "FIELD_KEYS": "another-key-of-the-checks-0123456789",
    "ALLOWED_HOSTS": "naksha.example",
    "SITE_URL": "https://naksha.example",
    "DATABASE_URL": "postgres://naksha@127.0.0.1:5432/naksha",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "RAZORPAY_KEY_ID": "rzp_live_000000000000",
    "RAZORPAY_KEY_SECRET": "only-for-the-checks-0123",
    "RAZORPAY_WEBHOOK_SECRETS": "only-for-the-checks",
    "EMAIL_URL": "smtp+tls://user:word@mail.example:587",
    "MAIL_FROM": "Naksha <hello@naksha.example>",
}


class Pipeline:
    def __init__(self, root: Path, scratch: Path) -> None:
        self.root, self.scratch = root, scratch
        self.python = root / ".venv" / "bin" / "python"
        self.deadline = time.monotonic() + MINUTES * 60
        self.groups: set[int] = set()
        self.servers: list[subprocess.Popen[bytes]] = []
        self.failed: list[str] = []
        self.told: list[str] = []
        self.environment = {**os.environ, "NAKSHA_DATA": str(scratch / "data")}
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)

    def tell(self, text: str) -> None:
        """Something that a reader of the result has to know."""
        self.told.append(text)
        print(f"  note: {text}", flush=True)

    def call(self, *command: str | Path, quiet: bool = True, more: dict[str, str] | None = None) -> tuple[int, str]:
        """Run a command in a group of its own; when it is over, or time is, nobody of the group is left."""
        child = subprocess.Popen(
            [str(part) for part in command],
            cwd=self.root,
            env={**self.environment, **(more or {})},
            stdout=subprocess.PIPE if quiet else None,
            stderr=subprocess.STDOUT if quiet else None,
            start_new_session=True,
        )
        self.groups.add(child.pid)
        try:
            output, _ = child.communicate(timeout=max(1.0, self.deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.end_group(child.pid)
            output, _ = child.communicate()
            return 124, (output or b"").decode(errors="replace") + f"\nNot done within {MINUTES} minutes."
        self.end_group(child.pid)
        return child.returncode, (output or b"").decode(errors="replace")

    def end_group(self, group: int) -> None:
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(group, sign)
            except (ProcessLookupError, PermissionError):
                break
            time.sleep(0.5)
        self.groups.discard(group)

    def step(self, name: str, *command: str | Path, quiet: bool = True, more: dict[str, str] | None = None) -> bool:
        started = time.monotonic()
        print(f"── {name}", flush=True)
        status, output = self.call(*command, quiet=quiet, more=more)
        if status:
            self.failed.append(name)
            print(output, flush=True)
        print(f"   {'failed' if status else 'ok'} ({time.monotonic() - started:.0f} s)", flush=True)
        return not status

    def tool(self, name: str) -> Path:
        return self.root / ".venv" / "bin" / name

    # --- the parts -----------------------------------------------------------------------------

    def install(self) -> None:
        if not self.step("clean install", sys.executable, self.root / "bin" / "prepare.py", "dev", quiet=False):
            raise SystemExit(1)

    def style_and_types(self) -> None:
        self.step("style", self.tool("ruff"), "check", ".")
        self.step("format", self.tool("ruff"), "format", "--check", ".")
        self.step("types", self.tool("mypy"), ".")
        self.step("templates", self.tool("djlint"), ".", "--lint", "--quiet")
        self.step("floors", self.tool("lint-imports"))

    def migrations(self) -> None:
        self.step("migrations are made", self.python, "manage.py", "makemigrations", "--check", "--dry-run")
        status, tags = self.call("git", "describe", "--tags", "--abbrev=0", "--match", "v*")
        if status:
            self.tell("no release yet: no running version has to bear the migrations, so they are not linted")
        else:
            self.step("migrations bear a running version", self.python, ".ci/migrations.py", tags.strip())

    def deploy_check(self) -> None:
        check = (self.python, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
        self.step("production settings", *check, more=PRODUCTION)

    def audit(self) -> None:
        print("── known vulnerabilities", flush=True)
        command: list[str | Path] = [
            self.tool("pip-audit"),
            "-r",
            "requirements.txt",
            "--require-hashes",
            "--disable-pip",
        ]
        _, output = self.call(*command, "--format", "json", "--progress-spinner", "off", "--timeout", "20")
        line = next((line for line in output.splitlines() if line.startswith('{"dependencies"')), "")
        packages = json.loads(line)["dependencies"] if line else []
        unknown = [package["name"] for package in packages if "skip_reason" in package]
        hit = [f"{p['name']} {p['version']}: {v['id']}" for p in packages for v in p.get("vulns", [])]
        if not packages:
            self.tell(f"the vulnerability service can't be reached: {(output.strip().splitlines() or [''])[-1][:200]}")
        elif unknown:
            self.tell(f"the vulnerability service knows nothing of {len(unknown)} of {len(packages)} packages")
        if hit:
            self.failed.append("known vulnerabilities")
            print("\n".join(hit), flush=True)

    def browser(self) -> None:
        if any(shutil.which(name) for name in BROWSER):
            return
        print("── installing Chromium", flush=True)
        privileged = [] if os.geteuid() == 0 else ["sudo", "-n"]
        if shutil.which("apt-get") and (not privileged or shutil.which("sudo")):
            self.call(*privileged, "apt-get", "update", "-qq")
            self.call(
                *privileged, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq", "chromium"
            )
        if not any(shutil.which(name) for name in BROWSER):
            self.tell("Chromium is missing and can't be installed here: the browser tests do not run")

    def postgres(self) -> None:
        if "DATABASE_URL" in self.environment or answers(5432):
            return
        homes = sorted(glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
        binaries = Path(homes[-1]) if homes else None
        if binaries is None:
            self.tell("PostgreSQL neither answers nor is installed: the suite runs on SQLite")
            return
        data = self.scratch / "postgres"
        data.mkdir(mode=0o700)
        as_owner: list[str] = []
        if os.geteuid() == 0:
            shutil.chown(data, "postgres")
            self.scratch.chmod(0o755)
            as_owner = ["runuser", "-u", "postgres", "--"]
        status, output = self.call(
            *as_owner, binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"
        )
        if status:
            self.tell(f"PostgreSQL could not be started: {output.strip().splitlines()[-1]}")
            return
        options = ["-c", "fsync=off", "-c", f"unix_socket_directories={data}", "-c", "listen_addresses=127.0.0.1"]
        self.serve("PostgreSQL", 5432, *as_owner, binaries / "postgres", "-D", data, *options)

    def redis(self) -> None:
        if "REDIS_URL" in self.environment or answers(6379):
            return
        server = shutil.which("redis-server")
        if server is None:
            self.tell("Redis neither answers nor is installed: cache, queue and live layer are tested in memory only")
            return
        self.serve("Redis", 6379, server, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")

    def serve(self, name: str, port: int, *command: str | Path) -> None:
        server = subprocess.Popen(
            [str(part) for part in command],
            cwd=self.scratch,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.groups.add(server.pid)
        self.servers.append(server)
        for _ in range(100):
            if answers(port):
                return
            time.sleep(0.1)
        self.tell(f"{name} was started and does not answer")

    def tests(self) -> None:
        """The suite; the few that fail beside others are asked again alone, and named either way (decision 28)."""
        if self.step("tests", self.python, "-m", "tests.run", quiet=False):
            return
        failed = last_failed(self.root)
        if not 0 < len(failed) <= UNSTEADY:
            return
        if self.step("those that failed, alone", self.python, "-m", "tests.run", "-n", "0", *failed, quiet=False):
            self.failed.remove("tests")
            for name in failed:
                self.tell(f"unsteady, to be mended: {name} failed beside others and passed alone")

    def end(self) -> None:
        for group in list(self.groups):
            self.end_group(group)
        for server in self.servers:
            server.wait()


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.5):
            return True
    except OSError:
        return False


def last_failed(root: Path) -> list[str]:
    """The tests that failed in the run before, by their ids; empty where the run itself broke."""
    try:
        return sorted(json.loads((root / ".pytest_cache" / "v" / "cache" / "lastfailed").read_text()))
    except FileNotFoundError:
        return []


def checkout(scratch: Path) -> Path:
    """The last commit in a folder of its own, as a newcomer gets it."""
    root = scratch / "naksha"
    subprocess.run(["git", "clone", "--quiet", "--local", str(HERE), str(root)], check=True)
    head = subprocess.run(["git", "-C", str(HERE), "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    subprocess.run(["git", "-C", str(root), "checkout", "--quiet", "--detach", head.stdout.strip()], check=True)
    return root


def leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def main() -> int:
    signal.signal(signal.SIGTERM, leave)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="naksha-ci-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        pipeline = Pipeline(HERE if "--here" in sys.argv else checkout(scratch), scratch)
        steps: list[Callable[[], None]] = [
            pipeline.install,
            pipeline.style_and_types,
            pipeline.migrations,
            pipeline.deploy_check,
            pipeline.audit,
            pipeline.browser,
            pipeline.postgres,
            pipeline.redis,
            pipeline.tests,
        ]
        try:
            for step in steps:
                step()
        finally:
            pipeline.end()
    print()
    for note in pipeline.told:
        print(f"note: {note}")
    verdict = f"failed: {', '.join(pipeline.failed)}" if pipeline.failed else "all good"
    print(f"{verdict} ({time.monotonic() - started:.0f} s)")
    return 1 if pipeline.failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
