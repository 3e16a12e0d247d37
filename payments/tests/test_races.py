"""Two at once, on PostgreSQL, where rows can be locked. Each race has a twin with the lock off, which goes wrong.

The twins show that the lock is what makes it right: without it the tables' constraints still let no paisa be counted
twice, but one of the two falls over an IntegrityError, or waits in a ring, instead of finding the work done.
"""

import contextlib
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from payments import payable, services
from payments.errors import RefundNotPossible
from payments.models import LedgerTransaction, Payment, Refund
from payments.services import events, reconciling, sending, settling
from payments.testing import FakePayable, ordered, paid, promise_refund, webhook, work_through

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ALL_COME = 30  # seconds


@pytest.fixture
def no_locks(monkeypatch):
    """Rows can't be locked any more."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *_args, **_kwargs: self.all())


def at_once(*acts):
    """Run each in a thread of its own, all from the same moment. Returns what they raised, None where nothing."""
    start = threading.Barrier(len(acts))
    raised = [None] * len(acts)

    def run(number, act):
        try:
            start.wait()
            act()
        except Exception as error:  # noqa: BLE001
            raised[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return raised


def meeting(monkeypatch, where, name, parties=2, within=0.5, *, before=False):
    """All parties have passed ``where.name`` (or come to it) before any goes on, or ``within`` seconds have gone by:
    with the lock they can't all come, and half a second is enough; without it they do, be the machine ever so slow."""
    barrier = threading.Barrier(parties)
    real = getattr(where, name)

    def wait():
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(within)

    def meet(*args, **kwargs):
        if before:
            wait()
        found = real(*args, **kwargs)
        if not before:
            wait()
        return found

    monkeypatch.setattr(where, name, meet)


@pytest.fixture
def payment(fake_gateway, fake_payable, consultant):
    return ordered(fake_payable, consultant)


# --- browser and webhook ----------------------------------------------------------------------


def browser_and_webhook(client, payment, gateway):
    answer = gateway.pay(payment.order_id)
    webhook(client, "payment.captured", answer)
    [event_id] = events.unworked()
    return at_once(
        lambda: services.complete(**gateway.signed_answer(answer)),
        lambda: events.process(event_id),
        lambda: services.complete(**gateway.signed_answer(answer)),
    )


def test_browser_and_webhook_at_once_settle_once(client, payment, fake_gateway, fake_payable, monkeypatch):
    meeting(monkeypatch, settling, "_attempt", 3)
    assert browser_and_webhook(client, payment, fake_gateway) == [None, None, None]
    assert len(fake_payable.captured) == 1
    assert LedgerTransaction.objects.filter(kind="capture").count() == 1
    assert services.verify_ledger() == []


def test_without_the_lock_they_fall_over_each_other(client, payment, fake_gateway, fake_payable, monkeypatch, no_locks):
    # All have read the attempt, which is new to each: who reads it later would find it settled, lock or not.
    meeting(monkeypatch, settling, "_attempt", 3, ALL_COME)
    raised = browser_and_webhook(client, payment, fake_gateway)
    assert len(fake_payable.captured) > 1 or any(raised)


# --- two payments for one order ---------------------------------------------------------------


def two_payments(payment, gateway):
    first, second = gateway.pay(payment.order_id), gateway.pay(payment.order_id)
    return at_once(
        lambda: services.complete(**gateway.signed_answer(first)),
        lambda: services.complete(**gateway.signed_answer(second)),
    )


def test_of_two_payments_at_once_one_settles_and_one_goes_back(payment, fake_gateway, fake_payable, monkeypatch):
    meeting(monkeypatch, settling, "_attempt")
    assert two_payments(payment, fake_gateway) == [None, None]
    work_through()
    outcomes = sorted(payment.attempts.values_list("outcome", flat=True))
    assert (outcomes, len(fake_payable.captured), len(fake_payable.excess)) == (["duplicate", "settled"], 1, 1)
    assert services.verify_ledger() == []


def test_without_the_lock_both_are_taken(payment, fake_gateway, fake_payable, monkeypatch, no_locks):
    meeting(monkeypatch, settling, "_attempt", 2, ALL_COME)
    raised = two_payments(payment, fake_gateway)
    assert len(fake_payable.captured) == 2 or any(raised)


# --- refunds ----------------------------------------------------------------------------------


def two_refunds(owed, amount):
    return at_once(lambda: promise_refund(owed, amount, key="one"), lambda: promise_refund(owed, amount, key="two"))


def test_of_two_refunds_of_everything_one_is_promised(fake_gateway, fake_payable, consultant, monkeypatch):
    payment = paid(fake_payable, consultant)
    raised = two_refunds(fake_payable, 118_000)
    assert sorted(type(error) for error in raised if error) == [RefundNotPossible]
    payment.refresh_from_db()
    assert (Refund.objects.count(), payment.refunding_paise) == (1, 118_000)
    assert services.verify_ledger() == []


