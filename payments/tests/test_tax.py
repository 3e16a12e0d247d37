"""GST to the paisa, the place it is for, the year it falls in, and the sum in words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments import tax

prices = st.integers(100, 10_000_000_00)
rates = st.sampled_from([0, 500, 1200, 1800, 2800])


def test_within_a_state_the_two_halves_are_equal() -> None:
    split = tax.on_price(150_000, basis_points=1800, within_state=True, total=177_000)
    assert split == tax.Split(150_000, 13_500, 13_500, 0, 0, 177_000)


def test_between_states_it_is_one_tax() -> None:
    split = tax.on_price(150_000, basis_points=1800, within_state=False, total=177_000)
    assert split == tax.Split(150_000, 0, 0, 27_000, 0, 177_000)


def test_each_tax_is_rounded_half_up_and_the_rest_is_the_round_off() -> None:
    # 9 % of 1,500.50 is 135.045: 135.05 twice, one paisa more than 18 % rounded once.
    split = tax.on_price(150_050, basis_points=1800, within_state=True, total=177_059)
    assert (split.cgst, split.sgst, split.round_off) == (13_505, 13_505, -1)


def test_an_advance_contains_its_tax() -> None:
    assert tax.within(118_000, basis_points=1800, within_state=False) == tax.Split(100_000, 0, 0, 18_000, 0, 118_000)
    odd = tax.within(100, basis_points=1800, within_state=True)
    assert odd == tax.Split(84, 8, 8, 0, 0, 100)


@given(prices, rates, st.booleans())
def test_the_parts_of_a_sum_add_up_to_it(total: int, rate: int, within_state: bool) -> None:
    split = tax.within(total, basis_points=rate, within_state=within_state)
    assert split.taxable + split.tax + split.round_off == total
    assert split.cgst == split.sgst
    assert abs(split.taxable * rate - split.tax * 10_000) <= 13_000


@given(prices, rates, st.booleans(), st.lists(st.integers(1, 10_000_000), min_size=1, max_size=6))
def test_what_is_taken_back_bit_by_bit_is_the_whole_in_the_end(
    price: int, rate: int, within_state: bool, bits: list[int]
) -> None:
    total = price + 2 * ((price * rate // 2 + 5_000) // 10_000)
    whole = tax.on_price(price, basis_points=rate, within_state=within_state, total=total)
    before, taken = 0, []
    for bit in [*bits, total]:
        amount = min(bit, total - before)
        if amount:
            taken.append(tax.part(whole, before=before, amount=amount))
            before += amount
    for name in ("taxable", "cgst", "sgst", "igst", "round_off", "total"):
        assert sum(getattr(one, name) for one in taken) == getattr(whole, name)
    assert all(one.cgst == one.sgst and abs(one.round_off) <= 2 for one in taken)


@pytest.mark.parametrize(
    ("gstin", "state", "place"),
    [
        ("29AAGCB7383J1Z4", "27", "29"),  # a registered recipient's own State
        ("29AAGCB7383J1Z5", "24", "24"),  # a number that is none does not count
        ("", "24", "24"),
        ("", "", "27"),
        ("", "ZZ", "27"),
        ("", "96", "96"),
    ],
)
def test_the_place_of_supply(gstin: str, state: str, place: str) -> None:
    assert tax.place_of_supply(supplier_state="27", recipient_gstin=gstin, recipient_state=state) == place


@given(prices, rates, st.booleans(), st.lists(st.integers(0, 1_000_000_00), min_size=1, max_size=50))
def test_a_price_divided_among_lines_adds_up_to_it_in_every_tax(
    price: int, rate: int, within: bool, weights: list[int]
) -> None:
    weights[0] += 1
    total = price + 2 * tax.share(price, rate // 2)
    whole = tax.on_price(price, basis_points=rate, within_state=within, total=total)
    parts = tax.divided(whole, weights)
    for name in ("taxable", "cgst", "sgst", "igst"):
        assert sum(getattr(part, name) for part in parts) == getattr(whole, name)
    assert sum(part.total for part in parts) + whole.round_off == total
    assert all(part.cgst == part.sgst and part.total == part.taxable + part.tax for part in parts)
    assert all(part.total == 0 for part, weight in zip(parts, weights, strict=True) if not weight)


def test_states_have_names_and_some_territories_a_tax_of_their_own() -> None:
    assert tax.state_name("38") == "Ladakh"
    assert tax.state_name("97") == "Other Territory"
    assert tax.state_name("00") == ""
    assert [tax.state_tax_name(code) for code in ("27", "07", "34", "04", "38")] == [
        "SGST", "SGST", "SGST", "UTGST", "UTGST",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("moment", "day", "year"),
    [
        (datetime(2027, 3, 31, 18, 29, tzinfo=UTC), date(2027, 3, 31), "2026-27"),
        (datetime(2027, 3, 31, 18, 30, tzinfo=UTC), date(2027, 4, 1), "2027-28"),
        (datetime(2099, 12, 31, 0, 0, tzinfo=UTC), date(2099, 12, 31), "2099-00"),
    ],
)
def test_the_year_turns_at_midnight_in_india(moment: datetime, day: date, year: str) -> None:
    assert tax.issue_date(moment) == day
    assert tax.financial_year(day) == year


@pytest.mark.parametrize(
    ("paise", "words"),
    [
        (12_345_650, "Rupees One Lakh Twenty-Three Thousand Four Hundred Fifty-Six and Paise Fifty Only"),
        (0, "Rupees Zero Only"),
        (1, "Rupees Zero and Paise One Only"),
        (177_000, "Rupees One Thousand Seven Hundred Seventy Only"),
        (10_000_000_00, "Rupees One Crore Only"),
        (123_00_00_000_00, "Rupees One Hundred Twenty-Three Crore Only"),
        (100_019, "Rupees One Thousand and Paise Nineteen Only"),
        (101_00, "Rupees One Hundred One Only"),
    ],
)
def test_a_sum_in_words(paise: int, words: str) -> None:
    assert tax.in_words(paise) == words
