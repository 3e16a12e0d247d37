"""The browser of the tests: one Chromium for each of their processes, in which each test opens windows of its own.

Starting Playwright and Chromium takes longer than most of what is done with them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection

from tests.needs import chromium

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_started: list[Any] = []  # Playwright, its loop and Chromium
_kept: list[Any] = []  # windows that stay from one test to the next


@contextmanager
def browser() -> Iterator[Any]:
    """Opened inside a test, after its rows are made: Playwright's loop and the database don't share a thread.

    Playwright holds its loop for the running one for good; here it is so inside alone. Windows are closed afterwards.
    """
    outer = asyncio._get_running_loop()
    _playwright, loop, opened = _running()
    asyncio._set_running_loop(loop)
    before = list(opened.contexts)
    try:
        yield opened
    finally:
        try:
            for context in [context for context in opened.contexts if context not in [*before, *_kept]]:
                context.close()
        finally:
            asyncio._set_running_loop(outer)


def meanwhile(act: Callable[[], Any]) -> Any:
    """Do ``act`` with the database while the browser's loop holds this thread. Returns what it returns."""

    def run() -> Any:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run).result()


def keep(context: Any) -> Any:
    """Let a window outlive the test that opens it, with the scripts and fonts it has fetched, until ``close_kept``."""
    _kept.append(context)
    return context


def close_kept() -> None:
    closing, _kept[:] = list(_kept), []
    if closing and _started and _started[2].is_connected():
        with browser() as opened:
            for context in closing:
                if context in opened.contexts:
                    context.close()


def _running() -> list[Any]:
    if _started and not _started[2].is_connected():
        _stop()  # a test has ended it
    if not _started:
        from playwright.sync_api import sync_playwright

        playwright = sync_playwright().start()
        loop = asyncio._get_running_loop()
        opened = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        _started.extend([playwright, loop, opened])
    return _started


def _stop() -> None:
    playwright, loop, opened = _started
    _started.clear()
    asyncio._set_running_loop(loop)
    try:
        if opened.is_connected():
            opened.close()
        playwright.stop()
    finally:
        asyncio._set_running_loop(None)


def pytest_unconfigure() -> None:
    if _started:
        _stop()
