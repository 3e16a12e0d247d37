"""GST on a document: which taxes, how much of each, for which State, in which financial year.

Amounts are paise, rates basis points (1800 is 18 %). Nothing here reads the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from naksha.india import ABROAD, STATES
from naksha.money import share
from naksha.taxids import gstin_state, is_gstin

INDIA = ZoneInfo("Asia/Kolkata")
BASIS = 10_000
# Codes that stand in documents but that nobody chooses: abroad, the sea, and two that were merged or divided.
STATE_NAMES: dict[str, str] = {
    **STATES,
    ABROAD: "Other Countries",
    "97": "Other Territory",
    "25": "Daman and Diu",
    "28": "Andhra Pradesh (before division)",
}
# Union territories without a legislature: their share is called UTGST (UTGST Act, s. 1).
WITHOUT_LEGISLATURE = frozenset({"04", "26", "31", "35", "38", "97"})


# A tax invoice for as much or more, before GST, names the address of a recipient who is not registered (rule 46(e)).
ADDRESS_FROM_PAISE = 5_000_000


def state_name(code: str) -> str:
    return STATE_NAMES.get(code, "")


def place_of_supply(*, supplier_state: str, recipient_gstin: str = "", recipient_state: str = "") -> str:
    """The State code under IGST Act s. 12(2): a registered recipient's State, else that of the address on record,
    else the supplier's."""
    if is_gstin(recipient_gstin):
        return gstin_state(recipient_gstin)
    return recipient_state if recipient_state in STATE_NAMES else supplier_state


def state_tax_name(place: str) -> str:
    """What the State's half is called on a document for a supply within ``place``."""
    return "UTGST" if place in WITHOUT_LEGISLATURE else "SGST"


@dataclass(frozen=True)
class Split:
    """An amount as a document shows it. CGST and SGST are equal, or there is IGST; the parts add up to ``total``."""

    taxable: int
    cgst: int
    sgst: int
    igst: int
    round_off: int
    total: int

    @property
    def tax(self) -> int:
        return self.cgst + self.sgst + self.igst


def untaxed(total: int) -> Split:
    return Split(total, 0, 0, 0, 0, total)


def on_price(price: int, *, basis_points: int, within_state: bool, total: int) -> Split:
    """GST on a price before GST. Each tax is rounded half up by itself; what then differs from the ``total`` that was
    agreed and paid is the round-off (s. 170 is met on the total, not inside a tax)."""
    half = share(price, basis_points // 2) if within_state else 0
    igst = 0 if within_state else share(price, basis_points)
    return Split(price, half, half, igst, total - price - 2 * half - igst, total)


def within(total: int, *, basis_points: int, within_state: bool) -> Split:
    """GST that a sum already contains (an advance): at 18 % it is sum × 18/118. Each tax is rounded half up and the
    price is what remains, so nothing is left to round off."""
    with_tax = BASIS + basis_points
    if within_state:
        half = _rounded(total * basis_points, 2 * with_tax)
        return Split(total - 2 * half, half, half, 0, 0, total)
    igst = _rounded(total * basis_points, with_tax)
    return Split(total - igst, 0, 0, igst, 0, total)


def part(whole: Split, *, before: int, amount: int) -> Split:
    """The parts of ``amount`` taken from ``whole``, of which ``before`` was taken earlier: once all is taken, the parts
    taken add up to the whole, to the paisa in every tax."""

    def slice_of(value: int) -> int:
        return _rounded(value * (before + amount), whole.total) - _rounded(value * before, whole.total)

    taxable, cgst, sgst, igst = (slice_of(value) for value in (whole.taxable, whole.cgst, whole.sgst, whole.igst))
    return Split(taxable, cgst, sgst, igst, amount - taxable - cgst - sgst - igst, amount)


def divided(whole: Split, weights: Sequence[int]) -> list[Split]:
    """``whole`` in parts by ``weights``, which add up to it to the paisa in the price and in every tax. What is rounded
    off stays with the whole: a part's total is its price and its taxes."""
    everything = sum(weights) or 1
    found, before = [], 0
    for weight in weights:
        taxable, cgst, sgst, igst = (
            _rounded(value * (before + weight), everything) - _rounded(value * before, everything)
            for value in (whole.taxable, whole.cgst, whole.sgst, whole.igst)
        )
        found.append(Split(taxable, cgst, sgst, igst, 0, taxable + cgst + sgst + igst))
        before += weight
    return found


def _rounded(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


# --- the year, and words --------------------------------------------------------------------------


def issue_date(moment: datetime) -> date:
    """The day in India. A document of 31 March, 23:00 UTC, is one of 1 April."""
    return moment.astimezone(INDIA).date()


def financial_year(day: date) -> str:
    """``2026-27`` for the year from 1 April 2026 to 31 March 2027."""
    first = day.year if day.month >= 4 else day.year - 1
    return f"{first}-{(first + 1) % 100:02d}"


_SMALL = (
    *("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"),
    *("Thirteen", "Fourteen", "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen"),
)
_TENS = ["Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety"]
_SCALES = ((10_000_000, "Crore"), (100_000, "Lakh"), (1_000, "Thousand"), (100, "Hundred"))


def number_in_words(number: int) -> str:
    """``123456`` as ``One Lakh Twenty-Three Thousand Four Hundred Fifty-Six``."""
    if number < 20:
        return _SMALL[number]
    if number < 100:
        tens, rest = divmod(number, 10)
        return _TENS[tens - 2] + (f"-{_SMALL[rest]}" if rest else "")
    for scale, name in _SCALES:
        if number >= scale:
            count, rest = divmod(number, scale)
            words = f"{number_in_words(count)} {name}"
            return f"{words} {number_in_words(rest)}" if rest else words
    raise AssertionError("every number of 100 or more has a scale")


def in_words(paise: int) -> str:
    """``12345650`` paise as ``Rupees One Lakh Twenty-Three Thousand Four Hundred Fifty-Six and Paise Fifty Only``."""
    rupees, rest = divmod(paise, 100)
    words = [_("Rupees"), number_in_words(rupees)]
    if rest:
        words += [_("and Paise"), number_in_words(rest)]
    return " ".join([*words, _("Only")])
