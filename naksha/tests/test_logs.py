"""A log line can be read, is named by its request, and tells nobody's secrets."""

import io
import json
import logging
import logging.config
import time

import pytest
import structlog

from naksha.logs import before_send, configuration, masked
from naksha.web.middleware import RequestIdMiddleware


@pytest.fixture
def lines(settings):
    """Log as production does, into a list of parsed lines."""
    out = io.StringIO()
    config = configuration(json=True, level="INFO")
    config["handlers"]["stderr"]["stream"] = out
    logging.config.dictConfig(config)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    logging.config.dictConfig(settings.LOGGING)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("to asha.rao@example.com now", "to *** now"),
        ("/b/8fJ2kLmN9pQrS4tUvWxY1zAbCdEf0G3h/pay/", "/b/***/pay/"),
        ("call +91 98000 00001 or 9800000001", "call *** or ***"),
        ("Authorization: Basic cnpwX3Rlc3Q6c2VjcmV0", "Authorization: Basic ***"),
        ("/x?token=abc&page=1", "/x?token=***&page=1"),
        ("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIx.AbC-1", "***"),
    ],
)
def test_what_is_personal_or_secret_is_masked(text, shown):
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "0192f3a4-5b6c-7d8e-9f00-112233445566",
        "6ef5aab8a9b84bd1a8a1cd0d4b7f8f2c",
        "2026-11-20T22:45:04.123456Z",
        "pay_MT48CvBhIC98MQ of order_9A33XWu170gUtm",
        "150000 paise at 1795214696",
        "bookings.services.holding.expire_due",
    ],
)
def test_what_finds_a_row_again_is_kept(text):
    assert masked(text) == text


def test_values_under_telling_names_are_masked_at_any_depth(lines):
    structlog.get_logger("x").info("told", password="hunter2", data={"email": "a@b.in", "rows": [{"token": "t"}]}, n=3)
    (line,) = lines()
    assert (line["password"], line["data"], line["n"]) == ("***", {"email": "***", "rows": [{"token": "***"}]}, 3)


def test_a_traceback_is_masked_too(lines):
    try:
        raise ValueError("no such person: asha@example.com")
    except ValueError:
        logging.getLogger("django.request").exception("Failed: %s", "/b/8fJ2kLmN9pQrS4tUvWxY1zAbCdEf0G3h/")
    (line,) = lines()
    assert "ValueError" in line["exception"]
    assert "asha@example.com" not in json.dumps(line)
    assert line["event"] == "Failed: /b/***/"


def test_each_request_leaves_one_line_with_its_id_its_route_and_no_token(lines, client, db):
    answer = client.get("/consultants/?q=asha@example.com")
    (line,) = [line for line in lines() if line["logger"] == "naksha.access"]
    assert line["request_id"] == answer["X-Request-Id"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/consultants/", 200)
    assert "asha" not in json.dumps(line)


def test_lines_within_a_request_carry_its_id(lines, rf):
    def view(request):
        structlog.get_logger("x").info("inside")
        from django.http import HttpResponse

        return HttpResponse()

    request = rf.get("/anything")
    request.resolver_match = None
    answer = RequestIdMiddleware(view)(request)
    structlog.get_logger("x").info("after it")
    inside, access, after = lines()
    assert inside["request_id"] == access["request_id"] == answer["X-Request-Id"]
    assert "request_id" not in after


def test_an_address_that_no_route_knows_is_masked(lines, rf):
    request = rf.get("/b/8fJ2kLmN9pQrS4tUvWxY1zAbCdEf0G3h/nowhere")
    request.resolver_match = None
    from django.http import HttpResponse

    RequestIdMiddleware(lambda _: HttpResponse(status=404))(request)
    assert lines()[0]["path"] == "/b/***/nowhere"


def test_sentry_is_told_nothing_personal():
    sent = before_send(
        {
            "user": {"email": "a@b.in"},
            "request": {"url": "https://naksha.test/x", "cookies": "c", "data": "d", "headers": {"Cookie": "s"}},
            "exception": {"values": [{"value": "for a@b.in"}]},
        },
        {},
    )
    assert sent == {
        "request": {"url": "https://naksha.test/x", "headers": {"Cookie": "***"}},
        "exception": {"values": [{"value": "for ***"}]},
    }


@pytest.mark.parametrize("part", ["a", "a.", "a@", "a@b.", "@a", "A-1", "9 ", "+9"])
def test_a_hostile_text_costs_no_more_than_its_length(part):
    """A Host header of 16,000 letters is logged when it is refused: this took more than a second for each."""
    began = time.process_time()
    masked(part * (400_000 // len(part)))
    assert time.process_time() - began < 1


def test_a_line_is_not_as_long_as_a_stranger_likes():
    assert len(masked("x " * 100_000)) < 21_000
