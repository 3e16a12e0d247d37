"""Fixtures of the tests that run the product as processes of its own (tests/installation.py)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from payments.razorpay.emulator.testing import RunningEmulator

pytest.register_assert_rewrite("tests.books", "tests.installation", "tests.visitors", "tests.storm.crowd")
from tests.installation import Installation, installation  # noqa: E402 - its assertions tell what they saw


@pytest.fixture(scope="session")
def processes(
    django_db_setup: None,
    django_db_blocker: Any,
    emulator_server: RunningEmulator,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Installation]:
    with django_db_blocker.unblock(), installation(tmp_path_factory.mktemp("installation"), emulator_server) as ready:
        yield ready


@pytest.fixture
def _empty(transactional_db: None, emulator: RunningEmulator, processes: Installation) -> Iterator[Installation]:
    processes.as_new()
    yield processes
    processes.as_new()


@pytest.fixture
def product(_empty: Installation) -> Installation:
    """The product, running, with nothing in it: two web processes and a worker, as in production."""
    _empty.serve("naksha.wsgi", processes=2)
    return _empty


@pytest.fixture
def breakable(_empty: Installation) -> Installation:
    """The product with places at which it can be killed (tests/crash/launch.py). What the gateway has to tell, it keeps
    back, to tell it twice. One web process, which is started anew sooner than two."""
    _empty.serve("tests.crash.launch", processes=1)
    _empty.gateway.control("disorder", paused=True, least=2, most=2)
    return _empty
