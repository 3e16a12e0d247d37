"""What a consultant has earned, was charged, and has been paid: all from the ledger, in paise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from consultants.models import Consultant
from payments.models import LedgerAccount, LedgerEntry, LedgerTransaction

Code, Kind = LedgerAccount.Code, LedgerTransaction.Kind


@dataclass(frozen=True)
class Sums:
    """What came in and what was promised back, and of both the platform's fee with its GST."""

    received: int
    refunded: int
    fee: int
    fee_tax: int

    @property
    def earned(self) -> int:
        """What clients paid and did not get back."""
        return self.received - self.refunded

    @property
    def charged(self) -> int:
        return self.fee + self.fee_tax

    @property
    def net(self) -> int:
        return self.earned - self.charged


@dataclass(frozen=True)
class Earnings(Sums):
    """``balance`` is owed to the consultant now, cleared or not; what is missing from ``net`` has been paid out."""

    balance: int

    @property
    def paid_out(self) -> int:
        return self.net - self.balance


def sums_of(consultant: Consultant, begins: datetime | None = None, ends: datetime | None = None) -> Sums:
    """From ``begins`` until before ``ends``; None is no end. One query, whatever the number of payments."""
    rows = LedgerEntry.objects.of_each_kind(consultant, begins, ends)  # type: ignore[attr-defined]
    told = {(row["kind"], row["code"]): int(row["total"]) for row in rows}
    return Sums(
        received=sum(total for (kind, _code), total in told.items() if kind == Kind.CAPTURE),
        refunded=-sum(total for (kind, _code), total in told.items() if kind == Kind.REFUND_OWED),
        fee=sum(total for (_kind, code), total in told.items() if code == Code.PLATFORM_FEES),
        fee_tax=sum(total for (_kind, code), total in told.items() if code == Code.GST_OUTPUT),
    )


def earnings_of(consultant: Consultant) -> Earnings:
    """Two queries, whatever the number of payments."""
    sums = sums_of(consultant)
    return Earnings(
        received=sums.received,
        refunded=sums.refunded,
        fee=sums.fee,
        fee_tax=sums.fee_tax,
        balance=LedgerEntry.objects.owed_to(consultant),  # type: ignore[attr-defined]
    )
