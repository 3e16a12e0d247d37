"""A statement of account: to the paisa, however it is added up."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from consultants.models import Consultant
from naksha.money import rupees, share
from naksha.testing import make_consultant
from payments import payable, periods, withholding
from payments.documents import statement as drawn
from payments.models import LedgerEntry, Payment
from payments.services import refund_by_hand
from payments.statement import movements_of, periods_of, statement_of
from payments.testing import FakePayable, paid

pytestmark = pytest.mark.django_db
PAGE = reverse("money:statement")
MARCH = datetime(2026, 3, 31, 18, 0, tzinfo=UTC)  # 23:30 in India, the year's last half hour
APRIL = datetime(2026, 3, 31, 18, 30, tzinfo=UTC)  # the next year's first moment
NOVEMBER = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)


class Sold(FakePayable):
    """Something of that price, with 18 % GST."""

    def __init__(self, price: int, name: str = "Farhan Qureshi") -> None:
        super().__init__()
        self.price, self.name, self.fee_basis_points = price, name, 1_000

    def invoice_facts(self) -> payable.InvoiceFacts:
        gst = 2 * share(self.price, 900)
        return replace(
            super().invoice_facts(), price_paise=self.price, tax_paise=gst, total_paise=self.price + gst,
            client_name=self.name,
        )  # fmt: skip


Sell = Callable[..., Payment]


@pytest.fixture
def sell(fake_gateway: Any, consultant: Consultant) -> Iterator[Sell]:
    """Sells something at a moment. Bookings can't be moved in time: the database has its own clock."""
    sold: dict[Any, Sold] = {}
    payable.register("fake", lambda payable_id: sold[payable_id])

    def sell_one(moment: datetime, price: int, name: str = "Farhan Qureshi", to: Consultant | None = None) -> Payment:
        with time_machine.travel(moment, tick=False):
            one = Sold(price, name)
            sold[one.payable_id] = one
            return paid(one, to or consultant, one.invoice_facts().total_paise, payer_name=name)

    yield sell_one
    payable.unregister("fake")


@pytest.fixture
def moved(sell: Sell, consultant: Consultant) -> list[Payment]:
    """A payment at the end of one year, one at the beginning of the next, a refund of the first in November."""
    Consultant.objects.filter(pk=consultant.pk).update(registration="regular", gstin="27AAPFU0939F1ZV")
    consultant.refresh_from_db()
    made = [sell(MARCH, 99_999), sell(APRIL, 77_701)]
    with time_machine.travel(NOVEMBER, tick=False):
        refund_by_hand(payment=made[0], amount_paise=33_333, seen_refunding_paise=0, reason="x", actor=consultant.user)
    sell(NOVEMBER, 50_000, to=make_consultant())
    return made


def raw(consultant: Consultant, begins: datetime, ends: datetime) -> int:
    """What the consultant's account gained, added up entry by entry."""
    entries = LedgerEntry.objects.filter(account__consultant=consultant).select_related("transaction")
    return -sum(entry.amount_paise for entry in entries if begins <= entry.transaction.occurred_at < ends)


def year(name: str) -> periods.Year:
    found = periods.Year.named(name)
    assert found is not None
    return found


def test_it_agrees_with_the_raw_ledger_to_the_paisa(consultant: Consultant, moved: list[Payment]) -> None:
    beginning = datetime(2020, 1, 1, tzinfo=UTC)
    spans = [year("2025-26"), year("2026-27"), *year("2026-27").months, *year("2025-26").months]
    for period in spans:
        told = statement_of(consultant, period)
        assert told.opening == raw(consultant, beginning, period.begins)
        assert told.closing == raw(consultant, beginning, period.ends)
        made = list(movements_of(told))
        assert told.opening + sum(one.yours for one in made) == told.closing
        assert told.paid_out == 0
        assert sum(one.gross for one in made) == told.sums.earned
        assert sum(one.fee + one.fee_tax for one in made) == -told.sums.charged
        assert [one.balance for one in made][-1:] == ([told.closing] if made else [])
        assert sum(span.yours for span in told.spans) == sum(one.yours for one in made)
        assert sum(span.movements for span in told.spans) == len(made)


def test_years_begin_in_april_in_india(consultant: Consultant, moved: list[Payment]) -> None:
    first, second = statement_of(consultant, year("2025-26")), statement_of(consultant, year("2026-27"))
    assert (first.opening, first.sums.received, first.movements) == (0, moved[0].captured_paise, 1)
    assert (second.opening, second.sums.received) == (first.closing, moved[1].captured_paise)
    assert (second.sums.refunded, second.movements) == (33_333, 2)
    assert [one.name for one in periods_of(consultant, NOVEMBER)] == ["2026-27", "2025-26"]
    april, november = periods.named("2026-m04"), periods.named("2026-m11")
    assert april is not None
    assert november is not None
    assert statement_of(consultant, april).movements == statement_of(consultant, november).movements == 1


