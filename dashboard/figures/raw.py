"""A run of days counted from the rows themselves: sessions, bookings, the ledger for the money, documents for its GST.

What counts for which day, in the consultant's zone:

- money: a payment on the day it came, a refund on the day it was promised, whatever it is for and when that was;
- the GST in it: what the documents of that day say, as in the statement (payments.withholding), and no reckoning of
  our own: what a price's tax comes to by itself can be a paisa beside what its invoice shows as IGST;
- a session: the day on which it begins, with what became of it since; one that was made of a quotation's work is the
  quotation's, which has its money;
- a booking: the day on which it was begun, with what became of it since. A time that its visitor gave back, or changed
  for another one, is left out: that is no second beginning.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, Exists, F, OuterRef, QuerySet, Subquery, Sum, UUIDField

from bookings.models import Booking
from consultants.models import Consultant
from dashboard.figures.sold import UNKNOWN, Thing, sold
from dashboard.models import DailyAnalytics
from naksha.kept import KeptTuples, Param
from naksha.together import Question
from payments.models import Invoice, LedgerAccount, LedgerEntry, LedgerTransaction, PaymentAttempt
from payments.models.ledger import EARNED
from quotations.models import QuotedSession
from sessions_app.models import Seat, Session

# Each movement saves its payment in the same transaction; clocks within one differ by less than this.
APART = timedelta(hours=1)
FELL_THROUGH = (Booking.Status.HELD, Booking.Status.ABANDONED)
Kind = LedgerTransaction.Kind
S = Session.Status
OUTCOMES: dict[str, str] = {
    S.COMPLETED: "completed",
    S.NO_SHOW: "no_show",
    S.CANCELLED: "cancelled",
}  # any other: unsaid


@dataclass
class Counted:
    """The days' rows, not saved, and who was there: days with the client's id."""

    rows: list[DailyAnalytics] = field(default_factory=list)
    visits: set[tuple[date, UUID]] = field(default_factory=set)


class _Sheet:
    """Rows by what they are of."""

    def __init__(self, consultant: Consultant, first: date, last: date) -> None:
        self.consultant, self.zone = consultant, ZoneInfo(consultant.timezone)
        self.start = datetime.combine(first, time.min, self.zone)
        self.end = datetime.combine(last + timedelta(days=1), time.min, self.zone)
        self.rows: dict[tuple[date, UUID | None, str, str], DailyAnalytics] = {}

    @property
    def span(self) -> dict[str, Any]:
        """Whose days these are, as kept queries ask."""
        return {"consultant": self.consultant.pk, "start": self.start, "end": self.end}

    def day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def row(self, moment: datetime, service_id: UUID | None, kind: str, method: str = "") -> DailyAnalytics:
        key = (self.day(moment), service_id, kind, method)
        if key not in self.rows:
            self.rows[key] = DailyAnalytics(
                consultant_id=self.consultant.pk, day=key[0], service_id=service_id, kind=kind, method=method
            )
        return self.rows[key]


def questions(consultant: Consultant, first: date, last: date) -> list[Question]:
    """What :func:`count` asks first, to be asked together with other things."""
    sheet = _Sheet(consultant, first, last)
    return [partial(each, sheet) for each in (_movements, _documents, _bookings, _sessions)]


def count(consultant: Consultant, first: date, last: date) -> Counted:
    """All that counts for the days from ``first`` to ``last``. Seven queries at most, whatever there is."""
    sheet = _Sheet(consultant, first, last)
    _money(sheet)
    _bookings(sheet)
    visits = _sessions(sheet)
    return Counted(list(sheet.rows.values()), visits)


def count_money(consultant: Consultant, first: date, last: date) -> list[DailyAnalytics]:
    """The rows of the days that have money in them, and that alone. Four queries at most."""
    sheet = _Sheet(consultant, first, last)
    _money(sheet)
    return list(sheet.rows.values())


# --- money ----------------------------------------------------------------------------------------


@dataclass
class _Movement:
    kind: str
    at: datetime
    thing: Thing
    method: str
    paise: int = 0  # of the client's money, always positive
    fee: int = 0  # the platform's part, with its GST


CONSULTANT = Param("consultant", UUIDField())
START, END = Param("start", DateTimeField()), Param("end", DateTimeField())


def _moved() -> QuerySet[Any, Any]:
    return (
        LedgerEntry.objects.filter(
            transaction__payment__consultant=CONSULTANT,
            transaction__kind__in=[Kind.CAPTURE, Kind.REFUND_OWED],
            account__code__in=EARNED,
            transaction__payment__updated_at__gte=Param("touched", DateTimeField()),
            transaction__occurred_at__gte=START,
            transaction__occurred_at__lt=END,
        )
        .order_by("transaction__occurred_at", "transaction_id")
        .values_list(
            "transaction_id",
            "transaction__kind",
            "transaction__occurred_at",
            "transaction__payment__payable_kind",
            "transaction__payment__payable_id",
            "transaction__attempt__method",
            "account__code",
            "amount_paise",
        )
    )


_MOVED = KeptTuples(_moved)


def _movements(sheet: _Sheet) -> list[_Movement]:
    """What came and what was promised back, in the order in which it happened."""
    found: dict[UUID, _Movement] = {}
    entries = _MOVED.all(touched=sheet.start - APART, **sheet.span)
    for name, kind, at, payable_kind, payable_id, method, code, amount in entries:
        movement = found.setdefault(name, _Movement(kind, at, (payable_kind, payable_id), method or "other"))
        paise = -amount if kind == Kind.CAPTURE else amount
        movement.paise += paise
        movement.fee += paise if code != LedgerAccount.Code.CONSULTANT else 0
    return list(found.values())


_ISSUED = KeptTuples(
    lambda: (
        Invoice.objects.filter(
            consultant=CONSULTANT,
            issued_at__gte=START,
            issued_at__lt=END,
            gst_basis_points__gt=0,
            payment__attempts__outcome=PaymentAttempt.Outcome.SETTLED,
        )
        .order_by()
        .annotate(advanced=Subquery(_advanced()))
        .values_list(
            "issued_at",
            "kind",
            "payable_kind",
            "payable_id",
            "payment__attempts__method",
            "cgst_paise",
            "sgst_paise",
            "igst_paise",
            "advanced",
        )
    )
)


def _advanced() -> QuerySet[Any, Any]:
    """The GST on the vouchers that an invoice takes up: it counted on their own days."""
    taxes = F("cgst_paise") + F("sgst_paise") + F("igst_paise")
    vouchers = Invoice.objects.filter(invoiced_by=OuterRef("pk")).order_by().values("invoiced_by")
    return vouchers.annotate(gst=Sum(taxes)).values("gst")


@dataclass(frozen=True)
class _Document:
    at: datetime
    thing: Thing
    method: str
    gst: int  # by which it changes what the documents of the thing say together


def _documents(sheet: _Sheet) -> list[_Document]:
    """What was issued with GST on it."""
    return [
        _Document(
            at,
            (payable_kind, payable_id),
            method or "other",
            (-1 if kind in Invoice.BACK else 1) * (cgst + sgst + igst) - (advanced or 0),
        )
        for at, kind, payable_kind, payable_id, method, cgst, sgst, igst, advanced in _ISSUED.all(**sheet.span)
    ]


def _money(sheet: _Sheet) -> None:
    movements, documents = _movements(sheet), _documents(sheet)
    things = sold({movement.thing for movement in movements} | {document.thing for document in documents})
    for movement in movements:
        thing = things.get(movement.thing, UNKNOWN)
        came = movement.kind == Kind.CAPTURE
        row = sheet.row(movement.at, thing.service_id, thing.kind, movement.method)
        row.received_paise += movement.paise if came else 0
        row.refunded_paise += 0 if came else movement.paise
        row.fee_paise += movement.fee if came else -movement.fee
        row.payments += 1 if came else 0
    for document in documents:
        thing = things.get(document.thing, UNKNOWN)
        sheet.row(document.at, thing.service_id, thing.kind, document.method).gst_paise += document.gst


# --- sessions and bookings ------------------------------------------------------------------------


_BEGUN = KeptTuples(
    lambda: (
        Session.objects.filter(consultant=CONSULTANT, starts_at__gte=START, starts_at__lt=END)
        .exclude(status=S.ABANDONED)
        .annotate(quoted=Exists(QuotedSession.objects.filter(session_id=OuterRef("pk"))))
        .values_list("pk", "starts_at", "ends_at", "service_id", "kind", "status", "client_id", "quoted")
    )
)


def _sessions(sheet: _Sheet) -> set[tuple[date, UUID]]:
    visits: set[tuple[date, UUID]] = set()
    webinars: dict[UUID, date] = {}
    for pk, starts, ends, service_id, kind, status, client_id, quoted in _BEGUN.all(**sheet.span):
        row = sheet.row(starts, None, DailyAnalytics.Kind.QUOTATION) if quoted else sheet.row(starts, service_id, kind)
        outcome = OUTCOMES.get(status, "unsaid")
        setattr(row, outcome, getattr(row, outcome) + 1)
        if status != S.COMPLETED:
            continue
        row.minutes += int((ends - starts).total_seconds() // 60)
        if client_id is None:
            webinars[pk] = sheet.day(starts)
        else:
            visits.add((sheet.day(starts), client_id))
    if webinars:
        seats = Seat.objects.filter(session__in=webinars, status=Seat.Status.TAKEN)
        visits |= {(webinars[session], client) for session, client in seats.values_list("session_id", "client_id")}
    return visits


_MADE = KeptTuples(
    lambda: Booking.objects.filter(consultant=CONSULTANT, created_at__gte=START, created_at__lt=END).values_list(
        "created_at", "service_id", "service__kind", "status", "paid_paise", "closed_at", "hold_expires_at"
    )
)


def _bookings(sheet: _Sheet) -> None:
    for created, service_id, kind, status, paid, closed, expires in _MADE.all(**sheet.span):
        lapsed = status == Booking.Status.ABANDONED and closed is not None and expires is not None and closed >= expires
        if status == Booking.Status.ABANDONED and not lapsed:
            continue
        row = sheet.row(created, service_id, kind)
        row.begun += 1
        row.lapsed += lapsed
        if status not in FELL_THROUGH:
            row.booked += 1
            row.paid += paid > 0
