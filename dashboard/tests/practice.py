"""A practice with a past, made as rows: sessions of every outcome, holds that lapsed, deposits, refunds, quotations,
and looks at the pages. Documents are issued as ever. Of the clients, half are in another State, and one price is such
that IGST on it is a paisa more than its two halves; some was sold on terms without GST."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import time_machine
from django.db import transaction

from bookings.models import Booking
from consultants.models import Consultant, Service
from dashboard.figures.visits import count_view
from naksha.money import share
from naksha.testing import make_client, make_service
from payments import invoices, payable
from payments.models import Payment, PaymentAttempt
from payments.services import ledger, refunds
from quotations.models import Quotation, QuotationLine, QuotedSession
from sessions_app.models import Seat, Session
from sessions_app.services.recording import new_reference

REGISTERED = {"registration": "regular", "gstin": "27AABCN1234F1ZW", "state_code": "27", "pin_code": "411004"}
ODD = 333_337  # paise: 9 % are 30,000.33, and 18 % are 60,000.66
STATES = ("27", "29")  # at home, and across a border
METHODS = ("upi", "upi", "card", "netbanking", "")
_names = count(1)


class Practice:
    """Makes rows of the past until ``now`` with dice that fall the same each time."""

    def __init__(self, consultant: Consultant, now: datetime, seed: str = "practice") -> None:
        self.consultant, self.now = consultant, now
        self.dice = random.Random(seed)
        for name, value in REGISTERED.items():
            setattr(consultant, name, value)
        consultant.save(update_fields=list(REGISTERED))
        self.services = [
            make_service(consultant, title="First call"),
            make_service(consultant, title="Long talk", minutes=90, price_paise=ODD),
        ]
        self.webinar = make_service(consultant, title="GST for makers", kind="webinar", capacity=40, minutes=60)
        self.people = [make_client(consultant) for _ in range(12)]
        self.looks: list[tuple[datetime, str, str]] = []  # when, who, at what

    def fill(self, many: int, days: int) -> None:
        for _ in range(many):
            begun = self.now - timedelta(days=self.dice.uniform(0, days))
            self.booking(begun, self.dice.choice(self.services))
        for n in range(many // 10):
            self.recorded(self.now - timedelta(days=self.dice.uniform(0, days)), price_paise=n % 2 * 123_457)
        for _ in range(max(1, days // 30)):
            self.webinar_date(self.now - timedelta(days=self.dice.uniform(0, days)))
        self.quoted()

    def booking(self, begun: datetime, service: Service) -> Booking:
        taxed = self.dice.random() < 0.6
        price = service.price_paise
        tax = 2 * share(price, 900) if taxed else 0
        starts = begun + timedelta(days=self.dice.uniform(0.1, 12))
        fate = self.dice.choices(["booked", "lapsed", "let go", "held"], [14, 3, 1, 1])[0]
        client = self.dice.choice(self.people)
        booking = Booking(
            consultant=self.consultant, service=service, client=client, title=service.title,
            state_code=STATES[self.people.index(client) % 2],
            platform="jitsi", timezone="Asia/Kolkata", needs_confirmation=False, starts_at=starts,
            ends_at=starts + timedelta(minutes=service.minutes), price_paise=price, tax_paise=tax,
            total_paise=price + tax, due_now_paise=price + tax, gst_basis_points=1800 if taxed else 0,
            fee_basis_points=1000, free_cancel_hours=24, partial_cancel_hours=4, partial_refund_percent=50,
            reschedule_hours=4, max_reschedules=2, status="held", hold_expires_at=begun + timedelta(minutes=10),
        )  # fmt: skip
        with time_machine.travel(begun, tick=False):
            if fate == "booked":
                booking.status, booking.hold_expires_at = "accepted", None
                booking.session = self.session(booking, service)
            elif fate != "held":
                booking.status = "abandoned"
                booking.closed_at = begun + timedelta(minutes=11 if fate == "lapsed" else 3)
            booking.save()
        if booking.status == "accepted":
            self._money(booking, begun)
        return booking

    def session(self, booking: Booking, service: Service) -> Session:
        outcome = "confirmed"
        if booking.ends_at < self.now:
            outcome = self.dice.choices(["completed", "no_show", "cancelled", "confirmed"], [12, 2, 2, 1])[0]
        return Session.objects.create(
            consultant=self.consultant, service=service, client=booking.client, title=service.title, status=outcome,
            starts_at=booking.starts_at, ends_at=booking.ends_at, platform="jitsi",
        )  # fmt: skip

    def _money(self, booking: Booking, begun: datetime) -> None:
        """In full, or a deposit and a balance; some of it goes back, at once or in two parts."""
        parts = [booking.total_paise]
        if self.dice.random() < 0.4:
            deposit = self.dice.randint(101, booking.total_paise - 101)
            parts = [deposit, booking.total_paise - deposit]
        for n, paise in enumerate(parts):
            at = begun + timedelta(days=n * self.dice.uniform(0.5, 9))
            if at < self.now:
                payment = self.pay("booking", booking.pk, paise, at, balance=n > 0)
                booking.paid_paise += paise
                if self.dice.random() < 0.3:
                    self.refund(payment, self.dice.choice([paise, paise // 3, 1]), at)
        with time_machine.travel(begun, tick=False):
            booking.save(update_fields=["paid_paise"])

    def pay(self, kind: str, payable_id: Any, paise: int, at: datetime, *, balance: bool = False) -> Payment:
        name = f"{next(_names):014d}"
        fee = paise * 1000 // 11_800
        with time_machine.travel(at, tick=False), transaction.atomic():
            payment = Payment.objects.create(
                payable_kind=kind, payable_id=payable_id, consultant=self.consultant, status="captured",
                purpose="balance" if balance else "full", amount_paise=paise, captured_paise=paise, captured_at=at,
                order_id=f"order_{name}", payer_name="F", payer_email="f@example.com", description="x",
                fee_paise=fee, fee_tax_paise=fee * 18 // 100,
            )  # fmt: skip
            attempt = PaymentAttempt.objects.create(
                payment=payment, gateway_payment_id=f"pay_{name}", status="captured", outcome="settled",
                amount_paise=paise, captured_paise=paise, currency="INR", method=self.dice.choice(METHODS),
                answered_at=at, captured_at=at,
            )  # fmt: skip
            ledger.post_capture(payment, attempt)
            sold = payable.load(kind, payable_id)
            invoices.issue_for_payment(payment, sold.invoice_facts())
        return payment

    def refund(self, payment: Payment, paise: int, after: datetime) -> None:
        at = after + timedelta(days=self.dice.uniform(0, 30))
        if at < self.now:
            self.give_back(payment, paise, at)

    def give_back(self, payment: Payment, paise: int, at: datetime) -> None:
        with time_machine.travel(at, tick=False), transaction.atomic():
            attempt = payment.attempts.get()
            attempt.payment = payment
            refunds.promise(attempt, paise, cause="requested", reason="x", actor=None, key=str(at), send=False)

    def quoted(self) -> None:
        """A deposit alone; two parts of which some went back; all at once, without GST. Two became sessions, one of
        which nobody came to. The dice fall as before."""
        dice, self.dice = self.dice, random.Random("quoted")
        self.work(45, 777_777, [250_001])
        session = self.into_session(self.work(20, 1_234_567, [500_000, 956_789], back=123_455), 12)
        Session.objects.filter(pk=self.into_session(session.line.quotation, 11).session_id).update(status="no_show")
        self.into_session(self.work(9, 400_100, [400_100], gst_points=0), 3)
        self.dice = dice

    def work(
        self, days_ago: int, price_paise: int, parts: list[int], *, back: int = 0, gst_points: int = 1800
    ) -> Quotation:
        """Accepted ``days_ago``; each part is paid two days after the one before, and ``back`` of the first promised
        back a day after the last."""
        begun = self.now - timedelta(days=days_ago)
        tax = 2 * share(price_paise, gst_points // 2)
        whole = sum(parts) == price_paise + tax and not back
        with time_machine.travel(begun, tick=False):
            quotation = Quotation.objects.create(
                consultant=self.consultant, client=self.people[0], title="Work", number=f"QT/P/{days_ago}",
                status="paid" if whole else "accepted", paid_at=begun if whole else None, sent_at=begun,
                accepted_at=begun, accepted_name="F", valid_until=begun.date(), lapses_at=begun + timedelta(days=1),
                place_of_supply="29", gst_points=gst_points, subtotal_paise=price_paise, tax_paise=tax,
                total_paise=price_paise + tax,
                paid_paise=sum(parts), refunding_paise=back,
            )  # fmt: skip
        at, paid = begun, []
        for n, paise in enumerate(parts):
            at = begun + timedelta(days=2 * n)
            paid.append(self.pay(Quotation.PAYABLE, quotation.pk, paise, at, balance=n > 0))
        if back:
            self.give_back(paid[0], back, at + timedelta(days=1))
        return quotation

    def into_session(self, quotation: Quotation, days_ago: int) -> QuotedSession:
        """Of a line of accepted work, as the desk writes it down: without a price."""
        held = self.recorded(self.now - timedelta(days=days_ago), price_paise=0)
        line = quotation.lines.first() or QuotationLine.objects.create(
            quotation=quotation, description="Work", position=0, quantity=100, unit_paise=quotation.subtotal_paise,
            gross_paise=quotation.subtotal_paise, discount_paise=0, net_paise=quotation.subtotal_paise,
        )  # fmt: skip
        return QuotedSession.objects.create(line=line, session_id=held.pk)

    def look(self, at: datetime, who: str, *places: str) -> None:
        """Somebody opens ``places`` one after the other. Remembered here: of whoever looked, nothing is kept."""
        with time_machine.travel(at, tick=False):
            for place in places:
                count_view(consultant=self.consultant, place=place, address=who, browser="A browser of a person")
                self.looks.append((at, who, place))

    def recorded(self, starts: datetime, *, price_paise: int) -> Session:
        tax = 2 * share(price_paise, 900)
        session = Session.objects.create(
            consultant=self.consultant, client=self.dice.choice(self.people), title="By hand", platform="phone",
            status="completed", starts_at=starts, ends_at=starts + timedelta(minutes=45), reference=new_reference(),
            price_paise=price_paise, tax_paise=tax, total_paise=price_paise + tax,
            gst_basis_points=1800 if price_paise else 0,
        )  # fmt: skip
        at = starts + timedelta(days=1)
        if price_paise and at < self.now:
            self.pay(Session.PAYABLE, session.pk, price_paise + tax, at)
        return session

    def webinar_date(self, starts: datetime) -> Session:
        session = Session.objects.create(
            consultant=self.consultant, service=self.webinar, kind="webinar", title="GST", platform="jitsi",
            status="completed", starts_at=starts, ends_at=starts + timedelta(minutes=60), capacity=40, seats_taken=3,
        )  # fmt: skip
        for client in self.people[:3]:
            Seat.objects.create(session=session, client=client, status="taken")
        Seat.objects.create(session=session, client=self.people[5], status="released")
        return session
