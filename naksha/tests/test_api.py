"""Envelope, errors, names, pages, limits, idempotency and tokens, on a few endpoints made for it."""

from __future__ import annotations

import io
import json
import threading
import tracemalloc
from datetime import timedelta

import jwt
import pytest
from django.db import OperationalError, connection, connections, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.client import FakePayload
from django.urls import include, path
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

from accounts.api import tokens
from accounts.api.auth import Anybody, Login
from accounts.models import ApiLogin, RefreshToken, User
from accounts.services import close_account, end_logins
from naksha.api import parsers
from naksha.api.errors import ApiError, flat
from naksha.api.models import KeptAnswer
from naksha.api.schema import operation
from naksha.api.serializers import Instant, Serializer
from naksha.api.testing import Api, check_envelope
from naksha.api.views import ApiView
from naksha.errors import DomainError
from naksha.testing import make_admin, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
WORKED: list[str] = []


class Person(Serializer):
    first_name = serializers.CharField(max_length=10)
    born_at = Instant(required=False)
    number = serializers.IntegerField(read_only=True)


class Pet(Serializer):
    called = serializers.CharField()
    legs = serializers.IntegerField(default=4)


class Household(Serializer):
    city = serializers.CharField(default="Pune")
    pets = Pet(many=True)
    guard = Pet()


class Words(Serializer):
    first_name = serializers.CharField()


class People(ApiView):
    permission_classes = [Anybody]
    public_cache = True
    idempotent = frozenset({"post"})

    def get(self, request):
        return self.page("people", User.objects.order_by("email"), Words)

    def post(self, request):
        data = self.checked(Person)
        WORKED.append(data["first_name"])
        if data["first_name"] == "overtaken":
            other = threading.Thread(target=take_over)
            other.start()
            other.join()
        if data["first_name"] in ("kept", "overtaken"):
            make_user(first_name=data["first_name"])
        if data["first_name"] == "refused":
            raise DomainError
        if data["first_name"] == "broken":
            raise RuntimeError("on purpose")
        return self.ok({"firstName": data["first_name"], "n": len(WORKED)}, status=201)


def take_over():
    KeptAnswer.objects.update(claimed_at=timezone.now() + timedelta(seconds=1))
    connection.close()


class Mine(ApiView):
    permission_classes = [Login]

    def get(self, request):
        return self.ok(request.user.email)

    @operation("mine_forget", "Forget", tag="Mine")
    def delete(self, request):
        WORKED.append("forgotten")
        return self.ok()


urlpatterns = [
    path("api/v1/people", People.as_view()),
    path("api/v1/mine", Mine.as_view()),
    path("api/v1/html", lambda request: HttpResponse("<h1>no</h1>", status=403)),
    path("api/v1/large", lambda request: HttpResponse("<h1>too much</h1>", status=413)),
    path("", include("naksha.urls")),
]


@pytest.fixture(autouse=True)
def nothing_worked():
    WORKED.clear()


def post(body, client=None, **headers):
    client = client or Client(raise_request_exception=False)
    return client.post("/api/v1/people", json.dumps(body), content_type="application/json", headers=headers)


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def test_names_are_in_camel_case_both_ways():
    assert post({"firstName": "Asha"}).json()["data"]["firstName"] == "Asha"


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({}, {"firstName": ["This is needed."]}),
        ({"firstName": "x" * 11}, {"firstName": ["Ensure this field has no more than 10 characters."]}),
        ({"firstName": "A", "first_name": "B"}, {"first_name": ["There is no such field."]}),
        ({"firstName": "A", "number": 1}, {"number": ["This field can’t be set."]}),
        ({"firstName": "A", "bornAt": "2026-11-24T05:30:00"}, {"bornAt": ["Say the zone too: 2026-11-24T05:30:00Z."]}),
    ],
)
def test_bad_input_names_its_field_and_does_nothing(body, details):
    response = post(body)
    assert response.status_code == 400
    told = response.json()
    assert told["details"] == details
    assert (told["code"], told["statusCode"], told["path"], told["method"]) == (
        "VALIDATION_ERROR",
        400,
        "/api/v1/people",
        "POST",
    )
    assert not WORKED


def test_what_stands_inside_of_a_change_of_a_part_is_whole():
    change = Household(data={"pets": [{"called": "Moti"}]}, partial=True)
    assert change.is_valid()
    assert change.validated_data == {"pets": [{"called": "Moti", "legs": 4}]}
    lacking = Household(data={"pets": [{"called": "Moti"}, {}]}, partial=True)
    assert not lacking.is_valid()
    assert flat(lacking.errors) == {"pets.1.called": ["This is needed."]}
    alone = Household(data={"guard": {"legs": 3}}, partial=True)
    assert not alone.is_valid()
    assert flat(alone.errors) == {"guard.called": ["This is needed."]}


