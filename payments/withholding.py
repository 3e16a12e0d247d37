"""What the law has a platform hold back of what it passes on, when it pays that out.

- TCS, CGST Act s. 52: of the value before GST of taxable supplies whose price the platform collects, less what went
  back. Only consultants who charge GST make taxable supplies.
- TDS, Income-tax Act 2025 s. 393(1) (formerly 194-O): of the value before GST of all that was sold through the
  platform. Individuals and Hindu undivided families who gave their PAN are spared while that stays within a limit a
  year.

The ledger holds neither until a payout does: until then both are told as what will be held back. A chartered accountant
must confirm rates, limits and bases before money is real.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet, Sum

from consultants.models import Consultant
from naksha.money import share
from payments.models import Invoice

TCS_BASIS_POINTS = 50  # from 10 July 2024: 0.25 % CGST and 0.25 % SGST, or 0.5 % IGST
TDS_BASIS_POINTS = 10  # from 1 October 2024
TDS_SPARED_PAISE = 5_00_000_00  # a financial year
SPARED_HOLDERS = "PH"  # the fourth letter of a PAN: a person, a Hindu undivided family


@dataclass(frozen=True)
class Taxed:
    """Of what came in less what went back, paise: ``value`` before GST where GST was charged, and that ``gst``."""

    value: int
    gst: int

    @property
    def tcs(self) -> int:
        return share(max(0, self.value), TCS_BASIS_POINTS)


def taxed_of(consultant: Consultant, begins: datetime | None = None, ends: datetime | None = None) -> Taxed:
    """By the documents that were issued from ``begins`` until before ``ends``. An invoice counts for what its vouchers
    for advances did not. Three queries."""
    issued = Invoice.objects.filter(consultant=consultant, gst_basis_points__gt=0)
    if begins is not None:
        issued = issued.filter(issued_at__gte=begins)
    if ends is not None:
        issued = issued.filter(issued_at__lt=ends)
    back = Q(kind__in=Invoice.BACK)
    came, went = _sums(issued.filter(~back)), _sums(issued.filter(back))
    before = _sums(Invoice.objects.filter(invoiced_by__in=issued))
    return Taxed(*(came[name] - went[name] - before[name] for name in ("value", "gst")))


def _sums(documents: QuerySet[Invoice]) -> dict[str, int]:
    gst = F("cgst_paise") + F("sgst_paise") + F("igst_paise")
    told = documents.order_by().aggregate(value=Sum("taxable_paise"), gst=Sum(gst))
    return {name: told[name] or 0 for name in ("value", "gst")}


def tds_of(consultant: Consultant, *, value_paise: int, year_value_paise: int) -> int:
    """On ``value_paise`` before GST, in a financial year that has seen ``year_value_paise``."""
    holder = consultant.pan[3:4]
    if holder and holder in SPARED_HOLDERS and year_value_paise <= TDS_SPARED_PAISE:
        return 0
    return share(max(0, value_paise), TDS_BASIS_POINTS)
