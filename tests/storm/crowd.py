"""Many clients at once: each with a socket of its own, all pressing at the same moment."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from tests.installation import Installation
from tests.visitors import Visitor

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # one for all: reading the world's certificates takes long
Act = Callable[[], httpx.Response]


@dataclass(frozen=True)
class End:
    """Where somebody ended: the statuses on the way, the last address, the last page."""

    statuses: tuple[int, ...]
    path: str
    text: str

    @property
    def status(self) -> int:
        return self.statuses[-1]


@contextmanager
def visitors(product: Installation, count: int) -> Iterator[list[Visitor]]:
    made = [Visitor(product.address, email=f"rival{n}@example.com", verify=NO_TLS) for n in range(count)]
    try:
        yield made
    finally:
        for visitor in made:
            visitor.http.close()


def at_once(acts: list[Act], *, width: int = 0) -> list[End]:
    """Do all at the same moment (or ``width`` at a time), each in a thread of its own. A broken connection raises."""
    start, room = threading.Barrier(len(acts)), threading.Semaphore(width or len(acts))
    ends: list[End | Exception | None] = [None] * len(acts)

    def run(n: int, act: Act) -> None:
        start.wait(60)
        with room:
            try:
                page = act()
                statuses = [*(answer.status_code for answer in page.history), page.status_code]
                ends[n] = End(tuple(statuses), page.url.path, page.text)
            except Exception as error:  # noqa: BLE001 - raised below
                ends[n] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(180)
    for end in ends:
        if isinstance(end, Exception):
            raise end
    assert None not in ends, "somebody waited for more than three minutes"
    return [end for end in ends if isinstance(end, End)]
