"""docs/api.md shows what the server answers: each of its requests is made again and held against the page."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.conf import settings

from naksha.api.schema import CODES
from tests.api import guide
from tests.api.scribe import Scribe

pytestmark = pytest.mark.django_db
FILE = settings.BASE_DIR / "docs" / "api.md"
RENEW = "RENEW_GUIDE=1 .venv/bin/pytest -n0 tests/api/test_guide.py"


def test_the_guide_shows_what_the_server_answers(emulator: Any) -> None:
    document = FILE.read_text()
    made = guide.written(emulator).fill(document)
    if os.environ.get("RENEW_GUIDE"):
        FILE.write_text(made)
    assert made == FILE.read_text(), f"renew it: {RENEW}"


def test_the_guide_names_every_code() -> None:
    lines = FILE.read_text().splitlines()
    by_status: dict[int, list[str]] = {}
    for code, (status, _words) in sorted(CODES.items()):
        by_status.setdefault(status, []).append(f"`{code}`")
    for status, codes in by_status.items():
        assert f"| {status} | {', '.join(codes)} |" in lines


def test_a_changed_answer_would_be_seen() -> None:
    scribe = Scribe()
    scribe.written["one"] = "GET /"
    assert scribe.fill("```http one\nGET /other\n```\n") == "```http one\nGET /\n```\n"
    for document in ("", "```http two\n```\n", "```http one\n```\n```http one\n```\n"):
        with pytest.raises(AssertionError):
            scribe.fill(document)
