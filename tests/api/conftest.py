"""The world that the tests of every row ask about, made once for a file: each test undoes what it has changed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from payments.razorpay.emulator.testing import RunningEmulator
from tests.api.world import World, build, undone

YOUNG = 3 * 60  # seconds; holds lapse, tokens expire, and a login is no proof any more after five minutes


class Once:
    """The world, in a transaction that is undone when the file is done; made anew for a test that comes late."""

    def __init__(self) -> None:
        self._block: Any = None

    def world(self) -> World:
        if self._block is None or time.monotonic() > self._until:
            self.end()
            self._block, self._until = undone(), time.monotonic() + YOUNG
            self._block.__enter__()
            try:
                self._made = build()
            except BaseException:  # the next test makes it anew, and sees why it can't be made
                self.end()
                raise
        return self._made

    def end(self) -> None:
        if self._block is not None:
            self._block.__exit__(None, None, None)
        self._block = None


@pytest.fixture(scope="module")
def _once(django_db_setup: None, django_db_blocker: Any) -> Iterator[Once]:
    once = Once()
    yield once
    with django_db_blocker.unblock():
        once.end()


@pytest.fixture
def _made(_once: Once, django_db_blocker: Any) -> World:
    """Before the test's own transaction, which then is one inside of the file's."""
    with django_db_blocker.unblock():
        return _once.world()


@pytest.fixture
def world(_made: World, db: None, emulator: RunningEmulator) -> World:
    return replace(_made, apis=dict(_made.apis), things=dict(_made.things), tokens=set(_made.tokens))
