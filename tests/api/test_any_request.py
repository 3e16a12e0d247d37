"""Whatever is asked of the API, as whomever: no failure, no answer outside of its document, no login ignored.

schemathesis makes the requests from the document, right ones and wrong ones, and judges the answers. Each stands alone:
what it changed is undone before the next; then they come in chains, where one takes up what another brought, and the
whole chain is undone. ``API_EXAMPLES=20000`` makes that many requests of either kind as each role, where ``bin/test``
is content with few.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test
from schemathesis.checks import load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation.modes import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, use_after_free

from naksha.wsgi import application
from tests.api.table import ROLES, TABLE, Row
from tests.api.world import World, undone

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("API_EXAMPLES", "250"))  # as each role
CHAIN_EXAMPLES = int(os.environ.get("API_EXAMPLES", "60"))
STEPS = 10  # requests of a chain, at most
CHAINED = tuple(role for role in ROLES if role != "suspended")  # whose every request is refused: there is no chain
# What a guest's link opens beside the addresses that it stands in.
BY_LINK = {
    "POST /payments/initiate": {"manageToken": "manage_link"},
    "POST /payments/fail": {"paymentId": "payment", "manageToken": "manage_link"},
}
# What is deleted there is only cancelled, withdrawn or put away: it can be looked at again.
KEPT = ("/api/v1/sessions/{", "/api/v1/clients/{", "/api/v1/quotations/{", "/api/v1/consultant/services/{")
CONFIG = """
[checks]
# A request that fits the document may still ask for what the domain has not: a password that is too common, a time that
# is taken, a slug that is no consultant's. The documented codes say so.
positive_data_acceptance.enabled = false

[generation]
# The login is the role's, or none.
with-security-parameters = false
"""


def from_many_places(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
    """The product, asked from another address each time: how often one may ask is proved elsewhere."""
    address = random.getrandbits(24)
    environ["REMOTE_ADDR"] = f"10.{address >> 16}.{address >> 8 & 255}.{address & 255}"
    return application(environ, start_response)


@pytest.fixture(autouse=True)
def _one_connection(world: World) -> Iterator[None]:
    """As Django's test client does: a request leaves the connection, and so the test's transaction, open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def document(world: World) -> Any:
    load_all_checks()
    config = SchemathesisConfig.from_str(CONFIG)
    return schemathesis.openapi.from_wsgi("/api/schema?format=json", from_many_places, config=config)


def rows() -> dict[str, Row]:
    """The rows of the table by method and address, whatever the parts of the address are called."""
    return {_anyhow(row.call): row for row in TABLE}


def _anyhow(call: str) -> str:
    return re.sub(r"{\w+}", "{}", call)


def _call(operation: Any) -> str:
    return _anyhow(f"{operation.method.upper()} {operation.path.removeprefix('/api/v1')}")


def operations(document: Any) -> list[Any]:
    return [found.ok() for found in document.get_all_operations() if isinstance(found, Ok)]


def shares(examples: int, operations: int, role: int) -> list[int]:
    """How many of the examples each operation has, at least one; what is left over goes to others as another role."""
    least, left = divmod(examples, operations)
    start = role * left
    return [max(1, least + ((number - start) % operations < left)) for number in range(operations)]


def aim(case: Any, row: Row, world: World, role: str) -> None:
    """Let the case name things that there are, so that more is reached than a 404. Nobody has a link but a guest."""
    for (name, value), thing in zip((case.path_parameters or {}).items(), row.ids.values(), strict=False):
        assert value is not None, name
        if role != "anonymous" or thing not in world.tokens:
            case.path_parameters[name] = world.things[thing]
    if role == "guest" and row.call in BY_LINK:
        case.body = {name: world.things[thing] for name, thing in BY_LINK[row.call].items()}


def aimed(row: Row, role: str) -> bool:
    return bool(row.ids) or (role == "guest" and row.call in BY_LINK)