def test_every_error_is_json_in_the_envelope(settings):
    client = Client(raise_request_exception=False)
    for response, status, code in [
        (client.get("/api/v1/nowhere"), 404, "NOT_FOUND"),
        (client.get("/api/v1/html"), 403, "PERMISSION_DENIED"),
        (client.delete("/api/v1/people"), 405, "METHOD_NOT_ALLOWED"),
        (client.options("/api/v1/people"), 405, "METHOD_NOT_ALLOWED"),
        (client.options("/api/schema"), 405, "METHOD_NOT_ALLOWED"),
        (client.get("/api/v1/mine"), 401, "NOT_AUTHENTICATED"),
        (client.post("/api/v1/people", "{", content_type="application/json"), 400, "VALIDATION_ERROR"),
        (client.post("/api/v1/people", "{}", content_type="text/plain"), 400, "VALIDATION_ERROR"),
        (client.get("/api/v1/people", headers={"Accept": "text/html"}), 400, "VALIDATION_ERROR"),
        (client.post("/api/v1/large"), 400, "VALIDATION_ERROR"),
        (post({"firstName": "refused"}), 409, "INVALID_STATE"),
        (post({"firstName": "broken"}), 500, "INTERNAL_ERROR"),
    ]:
        assert response.status_code == status, code
        assert response.json()["code"] == code
        assert "on purpose" not in response.content.decode()


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


def test_a_slash_at_the_end_is_neither_needed_nor_a_redirect():
    client = Client()
    slashed = client.post("/api/v1/people/", json.dumps({"firstName": "Asha"}), content_type="application/json")
    assert slashed.status_code == 201


@pytest.mark.parametrize("query", ["page=0", "page=x", "pageSize=101", "pageSize=0", "page=²", "page=-1"])
def test_a_bad_page_is_refused(query):
    assert Client().get(f"/api/v1/people?{query}").status_code == 400


def test_a_page_past_the_end_is_empty():
    make_user()
    data = Client().get("/api/v1/people?page=99&pageSize=5").json()["data"]
    assert data["people"] == []
    assert data["pagination"] == {
        "page": 99,
        "pageSize": 5,
        "totalPages": 1,
        "totalCount": 1,
        "hasNext": False,
        "hasPrevious": True,
    }


