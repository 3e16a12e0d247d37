"""The whole product in one process, as ``bin/run`` starts it: it starts, keeps its data, and leaves nobody behind."""

import http.client
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 600  # seconds after which it hangs. The market is filled first, and a busy machine takes its time.
pytestmark = pytest.mark.slow


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def ask(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def children(pid):
    return [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/stat")
        if f") S {pid} " in (text := _read(path)) or f") R {pid} " in text or f") Z {pid} " in text
    ]


def _read(path):
    try:
        return path.read_text()
    except OSError:
        return ""  # it ended while we looked


@contextmanager
def embedded(data, port, log):
    environment = {"PATH": os.environ["PATH"], "HOME": str(data), "NAKSHA_DATA": str(data), "PORT": str(port)}
    with open(log, "w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "naksha.embedded"], cwd=ROOT, env=environment, stdout=out, stderr=out
        )
        try:
            deadline = time.monotonic() + PATIENCE
            while True:
                assert process.poll() is None, Path(log).read_text()
                assert time.monotonic() < deadline, Path(log).read_text()
                try:
                    if ask(port, "/health") == 200:
                        break
                except OSError:
                    time.sleep(0.2)
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("embedded data")


def test_it_answers_keeps_its_data_and_stops_without_leaving_a_child(data, tmp_path):
    log, port = tmp_path / "log", free_port()
    with embedded(data, port, log) as process:
        assert ask(port, "/") == 200
        assert ask(port, "/health/ready") == 200
        assert ask(port, "/emulator/razorpay/v1/orders") == 401
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 0
    assert children(process.pid) == []
    assert f"Naksha is at http://127.0.0.1:{port}" in log.read_text()

    store = sqlite3.connect(data / "naksha.sqlite3")
    store.execute("UPDATE django_celery_beat_periodictask SET enabled = 0 WHERE name = 'naksha.web.tasks.heartbeat'")
    store.commit()
    key = (data / "secret.key").read_text()

    with embedded(data, port, log) as process:
        assert "Preparing" not in log.read_text()
        process.send_signal(signal.SIGINT)
        assert process.wait(120) == 0
    row = store.execute("SELECT enabled FROM django_celery_beat_periodictask WHERE name = 'naksha.web.tasks.heartbeat'")
    assert row.fetchone() == (0,)
    assert (data / "secret.key").read_text() == key


def test_a_market_that_was_cut_off_is_made_anew(tmp_path, settings):
    from naksha.embedded.__main__ import forget_half_a_market

    settings.DATA_DIR, settings.DATABASE_URL = tmp_path, ""
    half, unfinished, key = tmp_path / "naksha.sqlite3", tmp_path / "demo.unfinished", tmp_path / "secret.key"
    for path in (half, key):
        path.touch()
    forget_half_a_market(unfinished)
    assert half.exists()
    unfinished.touch()
    forget_half_a_market(unfinished)
    assert (half.exists(), unfinished.exists(), key.exists()) == (False, False, True)


def test_a_taken_port_is_told_before_anything_is_done(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environment = {**os.environ, "NAKSHA_DATA": str(tmp_path), "PORT": str(port), "DATABASE_URL": ""}
        done = subprocess.run(
            [sys.executable, "-m", "naksha.embedded"], cwd=ROOT, env=environment, capture_output=True, text=True
        )
    assert done.returncode == 1
    assert f"Port {port} can't be used" in done.stderr
    assert not (tmp_path / "naksha.sqlite3").exists()
