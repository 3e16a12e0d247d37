"""What a quotation comes to. All amounts are paise, shares basis points, quantities hundredths (1.5 hours are 150).

The rule of rounding, stated here and nowhere else. Each step is rounded half up to the paisa by itself, in this order:

1. a line before its discount: quantity × price;
2. the line's discount, its share of that;
3. the discount on the whole, its share of what the lines leave;
4. GST on what is left then: two equal halves (consultants.pricing.gst), so that the total is the same whether the
   supply stays within a State or crosses into another.

So lines − discounts + GST = total, to the paisa. Nothing here reads the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from consultants.pricing import gst
from naksha.money import share
from payments import tax
from payments.tax import Split

WHOLE = 10_000  # basis points
MOST_PAISE = 1_000_000_000  # a crore of rupees before GST: with it, still within what a payment can hold
MOST_QUANTITY = 1_000_000  # ten thousand


@dataclass(frozen=True)
class LineSum:
    gross: int
    discount: int

    @property
    def net(self) -> int:
        return self.gross - self.discount


@dataclass(frozen=True)
class Sums:
    """``tax`` is in two equal halves; ``split`` says how a document shows it for its place of supply."""

    lines: tuple[LineSum, ...]
    subtotal: int  # what the lines leave
    discount: int  # on the whole
    tax: int
    split: Split

    @property
    def taxable(self) -> int:
        return self.subtotal - self.discount

    @property
    def total(self) -> int:
        return self.taxable + self.tax

    @property
    def gross(self) -> int:
        return sum(line.gross for line in self.lines)


def hundredths(value: int) -> str:
    """``250`` as ``2.5``; a whole number without a point."""
    whole, part = divmod(value, 100)
    return f"{whole:,}.{part:02d}".rstrip("0") if part else f"{whole:,}"


def line_sum(*, quantity: int, unit_paise: int, discount_points: int) -> LineSum:
    gross = (quantity * unit_paise + 50) // 100
    return LineSum(gross, share(gross, discount_points))


def sums(lines: Sequence[LineSum], *, discount_points: int, gst_points: int, within_state: bool) -> Sums:
    subtotal = sum(line.net for line in lines)
    discount = share(subtotal, discount_points)
    taxable = subtotal - discount
    total_tax = gst(taxable, gst_points)
    split = split_of(taxable, total=taxable + total_tax, gst_points=gst_points, within_state=within_state)
    return Sums(tuple(lines), subtotal, discount, total_tax, split)


def split_of(taxable: int, *, total: int, gst_points: int, within_state: bool) -> Split:
    """The same sums as a document shows them, by the State in which they are taxed."""
    if not gst_points:
        return tax.untaxed(total)
    return tax.on_price(taxable, basis_points=gst_points, within_state=within_state, total=total)


def deposit_of(total: int, points: int) -> int:
    """What is paid first, of a total with GST; 0 where all is paid at once.

    Neither it nor what is left may be less than a rupee, which no gateway takes.
    """
    first = share(total, points)
    if not first:
        return 0
    first = max(first, 100)
    return 0 if total - first < 100 else first
