"""docs/api.md shows what the server answers: each of its requests is made again and held against the page."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest
from django.conf import settings

from naksha.api.schema import CODES
from tests.api import guide
from tests.api.scribe import Scribe
from tests.api.table import TABLE
from tests.api.test_every_row import ONCE, operation_of

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


# As the contract lists them.
LISTED = {
    "VALIDATION_ERROR": 400,
    "INVALID_CREDENTIALS": 401,
    "NOT_AUTHENTICATED": 401,
    "TOKEN_EXPIRED": 401,
    "PERMISSION_DENIED": 403,
    "EMAIL_NOT_VERIFIED": 403,
    "ADMIN_APPROVAL_REQUIRED": 403,
    "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "EMAIL_EXISTS": 409,
    "SLOT_TAKEN": 409,
    "INVALID_STATE": 409,
    "IDEMPOTENCY_CONFLICT": 422,
    "PAYMENT_SIGNATURE_INVALID": 400,
    "RATE_LIMIT_EXCEEDED": 429,
    "GATEWAY_UNAVAILABLE": 502,
    "INTERNAL_ERROR": 500,
}


def test_each_code_beyond_the_contracts_list_is_explained_and_decided() -> None:
    beyond = set(CODES) - set(LISTED)
    assert {code: CODES[code][0] for code in LISTED} == LISTED
    told = re.findall(r"^\| `([A-Z_]+)` \|", section("More than the contract names"), re.MULTILINE)
    (record,) = FILE.parent.glob("decisions/*-four-codes-beyond-the-contract.md")
    decided = re.findall(r"^- \*\*`([A-Z_]+)`, (\d+)", record.read_text(), re.MULTILINE)
    assert set(told) == beyond
    assert set(decided) == {(code, str(CODES[code][0])) for code in beyond}


def section(title: str) -> str:
    _before, found = FILE.read_text().split(f"\n## {title}\n")
    return found.split("\n## ")[0]


def test_the_guide_names_every_post_that_takes_a_key() -> None:
    told = set(re.findall(r"`(/[\w/{}-]+)`", section("Repeating a request safely")))
    assert told - {"/auth/refresh"} == {call.removeprefix("POST ").replace("{pk}", "{id}") for call in ONCE}


def test_what_is_more_than_the_contract_is_in_the_table_and_in_the_document() -> None:
    told = re.findall(r"^\| `([A-Z]+ \S+)` \|", section("More than the contract names"), re.MULTILINE)
    rows = {row.call.replace("{pk}", "{id}"): row for row in TABLE}
    assert len(told) == len(set(told)) == 13
    assert set(told) - set(rows) == set()
    for call in told:
        good, *_others = operation_of(rows[call])["responses"].values()
        kinds = good["content"]
        assert "application/json" not in kinds or kinds["application/json"]["examples"], call


def test_a_changed_answer_would_be_seen() -> None:
    scribe = Scribe()
    scribe.written["one"] = "GET /"
    assert scribe.fill("```http one\nGET /other\n```\n") == "```http one\nGET /\n```\n"
    for document in ("", "```http two\n```\n", "```http one\n```\n```http one\n```\n"):
        with pytest.raises(AssertionError):
            scribe.fill(document)
