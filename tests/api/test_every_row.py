"""What holds for every row of the table alike: wrong fields named, pages, orders, stale copies, repeated keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest

from bookings.testing import make_paid, payment_of
from naksha.api.naming import camel
from naksha.api.testing import Answer
from payments.testing import FakeGateway
from tests.api.machine import digest, filled_body, filled_query, view_of
from tests.api.table import BOOKING, QUOTATION, TABLE, WISHES, Row
from tests.api.test_document import FILE
from tests.api.world import World, undone

# What may come twice with one key: all that the contract names, and whatever else would be there twice.
ONCE = {
    "POST /book",
    "POST /bookings",
    "POST /sessions",
    "POST /payments/initiate",
    "POST /payments/complete",
    "POST /payments/refund",
    "POST /quotations",
    "POST /quotations/{pk}/send",
    "POST /quotations/{pk}/link",  # a second would stop the one that was just handed out
    "POST /quotations/{pk}/call-off",
    "POST /consultant/services",
    "POST /notifications/send",
}
# Commits on the way; its services know the key, the order or the gateway's answer when it comes again.
IN_STEPS = {"POST /book", "POST /bookings", "POST /payments/initiate", "POST /payments/complete"}
# Why any other POST needs no key.
TWICE_IS_ONCE = {
    "POST /auth/signup": "an address has one account",
    "POST /auth/login": "a login that nobody uses expires, and tries are counted",
    "POST /auth/admin/login": "a login that nobody uses expires, and tries are counted",
    "POST /auth/refresh": "a spent token that comes again has to end the login",
    "POST /auth/logout": "it has ended already",
    "POST /auth/forgot-password": "mails of a day are counted",
    "POST /auth/reset-password": "the token works once",
    "POST /auth/change-password": "the old password is wrong by then",
    "POST /auth/resend-verification": "mails of a day are counted",
    "POST /auth/ws-ticket": "a ticket that nobody uses expires",
    "POST /consultant/profile/photo": "it takes the place of the first",
    "POST /consultant/availability": "stretches that touch become one",
    "POST /sessions/bulk": "what is done is not done again",
    "POST /sessions/{pk}/start": "it has begun already",
    "POST /sessions/{pk}/complete": "it is completed already",
    "POST /sessions/{pk}/no-show": "it is marked already",
    "POST /sessions/{pk}/held": "it is said already",
    "POST /sessions/{pk}/cancel": "it is cancelled already",
    "POST /sessions/{pk}/reschedule": "it is at that time already",
    "POST /sessions/{pk}/messages": "clientMessageId",
    "POST /chat/messages": "clientMessageId",
    "POST /chat/conversations": "a session has one chat",
    "POST /clients": "an address is one client's",
    "POST /clients/import": "the same file again changes nothing",
    "POST /quotations/public/{token}/accept": "it is accepted already",
    "POST /quotations/public/{token}/decline": "it is declined already",
    "POST /payments/fail": "the try is over already",
    "POST /payments/webhook": "an event has an id",
    "POST /jitsi/create-room": "a session has one room",
    "POST /notifications/mark-all-read": "they are read already",
    "POST /admin/consultants/approve": "it is decided already",
    "POST /admin/users/{pk}/approve": "it is decided already",
    "POST /admin/users/{pk}/reject": "it is decided already",
    "POST /admin/admins": "they are an admin already",
    "POST /uploads": "what no message takes is deleted after a day",
}
# What each field holds, or each row of it, that has fields of its own.
INSIDE: dict[str, dict[str, Any]] = {
    "client": BOOKING["client"],
    "questions": {"label": "About what?", "kind": "SHORT", "choices": [], "required": False},
    "lines": QUOTATION["lines"][0],
    "preferences": WISHES["preferences"][0],
    "quietHours": {"from": "22:00", "until": "07:00", "timezone": "Asia/Kolkata"},
}
# By PUT and by PATCH alike: there is no whole that a part could be of.
ACTS = {
    "/bookings/{pk}/accept",
    "/bookings/{pk}/reject",
    "/bookings/{pk}/cancel",
    "/bookings/{pk}/reschedule",
    "/sessions/{pk}/rate",
    "/chat/messages/{pk}/read",
    "/notifications/{pk}/read",
    "/notifications/read-all",
}
CHANGING = {"updatedAt", "edition", "history"}  # by any change, and told in the answer
NO_COPY = {"GET /health", "GET /auth/verify-email/{token}"}  # public, and another answer each time
ROWS_OF_ONE = {  # pages that are of no list
    "GET /clients/import/{pk}": "the file's rows, in its order",
    "GET /dashboard/recent-activity": "the newest of five kinds of things",
}
# Whose every short value is one, though nothing may be found by it.
WORDS = {"search", "tag", "slug", "city", "expertise", "language", "consultant", "action", "subjectKind"}
COMPARED = {"shownRefundPaise", "amountPaise"}  # with what there is to give back: more than that is no wrong field
SETS = {"expertise", "languages"}  # the same again is the same
RAW = {"POST /payments/webhook", "POST /uploads", "POST /consultant/profile/photo"}  # bodies that are no JSON


@pytest.fixture
def world(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("naksha.api.middleware.REQUESTS", 1_000_000)
    for limit in ("PER_ACCOUNT", "PER_ADDRESS", "MAILS_A_DAY"):
        monkeypatch.setattr(f"accounts.limits.{limit}", 1_000_000)
    return world


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text())
    return found


def operation_of(row: Row) -> dict[str, Any]:
    path = re.sub(r"{\w+}", "{}", f"/api/v1{row.path}")
    found: dict[str, Any] = next(
        methods[row.method.lower()]
        for known, methods in document()["paths"].items()
        if re.sub(r"{\w+}", "{}", known) == path and row.method.lower() in methods
    )
    return found


def parameters_of(row: Row) -> set[str]:
    return {parameter["name"] for parameter in operation_of(row).get("parameters", [])}


def who(row: Row) -> str:
    """Somebody whose request is looked at: who may, or whom only a rule of the domain refuses, or what there isn't."""
    for mark in "+~4":
        for role, marked in reversed(row.of_roles.items()):
            if marked == mark and role != "guest":
                return role
    raise AssertionError(f"{row.call} is for nobody")


