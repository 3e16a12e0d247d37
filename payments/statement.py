"""A consultant's statement of account for a month or a financial year: all from the ledger, to the paisa.

The account is the consultant's own in the ledger. Its movements come from payments and promised refunds, and later from
payouts; ``opening + yours of each movement = closing`` holds by the way in which each is read, and a test adds the raw
entries up by another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Prefetch, Sum
from django.db.models.functions import TruncDate, TruncMonth
from django.utils import timezone
from django.utils.translation import gettext as _

from consultants.models import Consultant
from payments.earnings import Sums, sums_of
from payments.models import EARNED, Invoice, LedgerAccount, LedgerEntry, LedgerTransaction, Payment
from payments.periods import Month, Period, Year
from payments.tax import INDIA
from payments.withholding import Taxed, taxed_of, tds_of

Code, Kind = LedgerAccount.Code, LedgerTransaction.Kind
AT_ONCE = 500  # movements that are held in memory while a file is written


@dataclass(frozen=True)
class Movement:
    """One change of what is owed to the consultant; paise, more is plus. ``balance`` is after it."""

    at: datetime
    words: str
    client: str
    what: str
    reference: str
    document: str
    gross: int
    fee: int
    fee_tax: int
    yours: int
    balance: int


@dataclass(frozen=True)
class Span:
    """The sums of one month of a year, or of one day of a month."""

    first: date
    movements: int
    gross: int
    fee: int
    fee_tax: int
    yours: int


@dataclass(frozen=True)
class Statement:
    consultant: Consultant
    period: Period
    until: datetime  # what came later is not in it: the end of the period, or the moment of which it is told
    opening: int
    closing: int
    sums: Sums
    taxed: Taxed
    tds: int  # what will be held back of this period's; see payments.withholding
    spans: list[Span]

    @property
    def by_day(self) -> bool:
        """Whether its spans are days; else they are months."""
        return isinstance(self.period, Month)

    @property
    def last_day(self) -> date:
        return self.period.ends.date() - timedelta(days=1)

    @property
    def is_whole(self) -> bool:
        """Whether its period was over at the moment of which it is told: then it stays as it is."""
        return self.until == self.period.ends

    @property
    def movements(self) -> int:
        return sum(span.movements for span in self.spans)

    @property
    def paid_out(self) -> int:
        """What went to the consultant within the period."""
        return self.opening + self.sums.net - self.closing


def periods_of(consultant: Consultant, now: datetime | None = None) -> list[Year]:
    """The financial years with movements, this one always among them, the newest first. One query."""
    this = Year.of(now or timezone.now())
    first = (
        LedgerTransaction.objects.filter(payment__consultant=consultant)
        .order_by("occurred_at")
        .values_list("occurred_at", flat=True)
        .first()
    )
    oldest = Year.of(first) if first else this
    return [Year.starting(year) for year in range(this.begins.year, min(oldest.begins, this.begins).year - 1, -1)]


def statement_of(consultant: Consultant, period: Period, *, at: datetime | None = None) -> Statement:
    """As it stood at ``at``; without it, at the end of the period. Movements are written at their own time and never
    changed, so a moment has the same statement whenever it is asked for, and in whichever form.

    Seven queries of a year and eleven of a month, whatever the number of movements.
    """
    until = period.ends if at is None else min(at, period.ends)
    sums = sums_of(consultant, period.begins, until)
    taxed = taxed_of(consultant, period.begins, until)
    return Statement(
        consultant=consultant,
        period=period,
        until=until,
        opening=_owed_at(consultant, period.begins),
        closing=_owed_at(consultant, until),
        sums=sums,
        taxed=taxed,
        tds=_tds(consultant, period, sums.earned - taxed.gst, at),
        spans=_spans(consultant, period, until),
    )


def _tds(consultant: Consultant, period: Period, value: int, at: datetime | None) -> int:
    """On ``value`` before GST. Whether somebody is spared is said by the whole financial year, of its months too."""
    year_value = value
    if isinstance(period, Month):
        year = Year.of(period.begins)
        until = year.ends if at is None else min(at, year.ends)
        year_value = sums_of(consultant, year.begins, until).earned
        year_value -= taxed_of(consultant, year.begins, until).gst
    return tds_of(consultant, value_paise=value, year_value_paise=year_value)


def _owed_at(consultant: Consultant, moment: datetime) -> int:
    """What was owed to the consultant just before ``moment``."""
    entries = LedgerEntry.objects.for_consultant(consultant).during(None, moment)  # type: ignore[attr-defined]
    return -(entries.aggregate(total=Sum("amount_paise"))["total"] or 0)


def _spans(consultant: Consultant, period: Period, until: datetime) -> list[Span]:
    cut = TruncDate if isinstance(period, Month) else TruncMonth
    first = cut("transaction__occurred_at", tzinfo=INDIA)
    rows = (
        LedgerEntry.objects.during(period.begins, until)  # type: ignore[attr-defined]
        .filter(
            transaction__payment__consultant=consultant,
            transaction__kind__in=[Kind.CAPTURE, Kind.REFUND_OWED],
            account__code__in=EARNED,
        )
        .annotate_code()
        .annotate(first=first)
        .order_by("first")
        .values("first", "code")
        .annotate(total=-Sum("amount_paise"), n=Count("transaction", distinct=True))
    )
    found: dict[date, dict[str, Any]] = {}
    for row in rows:
        day = row["first"].date() if isinstance(row["first"], datetime) else row["first"]
        found.setdefault(day, {"n": 0})[row["code"]] = row["total"]
        found[day]["n"] = max(found[day]["n"], row["n"])
    return [
        Span(
            first=day,
            movements=told["n"],
            gross=sum(told.get(code, 0) for code in EARNED),
            fee=told.get(Code.PLATFORM_FEES, 0),
            fee_tax=told.get(Code.GST_OUTPUT, 0),
            yours=told.get(Code.CONSULTANT, 0),
        )
        for day, told in found.items()
    ]


def movements_of(statement: Statement) -> Iterator[Movement]:
    """Those that it adds up, in the order in which they were made, some at a time: a long year needs no more memory
    than a short one."""
    told = (
        LedgerTransaction.objects.filter(
            payment__consultant=statement.consultant,
            kind__in=[Kind.CAPTURE, Kind.REFUND_OWED],
            occurred_at__gte=statement.period.begins,
            occurred_at__lt=statement.until,
        )
        .select_related("payment", "refund__credit_note")
        .prefetch_related(
            Prefetch("entries", LedgerEntry.objects.annotate_code(), to_attr="coded"),  # type: ignore[attr-defined]
            Prefetch(
                "payment__invoices",
                Invoice.objects.filter(refund__isnull=True)
                .only("payment", "number", "reference")
                .order_by("created_at"),
                to_attr="issued",
            ),
        )
        .order_by("occurred_at", "pk")
    )
    balance = statement.opening
    for row in told.iterator(chunk_size=AT_ONCE):
        made = _movement(row, balance)
        balance = made.balance
        yield made


def _movement(told: LedgerTransaction, before: int) -> Movement:
    payment: Payment = told.payment
    amounts: dict[str, int] = {entry.code: entry.amount_paise for entry in told.coded}  # type: ignore[attr-defined]
    yours = -amounts.get(Code.CONSULTANT, 0)
    fee, fee_tax = amounts.get(Code.PLATFORM_FEES, 0), amounts.get(Code.GST_OUTPUT, 0)
    issued = payment.issued  # type: ignore[attr-defined]
    paper = (getattr(told.refund, "credit_note", None) if told.refund else None) or (issued[0] if issued else None)
    return Movement(
        at=told.occurred_at,
        words=_("Given back") if told.kind == Kind.REFUND_OWED else _("Payment"),
        client=payment.payer_name,
        what=payment.description,
        reference=paper.reference if paper else "",
        document=paper.number if paper else "",
        gross=yours - fee - fee_tax,
        fee=fee,
        fee_tax=fee_tax,
        yours=yours,
        balance=before + yours,
    )