def test_without_the_lock_both_refunds_are_promised(fake_gateway, fake_payable, consultant, monkeypatch, no_locks):
    from payments.services import refunds

    paid(fake_payable, consultant)
    meeting(monkeypatch, refunds, "promise", 2, ALL_COME, before=True)
    assert two_refunds(fake_payable, 118_000) == [None, None]
    assert services.verify_ledger() != []


def test_of_many_workers_one_sends_a_refund(fake_gateway, fake_payable, consultant):
    paid(fake_payable, consultant)
    [refund] = promise_refund(fake_payable)
    assert at_once(*[lambda: sending.send(refund.pk)] * 6) == [None] * 6
    assert fake_gateway.calls.count("refund") == 1
    assert (len(fake_payable.refunded), services.verify_ledger()) == (1, [])


def test_answer_and_webhook_of_a_refund_at_once_count_once(client, fake_gateway, fake_payable, consultant, monkeypatch):
    fake_gateway.refund_status = "pending"
    payment = paid(fake_payable, consultant)
    [refund] = promise_refund(fake_payable)
    work_through()
    refund.refresh_from_db()
    fake_gateway.change_refund(refund.gateway_refund_id, "processed")
    assert at_once(*[lambda: services.reconcile(payment.pk)] * 4) == [None] * 4
    payment.refresh_from_db()
    assert (payment.status, len(fake_payable.refunded), services.verify_ledger()) == ("refunded", 1, [])


# --- capture against expiry -------------------------------------------------------------------


def capture_and_expiry(payment, gateway, monkeypatch, within):
    """The expiry has read the payment, and would write it; before it does, the browser brings the money back."""
    has_read, captured = threading.Event(), threading.Event()
    mark_failed = settling.mark_failed

    def late(*args, **kwargs):
        has_read.set()
        captured.wait(within)
        return mark_failed(*args, **kwargs)

    monkeypatch.setattr(settling, "mark_failed", late)
    monkeypatch.setattr(reconciling, "EXPIRES_AFTER", timedelta(0))
    answer = gateway.pay(payment.order_id)

    def pay():
        has_read.wait(ALL_COME)
        services.complete(**gateway.signed_answer(answer))
        captured.set()

    return at_once(pay, lambda: reconciling._checked(payment.pk))


def test_a_capture_and_the_expiry_at_once_leave_it_paid(payment, fake_gateway, monkeypatch):
    assert capture_and_expiry(payment, fake_gateway, monkeypatch, 1) == [None, None]
    payment.refresh_from_db()
    assert payment.status == "captured"
    assert services.verify_ledger() == []


def test_without_the_lock_the_expiry_overwrites_the_capture(payment, fake_gateway, monkeypatch, no_locks):
    capture_and_expiry(payment, fake_gateway, monkeypatch, ALL_COME)
    payment.refresh_from_db()
    assert payment.status == "failed"
    assert services.verify_ledger() != []


# --- the order of locks -----------------------------------------------------------------------


class LockedPayable(FakePayable):
    """A payable with a row of its own: the consultant's, for want of another."""

    def __init__(self, consultant):
        super().__init__()
        self.consultant = consultant

    def lock(self):
        type(self.consultant).objects.select_for_update().get(pk=self.consultant.pk)


def settle_and_refund(owed, consultant, gateway):
    """One thread hears of a payment again while others, which hold the payable, refund it."""

    def load(_payable_id):
        owed.lock()
        return owed

    payable.register("fake", load)
    first = paid(owed, consultant, 35_400, purpose="deposit")
    second = gateway.pay(first.order_id)

    def refund():
        with transaction.atomic():
            owed.lock()
            time.sleep(0.02)
            services.request_refund(
                payable_kind="fake",
                payable_id=owed.payable_id,
                amount_paise=35_400,
                reason="",
                actor=None,
                key="k",
            )

    raised = at_once(refund, lambda: services.complete(**gateway.signed_answer(second)), refund)
    payable.unregister("fake")
    return [error for error in raised if error]


def test_settling_and_refunding_at_once_never_wait_in_a_ring(fake_gateway, consultant):
    for _ in range(8):
        assert settle_and_refund(LockedPayable(consultant), consultant, fake_gateway) == []
    assert services.verify_ledger() == []
    assert Refund.objects.filter(cause="duplicate").count() == 8


def test_with_the_payment_locked_first_they_do(fake_gateway, consultant, monkeypatch):
    load = payable.load_if_there

    def payment_first(kind, payable_id):
        list(Payment.objects.select_for_update().for_payable(kind, payable_id))
        time.sleep(0.05)
        return load(kind, payable_id)

    monkeypatch.setattr(payable, "load_if_there", payment_first)
    raised = settle_and_refund(LockedPayable(consultant), consultant, fake_gateway)
    assert [error for error in raised if "deadlock" in str(error)]
