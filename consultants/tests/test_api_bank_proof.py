"""Over the API, too, whoever says where the money goes has just shown who they are: by logging in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from consultants.models import BankAccount, Consultant
from naksha.api.testing import Answer, Api, api_of
from naksha.testing import PASSWORD
from notifications.models import OutgoingMail

pytestmark = pytest.mark.django_db
BANK = "/consultant/bank-account"
FACTS = {"accountHolderName": "Asha Rao", "accountNumber": "123456784321", "ifsc": "HDFC0001234"}
MOVED = {**FACTS, "accountNumber": "999988887777"}
MORNING = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(MORNING, tick=False) as travelled:
        yield travelled


def logged_in(consultant: Consultant) -> tuple[Api, dict[str, Any]]:
    pair = Api().post("/auth/login", {"email": consultant.user.email, "password": PASSWORD}).data["tokens"]
    return Api().bear(pair["accessToken"]), pair


def asks_for_a_login(answer: Answer) -> bool:
    assert (answer.status, answer.code) == (401, "NOT_AUTHENTICATED")
    return 'error="insufficient_user_authentication", max_age="300"' in answer["WWW-Authenticate"]


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_login_is_the_proof_for_five_minutes(clock: Any, consultant: Consultant, method: str) -> None:
    app, _pair = logged_in(consultant)
    clock.shift(300)
    assert getattr(app, method)(BANK, FACTS).data["accountNumber"] == "XXXXXXXX4321"
    clock.shift(1)
    late = getattr(app, method)(BANK, MOVED)
    assert asks_for_a_login(late)
    assert late.message == "Log in again: this may only be done within 5 minutes after it."
    assert BankAccount.objects.get().number == "123456784321"
    assert app.get(BANK).data["accountNumber"] == "XXXXXXXX4321"  # to look needs no proof
    assert app.patch("/consultant/profile", {"headline": "Tax"}).status == 200  # nor does anything else


def test_another_pair_of_tokens_is_no_proof_and_another_login_is(clock: Any, consultant: Consultant) -> None:
    _app, pair = logged_in(consultant)
    clock.shift(600)
    refreshed = Api().post("/auth/refresh", {"refreshToken": pair["refreshToken"]}).data["accessToken"]
    assert asks_for_a_login(Api().bear(refreshed).put(BANK, FACTS))
    assert logged_in(consultant)[0].put(BANK, FACTS).status == 200


def test_nothing_of_what_was_sent_too_late_is_looked_at(clock: Any, consultant: Consultant) -> None:
    app, _pair = logged_in(consultant)
    clock.shift(301)
    assert asks_for_a_login(app.put(BANK, {"accountNumber": "12"}))


def test_app_and_page_have_one_setting(clock: Any, consultant: Consultant, settings: Any) -> None:
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 60
    app, _pair = logged_in(consultant)
    clock.shift(61)
    late = app.put(BANK, FACTS)
    assert (late.status, late.message) == (401, "Log in again: this may only be done within 1 minute after it.")


def test_whoever_has_no_such_page_is_told_that_first(clock: Any, client_user: Any) -> None:
    app = api_of(client_user)
    clock.shift(301)
    assert app.put(BANK, FACTS).code == "PERMISSION_DENIED"


def test_the_owner_is_told_of_each_change_with_the_number_masked(consultant: Consultant) -> None:
    app = api_of(consultant.user)
    app.put(BANK, FACTS)
    app.put(BANK, FACTS)  # nothing has changed
    app.patch(BANK, {"accountNumber": "999988887777"})
    told = OutgoingMail.objects.filter(template="bank_account_changed").order_by("created_at")
    assert {mail.to for mail in told} == {consultant.user.email}
    assert ["XXXXXXXX4321" in mail.sealed_context for mail in told] == [True, False]
    assert ["XXXXXXXX7777" in mail.sealed_context for mail in told] == [False, True]
    assert not any("99998888" in mail.sealed_context for mail in told)
