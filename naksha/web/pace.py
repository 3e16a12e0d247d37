"""How often somebody may do something over live connections, counted by each process for itself."""

from __future__ import annotations

import hashlib
import time
from array import array
from bisect import bisect_right
from collections import OrderedDict

MINUTE = 60.0
MOST_PACES = 20_000


class Pace:
    """So many in any minute: each is remembered for as long.

    Counted by each process: a count that all share would ask Redis for every frame, and no frame writes anything down.
    A message goes over HTTP, where all processes count together.
    """

    __slots__ = ("known", "most", "taken")

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken = array("d")  # when, the oldest first; eight bytes each
        self.known = False

    def take(self) -> bool:
        now = time.monotonic()
        del self.taken[: bisect_right(self.taken, now - MINUTE)]
        if len(self.taken) >= self.most:
            return False
        self.taken.append(now)
        return True

    def give_back(self) -> None:
        """The last one does not count."""
        if self.taken:
            self.taken.pop()


_paces: OrderedDict[bytes, Pace] = OrderedDict()


def pace_of(name: str, most: int) -> Pace:
    """The pace of ``name``, which outlives a connection: who comes back finds it as it was."""
    key = _key(name)
    pace = _paces.setdefault(key, Pace(most))
    _paces.move_to_end(key)
    if len(_paces) > MOST_PACES:
        _paces.popitem(last=False)
    return pace


def is_known(name: str) -> bool:
    """Without making a pace: of names that are made up none is kept."""
    pace = _paces.get(_key(name))
    return pace is not None and pace.known


def _key(name: str) -> bytes:
    return hashlib.blake2b(name.encode("utf-8", "surrogateescape"), digest_size=12).digest()