def test_gst_tcs_and_tds_are_told_beside_the_balance(
    desk: Client, consultant: Consultant, moved: list[Payment]
) -> None:
    told = statement_of(consultant, year("2025-26"))
    assert told.taxed.value + told.taxed.gst == moved[0].captured_paise
    assert told.taxed.tcs == 500  # half a percent of ₹999.99
    assert told.tds == 100  # a tenth of a percent
    assert told.closing == told.sums.net  # neither is taken off
    page = desk.get(PAGE, {"period": "2025-26"}).content.decode()
    paper = " ".join(text_of(desk.get(reverse("money:statement_pdf", args=["2025-26"]))).split())
    for words in ("before GST: ₹1.00. It is held back as well", "0.5%: ₹5.00. It is held back"):
        assert words in page
        assert words in paper
    *others, closing = exported(desk, "2025-26")
    assert [line[-2:] for line in others] == [["TCS to be held back", "TDS to be held back"], ["", ""], ["", ""]]
    assert closing[-2:] == ["5.00", "1.00"]


def test_whether_a_person_is_spared_tds_is_said_by_the_year_of_its_months_too(
    desk: Client, consultant: Consultant, moved: list[Payment], monkeypatch: pytest.MonkeyPatch
) -> None:
    consultant.pan = "AAPPU0939F"
    consultant.save()
    april = periods.named("2026-m04")  # ₹777.01, of which the refund in November leaves the year less than ₹600
    assert april is not None
    monkeypatch.setattr(withholding, "TDS_SPARED_PAISE", 60_000)
    assert statement_of(consultant, april).tds == statement_of(consultant, year("2026-27")).tds == 0
    assert "TDS" not in desk.get(PAGE, {"period": "2026-m04"}).content.decode()
    monkeypatch.setattr(withholding, "TDS_SPARED_PAISE", 40_000)
    assert statement_of(consultant, april).tds == 78


@pytest.mark.parametrize(
    "name",
    ["", "2026", "2026-28", "1926-27", "2026-m13", "2026-m00", "9999-00", "x" * 400, "\u0662\u0660\u0662\u0666-27"],
)
def test_what_is_no_period_is_answered_clearly(desk: Client, name: str) -> None:
    assert periods.named(name) is None
    if name:
        answer = desk.get(PAGE, {"period": name})
        assert answer.status_code == 400
        assert "There is no such month or financial year." in answer.content.decode()
        for kind in ("pdf", "csv"):
            assert desk.get(reverse(f"money:statement_{kind}", args=[name])).status_code == 404


@pytest.fixture
def desk(client: Client, consultant: Consultant) -> Client:
    client.force_login(consultant.user)
    return client


def exported(desk: Client, name: str) -> list[list[str]]:
    return rows_in(desk.get(reverse("money:statement_csv", args=[name])))


def rows_in(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode().removeprefix("\ufeff"))))


def test_the_file_opens_moves_and_closes(desk: Client, consultant: Consultant, moved: list[Payment]) -> None:
    head, opening, *lines, closing = exported(desk, "2026-27")
    told = statement_of(consultant, year("2026-27"))
    balance, yours = head.index("Balance"), head.index("Yours")
    assert {len(line) for line in (opening, *lines, closing)} == {len(head)}
    assert (opening[1], Decimal(opening[balance]) * 100) == ("Opening balance", told.opening)
    assert (closing[1], Decimal(closing[balance]) * 100) == ("Closing balance", told.closing)
    assert [line[1] for line in lines] == ["Payment", "Given back"]
    assert lines[1][5].startswith("CN/")
    assert Decimal(opening[balance]) + sum(Decimal(line[yours]) for line in lines) == Decimal(closing[balance])


def test_the_files_say_what_the_page_said_that_led_to_them(
    desk: Client, consultant: Consultant, sell: Sell, moved: list[Payment]
) -> None:
    later = NOVEMBER + timedelta(hours=1)
    with time_machine.travel(later, tick=False):
        desk.force_login(consultant.user)
        page = desk.get(PAGE, {"period": "2026-27"})
        pdf, file = (
            re.search(rf'href="({reverse(f"money:statement_{kind}", args=["2026-27"])}[^"]*)"', page.content.decode())
            for kind in ("pdf", "csv")
        )
    assert pdf
    assert file
    sell(later, 10_000)  # at the very moment, and after it
    sell(later + timedelta(minutes=1), 20_000)
    told = page.context["statement"]
    said = "Up to 20 November 2026, 13:00:00 in India. What came later is not in it."
    with time_machine.travel(later + timedelta(hours=1), tick=False):
        desk.force_login(consultant.user)
        paper = " ".join(text_of(desk.get(unescape(pdf[1]))).split())
        *_, last, closing = rows_in(desk.get(unescape(file[1])))
        assert exported(desk, "2026-27")[-1][0] == "2026-11-20 14:00"
        assert len(exported(desk, "2026-27")) == 7  # all there is by then
    assert said in page.content.decode()
    assert said in paper
    assert f"Closing balance {rupees(told.closing)}" in paper
    assert (closing[0], Decimal(closing[-3]) * 100, last[1]) == ("2026-11-20 13:00", told.closing, "Given back")


