"""Bodies of requests: what is none, what is no object, and what is too large, too wide or too deep to be read."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from django.test import Client
from django.test.client import FakePayload
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

from naksha.api import parsers
from naksha.api.errors import ApiError
from naksha.api.testing import Api, check_envelope
from naksha.testing import make_user
from naksha.tests.api_site import WORKED, nothing_worked

__all__ = ["nothing_worked"]
pytestmark = [pytest.mark.django_db, pytest.mark.urls("naksha.tests.api_site")]


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b"\xff\xfe", b"null", b"[]", b'"x"'])
def test_a_body_that_is_no_object_is_the_callers_fault(body: bytes) -> None:
    response = Client().post("/api/v1/people", body, content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (400, "VALIDATION_ERROR")
    assert not WORKED


@pytest.mark.parametrize(
    ("body", "details"),
    [
        (b'{"who": "me", "all": true}', {"who": ["There is no such field."], "all": ["There is no such field."]}),
        (b"[]", {"nonFieldErrors": ["This takes no body."]}),
        (b"0", {"nonFieldErrors": ["This takes no body."]}),
        (b"{", {}),
    ],
)
def test_a_body_is_refused_where_none_is_taken(body, details):
    answer = Api(make_user()).delete("/mine", body)
    assert (answer.code, answer.details) == ("VALIDATION_ERROR", details)
    assert not WORKED


@pytest.mark.parametrize("body", [b"", b"{}", b"null"])
def test_a_body_that_says_nothing_is_none(body):
    assert Api(make_user()).delete("/mine", body).status == 200
    assert WORKED == ["forgotten"]


def test_a_body_in_chunks_is_refused_and_not_taken_for_none():
    api = Api(make_user())
    body = b'{"all": true}'
    answer = api.send("DELETE", "/mine", headers={"Transfer-Encoding": "chunked"}, **{"wsgi.input": FakePayload(body)})
    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert "Content-Length" in answer.message
    assert not WORKED


@pytest.mark.parametrize("path", ["/api/v1/people", "/api/v1/uploads", "/api/v1/payments/webhook", "/api/v1/nowhere"])
@pytest.mark.parametrize("length", [parsers.LARGEST + 1, 10**30], ids=["a little", "much"])
def test_a_body_that_says_that_it_is_large_is_not_read(path, length):
    told = Client().generic("POST", path, b"{}", "application/json", CONTENT_LENGTH=str(length))
    body = check_envelope(told, "POST")
    assert (told.status_code, body["code"], body["message"]) == (
        400,
        "VALIDATION_ERROR",
        "The body is larger than 1 MB.",
    )


@pytest.mark.parametrize(
    ("said", "length"),
    [("5", 5), ("", 0), ("x", 0), ("-5", 0), ("²", 0), ("0" * 30 + "7", 7), ("9" * 5000, 10**18 - 1)],
    ids=["plain", "none", "word", "below", "raised", "padded", "huge"],
)
def test_what_a_body_says_of_its_length_is_believed_where_it_is_a_number(rf, said, length):
    assert parsers.length_of(rf.post("/", CONTENT_LENGTH=said)) == length


def test_a_body_as_large_as_it_may_be_is_read():
    spaces = parsers.LARGEST - len('{"firstName":"Asha"}')
    sent = Client().post("/api/v1/people", '{"firstName":"Asha"}' + " " * spaces, content_type="application/json")
    assert sent.status_code == 201


def test_no_more_is_read_than_that_whatever_a_body_has_said(rf):
    stream = io.BytesIO(b'"' + b"a" * 8 * parsers.LARGEST + b'"')
    with pytest.raises(ApiError, match="larger than 1 MB"):
        parsers.Json().parse(stream)
    assert stream.tell() == parsers.LARGEST + 1
    request = Request(rf.post("/", b"{}", content_type="application/json"), parsers=[parsers.Json()])
    request._request._stream = stream
    with pytest.raises(ApiError):
        assert request.data
    assert stream.tell() <= 2 * parsers.LARGEST + 2


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"more": [' + b"0," * parsers.WIDEST + b"0]}", "The body has more than 20,000 names and values."),
        (b"[" * 33 + b"]" * 33, "The body is nested more than 32 levels deep."),
        (b"[" * 100_000 + b"]" * 100_000, "The body is nested more than 32 levels deep."),
        (b'{"firstName": "\\ud83d"}', "The body holds half of a character: a surrogate without its pair."),
        (b'{"firstName": "Asha"', "The body can’t be read as JSON."),
    ],
    ids=["wide", "deep", "endless", "half", "torn"],
)
def test_a_body_that_is_not_taken_apart_is_told_why(body, words):
    sent = Client().post("/api/v1/people", body, content_type="application/json")
    assert (sent.status_code, sent.json()["code"], sent.json()["message"]) == (400, "VALIDATION_ERROR", words)
    assert not WORKED


@pytest.mark.parametrize("part", ["[],", "{},", '"ab",', "0,", '{"a":[]},', "[", '{"a":'])
def test_no_body_costs_much_memory(part):
    body = ("[" + part * (parsers.LARGEST // len(part)))[: parsers.LARGEST - 4]
    whole = body[: body.rindex(",")] + "]" if "," in part else body
    tracemalloc.start()
    try:
        with pytest.raises((ApiError, ParseError)):
            parsers.Json().parse(io.BytesIO(whole.encode()))
        assert tracemalloc.get_traced_memory()[1] < 100 * 1024 * 1024
    finally:
        tracemalloc.stop()
