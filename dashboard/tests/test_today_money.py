"""What a month brought, beside the one before: to the paisa, in the consultant's own days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from consultants.models import Consultant
from dashboard import money
from dashboard.tests.scene import NOON

pytestmark = pytest.mark.django_db


def earn(gateway: Any, payable: Any, consultant: Consultant, when: datetime) -> Any:
    from payments.testing import paid

    with time_machine.travel(when, tick=False):
        return paid(payable, consultant)


def test_money_is_what_came_less_what_went_back(consultant: Consultant, fake_gateway: Any, fake_payable: Any) -> None:
    from payments.services import request_refund

    this = earn(fake_gateway, fake_payable, consultant, NOON - timedelta(days=2))
    told = money.money_of(consultant, NOON.date())
    assert told.received == this.captured_paise
    assert told.fees == this.fee_paise + this.fee_tax_paise
    assert told.yours + told.fees == told.received
    with time_machine.travel(NOON, tick=False):
        request_refund(
            payable_kind=this.payable_kind, payable_id=this.payable_id, amount_paise=this.captured_paise,
            reason="Declined", actor=consultant.user, key="once",
        )  # fmt: skip
    assert money.money_of(consultant, NOON.date()).received == 0


def test_the_month_before_counts_up_to_the_same_day(
    consultant: Consultant, fake_gateway: Any, fake_payable: Any
) -> None:
    one = earn(fake_gateway, fake_payable, consultant, datetime(2026, 10, 20, 12, tzinfo=UTC))
    told = money.money_of(consultant, NOON.date())
    assert (told.received, told.received_before, told.less) == (0, one.captured_paise, one.captured_paise)
    early = money.money_of(consultant, datetime(2026, 11, 19).date())
    assert early.received_before == 0


def test_a_payment_at_midnight_belongs_to_the_consultants_day(
    consultant: Consultant, fake_gateway: Any, fake_payable: Any
) -> None:
    one = earn(fake_gateway, fake_payable, consultant, datetime(2026, 10, 31, 18, 31, tzinfo=UTC))  # 1 Nov in India
    assert money.money_of(consultant, NOON.date()).received == one.captured_paise


def test_another_consultants_money_is_not_counted(
    consultant: Consultant, other_consultant: Consultant, fake_gateway: Any, fake_payable: Any
) -> None:
    earn(fake_gateway, fake_payable, other_consultant, NOON)
    assert money.money_of(consultant, NOON.date()).received == 0


@pytest.mark.parametrize(
    ("this", "before"),
    [([0, 100], [0] * 31), ([5_00_000_00], [1] * 28), ([-50_000, 20_000], [0, 0, 90_000]), ([1], [1]), ([0], [7])],
)
def test_a_chart_stays_within_its_frame(this: list[int], before: list[int]) -> None:
    chart = money._chart(this, before, 30)
    ys = [float(point.split()[1]) for path in (chart.this, chart.before) for point in path[1:].split("L")]
    assert all(money.TOP - 1 <= y <= money.BASE + 1 for y in ys)
    assert 1 <= len(chart.lines) <= 5


@pytest.mark.parametrize("today", ["2026-03-31", "2028-02-29", "2026-01-01", "9999-11-30"])
def test_every_day_has_a_month_before(consultant: Consultant, today: str) -> None:
    from datetime import date

    assert money.money_of(consultant, date.fromisoformat(today)).received == 0