def test_a_public_answer_is_not_sent_twice():
    first = Client().get("/api/v1/people")
    again = Client().get("/api/v1/people", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    make_user()
    assert Client().get("/api/v1/people", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_the_limit_is_told_on_every_answer_and_holds(monkeypatch):
    monkeypatch.setattr("naksha.api.middleware.REQUESTS", 3)
    client = Client()
    left = [client.get("/api/v1/nowhere")["RateLimit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    refused = client.get("/api/v1/people", headers={"X-Forwarded-For": "9.9.9.9"})
    assert (refused.status_code, refused.json()["code"]) == (429, "RATE_LIMIT_EXCEEDED")
    assert int(refused["Retry-After"]) > 0


def test_without_a_database_the_answer_is_in_the_envelope_all_the_same(monkeypatch):
    def away(**rule):
        raise OperationalError

    monkeypatch.setattr("naksha.web.limits.hit", away)
    response = Client(raise_request_exception=False).get("/api/v1/nowhere")
    assert check_envelope(response)["code"] == "NOT_FOUND"


def test_every_error_says_how_many_requests_are_left():
    client = Client(raise_request_exception=False)
    for where in ("", "v1/nowhere", "v1/html", "v1/mine", "schema/x", "v1/health"):
        check_envelope(client.get(f"/api/{where}"))
    check_envelope(client.delete("/api/v1/people"), "DELETE")
    check_envelope(post({"firstName": "broken"}), "POST")
    check_envelope(post({"firstName": "A"}, Host="[::"), "POST")
    assert int(client.get("/api/schema")["RateLimit-Remaining"]) > 0


# --- large bodies ---------------------------------------------------------------------------


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


# --- idempotency ----------------------------------------------------------------------------


def test_the_same_key_and_body_get_the_first_answer():
    first, again = (post({"firstName": "Asha"}, **{"Idempotency-Key": "k"}) for _ in range(2))
    assert first.json() == again.json()
    assert again.status_code == 201
    assert WORKED == ["Asha"]


def test_another_body_under_the_same_key_is_a_conflict():
    post({"firstName": "Asha"}, **{"Idempotency-Key": "k"})
    other = post({"firstName": "Usha"}, **{"Idempotency-Key": "k"})
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_CONFLICT")
    assert WORKED == ["Asha"]


def test_a_refusal_is_kept_and_a_failure_is_not():
    for _ in range(2):
        assert post({"firstName": "refused"}, **{"Idempotency-Key": "k"}).status_code == 409
    assert WORKED == ["refused"]
    for _ in range(2):
        assert post({"firstName": "broken"}, **{"Idempotency-Key": "b"}).status_code == 500
    assert WORKED == ["refused", "broken", "broken"]


def test_work_whose_answer_could_not_be_kept_has_not_been_done(monkeypatch):
    """So whoever asks again, by the same key, has it done once."""
    monkeypatch.setattr("naksha.api.idempotency._store", lambda *_: 1 / 0)
    assert post({"firstName": "kept"}, **{"Idempotency-Key": "k"}).status_code == 500
    assert not User.objects.filter(first_name="kept").exists()
    monkeypatch.undo()
    assert post({"firstName": "kept"}, **{"Idempotency-Key": "k"}).status_code == 201
    assert post({"firstName": "kept"}, **{"Idempotency-Key": "k"})["Idempotent-Replayed"] == "true"
    assert User.objects.filter(first_name="kept").count() == 1


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL: SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_work_that_was_taken_over_meanwhile_is_left_to_the_other():
    answer = post({"firstName": "overtaken"}, **{"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["code"]) == (409, "INVALID_STATE")
    assert not User.objects.filter(first_name="overtaken").exists()
    assert KeptAnswer.objects.get().status is None


@pytest.mark.django_db(transaction=True)
def test_a_failure_after_the_work_was_done_leaves_its_answer(monkeypatch):
    """What is told on commit is told when nothing can be taken back any more."""
    make = make_user

    def made(**named):
        transaction.on_commit(lambda: 1 / 0)
        return make(**named)

    monkeypatch.setitem(globals(), "make_user", made)
    assert post({"firstName": "kept"}, **{"Idempotency-Key": "k"}).status_code == 500
    assert post({"firstName": "kept"}, **{"Idempotency-Key": "k"}).status_code == 201
    assert User.objects.filter(first_name="kept").count() == 1


def test_after_a_day_the_key_is_new():
    post({"firstName": "Asha"}, **{"Idempotency-Key": "k"})
    KeptAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert post({"firstName": "Usha"}, **{"Idempotency-Key": "k"}).status_code == 201


def test_the_key_is_each_accounts_own():
    for user in (make_user(), make_user()):
        _login, pair = tokens.begin(user=user)
        assert post({"firstName": "Asha"}, **{"Idempotency-Key": "k"}, **bearer(pair.access)).status_code == 201
    assert len(WORKED) == 2


# --- tokens ---------------------------------------------------------------------------------


def test_a_login_ends_at_the_next_request_whatever_ends_it():
    for ending in (
        lambda user, login: tokens.end(login=login, reason="logout"),
        lambda user, login: end_logins(user=user),
        lambda user, login: close_account(user=user, actor=make_admin(), reason="abuse"),
    ):
        user = make_user()
        login, pair = tokens.begin(user=user)
        client = Client()
        assert client.get("/api/v1/mine", headers=bearer(pair.access)).json()["data"] == user.email
        ending(user, login)
        assert client.get("/api/v1/mine", headers=bearer(pair.access)).status_code == 401
        with pytest.raises(ApiError, match="Log in first"):
            tokens.refresh(pair.refresh)


@pytest.mark.parametrize("algorithm", ["none", "HS512", "HS384"])
def test_no_other_algorithm_is_taken(algorithm):
    _login, pair = tokens.begin(user=make_user())
    claims = jwt.decode(pair.access, options={"verify_signature": False})
    forged = jwt.encode(claims, None if algorithm == "none" else tokens._key() * 2, algorithm=algorithm)
    assert Client().get("/api/v1/mine", headers=bearer(forged)).status_code == 401


def test_an_old_token_says_that_it_has_expired():
    login, _pair = tokens.begin(user=make_user())
    old = tokens.access_token(login, now=timezone.now() - timedelta(minutes=16))
    assert Client().get("/api/v1/mine", headers=bearer(old)).json()["code"] == "TOKEN_EXPIRED"


def test_a_refresh_token_that_comes_twice_ends_the_login():
    _login, pair = tokens.begin(user=make_user())
    _same, following = tokens.refresh(pair.refresh)
    with pytest.raises(ApiError, match="Log in first"):
        tokens.refresh(pair.refresh)
    assert ApiLogin.objects.get().end_reason == "refresh token used twice"
    assert Client().get("/api/v1/mine", headers=bearer(following.access)).status_code == 401


def test_a_cookie_opens_nothing(client):
    client.force_login(make_user())
    assert client.get("/api/v1/mine").status_code == 401


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_64_refreshes_at_once_one_succeeds():
    _login, pair = tokens.begin(user=make_user())
    won, lost = [], []

    def try_it():
        try:
            won.append(tokens.refresh(pair.refresh))
        except ApiError as error:
            lost.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=try_it) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert lost == ["NOT_AUTHENTICATED"] * 63
    assert RefreshToken.objects.count() == 2
    assert connection.vendor == "postgresql"
