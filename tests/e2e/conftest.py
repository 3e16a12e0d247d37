from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests import own_redis
from tests.e2e import sites
from tests.needs import chromium

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-quic",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def embedded_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sites.Site]:
    with sites.embedded(tmp_path_factory.mktemp("embedded")) as site:
        yield site


@pytest.fixture(scope="session")
def separate_database() -> Iterator[str]:
    with database_of_its_own("e2e") as url:
        yield url


@contextmanager
def database_of_its_own(purpose: str) -> Iterator[str]:
    """One on the server that the suite uses, dropped afterwards."""
    import psycopg

    url = urlsplit(os.environ["DATABASE_URL"])
    name = f"naksha_{purpose}_{os.getpid()}"
    server = urlunsplit(url._replace(path="/postgres"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(url._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def separate_site(tmp_path_factory: pytest.TempPathFactory, separate_database: str) -> Iterator[sites.Site]:
    data = tmp_path_factory.mktemp("separate")
    with redis_of_its_own(data) as url, sites.separate(data, database_url=separate_database, redis_url=url) as site:
        yield site


@contextmanager
def redis_of_its_own(data: Path) -> Iterator[str]:
    """Nobody else's worker takes its jobs: a server, else a database of the suite's own server."""
    if own_redis.server() is not None:
        with own_redis.own_redis(data) as own:
            yield own.url
        return
    import redis

    url = urlunsplit(urlsplit(os.environ["REDIS_URL"])._replace(path="/14"))
    redis.Redis.from_url(url).flushdb()
    yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """``visit(width=360, script=True)`` opens a browser of its own; every error on its console fails the test, but for
    what ``forgive`` matches."""
    contexts: list[Any] = []
    errors: list[str] = []
    note = errors.append

    def open_page(
        *,
        width: int = 1280,
        script: bool = True,
        dark: bool = False,
        zone: str = "Asia/Kolkata",
        forgive: str = "(?!)",
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
            timezone_id=zone,
            accept_downloads=True,
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: said.type == "error" and not re.search(forgive, said.text) and note(said.text))
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        for number, page in enumerate(context.pages):
            if request.node.stash.get(FAILED, False):
                page.screenshot(path=tmp_path / f"failed-{number}.png", full_page=True)
        context.close()
    assert not errors, errors


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome: Any = yield
    if outcome.get_result().when == "call" and outcome.get_result().failed:
        item.stash[FAILED] = True
