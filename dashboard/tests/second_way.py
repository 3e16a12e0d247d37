"""The same figures by another way: one row after the other, in plain Python, from payments, refunds, sessions,
bookings, quotations and documents. It shares nothing with dashboard.figures: no query of sums, no ledger."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bookings.models import Booking
from consultants.models import Consultant
from payments.models import Invoice, Payment
from quotations.models import Quotation, QuotedSession
from sessions_app.models import Session

THINGS: dict[str, Any] = {"booking": Booking, "session": Session, "quotation": Quotation}
OUTCOMES = {"completed": "completed", "no_show": "no_show", "cancelled": "cancelled"}


class SecondWay:
    """``by_day[day][(service, kind, method)]`` has every number of a day by its name."""

    def __init__(self, consultant: Consultant) -> None:
        self.consultant, self.zone = consultant, ZoneInfo(consultant.timezone)
        self.by_day: dict[date, dict[tuple[Any, str, str], Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        self.came: dict[Any, set[date]] = defaultdict(set)
        self._money()
        self._sessions()
        self._bookings()

    def day(self, moment: Any) -> date:
        return moment.astimezone(self.zone).date()

    def _money(self) -> None:
        moves: dict[Any, list[tuple[Any, str, int, int, str]]] = defaultdict(list)
        for payment in Payment.objects.filter(consultant=self.consultant, captured_paise__gt=0):
            thing = (payment.payable_kind, payment.payable_id)
            attempt = payment.attempts.get(outcome="settled")
            way = attempt.method or "other"
            fee = payment.fee_paise + payment.fee_tax_paise
            moves[thing].append((payment.captured_at, "in", payment.captured_paise, fee, way))
            for refund in payment.refunds.all():
                fee = refund.fee_paise + refund.fee_tax_paise
                moves[thing].append((refund.created_at, "out", refund.amount_paise, fee, way))
        for (kind, pk), each in moves.items():
            of = THINGS[kind].objects.get(pk=pk)
            service = None if kind == "quotation" else of.service
            sold_as = service.kind if service else "quotation" if kind == "quotation" else "personal"
            for at, way_of, paise, fee, method in sorted(each, key=lambda move: move[0]):
                numbers = self.by_day[self.day(at)][(service and service.pk, sold_as, method)]
                sign = 1 if way_of == "in" else -1
                numbers["received_paise" if sign > 0 else "refunded_paise"] += paise
                numbers["fee_paise"] += sign * fee
                numbers["payments"] += sign > 0
            for paper in Invoice.objects.filter(payable_kind=kind, payable_id=pk):
                way = paper.payment.attempts.get(outcome="settled").method or "other"
                numbers = self.by_day[self.day(paper.issued_at)][(service and service.pk, sold_as, way)]
                counted_before = sum(voucher.split.tax for voucher in paper.advances.all())
                numbers["gst_paise"] += (-paper.split.tax if paper.gives_back else paper.split.tax) - counted_before

    def _sessions(self) -> None:
        work = {each.session_id for each in QuotedSession.objects.all()}
        for session in Session.objects.filter(consultant=self.consultant).exclude(status="abandoned"):
            day = self.day(session.starts_at)
            of = (None, "quotation") if session.pk in work else (session.service_id, session.kind)
            numbers = self.by_day[day][(*of, "")]
            numbers[OUTCOMES.get(session.status, "unsaid")] += 1
            if session.status == "completed":
                numbers["minutes"] += session.minutes
                if session.client_id:
                    self.came[session.client_id].add(day)
                for seat in session.seats.filter(status="taken"):
                    self.came[seat.client_id].add(day)

    def _bookings(self) -> None:
        for booking in Booking.objects.filter(consultant=self.consultant):
            gone = booking.status == "abandoned"
            lapsed = gone and booking.closed_at >= booking.hold_expires_at
            if gone and not lapsed:
                continue
            numbers = self.by_day[self.day(booking.created_at)][(booking.service_id, booking.service.kind, "")]
            booked = booking.status not in ("held", "abandoned")
            numbers["begun"] += 1
            numbers["lapsed"] += lapsed
            numbers["booked"] += booked
            numbers["paid"] += booked and booking.paid_paise > 0

    def sums(self, first: date, last: date, **only: Any) -> Counter[str]:
        """All numbers of the days, of one service, kind or method where it is named."""
        found: Counter[str] = Counter()
        for day, rows in self.by_day.items():
            if first <= day <= last:
                for (service, kind, method), numbers in rows.items():
                    of = {"service": service, "kind": kind, "method": method}
                    if all(of[name] == value for name, value in only.items()):
                        found.update(numbers)
        return found

    def looked(self, looks: list[tuple[Any, str, str]], first: date, last: date) -> list[int]:
        """Who saw the pages, and who the times among them: each once a day."""
        days = [(self.day(at), who, place) for at, who, place in looks if first <= self.day(at) <= last]
        return [len({each[:2] for each in days}), len({each[:2] for each in days if each[2] == "booking"})]

    def clients(self, first: date, last: date) -> tuple[int, int, int]:
        """New, returning, lost."""
        new = {who for who, days in self.came.items() if first <= min(days) <= last}
        seen = {who for who, days in self.came.items() if any(first <= day <= last for day in days)}
        lost = set()
        for who, days in self.came.items():
            until = [day for day in days if day <= last]
            if until and first <= max(until) + timedelta(days=365) <= last:
                lost.add(who)
        return len(new), len(seen - new), len(lost)
