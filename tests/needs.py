"""Tests name what they need (``postgres``, ``redis``, ``browser``); where it is missing they are skipped, by name."""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest


def chromium() -> str | None:
    """The Chromium that the browser tests drive: ``NAKSHA_CHROMIUM``, else Debian's."""
    named = os.environ.get("NAKSHA_CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def missing() -> dict[str, str]:
    """For each marker whose need is not met here, why."""
    from django.conf import settings

    found = {}
    if "postgresql" not in settings.DATABASES["default"]["ENGINE"]:
        found["postgres"] = "no PostgreSQL: set DATABASE_URL, or let one answer on 127.0.0.1:5432"
    if not settings.REDIS_URL:
        found["redis"] = "no Redis: set REDIS_URL, or let one answer on 127.0.0.1:6379"
    if chromium() is None:
        found["browser"] = "no Chromium: apt-get install chromium, or set NAKSHA_CHROMIUM"
    elif os.environ.get("NAKSHA_BROWSER_TESTS") == "0":
        found["browser"] = "NAKSHA_BROWSER_TESTS=0"
    return found


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    reasons = missing()
    for item in items:
        for marker, reason in reasons.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Every test that was not run, under its reason."""
    skipped: dict[str, list[str]] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        skipped.setdefault(reason.removeprefix("Skipped: "), []).append(report.nodeid)
    if not skipped:
        return
    terminalreporter.section("not run")
    for reason, names in sorted(skipped.items()):
        terminalreporter.write_line(reason)
        for name in sorted(names):
            terminalreporter.write_line(f"  {name}")
