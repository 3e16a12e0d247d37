"""The consultant's payments: the list, the file of it, and one of them."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from bookings.testing import details, make_held, make_paid, payment_of
from consultants.models import Consultant
from dashboard.tests import scene
from dashboard.tests.scene import text
from naksha.testing import next_slot_start
from payments.models import Invoice, Payment
from payments.services import ensure_order, refund_by_hand
from payments.services.settling import ask_and_record
from payments.testing import paid, work_through

pytestmark = pytest.mark.django_db
LIST = reverse("money:list")
desk, payment = scene.owner, scene.payment


def rows(desk: Client, **query: Any) -> list[Payment]:
    return [row.payment for row in desk.get(LIST, query).context["rows"]]


# --- the list ---------------------------------------------------------------------------------------


def test_the_list_says_what_came_from_whom_and_how_it_stands(desk: Client, payment: Payment) -> None:
    page = text(desk.get(LIST))
    for words in ("Farhan Qureshi", "First call", "UPI", "Paid", "₹1,500.00", "−₹150.00", "−₹27.00", "₹1,323.00"):
        assert words in page
    assert reverse("money:one", args=[payment.pk]) in page


def test_it_takes_the_same_queries_for_one_and_for_many(
    desk: Client, consultant: Consultant, fake_gateway: Any, payment: Payment, django_assert_num_queries: Any
) -> None:
    desk.get(LIST)
    with django_assert_num_queries(12):
        desk.get(LIST)
    for day in range(3, 9):
        make_paid(fake_gateway, consultant, starts_at=next_slot_start(day))
    with django_assert_num_queries(12):
        assert text(desk.get(LIST)).count('scope="row"') == 7


def test_what_is_looked_for_and_in_which_order_stands_in_the_address(
    desk: Client, consultant: Consultant, fake_gateway: Any, payment: Payment
) -> None:
    gita = details(email="gita@example.com", name="Gita Nair")
    small = payment_of(
        make_paid(fake_gateway, consultant, price_paise=50_000, starts_at=next_slot_start(3), details=gita)[0]
    )
    held = payment_of(make_held(consultant, starts_at=next_slot_start(4), details=gita)[0])
    refund_by_hand(payment=small, amount_paise=50_000, seen_refunding_paise=0, reason="Sorry", actor=consultant.user)
    work_through()
    assert rows(desk) == [held, small, payment]
    assert rows(desk, order="createdAt") == [payment, small, held]
    assert rows(desk, order="amount")[0] == small
    assert rows(desk, order="-refunded")[0] == small
    assert rows(desk, order="payer")[0] == payment
    assert rows(desk, q="gita") == [held, small]
    assert rows(desk, q=payment.order_id) == [payment]
    assert rows(desk, q=small.attempts.get().gateway_payment_id) == [small]
    assert rows(desk, state="pending") == [held]
    assert rows(desk, state="refunded") == [small]
    assert rows(desk, way="upi") == [small, payment]
    assert rows(desk, way="card") == []
    today = timezone.localtime().date()
    assert rows(desk, **{"from": today - timedelta(days=1), "to": today + timedelta(days=1)}) == [held, small, payment]
    assert rows(desk, to=today - timedelta(days=2)) == []
    assert 'aria-sort="descending"' in text(desk.get(LIST))


def test_a_payment_tried_by_card_and_made_by_upi_came_by_upi(
    desk: Client, consultant: Consultant, fake_gateway: Any
) -> None:
    booking, _token = make_held(consultant)
    payment = ensure_order(payment_of(booking).pk)
    fake_gateway.pay(payment.order_id, "failed", method="card")
    fake_gateway.pay(payment.order_id, method="upi")
    ask_and_record(payment.pk)
    assert (rows(desk, way="upi"), rows(desk, way="card")) == ([payment], [])


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"from": "1926-01-01"}, "Choose a day of this century."),
        ({"from": "2001-01-01", "to": "2099-12-31"}, "Choose ten years at most."),
        ({"from": "2026-05-02", "to": "2026-05-01"}, "The last day is before the first."),
        ({"state": "stolen"}, "stolen"),
        ({"to": "next week"}, "next week"),
    ],
)
def test_a_wrong_filter_is_told_beside_it_and_what_was_typed_stays(
    desk: Client, payment: Payment, query: dict[str, str], said: str
) -> None:
    answer = desk.get(LIST, query)
    assert answer.status_code == 400
    assert said in text(answer)
    assert "First call" not in text(answer)
    assert desk.get(reverse("money:export"), query).status_code == 400
    assert desk.get(reverse("money:rows"), query).status_code == 200


def test_an_empty_list_says_what_to_do(desk: Client, consultant: Consultant) -> None:
    assert consultant.get_absolute_url() in text(desk.get(LIST)).split("Nobody has paid yet")[1]
    assert "No payment fits all of that" in text(desk.get(LIST, {"q": "zebra"}))


def test_an_open_list_gets_the_new_one_when_something_has_changed(
    desk: Client, consultant: Consultant, payment: Payment
) -> None:
    page = desk.get(LIST)
    assert 'data-live-on="payments"' in text(page)
    url, seen = reverse("money:rows"), {"HTTP_IF_NONE_MATCH": desk.get(reverse("money:rows")).headers["ETag"]}
    assert desk.get(url, **seen).status_code == 304
    refund_by_hand(payment=payment, amount_paise=1, seen_refunding_paise=0, reason="x", actor=consultant.user)
    fresh = desk.get(url, **seen)
    assert fresh.status_code == 200
    assert "on its way" in text(fresh)
    assert "<html" not in text(fresh)


def test_each_change_is_pushed_to_the_consultants_open_pages(
    consultant: Consultant, fake_gateway: Any, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    told: list[tuple[str, str]] = []
    monkeypatch.setattr("naksha.live._send", lambda group, message: told.append((group, message["topic"])))
    ours = (f"bell.{consultant.user_id}", "payments")

    def was_told() -> bool:
        was = ours in told
        told.clear()
        return was

    booking, _token = make_held(consultant)
    payment = ensure_order(payment_of(booking).pk)
    with django_capture_on_commit_callbacks(execute=True):
        fake_gateway.pay(payment.order_id, "failed")
        ask_and_record(payment.pk)
    assert was_told()
    with django_capture_on_commit_callbacks(execute=True):
        fake_gateway.pay(payment.order_id)
        payment = ask_and_record(payment.pk)
    assert was_told()
    with django_capture_on_commit_callbacks(execute=True):
        refund_by_hand(payment=payment, amount_paise=5, seen_refunding_paise=0, reason="x", actor=consultant.user)
    assert was_told()
    with django_capture_on_commit_callbacks(execute=True):
        work_through()
    assert was_told()


def test_another_consultants_money_is_not_there(client: Client, payment: Payment, other_consultant: Consultant) -> None:
    client.force_login(other_consultant.user)
    assert rows(client) == []
    paper = Invoice.objects.get()
    for name, pk in (
        ("one", payment.pk),
        ("parts", payment.pk),
        ("refund", payment.pk),
        ("receipt", payment.pk),
        ("document", paper.pk),
    ):
        assert client.get(reverse(f"money:{name}", args=[pk])).status_code == 404
    assert client.post(reverse("money:refund", args=[payment.pk]), {"amount": "1"}).status_code == 404
    assert b"Farhan" not in b"".join(client.get(reverse("money:export")).streaming_content)


# --- the file ---------------------------------------------------------------------------------------


def exported(desk: Client, **query: Any) -> list[dict[str, str]]:
    answer = desk.get(reverse("money:export"), query)
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode().removeprefix("\ufeff"))))


def test_the_file_has_what_the_list_shows(desk: Client, payment: Payment) -> None:
    (line,) = exported(desk)
    assert line["Client"] == "Farhan Qureshi"
    assert (line["Came in"], line["Platform fee"], line["GST on fee"]) == ("1500.00", "150.00", "27.00")
    assert line["Order at the gateway"] == payment.order_id
    assert exported(desk, state="failed") == []


def test_a_name_that_is_a_formula_stays_a_name(desk: Client, payment: Payment) -> None:
    Payment.objects.update(payer_name="=HYPERLINK(1)", description="+91 call")
    assert exported(desk)[0]["Client"] == "'=HYPERLINK(1)"


def test_the_file_takes_the_same_queries_for_more_rows(
    desk: Client, consultant: Consultant, fake_gateway: Any, payment: Payment, django_assert_num_queries: Any
) -> None:
    exported(desk)
    with django_assert_num_queries(6):
        exported(desk)
    make_paid(fake_gateway, consultant, starts_at=next_slot_start(5))
    with django_assert_num_queries(6):
        assert len(exported(desk)) == 2


# --- one payment ------------------------------------------------------------------------------------


def test_one_payment_tells_its_story_with_its_books_and_papers(desk: Client, payment: Payment) -> None:
    answer = desk.get(reverse("money:one", args=[payment.pk]))
    page = text(answer)
    attempt = payment.attempts.get()
    for words in (
        "₹1,500.00 asked for",
        "₹1,500.00 paid by UPI",
        "Your client paid",
        "at Naksha’s cost",
        "+₹1,323.00",
        payment.order_id,
        attempt.gateway_payment_id,
        Invoice.objects.get().number,
    ):
        assert words in page
    booking = answer.context["story"].subject
    assert booking.url in page
    assert answer.context["story"].totals == {"client": 150_000, "fee": -15_000, "fee_tax": -2_700, "yours": 132_300}


def test_it_takes_the_same_queries_whatever_has_happened(
    desk: Client, consultant: Consultant, payment: Payment, django_assert_num_queries: Any
) -> None:
    page = reverse("money:one", args=[payment.pk])
    desk.get(page)
    with django_assert_num_queries(15):
        desk.get(page)
    for n in range(3):
        refund_by_hand(payment=payment, amount_paise=5, seen_refunding_paise=5 * n, reason="x", actor=consultant.user)
    work_through()
    with django_assert_num_queries(15):
        desk.get(page)


def test_what_went_wrong_is_told_in_words_and_no_secret_of_the_gateways(
    desk: Client, consultant: Consultant, fake_gateway: Any
) -> None:
    booking, _token = make_held(consultant)
    payment = ensure_order(payment_of(booking).pk)
    fake_gateway.pay(
        payment.order_id, "failed", method="card", error_reason="card_declined", raw={"token": "tok_secret"}
    )
    ask_and_record(payment.pk)
    page = text(desk.get(reverse("money:one", args=[payment.pk])))
    assert "A try by Card failed" in page
    assert page.count("The bank declined the card.") == 2
    assert "tok_secret" not in page
    assert "Give money back" not in page


def test_hostile_words_are_only_words(desk: Client, payment: Payment) -> None:
    Payment.objects.update(payer_name="<script>alert(1)</script>\u202egnp", description="x" * 250)
    for page in (LIST, reverse("money:one", args=[payment.pk]), reverse("money:refund", args=[payment.pk])):
        assert "<script>alert(1)" not in text(desk.get(page))


def test_the_papers_are_files_of_its_own(desk: Client, payment: Payment) -> None:
    paper = desk.get(reverse("money:document", args=[Invoice.objects.get().pk]))
    receipt = desk.get(reverse("money:receipt", args=[payment.pk]))
    for answer, words in ((paper, Invoice.objects.get().number), (receipt, "Payment receipt")):
        assert words in PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_payment_of_something_unknown_is_shown_by_its_description(
    desk: Client, consultant: Consultant, fake_gateway: Any, fake_payable: Any
) -> None:
    payment = paid(fake_payable, consultant)
    assert "First call" in text(desk.get(reverse("money:one", args=[payment.pk])))
    assert "First call" in text(desk.get(LIST))
