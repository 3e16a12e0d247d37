"""Requests that no document describes: bytes that are no text, JSON without an end, media types and headers that lie.

Each route of the table gets them as somebody who may call it. No answer is a failure, and each keeps the envelope.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

import pytest

from naksha.api.testing import Answer
from tests.api.machine import filled_body
from tests.api.table import TABLE, Row
from tests.api.world import World, undone

pytestmark = pytest.mark.slow

BODIES = [
    b"",
    b"null",
    b"true",
    b'"text"',
    b"[]",
    b"[{}]",
    b"{",
    b"\xff\xfe\x00",
    b'{"name": "\xc3\x28"}',
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"\\ud800": 1}',
    b'{"\\u0000": "\\u0000"}',
    b'{"a": NaN, "b": Infinity}',
    b"9" * 5000,
    b"\xef\xbb\xbf{}",
]
MEDIA_TYPES = [
    "",
    "text/plain",
    "application/xml",
    "application/json; charset=utf-16",
    "application/json; charset=no-such-thing",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "multipart/form-data; boundary=\xff",
    "a" * 5000,
]
VALUES = [
    "\ud800",
    "a\0b",
    "",
    "é" * 70_000,
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00",
    "\u202e\u2066\ufeff",
    10**400,
    -(2**63) - 1,
    2**31,
    1e308,
    True,
    None,
    [],
    {},
    [[[None]]],
    [{"\ud800": "\0"}],
    "https://[",
]
QUERIES = ["a\0b", "\ud800".encode("utf-8", "surrogatepass"), "9" * 400, "-1", "٣", "9999-12-31", "a[]", "\x85"]
NAMES = ["search", "page", "pageSize", "ordering", "from", "to", "status", "type", "clientId", "timezone", "before"]
PARTS = ["%00", "%FF%FE", "a%00b", "%2e%2e", "9" * 400, "%F0%9F%91%A9", "00000000-0000-0000-0000-000000000000%0A"]
HEADERS = [
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer \xff\xfe"},
    {"Authorization": "Bearer " + "a." * 20_000},
    {"Authorization": "Basic AAAA"},
    {"Accept": "text/html"},
    {"Accept": "\xff;q=x"},
    {"Accept-Language": "x" * 5000},
    {"If-None-Match": '"\xff'},
    {"Idempotency-Key": "\x85" * 300},
    {"Idempotency-Key": ""},
    {"Host": "[::"},
    {"X-Forwarded-For": "\xff, [::1, 999.1.1.1"},
    {"Content-Length": "x"},
    {"X-HTTP-Method-Override": "DELETE"},
]


def environment(headers: dict[str, str]) -> dict[str, str]:
    """As a WSGI server would bring them, whatever they hold."""
    names = {name: name.upper().replace("-", "_") for name in headers}
    return {
        names[name] if names[name] == "CONTENT_LENGTH" else f"HTTP_{names[name]}": text
        for name, text in headers.items()
    }


def turns(things: list[Any]) -> Callable[[int], list[Any]]:
    """The next few, each time, so that all rows together get all."""
    wheel = cycle(things)
    return lambda few: [next(wheel) for _ in range(few)]


part, header, query, kind, value = (turns(things) for things in (PARTS, HEADERS, QUERIES, MEDIA_TYPES, VALUES))


def requests(row: Row, body: Any, path: str) -> Iterator[dict[str, Any]]:
    for text in part(3) if "{" in row.path else []:
        yield {"path": re.sub(r"{\w+}", text, row.path), "data": body}
    for headers in header(4):
        yield {"path": path, "data": body, **environment(headers)}
    if row.method == "GET":
        for name in sorted({*NAMES, *row.query}):
            yield {"path": path, "query": {name: query(1)[0]}}
        return
    for sent in BODIES:
        yield {"path": path, "data": sent}
    for media_type in kind(3):
        yield {"path": path, "data": json.dumps(body or {}).encode(), "content_type": media_type}
    for name in body if isinstance(body, dict) else []:
        for wrong in value(4):
            yield {"path": path, "data": json.dumps({**body, name: wrong}).encode()}


def send(world: World, row: Row, role: str, asked: dict[str, Any]) -> Answer:
    with undone():
        return world.apis[role].send(row.method, **asked)


@pytest.fixture
def world(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("naksha.api.middleware.REQUESTS", 1_000_000)
    return world


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_no_bytes_make_the_api_fail(world: World, method: str) -> None:
    failures = []
    for row in (row for row in TABLE if row.method == method):
        role = next((role for role, mark in reversed(row.of_roles.items()) if mark in "+~"), "client")
        path, body = filled_body(world, row)
        for asked in requests(row, body, path):
            try:
                answer = send(world, row, role, asked)
            except AssertionError as error:
                failures.append(f"{row.call} as {role} with {asked!r:.300}: {error!s:.300}")
                continue
            if answer.status >= 500:
                failures.append(f"{row.call} as {role} with {asked!r:.300}: {answer!r:.300}")
    assert not failures, f"{len(failures)}\n" + "\n".join(failures[:40])
