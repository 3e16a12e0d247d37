"""A line to a server that can be cut, or go silent, while both ends live: what a network does, and no option can."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

TCP_CLOSE_WAIT = 8


class Line:
    """Passes bytes from a port of its own on to ``target``. ``refuse`` cuts all connections and takes no new one,
    ``silent`` takes connections and bytes and answers nothing, ``mend`` is as at the start."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.mended_at = 0.0  # Unix seconds; what was under way before was lost
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        self._open = threading.Event()
        self._open.set()
        self._door: socket.socket | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._listen()

    def refuse(self) -> None:
        self._shut()
        self._cut()

    def silent(self) -> None:
        self._open.clear()

    def mend(self) -> None:
        if self._door is not None and self._open.is_set():
            return
        self.mended_at = time.time()
        if not self._open.is_set():
            self._cut()  # what was sent into the silence is lost
            self._open.set()
        if self._door is None:
            self._listen()

    def has_passed_all_on(self) -> bool:
        """Whether the other end has heard all that somebody said who has hung up meanwhile."""
        with self._lock:
            pairs = list(self._pairs)
        return not any(_hung_up(near) for near, _far in pairs)

    def stop(self) -> None:
        self._open.set()
        self.refuse()

    def _listen(self) -> None:
        self._door = socket.create_server(("127.0.0.1", self.port), backlog=512)
        threading.Thread(target=self._take, args=(self._door,), daemon=True).start()

    def _shut(self) -> None:
        if self._door is not None:
            with contextlib.suppress(OSError):
                self._door.shutdown(socket.SHUT_RDWR)
            self._door.close()
            self._door = None

    def _take(self, door: socket.socket) -> None:
        while True:
            try:
                near, _address = door.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(near, door), daemon=True).start()

    def lead(self, near: socket.socket) -> socket.socket:
        """The connection at the other end of ``near``."""
        return socket.create_connection(self.target)

    def _connect(self, near: socket.socket, door: socket.socket) -> None:
        try:
            far = self.lead(near)
        except OSError:
            near.close()
            return
        pair = (near, far)
        with self._lock:
            self._pairs.add(pair)
        if self._door is not door:  # cut meanwhile
            self._end([pair])
            return
        threading.Thread(target=self._pass, args=(far, near, pair), daemon=True).start()
        self._pass(near, far, pair)

    def _pass(self, source: socket.socket, sink: socket.socket, pair: tuple[socket.socket, socket.socket]) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._open.wait()
                sink.sendall(data)
        self._end([pair])

    def _cut(self) -> None:
        with self._lock:
            pairs = list(self._pairs)
        self._end(pairs)

    def _end(self, pairs: list[tuple[socket.socket, socket.socket]]) -> None:
        for pair in pairs:
            with self._lock:
                self._pairs.discard(pair)
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()


def _hung_up(end: socket.socket) -> bool:
    """Whether the peer has closed, as the kernel knows at once, while what it had sent may still wait to be read."""
    try:
        return end.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == TCP_CLOSE_WAIT
    except OSError:
        return False  # closed by us too


@contextlib.contextmanager
def line_to(host: str, port: int) -> Iterator[Line]:
    line = Line((host, port))
    try:
        yield line
    finally:
        line.stop()
