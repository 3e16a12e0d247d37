"""A bounded load: ``python -m bench.load`` reads what to send as JSON, sends it over loopback, and says how it went.

Plain sockets and one poll loop, so that the load costs the machine little beside what it measures. Each of
``concurrency`` connections sends its next request when the last is answered.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Connection:
    sock: socket.socket
    started: float = 0.0
    received: bytearray = field(default_factory=bytearray)
    head: int = 0
    whole: int = -1  # how long the answer is, once its head is there


def requests(spec: dict[str, Any]) -> Iterator[bytes]:
    """The requests as bytes: the listed ones in turn (``once``: each a single time)."""
    made = [_bytes(entry, spec["host"]) for entry in spec["requests"]]
    number = 0
    while True:
        for before, after in made:
            number += 1
            # A reader behind each request, for whom limits count on their own.
            yield before + f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}".encode() + after
        if spec.get("once"):
            return


def _bytes(entry: dict[str, Any], host: str) -> tuple[bytes, bytes]:
    body = entry.get("body", "").encode()
    lines = [f"{entry.get('method', 'GET')} {entry['path']} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in {"Accept": "text/html", **entry.get("headers", {})}.items()]
    if body:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\nX-Forwarded-For: ").encode(), b"\r\n\r\n" + body


_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.I)
_LOCATION = re.compile(rb"\r\nlocation: *([^\r]*)", re.I)
_UNKNOWN, _CHUNKS = -1, -2


def head_of(received: bytearray) -> tuple[int, int]:
    """Where the head ends and where the whole answer does; the latter is _UNKNOWN until the head is there, and _CHUNKS
    where only its end tells. A long answer comes in pieces: its head is read once."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return 0, _UNKNOWN
    if length := _LENGTH.search(received, 0, end):
        return end, end + 4 + int(length[1])
    return end, _CHUNKS if _CHUNKED.search(received, 0, end) else end + 4


def is_whole(connection: Connection) -> bool:
    """Whether all of the answer is there."""
    if connection.whole == _UNKNOWN:
        connection.head, connection.whole = head_of(connection.received)
    if connection.whole == _CHUNKS:
        return connection.received.endswith(b"0\r\n\r\n")
    return connection.whole != _UNKNOWN and len(connection.received) >= connection.whole


def location_of(connection: Connection) -> str:
    found = _LOCATION.search(connection.received, 0, connection.head)
    return found[1].decode("latin-1").strip() if found else ""


def run(spec: dict[str, Any]) -> dict[str, Any]:
    host, _, port = spec["host"].partition(":")
    upcoming = requests(spec)
    took: list[float] = []
    statuses: Counter[str] = Counter()
    locations: list[str] = []
    selector = selectors.DefaultSelector()
    open_connections = 0
    for _ in range(spec["concurrency"]):
        sock = socket.create_connection((host, int(port)), timeout=30)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(sock, selectors.EVENT_READ, Connection(sock))
        open_connections += 1
    start = time.perf_counter()
    warm_until = start + spec.get("warm", 0.0)
    end = warm_until + spec["seconds"]
    counted_from = start

    def send_next(connection: Connection) -> bool:
        request = next(upcoming, None)
        if request is None or time.perf_counter() >= end:
            return False
        connection.received.clear()
        connection.whole = _UNKNOWN
        connection.started = time.perf_counter()
        connection.sock.sendall(request)
        return True

    for key in list(selector.get_map().values()):
        if not send_next(key.data):
            open_connections -= 1
            selector.unregister(key.fileobj)
    while open_connections:
        ready = selector.select(timeout=30)
        if not ready:
            statuses["no answer in 30 s"] += open_connections
            break
        for key, _events in ready:
            connection: Connection = key.data
            piece = connection.sock.recv(1 << 18)
            if piece:
                connection.received += piece
                if not is_whole(connection):
                    continue
                now = time.perf_counter()
                if now < warm_until:
                    counted_from = now
                else:
                    took.append(now - connection.started)
                    statuses[connection.received[9:12].decode("latin-1")] += 1
                    if spec.get("locations"):
                        locations.append(location_of(connection))
                if send_next(connection):
                    continue
            else:
                statuses["hung up"] += 1
            selector.unregister(connection.sock)
            connection.sock.close()
            open_connections -= 1
    passed = time.perf_counter() - counted_from
    took.sort()
    return {
        "requests": len(took),
        "per_second": round(len(took) / passed, 1) if passed else 0.0,
        "p50_ms": percentile(took, 50),
        "p99_ms": percentile(took, 99),
        "slowest_ms": round(took[-1] * 1000, 2) if took else None,
        "statuses": dict(statuses),
        "locations": locations,
    }


def percentile(took: list[float], percent: int) -> float | None:
    """In milliseconds, nearest rank."""
    if not took:
        return None
    return round(took[min(len(took) - 1, max(0, -(-len(took) * percent // 100) - 1))] * 1000, 2)


if __name__ == "__main__":
    json.dump(run(json.load(sys.stdin)), sys.stdout)
