"""A Redis of a test's own, that can be killed: a server where ``redis-server`` is on this machine."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from tests.e2e.sites import free_port

KEEP_NOTHING = ("--save", "", "--appendonly", "no")


def server() -> str | None:
    """The program, if it is here."""
    return shutil.which("redis-server")


class OwnRedis:
    """Keeps nothing: what is killed comes back empty."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        program = server()
        assert program is not None
        with (self.data / "redis.log").open("ab") as out:
            self._process = subprocess.Popen(
                [program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.data), *KEEP_NOTHING],
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + 30
        while not self._answers():
            assert time.monotonic() < deadline, (self.data / "redis.log").read_text()[-2000:]
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            return bool(redis.Redis.from_url(self.url, socket_connect_timeout=1, socket_timeout=1).ping())
        except redis.RedisError:
            return False

    def kill(self) -> None:
        """SIGKILL: no goodbye to anybody."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def own_redis(data: Path) -> Iterator[OwnRedis]:
    running = OwnRedis(data)
    try:
        yield running
    finally:
        running.kill()
