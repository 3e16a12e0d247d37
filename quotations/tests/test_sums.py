"""The rule of rounding (quotations.sums): whatever is typed, the parts make the total to the paisa."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payments import invoices, tax
from payments.payable import InvoiceFacts, InvoiceLine
from quotations.sums import MOST_PAISE, MOST_QUANTITY, WHOLE, deposit_of, line_sum, split_of, sums

EASY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
POINTS = st.integers(0, WHOLE)
LINES = st.lists(
    st.builds(
        line_sum,
        quantity=st.integers(1, MOST_QUANTITY),
        unit_paise=st.integers(0, 10_000_000),
        discount_points=POINTS,
    ),
    min_size=1,
    max_size=6,
)


@EASY
@given(LINES, POINTS, st.sampled_from([0, 1_800]), st.booleans())
def test_lines_less_discounts_plus_gst_are_the_total_to_the_paisa(lines, discount, gst, within):
    found = sums(lines, discount_points=discount, gst_points=gst, within_state=within)
    gross = sum(line.gross for line in lines)
    off = sum(line.discount for line in lines) + found.discount
    assert gross - off + found.tax == found.total
    split = found.split
    assert split.taxable + split.cgst + split.sgst + split.igst + split.round_off == found.total == split.total
    assert abs(split.round_off) <= 1
    assert 0 <= found.discount <= found.subtotal <= gross


@EASY
@given(LINES, POINTS)
def test_the_total_does_not_depend_on_the_state(lines, discount):
    here = sums(lines, discount_points=discount, gst_points=1_800, within_state=True)
    there = sums(lines, discount_points=discount, gst_points=1_800, within_state=False)
    assert here.total == there.total
    assert here.split.igst == 0
    assert there.split.cgst == there.split.sgst == 0


@EASY
@given(LINES, POINTS, st.sampled_from([0, 1_800]), st.booleans(), st.booleans())
def test_each_line_of_its_invoice_adds_up_and_all_of_them_to_the_whole(lines, discount, gst, within, still_registered):
    found = sums(lines, discount_points=discount, gst_points=gst, within_state=within)
    facts = InvoiceFacts(
        reference="QT/2627/00001",
        description="Audit",
        currency="INR",
        price_paise=found.taxable,
        tax_paise=found.tax,
        total_paise=found.total,
        gst_basis_points=gst,
        fee_basis_points=0,
        client_name="Farhan Qureshi",
        client_email="farhan@example.com",
        lines=tuple(InvoiceLine("Books", "1", line.gross, line.gross, line.net) for line in lines),
    )
    split = found.split if still_registered else tax.untaxed(found.total)
    shown = invoices.lines_of(facts, split, {"sac": "998399"})
    for line in shown:
        assert int(line["quantity"]) * line["price_paise"] - line["discount_paise"] == line["taxable_paise"]
        assert line["discount_paise"] >= 0
    for name in ("taxable", "cgst", "sgst", "igst"):
        assert sum(line[f"{name}_paise"] for line in shown) == getattr(split, name)


@EASY
@given(st.integers(0, 2 * MOST_PAISE), POINTS)
def test_a_deposit_and_the_rest_can_both_be_paid(total, points):
    first = deposit_of(total, points)
    assert first == 0 or (100 <= first <= total and (total - first >= 100))


def test_each_step_is_rounded_half_up_by_itself():
    line = line_sum(quantity=333, unit_paise=15_015, discount_points=333)  # 3.33 × ₹150.15 = ₹499.9995
    assert (line.gross, line.discount, line.net) == (50_000, 1_665, 48_335)
    found = sums([line, line], discount_points=1_250, gst_points=1_800, within_state=False)
    assert (found.subtotal, found.discount, found.taxable) == (96_670, 12_084, 84_586)
    assert (found.tax, found.total) == (15_226, 99_812)
    assert (found.split.igst, found.split.round_off) == (15_225, 1)


def test_a_document_shows_the_same_split_as_the_invoice_will():
    split = split_of(84_586, total=99_812, gst_points=1_800, within_state=True)
    assert split == tax.on_price(84_586, basis_points=1_800, within_state=True, total=99_812)


@pytest.mark.parametrize(("total", "points", "first"), [(100_000, 5_000, 50_000), (150, 1, 0), (1_000, 9_900, 0)])
def test_no_part_is_less_than_a_rupee(total, points, first):
    assert deposit_of(total, points) == first
