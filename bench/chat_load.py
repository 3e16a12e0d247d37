"""People who chat: ``python -m bench.chat_load`` reads rooms and cookies as JSON, opens a socket for each person, sends
messages over HTTP as their pages do, and says when each was accepted and delivered, and what each person heard.

Plain sockets and one poll loop with one clock. What a frame says is read after the run, so that the load takes little
of the machine; how much it took is in the result.
"""

from __future__ import annotations

import json
import os
import random
import selectors
import socket
import sys
import time
from base64 import b64encode
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

TOKEN = "b" * 32  # a form token that is its own cookie
WORDS = "The notice came on Tuesday, and I have the papers here. Shall I send the return as well?"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
LINGER = 3.0  # seconds in which what is on its way may still come


@dataclass
class Heard:
    """One person's socket, and all text frames that came with their moments."""

    sock: socket.socket
    room: str
    received: bytearray = field(default_factory=bytearray)
    frames: list[tuple[float, bytes]] = field(default_factory=list)
    closed: bool = False

    def take(self, now: float) -> None:
        """Split what came into frames (RFC 6455 §5.2); a server masks nothing and ours sends no fragments."""
        data = self.received
        while len(data) >= 2:
            first, size, start = data[0], data[1], 2
            if size == 126:
                size, start = int.from_bytes(data[2:4], "big"), 4
            elif size == 127:
                size, start = int.from_bytes(data[2:10], "big"), 10
            if len(data) < start + size or len(data) < start:
                return
            content = bytes(data[start : start + size])
            del data[: start + size]
            opcode = first & 15
            if opcode == TEXT:
                self.frames.append((now, content))
            elif opcode == PING:
                self.sock.sendall(masked(PONG, content))
            elif opcode == CLOSE:
                self.closed = True


def masked(opcode: int, content: bytes) -> bytes:
    """A client's frame of less than 126 bytes."""
    mask = os.urandom(4)
    return bytes([0x80 | opcode, 0x80 | len(content)]) + mask + bytes(b ^ mask[n & 3] for n, b in enumerate(content))


def listen(where: tuple[str, int], room: str, cookie: str) -> Heard:
    sock = socket.create_connection(where, timeout=30)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    host = f"{where[0]}:{where[1]}"
    lines = [
        f"GET /ws/sessions/{room}/ HTTP/1.1",
        f"Host: {host}",
        f"Origin: http://{host}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {b64encode(os.urandom(16)).decode()}",
        f"Cookie: sessionid={cookie}",
    ]
    sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    received = bytearray()
    while (end := received.find(b"\r\n\r\n")) < 0:
        piece = sock.recv(4096)
        if not piece:
            raise RuntimeError("the live process hung up at the handshake")
        received += piece
    if not received.startswith(b"HTTP/1.1 101"):
        raise RuntimeError(received[:end].decode("latin-1"))
    heard = Heard(sock, room, received[end + 4 :])
    heard.take(time.perf_counter())
    return heard


@dataclass
class Sender:
    """A kept HTTP connection, over which one message at a time is sent."""

    sock: socket.socket
    received: bytearray = field(default_factory=bytearray)
    key: str = ""


@dataclass
class Sent:
    started: float  # when it was due
    room: str
    accepted: float = 0.0
    status: int = 0
    answer: bytes = b""