def sent(world: World, row: Row, body: Any = None, **more: Any) -> Answer:
    """The row's request with another body or query, undone."""
    role = who(row)
    path, usual = filled_body(world, row, guest=role != "anonymous")
    with undone():
        return world.apis[role].send(row.method, path, usual if body is None else body, **more)


# --- lists ------------------------------------------------------------------------------------------


def listing() -> list[Row]:
    return [row for row in TABLE if row.method == "GET" and "page" in parameters_of(row)]


def test_a_page_past_the_end_is_an_empty_list(world: World) -> None:
    assert len(listing()) > 10
    for row in listing():
        data = sent(world, row, query={**row.query, "page": 9_999}).data
        if row.call == "GET /clients/import/{pk}":  # one thing, whose rows come in pages
            data = {name: data[name] for name in ("rows", "pagination")}
        pagination = data.pop("pagination")
        assert list(data.values()) == [[]], row.call
        assert (pagination["page"], pagination["hasNext"]) == (9_999, False), row.call


@pytest.mark.parametrize(("name", "value"), [("page", "0"), ("page", "x"), ("pageSize", "101"), ("pageSize", "0")])
def test_a_wrong_page_is_named(world: World, name: str, value: str) -> None:
    for row in listing():
        answer = sent(world, row, query={**row.query, name: value})
        assert (answer.code, list(answer.details)) == ("VALIDATION_ERROR", [name]), row.call


def test_every_list_is_searched_and_put_in_order() -> None:
    wrong = {row.call for row in listing() if not {"search", "ordering"} <= parameters_of(row)}
    assert wrong == set(ROWS_OF_ONE)


def test_an_order_that_the_document_names_is_taken(world: World) -> None:
    for row in listing():
        for parameter in operation_of(row)["parameters"]:
            for order in parameter["schema"].get("enum", []) if parameter["name"] == "ordering" else []:
                assert sent(world, row, query={**row.query, "ordering": order}).status == 200, (row.call, order)


