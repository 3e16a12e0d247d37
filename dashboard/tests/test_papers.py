"""Invoices and credit notes on the consultant's desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bookings.testing import details, make_paid, payment_of
from consultants.models import Consultant
from naksha.testing import next_slot_start
from payments.models import Invoice
from payments.services import refund_by_hand

pytestmark = pytest.mark.django_db
PAPERS = reverse("money:papers")


@pytest.fixture
def desk(client: Client, consultant: Consultant) -> Client:
    client.force_login(consultant.user)
    return client


@pytest.fixture
def issued(fake_gateway: Any, consultant: Consultant) -> list[Invoice]:
    """An invoice, a credit note on it, and the receipt for another client's advance."""
    booking, _token = make_paid(fake_gateway, consultant)
    refund_by_hand(
        payment=payment_of(booking), amount_paise=5_000, seen_refunding_paise=0, reason="x", actor=consultant.user
    )
    gita = details(name="Gita <b>Nair", email="gita@example.com")
    make_paid(fake_gateway, consultant, deposit_paise=50_000, starts_at=next_slot_start(4), details=gita)
    return list(Invoice.objects.order_by("issued_at", "pk"))


def numbers(desk: Client, **query: str) -> list[str]:
    return [paper.number for paper in desk.get(PAPERS, query).context["page"]]


def test_the_list_has_every_document_with_its_file(desk: Client, issued: list[Invoice]) -> None:
    page = desk.get(PAPERS).content.decode()
    assert numbers(desk) == [paper.number for paper in reversed(issued)]
    for paper in issued:
        assert reverse("money:document", args=[paper.pk]) in page
    for words in ("−₹50.00", "Credit note", "Receipt for an advance", "Gita &lt;b&gt;Nair"):
        assert words in page


def test_it_is_narrowed_by_kind_words_and_year(desk: Client, issued: list[Invoice]) -> None:
    invoice, note, receipt = (paper.number for paper in issued)
    assert numbers(desk, kind="invoices") == [invoice]
    assert numbers(desk, kind="back") == [note]
    assert numbers(desk, kind="advances") == [receipt]
    assert numbers(desk, q="gita") == numbers(desk, q=receipt) == [receipt]
    assert numbers(desk, q="\0zebra") == []
    assert "No document fits" in desk.get(PAPERS, {"q": "zebra"}).content.decode()
    year = issued[0].financial_year
    assert len(numbers(desk, year=year)) == len(numbers(desk, year="1900-01")) == 3


def test_it_takes_the_same_queries_for_more_documents(
    desk: Client, consultant: Consultant, fake_gateway: Any, issued: list[Invoice], django_assert_num_queries: Any
) -> None:
    desk.get(PAPERS)
    with django_assert_num_queries(9):
        desk.get(PAPERS)
    for day in range(5, 9):
        make_paid(fake_gateway, consultant, starts_at=next_slot_start(day))
    with django_assert_num_queries(9):
        assert len(numbers(desk)) == 7


def test_an_open_list_gets_a_document_as_it_is_issued(desk: Client, consultant: Consultant, fake_gateway: Any) -> None:
    rows = reverse("money:paper_rows")
    empty = desk.get(rows)
    assert "No invoice has been issued yet" in empty.content.decode()
    seen = {"HTTP_IF_NONE_MATCH": empty.headers["ETag"]}
    assert desk.get(rows, **seen).status_code == 304
    make_paid(fake_gateway, consultant)
    assert Invoice.objects.get().number in desk.get(rows, **seen).content.decode()


def test_anothers_documents_are_not_there(client: Client, other_consultant: Consultant, issued: list[Invoice]) -> None:
    client.force_login(other_consultant.user)
    assert numbers(client) == []
    assert client.get(reverse("money:document", args=[issued[0].pk])).status_code == 404