class Load:
    def __init__(self, spec: dict[str, Any]) -> None:
        self.web, self.live = (tuple(spec["web"]), tuple(spec["live"]))
        self.chance = random.Random(20)  # noqa: S311 - who speaks next; the same in each run
        self.people = [(room["session"], cookie) for room in spec["rooms"] for cookie in room["cookies"]]
        self.heard = [listen(self.live, room, cookie) for room, cookie in self.people]
        self.selector = selectors.DefaultSelector()
        for heard in self.heard:
            self.selector.register(heard.sock, selectors.EVENT_READ, heard)
        self.idle: deque[Sender] = deque()
        for _ in range(spec["senders"]):
            sock = socket.create_connection(self.web, timeout=30)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sender = Sender(sock)
            self.selector.register(sock, selectors.EVENT_READ, sender)
            self.idle.append(sender)
        self.sent: dict[str, Sent] = {}
        self.busy = 0

    def send(self, due: float) -> None:
        sender = self.idle.popleft()
        room, cookie = self.chance.choice(self.people)
        sender.key = str(uuid4())
        values = {"csrfmiddlewaretoken": TOKEN, "client_message_id": sender.key, "body": WORDS}
        body = urlencode(values)
        self.sent[sender.key] = Sent(due, room)
        self.busy += 1
        sender.sock.sendall(
            (
                f"POST /sessions/{room}/messages/ HTTP/1.1\r\nHost: {self.web[0]}:{self.web[1]}\r\n"
                f"X-Requested-With: fetch\r\nAccept: */*\r\nCookie: sessionid={cookie}; csrftoken={TOKEN}\r\n"
                "Content-Type: application/x-www-form-urlencoded;charset=UTF-8\r\n"
                f"Content-Length: {len(body)}\r\n\r\n{body}"
            ).encode()
        )

    def hear(self, timeout: float) -> None:
        """Take what came on any line."""
        for key, _events in self.selector.select(max(0.0, timeout)):
            line = key.data
            try:
                piece = line.sock.recv(1 << 16)
            except ConnectionError:
                piece = b""
            now = time.perf_counter()
            line.received += piece
            if isinstance(line, Heard):
                line.take(now)
                line.closed |= not piece
                if not piece:
                    self.selector.unregister(line.sock)
            else:
                self.answered(line, now, over=not piece)

    def answered(self, sender: Sender, now: float, *, over: bool) -> None:
        if over:
            raise RuntimeError("a web worker hung up")
        end = sender.received.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(sender.received[:end]).lower()
        size = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(sender.received) < end + 4 + size:
            return
        sent = self.sent[sender.key]
        sent.accepted, sent.status = now, int(head.split(b" ", 2)[1])
        sent.answer = bytes(sender.received[end + 4 :])
        sender.received.clear()
        self.idle.append(sender)
        self.busy -= 1

    def run(self, seconds: float, rate: float | None) -> tuple[float, float]:
        """Send as fast as answers come, or ``rate`` a second, late or not. When it began, and when all was answered."""
        began = time.perf_counter()
        number = 0
        while (now := time.perf_counter()) < began + seconds:
            if rate is None:
                while self.idle:
                    self.send(time.perf_counter())
                self.hear(0.05)
                continue
            due = began + number / rate
            if now >= due and self.idle:
                self.send(due)  # whoever had to wait for a free line counts the wait
                number += 1
            else:
                self.hear(due - now if now < due else 0.05)
        until = time.perf_counter() + 30
        while self.busy and time.perf_counter() < until:
            self.hear(0.05)
        ended = time.perf_counter()
        while time.perf_counter() < ended + LINGER:
            self.hear(0.05)
        return began, ended

    def result(self, began: float, ended: float, cpu: float, warm: float) -> dict[str, Any]:
        arrived: dict[str, list[float]] = {}
        everything: list[dict[str, Any]] = []
        for heard in self.heard:
            frames = [(moment, json.loads(frame)) for moment, frame in heard.frames]
            messages = [(moment, frame) for moment, frame in frames if frame["type"] == "message"]
            for moment, frame in messages:
                arrived.setdefault(frame["clientMessageId"], []).append(moment)
            everything.append(
                {
                    "room": heard.room,
                    "closed": heard.closed,
                    "heard": [(frame["id"], frame["sequence"]) for _moment, frame in messages],
                }
            )
        from_send, from_accept, answers = [], [], []
        for key, sent in self.sent.items():
            if sent.status != 201 or sent.started < began + warm:
                continue
            answers.append(sent.accepted - sent.started)
            for moment in arrived.get(key, []):
                from_send.append(moment - sent.started)
                from_accept.append(max(0.0, moment - sent.accepted))
        statuses = Counter(str(sent.status) for sent in self.sent.values())
        counted = [sent for sent in self.sent.values() if sent.started >= began + warm and sent.status == 201]
        accepted = [
            {"id": json.loads(sent.answer)["message"]["id"], "room": sent.room}
            for sent in self.sent.values()
            if sent.status == 201
        ]
        return {
            "messages": len(accepted),
            "per_second": round(len(counted) / (ended - began - warm), 1),
            "statuses": dict(statuses),
            "answer_ms": percentiles(answers),
            "send_to_delivery_ms": percentiles(from_send),
            "acceptance_to_delivery_ms": percentiles(from_accept),
            "load_cpu_share_of_one_core": round(cpu / (ended - began), 3),
            "accepted": accepted,
            "people": everything,
        }


def percentiles(took: list[float]) -> dict[str, float]:
    """In milliseconds, nearest rank."""
    took.sort()
    ranks = {"p50": 50, "p99": 99, "slowest": 100}
    return {name: round(took[-(-len(took) * rank // 100) - 1] * 1000, 2) for name, rank in ranks.items() if took}


def main() -> None:
    spec = json.load(sys.stdin)
    load = Load(spec)
    for _ in range(20):  # the greetings of all who came
        load.hear(0.1)
    before = time.process_time()
    began, ended = load.run(spec["seconds"], spec.get("rate"))
    cpu = time.process_time() - before
    json.dump(load.result(began, ended, cpu, spec["warm"]), sys.stdout)


if __name__ == "__main__":
    main()