def test_an_order_that_there_is_not_is_named(world: World) -> None:
    for row in (row for row in listing() if row.call not in ROWS_OF_ONE):
        answer = sent(world, row, query={**row.query, "ordering": "-luck"})
        assert (answer.code, list(answer.details)) == ("VALIDATION_ERROR", ["ordering"]), row.call


def test_what_is_no_value_of_a_filter_is_named(world: World) -> None:
    wrong, tried = [], 0
    for row in (row for row in TABLE if row.method == "GET"):
        for parameter in operation_of(row).get("parameters", []):
            name = parameter["name"]
            if parameter["in"] != "query" or name in ("page", "pageSize", "ordering"):
                continue
            tried += 1
            bad = "x" * 5000 if name in WORDS else "no-such-value"
            answer = sent(world, row, query={**filled_query(world, row), name: bad})
            if (answer.code, list(answer.details)) != ("VALIDATION_ERROR", [name]):
                wrong.append(f"{row.call}?{name}={bad:.20}: {answer!r:.200}")
    assert not wrong, "\n".join(wrong)
    assert tried > 60


# --- copies -----------------------------------------------------------------------------------------


def test_what_is_public_is_sent_again_only_when_it_is_another(world: World) -> None:
    public = [row for row in TABLE if row.method == "GET" and row.of_roles["guest"] == "+"]
    public = [row for row in public if row.call not in NO_COPY]
    assert len(public) > 5
    for row in public:
        path, _body = filled_body(world, row)
        query = filled_query(world, row)
        first = world.apis["anonymous"].send("GET", path, query=query)
        tag = first["ETag"]
        for shown in (tag, tag.removeprefix("W/"), f'"another",{tag}', f'{tag} , W/"an,other"', "*"):
            again = world.apis["anonymous"].send("GET", path, query=query, headers={"If-None-Match": shown})
            assert (again.status, again.content, again["ETag"]) == (304, b"", tag), row.call
        for shown in ('W/"stale"', f'W/"stale, {tag[3:]}', '"*"', tag[3:-1], ""):
            stale = world.apis["anonymous"].send("GET", path, query=query, headers={"If-None-Match": shown})
            assert (stale.status, stale.content) == (200, first.content), (row.call, shown)
        kept = "private, no-cache" if "{token}" in row.path else "public, max-age=0, must-revalidate"
        assert first["Cache-Control"] == kept, row.call


# --- repeated keys ----------------------------------------------------------------------------------


def test_what_takes_a_key_says_so_and_every_other_post_has_its_reason() -> None:
    known = {row.call for row in TABLE if row.method.lower() in view_of(row).idempotent}
    assert {row.call for row in TABLE if "Idempotency-Key" in parameters_of(row)} == known == ONCE
    assert {row.call for row in TABLE if row.method == "POST"} - known == set(TWICE_IS_ONCE)


@pytest.mark.parametrize("call", sorted(ONCE))
def test_the_same_key_gives_the_first_answer_and_does_nothing(world: World, call: str) -> None:
    row = next(row for row in TABLE if row.call == call)
    role = who(row)
    path, body = filled_body(world, row, guest=role != "anonymous")
    key = {"Idempotency-Key": "4fd1b1a0"}
    with undone():
        first = world.apis[role].send(row.method, path, body, headers=key)
        before = digest()
        again = world.apis[role].send(row.method, path, body, headers=key)
        assert (again.status, again.body) == (first.status, first.body)
        assert again["Idempotent-Replayed"] == "true"
        other = world.apis[role].send(row.method, path, {**body, "other": 1}, headers=key)
        assert (other.status, other.code) == (422, "IDEMPOTENCY_CONFLICT")
        assert digest() == before
        wrong = world.apis[role].send(row.method, path, body, headers={"Idempotency-Key": "k" * 256})
        assert list(wrong.details) == ["Idempotency-Key"]


