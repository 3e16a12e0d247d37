"""Every error that the document names for an operation is met here, and nothing else is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.api import tokens
from naksha.api.models import KeptAnswer
from naksha.api.testing import Answer, Api
from tests.api.machine import ask, digest, filled_body, filled_query, view_of
from tests.api.owners import STRANGERS
from tests.api.situations import ONLY_AT_ONCE, SITUATIONS, Situation
from tests.api.table import TABLE, Row
from tests.api.test_every_row import RAW, operation_of, who
from tests.api.world import World, undone

ROWS = (*TABLE, *STRANGERS)
PARTS = 6  # so that none takes long
KEY = {"Idempotency-Key": "4fd1b1a0"}
Met = dict[str, set[str]]
# What is written down all the same, because the error came from the gateway after it: the hold that was let go again,
# and the payment that waits for its next try.
LET_GO = {"bookings_booking", "bookings_bookinglink", "payments_payment"}
AFTER_THE_GATEWAY = {
    "POST /book": LET_GO,
    "POST /bookings": LET_GO,
    "POST /payments/initiate": {"payments_payment"},
    "POST /payments/complete": {"payments_payment"},
}


@pytest.fixture
def world(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    for limit in ("naksha.api.middleware.REQUESTS", "accounts.limits.PER_ACCOUNT", "accounts.limits.PER_ADDRESS"):
        monkeypatch.setattr(limit, 1_000_000)
    # Whoever has an old token. No role of the table: it is the same for every row.
    old = timezone.now() - timedelta(minutes=16)
    world.apis["expired"] = Api(world.client, raises=False)
    world.apis["expired"].bear(tokens.access_token(world.apis["expired"].login, now=old))
    return world


def documented() -> Met:
    found: Met = defaultdict(set)
    for row in TABLE:
        for response in operation_of(row)["responses"].values():
            for content in response.get("content", {}).values():
                for example in content.get("examples", {}).values():
                    if "code" in example["value"]:
                        found[row.call].add(example["value"]["code"])
    return found


# --- what each row alike can be answered with -------------------------------------------------------


def of_roles(world: World, row: Row) -> Iterator[Answer]:
    """Whoever may not, and what a rule of the domain refuses."""
    for role, mark in row.of_roles.items():
        if mark in "134~":
            yield ask(world, row, role)
    yield ask(world, row, "expired")


def without_a_second_factor(world: World, row: Row) -> Iterator[Answer]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("accounts.access.second_factor_missing", lambda user: user.is_staff)
        yield ask(world, row, "admin")


def of_nothing(world: World, row: Row) -> Iterator[Answer]:
    yield ask(world, row, who(row), missing=True)


def of_a_wrong_field(world: World, row: Row) -> Iterator[Answer]:
    path, body = filled_body(world, row, guest=who(row) != "anonymous")
    wrong = {} if row.call in RAW else {**(body or {}), "isAdmin": True}
    yield world.apis[who(row)].send(row.method, path, wrong, query=filled_query(world, row))


def too_many(world: World, row: Row) -> Iterator[Answer]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("naksha.api.middleware.REQUESTS", 0)
        yield ask(world, row, who(row))


def broken(world: World, row: Row) -> Iterator[Answer]:
    def fail(self: Any, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("on purpose")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(view_of(row), row.method.lower(), fail)
        yield ask(world, row, who(row))


def with_a_key(world: World, row: Row) -> Iterator[Answer]:
    """Another body with the same key; the same while the first is at work."""
    if row.method.lower() not in view_of(row).idempotent:
        return
    api, (path, body) = world.apis[who(row)], filled_body(world, row, guest=who(row) != "anonymous")
    api.send(row.method, path, body, headers=KEY)
    yield api.send(row.method, path, {**body, "other": 1}, headers=KEY)
    KeptAnswer.objects.update(status=None, body="", claimed_at=timezone.now())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("naksha.api.idempotency.PATIENCE", 0)
        yield api.send(row.method, path, body, headers=KEY)


ALIKE = (of_roles, without_a_second_factor, of_nothing, of_a_wrong_field, too_many, broken, with_a_key)


def in_situation(world: World, case: Situation) -> tuple[Answer, set[str]]:
    """What is answered, and which tables the refusal has changed."""
    with pytest.MonkeyPatch.context() as patch:
        case.prepare(world, patch)
        before = digest()
        row = Row(case.call, "", ids=case.ids, body=case.body if isinstance(case.body, dict) else None)
        path, body = filled_body(world, row)
        if row.body is None:
            body = case.body(world) if callable(case.body) else case.body
        answer = world.apis[case.role].send(
            row.method, path, body, headers=case.headers, content_type=case.content_type
        )
        after = digest()
    return answer, {table for table in before if before[table] != after[table]}


# --- the tests --------------------------------------------------------------------------------------


def test_a_state_of_things_is_told_by_its_code(world: World) -> None:
    wrong = []
    for case in SITUATIONS:
        with undone():
            answer, changed = in_situation(world, case)
        if answer.code != case.code:
            wrong.append(f"{case.call} {case.code}: {answer!r}")
        if changed != (AFTER_THE_GATEWAY.get(case.call, set()) if case.code == "GATEWAY_UNAVAILABLE" else set()):
            wrong.append(f"{case.call} {case.code} changed {sorted(changed)}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("part", range(PARTS))
def test_each_error_of_the_document_is_met_and_no_other(world: World, part: int) -> None:
    calls = sorted({row.call for row in TABLE})[part::PARTS]
    met: Met = defaultdict(set)
    for case in SITUATIONS:
        met[case.call].add(case.code)  # asserted above
    for call, code in ONLY_AT_ONCE:
        met[call].add(code)
    for row in (row for row in ROWS if row.call in calls):
        for way in ALIKE:
            with undone():
                met[row.call] |= {answer.code for answer in way(world, row) if answer.status >= 400}
    known, met = ({call: found[call] for call in calls} for found in (documented(), met))
    assert {call: sorted(codes - met[call]) for call, codes in known.items() if codes - met[call]} == {}, "never met"
    assert {call: sorted(codes - known[call]) for call, codes in met.items() if codes - known[call]} == {}, "not told"
