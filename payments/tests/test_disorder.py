"""Everything goes wrong at once, at random: in the end the books and the gateway agree to the paisa.

Each seed is a month of bad luck: payments that fail, are promised, come twice, come late; events delivered up to five
times, shuffled, late or never; browsers that never come back; a gateway that is away or hangs after it has done the
work; workers that die; refunds asked for twice, made at the gateway, or failing there.
"""

import os
import random
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from payments import payable, services
from payments.errors import PaymentError
from payments.models import GatewayEvent, Payment, PaymentAttempt, Refund
from payments.payable import RefundInFull, Settled
from payments.services import events, sending
from payments.services.checking import verify_with_gateway
from payments.services.reconciling import reconcile_due
from payments.testing import FakePayable, open_for, promise_refund, webhook

pytestmark = pytest.mark.django_db
SEEDS = range(int(os.environ.get("DISORDER_SEEDS", "8")))


class Died(Exception):
    """A process that ends between two steps."""


class Market:
    """Some payables of a consultant, their payments, and dice."""

    def __init__(self, seed, client, gateway, consultant, known=None):
        self.dice = random.Random(seed)
        self.client, self.gateway, self.consultant = client, gateway, consultant
        self.payables = {owed.payable_id: owed for owed in (FakePayable() for _ in range(6))}
        known = {} if known is None else known
        known.update(self.payables)
        payable.register("fake", known.__getitem__)
        for owed in self.payables.values():
            owed.verdict = RefundInFull("Too late.") if self.chance(0.2) else Settled()
            owed.fee_basis_points = self.dice.choice([0, 333, 500, 10_000 * 100 // 118])
            owed.payment_captured = self.dying(owed.payment_captured)
        self.undelivered = []
        gateway.mood = lambda: self.dice.choices(["", "away", "hangs"], [85, 8, 7])[0]

    def chance(self, probability):
        return self.dice.random() < probability

    def dying(self, take):
        def maybe(payment):
            if self.gateway.mood() and self.chance(0.3):
                raise Died
            return take(payment)

        return maybe

    def attempt(self, act, *args, **kwargs):
        """Somebody tries; whatever goes wrong, life goes on."""
        try:
            return act(*args, **kwargs)
        except (PaymentError, Died):
            return None

    # --- what people and the gateway do ---------------------------------------------------------

    def somebody_begins(self):
        owed = self.dice.choice(list(self.payables.values()))
        amount = self.dice.choice([100, 11_801, 118_000, 9_999_999])
        payment = open_for(owed, self.consultant, amount, purpose=self.dice.choice(["full", "deposit", "balance"]))
        if payment.can_be_paid:
            self.attempt(services.ensure_order, payment.pk)

    def somebody_pays(self):
        shown = list(Payment.objects.exclude(order_id=None).order_by("pk").values_list("order_id", flat=True))
        if not shown:
            return
        order = self.gateway.orders[self.dice.choice(shown)]
        status = self.dice.choices(["captured", "authorized", "failed", "created"], [60, 20, 15, 5])[0]
        answer = self.gateway.pay(order.id, status)
        self.heard_of(answer)
        if status in ("captured", "authorized") and self.chance(0.5):
            self.attempt(services.complete, **self.gateway.signed_answer(answer))

    def a_bank_changes_its_mind(self):
        for answer in list(self.gateway.payments.values()):
            if answer.status in ("failed", "created") and self.chance(0.3):
                self.heard_of(self.gateway.change(answer.id, self.dice.choice(["authorized", "captured"])))

    def heard_of(self, answer):
        for kind in ("payment.authorized", "payment.captured", "order.paid"):
            times = self.dice.choice([0, 1, 1, 2, 5])
            self.undelivered += [(kind, answer, f"evt_{answer.id}_{kind}")] * times

    def some_events_arrive(self):
        self.dice.shuffle(self.undelivered)
        while self.undelivered and self.chance(0.8):
            kind, answer, event_id = self.undelivered.pop()
            assert webhook(self.client, kind, answer, event_id=event_id).status_code == 204

    def somebody_is_refunded(self):
        owed = self.dice.choice(list(self.payables.values()))
        amount, key = self.dice.choice([1, 50, 5_000, 118_000]), self.dice.choice("abc")
        self.gateway.refund_status = self.dice.choice(["processed", "pending"])

        self.attempt(lambda: promise_refund(owed, amount, key=f"{key}{amount}"))

    def somebody_refunds_at_the_gateway(self):
        room = [
            attempt
            for attempt in PaymentAttempt.objects.exclude(outcome="")
            if attempt.refundable_paise > 0 and not attempt.refunds.exclude(status="processed").exists()
        ]
        if room and self.chance(0.3):
            attempt = self.dice.choice(room)
            there = self.gateway.payments[attempt.gateway_payment_id]
            if left := there.amount_paise - there.amount_refunded_paise:
                self.gateway.make_refund(attempt.gateway_payment_id, self.dice.randint(1, left))

    def refunds_arrive(self):
        for refund in list(self.gateway.refunds.values()):
            if refund.status == "pending" and self.chance(0.5):
                self.gateway.change_refund(refund.id, self.dice.choices(["processed", "failed"], [9, 1])[0])

    def some_work_is_done(self):
        for event_id in events.unworked():
            if self.chance(0.7):
                self.attempt(events.process, event_id)
        for refund_id in sending.unsent():
            if self.chance(0.7):
                self.attempt(sending.send, refund_id)
        if self.chance(0.5):
            self.attempt(reconcile_due)
            self.attempt(sending.ask_due)

    def live(self, steps):
        acts = [
            self.somebody_begins,
            self.somebody_pays,
            self.somebody_pays,
            self.a_bank_changes_its_mind,
            self.some_events_arrive,
            self.somebody_is_refunded,
            self.somebody_refunds_at_the_gateway,
            self.refunds_arrive,
            self.some_work_is_done,
        ]
        with time_machine.travel(timezone.now(), tick=False) as clock:
            for _ in range(steps):
                self.dice.choice(acts)()
                clock.shift(timedelta(seconds=self.dice.choice([0, 1, 30, 120, 900])))
            self.calm_down(clock)

    def calm_down(self, clock):
        """The gateway is well again; nobody delivers what is undelivered. Days pass, and the sweepers sweep."""
        self.gateway.mood = lambda: ""
        for refund in list(self.gateway.refunds.values()):
            if refund.status == "pending":
                self.gateway.change_refund(refund.id, "processed")
        for _ in range(60):
            for event_id in events.unworked():
                events.process(event_id)
            for refund_id in sending.unsent():
                sending.send(refund_id)
            reconcile_due()
            sending.ask_due()
            for refund in list(self.gateway.refunds.values()):
                if refund.status == "pending":
                    self.gateway.change_refund(refund.id, "processed")
            clock.shift(timedelta(hours=3))


@pytest.mark.parametrize("seed", SEEDS)
def test_in_the_end_the_books_and_the_gateway_agree_to_the_paisa(seed, client, fake_gateway, consultant):
    market = Market(seed, client, fake_gateway, consultant)
    try:
        market.live(90)
    finally:
        payable.unregister("fake")

    assert services.verify_ledger() == []
    assert verify_with_gateway(Payment.objects.filter(attention="")) == []
    # A person is asked for only where the gateway failed a refund, or one was made there against our promises.
    for noted in Payment.objects.exclude(attention=""):
        assert "failed" in noted.attention or "no room" in noted.attention
    clear = PaymentAttempt.objects.exclude(payment__attention__contains="no room").exclude(outcome="")
    for attempt in clear:
        there = fake_gateway.payments[attempt.gateway_payment_id]
        assert (attempt.captured_paise, attempt.refunded_paise) == (there.amount_paise, there.amount_refunded_paise)
    captured = {answer.id for answer in fake_gateway.payments.values() if answer.captured}
    assert captured == {attempt.gateway_payment_id for attempt in PaymentAttempt.objects.exclude(outcome="")}
    # Each payable was told of each payment that is its own once, and of each refund of it once.
    for owed in market.payables.values():
        told = [payment.pk for payment in owed.captured]
        assert len(told) == len(set(told))
        gone = {refund.pk for refund in [*owed.refunded, *owed.excess]}
        assert len(gone) == len(owed.refunded) + len(owed.excess)
    gone = Refund.objects.filter(status="processed").count()
    assert sum(len(owed.refunded) + len(owed.excess) for owed in market.payables.values()) == gone
    # Nothing waits, nothing is open that has money at the gateway.
    assert not GatewayEvent.objects.filter(status="stored").exists()
    assert not Refund.objects.filter(status__in=["pending", "processing"]).exists()
    assert not Payment.objects.filter(status="authorized").exists()
    for attempt in PaymentAttempt.objects.filter(outcome="duplicate"):
        assert attempt.refunding_paise == attempt.captured_paise


def test_the_dice_fall_on_every_side(client, fake_gateway, consultant):
    """The seeds together see everything that they are there for."""
    seen, known = set(), {}
    for seed in range(4):
        market = Market(seed, client, fake_gateway, consultant, known)
        try:
            market.live(90)
        finally:
            payable.unregister("fake")
    seen |= {f"payment {status}" for status in Payment.objects.values_list("status", flat=True)}
    seen |= {f"attempt {outcome}" for outcome in PaymentAttempt.objects.values_list("outcome", flat=True)}
    seen |= {f"refund {cause}" for cause in Refund.objects.values_list("cause", flat=True)}
    assert seen >= {
        "payment failed",
        "payment captured",
        "payment partially_refunded",
        "payment refunded",
        "attempt settled",
        "attempt returned",
        "attempt duplicate",
        "attempt ",
        "refund requested",
        "refund returned",
        "refund duplicate",
        "refund external",
    }


def test_a_market_in_which_nobody_sweeps_does_not_agree(client, fake_gateway, consultant):
    """The twin: without the sweepers the same bad luck is not made good, so the test above can fail."""
    market = Market(1, client, fake_gateway, consultant)
    market.calm_down = lambda clock: None
    market.some_work_is_done = lambda: None
    try:
        market.live(90)
    finally:
        payable.unregister("fake")
    fake_gateway.mood = lambda: ""
    assert verify_with_gateway(Payment.objects.all()) != []