def test_a_year_that_is_over_is_whole_and_says_no_moment(desk: Client, moved: list[Payment]) -> None:
    page = desk.get(PAGE, {"period": "2025-26"}).content.decode()
    assert "Up to" not in page
    assert f'{reverse("money:statement_csv", args=["2025-26"])}"' in page
    assert exported(desk, "2025-26")[-1][0] == "2026-04-01 00:00"


@pytest.mark.parametrize(
    "at",
    [
        "yesterday",
        "2026-11-20T06:30:00",
        "2026-11-20T06:30:00+99:00",
        "2026-03-31T18:29:59Z",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_what_is_no_moment_of_the_period_has_no_files(desk: Client, at: str) -> None:
    for kind in ("pdf", "csv"):
        assert desk.get(reverse(f"money:statement_{kind}", args=["2026-27"]), {"at": at}).status_code == 404


def test_of_a_moment_to_come_nothing_is_known_but_what_is_there_now(desk: Client, moved: list[Payment]) -> None:
    answer = desk.get(reverse("money:statement_csv", args=["2026-27"]), {"at": "9999-12-31T23:59:59-14:00"})
    closing = rows_in(answer)[-1]
    assert closing[0] < "2027-04-01"
    assert closing[-3] == exported(desk, "2026-27")[-1][-3]


def test_a_name_that_is_a_formula_stays_a_name(desk: Client, moved: list[Payment]) -> None:
    Payment.objects.update(payer_name="=cmd|calc", description="@SUM(1)")
    assert [line[2:4] for line in exported(desk, "2026-27")[2:4]] == [["'=cmd|calc", "'@SUM(1)"]] * 2


def text_of(answer: Any) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)


def test_the_pdf_says_the_same_and_leaves_a_long_list_to_the_file(
    desk: Client, consultant: Consultant, sell: Sell, moved: list[Payment], monkeypatch: pytest.MonkeyPatch
) -> None:
    sell(NOVEMBER, 10_001, 'Zoë \u202e<b>#import "x"</b> [' + "x" * 60)
    url = reverse("money:statement_pdf", args=["2026-27"])
    page = text_of(desk.get(url))
    told = statement_of(consultant, year("2026-27"))
    for words in ("Statement of account", "1 April 2026 to 31 March 2027", "Each movement", "November 2026", "#import"):
        assert words in page
    for _label, paise, _strong in drawn.balance_lines(told):
        assert f"{abs(paise) // 100 % 1000}.{abs(paise) % 100:02d}" in page
    monkeypatch.setattr(drawn, "MOST_LISTED", 2)
    short = text_of(desk.get(url))
    assert "Each movement" not in short
    assert "3 movements: each of them stands in the CSV file" in short


def test_the_page_costs_the_same_for_more_and_shows_the_year(
    desk: Client, consultant: Consultant, sell: Sell, moved: list[Payment], django_assert_num_queries: Any
) -> None:
    with time_machine.travel(NOVEMBER, tick=False):
        desk.force_login(consultant.user)
        page = desk.get(PAGE)
        assert "All of 2026-27" in page.content.decode()
        assert page.context["period"].name == "2026-27"
        with django_assert_num_queries(13):
            desk.get(PAGE)
        for minutes in range(1, 5):
            sell(NOVEMBER + timedelta(minutes=minutes), 10_000)
        with django_assert_num_queries(13):
            desk.get(PAGE)


def test_a_long_year_is_read_some_at_a_time(
    desk: Client, consultant: Consultant, moved: list[Payment], django_assert_num_queries: Any
) -> None:
    exported(desk, "2026-27")
    with django_assert_num_queries(13):
        exported(desk, "2026-27")
    with django_assert_num_queries(13):
        exported(desk, "2025-26")


def test_anothers_account_is_not_told(client: Client, other_consultant: Consultant, moved: list[Payment]) -> None:
    client.force_login(other_consultant.user)
    assert client.get(PAGE).context["statement"].closing == 0
    assert len(exported(client, "2026-27")) == 3
