"""The table of authorisation is whole and true, and would fail if any check were taken out."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import UUIDField

from accounts.api import auth, tokens
from accounts.models import ApiLogin, AuditEntry
from naksha.api.errors import ApiError
from naksha.kept import Kept, Param
from sessions_app.api import moves
from tests.api import machine
from tests.api.owners import OWNERS, STRANGERS, Owner
from tests.api.table import TABLE, Row
from tests.api.world import World, undone

ROWS = (*TABLE, *STRANGERS)
PARTS = 4  # so that none takes long


@pytest.fixture
def world(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("naksha.api.middleware.REQUESTS", 1_000_000)
    return world


def test_every_method_of_every_route_has_its_row() -> None:
    listed = [row.call for row in TABLE]
    assert len(listed) == len(set(listed))
    assert {"missing": machine.calls() - set(listed), "unknown": set(listed) - machine.calls()} == {
        "missing": set(),
        "unknown": set(),
    }


@pytest.mark.parametrize("part", range(PARTS))
def test_each_may_what_the_row_says_and_a_refusal_changes_nothing(world: World, part: int) -> None:
    wrong = list(machine.wrong_in(world, ROWS[part::PARTS]))
    assert not wrong, "\n".join(wrong)


def test_a_head_is_for_whom_its_get_is_and_changes_nothing(world: World) -> None:
    wrong = list(machine.wrong_heads(world, TABLE))
    assert not wrong, "\n".join(wrong)


def test_no_address_knows_options(world: World) -> None:
    wrong = list(machine.wrong_options(world, TABLE))
    assert not wrong, "\n".join(wrong)


def test_without_any_one_check_the_table_fails(world: World) -> None:
    guards = machine.guards()
    assert {owner.__name__ for owner, _check in guards} >= {"_Allowed", "ConsultantLogin", "Admin", "SuperAdmin"}
    unseen = [
        f"{owner.__name__}.{check}"
        for owner, check in guards
        if not any(without(owner, check, world, row) for row in TABLE if machine.guarded_by(row, owner))
    ]
    assert not unseen, f"nothing fails without {', '.join(unseen)}"


def without(owner: type, check: str, world: World, row: Row) -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, check, lambda self, *args: True)
        return list(machine.wrong_refusals(world, [row]))


@pytest.mark.parametrize("owner", OWNERS, ids=lambda owner: owner.name)
def test_without_any_one_check_of_whose_a_thing_is_the_table_fails(world: World, owner: Owner) -> None:
    rows = [row for row in ROWS if row.call.startswith(owner.calls)]
    with pytest.MonkeyPatch.context() as patch:
        owner.loosen(world, patch)
        seen = any("<5" not in words for row in rows for words in machine.wrong_in(world, [row]))
    assert seen, f"nothing fails without {owner.name}"


def test_whose_a_thing_is_is_asked_by_nothing_else(world: World) -> None:
    mine = [row for row in ROWS if refuses_strangers(row) and set("+~") & set(row.of_roles.values())]
    assert len(mine) > 50
    with pytest.MonkeyPatch.context() as patch:
        for owner in OWNERS:
            owner.loosen(world, patch)
        kept = [row for row in mine if not let_in(world, row)]
    assert not kept


def refuses_strangers(row: Row) -> bool:
    return any(row.of_roles[role] == "4" for role in machine.STRANGERS)


def let_in(world: World, row: Row) -> list[str]:
    with undone():
        return [words for words in machine.not_refused(world, row) if "<5" not in words]


def test_if_a_closed_accounts_token_worked_the_table_would_fail(world: World, monkeypatch: Any) -> None:
    whoever = ApiLogin.objects.select_related("user__consultant")
    kept = Kept(lambda: whoever.filter(pk=Param("pk", UUIDField()), user_id=Param("user", UUIDField())))
    monkeypatch.setattr(tokens, "_LOGIN", kept)
    assert any(machine.wrong_refusals(world, TABLE))


def test_a_refusal_that_wrote_something_would_be_seen(world: World, monkeypatch: Any) -> None:
    def careless(self: Any, request: Any, view: Any) -> bool:
        AuditEntry.objects.create(action="x", subject_kind="y", subject_id=world.admin.pk)
        raise ApiError("NOT_AUTHENTICATED", 401, "Log in first.")

    monkeypatch.setattr(auth._Allowed, "has_permission", careless)
    row = next(row for row in TABLE if row.of_roles["client"] != "1" and row.of_roles["anonymous"] == "1")
    assert f"{row.call}: a refusal changed accounts_auditentry" in list(machine.wrong_refusals(world, [row]))


def test_a_rule_that_refused_after_it_wrote_would_be_seen(world: World, monkeypatch: Any) -> None:
    row = next(row for row in TABLE if row.call == "POST /sessions/{pk}/start")
    refuse = moves.Start.post

    def careless(self: Any, request: Any, pk: Any) -> Any:
        AuditEntry.objects.create(action="x", subject_kind="y", subject_id=pk)
        return refuse(self, request, pk)

    monkeypatch.setattr(moves.Start, "post", careless)
    seen = f"{row.call}: a refusal changed accounts_auditentry"
    assert list(machine.wrong_rules(world, [row])) == [seen]
    assert seen in machine.wrong_in(world, [row])