@pytest.mark.parametrize("call", sorted(ONCE - IN_STEPS))
def test_what_a_key_asks_for_is_done_with_its_answer_or_not_at_all(
    world: World, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    row = next(row for row in TABLE if row.call == call)
    role = who(row)
    path, body = filled_body(world, row, guest=role != "anonymous")
    assert view_of(row).in_steps is False

    def dies(*_row: Any) -> None:
        raise RuntimeError("the machine is gone")

    with undone():
        before = digest()
        monkeypatch.setattr("naksha.api.idempotency._store", dies)
        world.apis[role].send(row.method, path, body, headers={"Idempotency-Key": "4fd1b1a0"})
        claim = ["api_keptanswer"]  # which a refusal, that couldn't be kept either, leaves to be taken over
        after = digest()
        assert [table for table in after if after[table] != before[table]] in ([], claim)


def test_a_refund_that_was_promised_is_told_again_and_not_promised(world: World, fake_gateway: FakeGateway) -> None:
    booking, _token = make_paid(fake_gateway, world.consultant)
    body = {"paymentId": str(payment_of(booking).pk), "amountPaise": 50_000}
    first = world.apis["consultant"].post("/payments/refund", body, Idempotency_Key="4fd1b1a0")
    before = digest()
    again = world.apis["consultant"].post("/payments/refund", body, Idempotency_Key="4fd1b1a0")
    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert again["Idempotent-Replayed"] == "true"
    assert digest() == before


# --- bodies -----------------------------------------------------------------------------------------


def test_what_takes_a_whole_takes_a_part_of_it_too() -> None:
    wholes, parts = ({row.path for row in TABLE if row.method == method} for method in ("PUT", "PATCH"))
    assert wholes == parts
    assert {row.path for row in TABLE if row.method == "PATCH" and view_of(row).patch is view_of(row).put} == ACTS


def test_an_act_is_done_by_either_method(world: World) -> None:
    for row in (row for row in TABLE if row.method == "PUT" and row.path in ACTS):
        api, (path, body) = world.apis[who(row)], filled_body(world, row)
        done = {}
        for method in ("PUT", "PATCH"):
            with undone():
                answer = api.send(method, path, body)
                written = {table: rows.split()[0] for table, rows in digest().items()}
                done[method] = (answer.status, answer.code, sorted(answer.body or ()), written)
        assert done["PUT"] == done["PATCH"], row.call
        assert done["PUT"][0] == 200 or row.path == "/sessions/{pk}/rate", row.call  # which is not over yet


def test_a_part_leaves_the_rest_as_it_is(world: World) -> None:
    for part in (row for row in TABLE if row.method == "PATCH" and row.path not in ACTS):
        whole = next(row for row in TABLE if row.call == f"PUT {part.path}")
        api, (path, body) = world.apis[who(part)], filled_body(world, whole)
        with undone():
            before = api.send("PUT", path, body).data
            after = api.send("PATCH", path, {"reason": body["reason"]} if "reason" in body else {}).data
            assert {name for name in before if before[name] != after[name]} <= CHANGING, part.call


def written() -> list[Row]:
    return [row for row in TABLE if row.body and row.call not in RAW]


def test_a_field_that_there_is_not_is_refused_by_its_name(world: World) -> None:
    assert len(written()) > 40
    for row in written():
        _path, body = filled_body(world, row, guest=who(row) != "anonymous")
        answer = sent(world, row, {**body, "isAdmin": True})
        assert (answer.code, list(answer.details)) == ("VALIDATION_ERROR", ["isAdmin"]), f"{row.call}: {answer!r}"


FOREIGN = ("pk", "id", "user", "userId", "owner", "consultantId", "role", "isStaff", "isSuperuser", "isApprovedByAdmin")


def test_what_is_only_told_can_not_be_set_by_any_spelling(world: World) -> None:
    """All that the answer has and the request has not, what models call things, and our own names for known fields."""
    tried = 0
    for row in written():
        _path, body = filled_body(world, row, guest=who(row) != "anonymous")
        (content,) = operation_of(row)["requestBody"]["content"].values()
        taken = set(resolved(content["schema"])["properties"])
        told = {*answered(row), *FOREIGN} - taken
        ours = {re.sub("[A-Z]", lambda c: f"_{c[0].lower()}", name) for name in (*taken, *told)} - taken
        ours = {name for name in ours if not name.startswith("razorpay_")}  # as its checkout hands them over
        wrong = {name: body.get(camel(name), "x") for name in (*told, *ours)}
        answer = sent(world, row, {**body, **wrong})
        assert answer.status == 400, f"{row.call}: {answer!r:.300}"
        assert set(wrong) - set(answer.details) == set(), f"{row.call}: {answer!r:.600}"
        tried += len(wrong)
    assert tried > 1500


def answered(row: Row) -> set[str]:
    """The fields of what goes well."""
    good, *_others = operation_of(row)["responses"].values()
    content = good.get("content", {}).get("application/json")
    data = resolved(resolved(content["schema"])["properties"]["data"]) if content else {}
    return set(data.get("properties", {}))


def test_a_field_is_refused_by_its_name_where_no_body_is_taken(world: World) -> None:
    bare = [row for row in TABLE if "requestBody" not in operation_of(row)]
    assert len(bare) > 70
    for row in bare:
        answer = sent(world, row, {"isAdmin": True, "note": "Mine."}, query=row.query)
        assert (answer.code, sorted(answer.details)) == ("VALIDATION_ERROR", ["isAdmin", "note"]), (
            f"{row.call}: {answer!r}"
        )


def test_what_is_no_value_of_a_field_is_refused_by_its_name(world: World) -> None:
    wrong, tried = [], 0
    for row in written():
        _path, body = filled_body(world, row, guest=who(row) != "anonymous")
        for name, value in bad_values(row):
            tried += 1
            answer = sent(world, row, {**body, name: value})
            if answer.status != 400 or not told_of(answer, name):
                wrong.append(f"{row.call} with {name}={value!r}: {answer!r:.200}")
    assert not wrong, "\n".join(wrong)
    assert tried > 120


def bad_values(row: Row) -> Iterator[tuple[str, Any]]:
    """Each field of the row's body, with something that its schema says it is not."""
    (content,) = operation_of(row)["requestBody"]["content"].values()
    for name, schema in resolved(content["schema"])["properties"].items():
        yield name, no_value_of(resolved(schema))


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    for _step in range(5):
        if "$ref" in schema:
            schema = document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        elif len(schema.get("allOf", [])) == 1:
            schema = schema["allOf"][0]
        elif len(there := [each for each in schema.get("oneOf", []) if each != {"type": "null"}]) == 1:
            (schema,) = there
    return schema


def no_value_of(schema: dict[str, Any]) -> Any:
    if "enum" in schema:
        return "NO-SUCH-CHOICE"
    kind = schema.get("type")
    kinds = [kind] if isinstance(kind, str) else kind or []
    return {"no": ["text"]} if "string" in kinds else "no-such-value"


def test_every_body_that_is_taken_is_among_those_that_are_tried() -> None:
    taking = {row.call for row in TABLE if "requestBody" in operation_of(row)} - {row.call for row in written()}
    assert taking == (RAW & taking) | {"POST /clients/import"}  # which are files, or bytes that are signed


def test_what_is_beyond_a_field_is_refused_by_its_name(world: World) -> None:
    wrong, tried = [], 0
    for row in written():
        _path, body = filled_body(world, row, guest=who(row) != "anonymous")
        for name, value in beyond(row, body):
            tried += 1
            answer = sent(world, row, {**body, name: value})
            if answer.status != 400 or not told_of(answer, name):
                wrong.append(f"{row.call} with {name}={value!r:.60}: {answer!r:.200}")
    assert not wrong, "\n".join(wrong)
    assert tried > 300


def beyond(row: Row, body: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each field of the row's body with nothing where there has to be something, too long, too large, too many."""
    (content,) = operation_of(row)["requestBody"]["content"].values()
    for name, field in resolved(content["schema"])["properties"].items():
        schema = resolved(field)
        kind = schema.get("type")
        kinds = [kind] if isinstance(kind, str) else kind or []
        may_be_null = "null" in kinds or {"type": "null"} in field.get("oneOf", []) or None in schema.get("enum", [])
        if not may_be_null:
            yield name, None
        if "string" in kinds and "number" not in kinds and "enum" not in schema:
            yield name, "x" * (schema.get("maxLength", 100_000) + 1)
        if {"integer", "number"} & set(kinds):
            yield from ((name, value) for value in (10**15, -(10**15)) if value < 0 or name not in COMPARED)
        if "array" in kinds and body.get(name) and name not in SETS:
            yield name, body[name] * (1000 // len(body[name]) + 1)


def test_a_field_that_is_needed_is_named_where_it_is_missing(world: World) -> None:
    wrong = []
    for row in written():
        _path, body = filled_body(world, row, guest=who(row) != "anonymous")
        (content,) = operation_of(row)["requestBody"]["content"].values()
        for name in resolved(content["schema"]).get("required", []):
            answer = sent(world, row, {key: value for key, value in body.items() if key != name})
            if answer.status != 400 or name not in answer.details:
                wrong.append(f"{row.call} without {name}: {answer!r:.200}")
    assert not wrong, "\n".join(wrong)


def inner(row: Row) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Each field of the row's body that has fields of its own or rows: what these are, and whether it has rows."""
    (content,) = operation_of(row)["requestBody"]["content"].values()
    for name, schema in resolved(content["schema"])["properties"].items():
        whole = resolved(schema)
        if whole.get("type") == "array":
            yield name, resolved(whole["items"]), True
        elif "properties" in whole:
            yield name, whole, False


def wrong_inside(name: str, schema: dict[str, Any]) -> Iterator[tuple[Any, list[str]]]:
    """What may not stand inside of ``name``, with which fields it has to be refused by."""
    yield no_value_of(schema), []
    for field, its in schema.get("properties", {}).items():
        yield {**INSIDE[name], field: no_value_of(resolved(its))}, [field]
    for field in (needed := schema.get("required", [])):
        yield {key: value for key, value in INSIDE[name].items() if key != field}, [field]
    if needed:
        yield {}, needed
    if name in INSIDE:
        yield {**INSIDE[name], "isAdmin": True}, ["isAdmin"]


def sent_inside(world: World, row: Row, name: str, value: Any, many: bool) -> Answer:
    """The row's request with ``value`` inside of ``name``, as its first row where it has rows."""
    _path, body = filled_body(world, row, guest=who(row) != "anonymous")
    return sent(world, row, {**body, name: [value, *body.get(name, [])[1:]] if many else value})


def test_what_is_wrong_inside_of_a_field_is_refused_by_its_name(world: World) -> None:
    wrong, tried = [], 0
    for row in written():
        for name, schema, many in inner(row):
            start = f"{name}.0" if many else name
            for value, fields in wrong_inside(name, schema):
                answer, tried = sent_inside(world, row, name, value, many), tried + 1
                named = [f"{start}.{field}" for field in fields] or [start]
                if answer.status != 400 or any(not told_of(answer, each) for each in named):
                    wrong.append(f"{row.call} with {name}={value!r}: {answer!r:.200}")
    assert not wrong, "\n".join(wrong)
    assert tried > 90


def told_of(answer: Answer, name: str) -> bool:
    return any(known == name or known.startswith(f"{name}.") for known in answer.details)


def test_what_is_not_needed_inside_of_a_field_may_be_left_out(world: World) -> None:
    met = set()
    for row in written():
        for name, schema, many in (each for each in inner(row) if "properties" in each[1]):
            met.add(name)
            for field in set(INSIDE[name]) - set(schema.get("required", [])):
                less = {key: value for key, value in INSIDE[name].items() if key != field}
                answer = sent_inside(world, row, name, less, many)
                assert answer.status < 400, f"{row.call} without {name}.{field}: {answer!r}"
    assert met == set(INSIDE)