def excused(case: Any) -> list[Any]:
    """The checks that a case is no matter of."""
    left = []
    if "" in (case.query or {}).values():
        left.append(negative_data_rejection)  # a filter that is left empty is none, whatever its type
    if case.operation.path.startswith(KEPT):
        left.append(use_after_free)
    return left


def wrong_answers(operation: Any, row: Row | None, world: World, role: str, examples: int) -> Iterator[str]:
    """What the checks find wrong with ``examples`` answers, the simplest case of it."""

    @given(data=st.data())
    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    def ask(data: Any) -> None:
        mode = data.draw(st.sampled_from([GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE]))
        case = data.draw(operation.as_strategy(generation_mode=mode))
        if row and aimed(row, role) and mode.is_positive and data.draw(st.integers(0, 3)) < 3:
            aim(case, row, world, role)
        with undone():
            case.call_and_validate(headers=dict(world.apis[role].headers), excluded_checks=excused(case))

    world.apis[role].renew()  # of many examples the last come late
    try:
        ask()
    except (Failure, FailureGroup) as failure:
        yield f"as {role}: {failure}"


@pytest.mark.parametrize("role", ROLES)
def test_an_answer_is_what_the_document_says(document: Any, world: World, role: str) -> None:
    known, found = rows(), operations(document)
    wrong = []
    for operation, share in zip(found, shares(EXAMPLES, len(found), ROLES.index(role)), strict=True):
        row = known.get(_call(operation))
        wrong += wrong_answers(operation, row, world, role, share)
    assert not wrong, "\n\n".join(wrong)


def test_the_examples_are_shared_out_and_each_operation_has_one_more_as_some_role() -> None:
    of_roles = [shares(250, 155, role) for role in range(len(ROLES))]
    assert [sum(each) for each in of_roles] == [250] * len(ROLES)
    assert {max(each) for each in zip(*of_roles, strict=True)} == {2}
    assert shares(10, 155, 3) == [1] * 155


# --- one after the other ----------------------------------------------------------------------------


def chains(document: Any, world: World, role: str) -> type[Any]:
    """Requests of one login, each with what an earlier answer brought: a session that was found is begun, cancelled,
    looked at again. What a chain changed is undone when it ends."""
    known = rows()

    def may(context: Any) -> bool:
        row = known.get(_call(context.operation))
        return row is not None and (row.of_roles[role] in "+~" or (role == "guest" and row.call in BY_LINK))

    class Chain(document.include(may).as_state_machine()):  # type: ignore[misc]
        begun = linked = 0  # requests that begin something, and those that take something up

        def setup(self) -> None:
            self.block, self.roots = undone(), 0
            self.block.__enter__()
            world.apis[role].renew()

        def teardown(self) -> None:
            self.block.__exit__(None, None, None)

        def step(self, input: Any) -> Any:  # noqa: A002  schemathesis' name
            Chain.linked += bool(input.applied_parameters)
            if input.transition is None:
                Chain.begun += 1
                self.roots += 1
                row = known[_call(input.case.operation)]
                if aimed(row, role):
                    aim(input.case, row, world, role)
                elif input.case.method == "GET" and self.roots % 4:
                    input.case.query = {}  # a list without filters has something to take up
            return super().step(input)

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": dict(world.apis[role].headers)}

        def validate_response(self, response: Any, case: Any, additional_checks: Any = None, **kwargs: Any) -> None:
            case.validate_response(
                response,
                headers=kwargs["headers"],
                excluded_checks=excused(case),
                transport_kwargs=kwargs,
                recorder=self.recorder,
            )

    return Chain


@pytest.mark.parametrize("role", CHAINED)
def test_a_chain_of_requests_is_answered_as_the_document_says(document: Any, world: World, role: str) -> None:
    machine = chains(document, world, role)
    run_state_machine_as_test(
        machine,
        settings=hypothesis.settings(
            max_examples=max(2, CHAIN_EXAMPLES // STEPS),
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        ),
    )
    assert machine.linked > machine.begun // 8, "the requests of a chain have nothing in common"
