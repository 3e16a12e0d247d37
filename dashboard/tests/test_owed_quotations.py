"""What is owed for accepted quotations: one rule, wherever it is told."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from consultants.models import Consultant
from dashboard.clients.history import sums_of
from naksha.testing import make_client
from payments.services import refund_by_hand
from payments.testing import work_through
from quotations.models import Quotation
from quotations.services import call_off
from quotations.testing import make_accepted, make_sent, pay_part

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def offers(consultant: Consultant, fake_gateway: Any) -> list[Quotation]:
    """Each state that money can be in, all of one client: ₹25,000, ₹12,500 and ₹12,500 are left to pay."""
    client = make_client(consultant)

    def accepted() -> Quotation:
        return make_accepted(consultant, client=client, deposit_points=5_000)[0]

    _unpaid, deposit, whole, part, gone, ended = (accepted() for _ in range(6))
    make_sent(consultant, client=client)
    pay_part(fake_gateway, deposit)
    pay_part(fake_gateway, whole, "all")
    for quotation, paise in ((part, 100), (gone, 1_250_000)):
        payment = pay_part(fake_gateway, quotation)
        refund_by_hand(
            payment=payment, amount_paise=paise, seen_refunding_paise=0, reason="Cut short", actor=consultant.user
        )
    call_off(quotation=ended, actor=consultant.user, reason="Ill.")
    return list(Quotation.objects.filter(client=client).select_related("client"))


def test_the_row_and_the_query_say_the_same(offers: list[Quotation]) -> None:
    by_row = {one.pk: one.owed_paise for one in offers if one.owed_paise}
    assert dict(Quotation.objects.owing().values_list("pk", "owed")) == by_row
    assert sorted(by_row.values()) == [1_250_000, 1_250_000, 2_500_000]


def test_every_page_says_it(offers: list[Quotation], consultant: Consultant, client: Client) -> None:
    client.force_login(consultant.user)
    assert client.get(reverse("money:due")).context["owing"].paise == 5_000_000
    assert client.get(reverse("quotations:list")).context["sums"]["owed_paise"] == 5_000_000
    assert sums_of(offers[0].client).owed == 5_000_000


def test_the_gateways_later_word_changes_nothing(offers: list[Quotation], client: Client) -> None:
    before = dict(Quotation.objects.owing().values_list("pk", "owed"))
    work_through()
    assert dict(Quotation.objects.owing().values_list("pk", "owed")) == before


def test_who_owes_it_can_not_leave_before(consultant: Consultant, client_user: User) -> None:
    from client_area.services.erasing import reasons_against
    from naksha.db import db_now

    quotation, _token = make_accepted(consultant, client=make_client(consultant, user=client_user))
    (reason,) = reasons_against(client_user, "Asia/Kolkata", db_now())
    assert "₹25,000.00 of quotation" in reason.words
    call_off(quotation=quotation, actor=consultant.user, reason="Ill.")
    assert reasons_against(client_user, "Asia/Kolkata", db_now()) == []
