"""What nobody told us is asked about; what was never paid is closed; what comes later still is recorded."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from payments import services
from payments.errors import GatewayRefused
from payments.models import Payment
from payments.payable import RefundInFull
from payments.services.reconciling import CHECK_AFTER, CHECK_AFTER_PAID, reconcile_due
from payments.testing import open_for, ordered, work_through

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment(fake_gateway, fake_payable, consultant):
    return ordered(fake_payable, consultant)


def after(**time):
    return time_machine.travel(timezone.now() + timedelta(**time))


def test_a_young_payment_is_left_alone(payment, fake_gateway):
    with after(minutes=14):
        assert reconcile_due() == 0


def test_after_a_quarter_of_an_hour_the_gateway_is_asked(payment, fake_gateway):
    fake_gateway.pay(payment.order_id)
    with after(minutes=16):
        assert reconcile_due() == 1
        assert reconcile_due() == 0
    payment.refresh_from_db()
    assert payment.status == "captured"


def test_a_second_payment_that_nobody_tells_of_is_found_and_goes_back(payment, fake_gateway, fake_payable):
    services.complete(**fake_gateway.signed_answer(fake_gateway.pay(payment.order_id)))
    fake_gateway.pay(payment.order_id)
    with after(hours=2):
        assert reconcile_due() == 1
        work_through()
    assert (len(fake_payable.captured), len(fake_payable.excess)) == (1, 1)


def test_what_is_paid_is_asked_about_a_few_times_more(payment, fake_gateway):
    services.complete(**fake_gateway.signed_answer(fake_gateway.pay(payment.order_id)))
    asked = 0
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(20):
            payment.refresh_from_db()
            if payment.check_at is None:
                break
            clock.move_to(payment.check_at)
            asked += reconcile_due()
    assert asked == len(CHECK_AFTER_PAID)


def test_what_stays_unpaid_is_asked_about_less_and_less_and_then_no_more(payment, fake_gateway):
    asked = 0
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(20):
            payment.refresh_from_db()
            if payment.check_at is None:
                break
            clock.move_to(payment.check_at)
            asked += reconcile_due()
    assert asked == len(CHECK_AFTER)
    assert (payment.status, payment.failure_code) == ("failed", "expired")
    assert not payment.can_be_paid


def test_a_payment_without_an_order_expires_without_a_question(fake_gateway, fake_payable, consultant):
    payment = open_for(fake_payable, consultant)
    with after(hours=25):
        assert reconcile_due() == 1
    payment.refresh_from_db()
    assert (payment.status, fake_gateway.calls) == ("failed", [])


def test_an_expired_payment_makes_room_for_a_new_one(payment, fake_payable, consultant):
    with after(hours=25):
        reconcile_due()
        assert open_for(fake_payable, consultant) != payment


def test_money_for_an_expired_payment_is_found_and_its_payable_decides(payment, fake_gateway, fake_payable):
    with after(hours=25):
        reconcile_due()
    fake_gateway.pay(payment.order_id)
    fake_payable.verdict = RefundInFull("Too late.")
    with after(days=3):
        reconcile_due()
        work_through()
    payment.refresh_from_db()
    assert payment.status == "refunded"
    assert services.verify_ledger() == []


def test_a_gateway_that_is_away_ends_the_round_and_everything_stays_due(
    payment, fake_gateway, fake_payable, consultant
):
    ordered(fake_payable, consultant, 50_000, purpose="balance")
    fake_gateway.calls.clear()
    fake_gateway.down = True
    with after(minutes=16):
        assert reconcile_due() == 0
        assert fake_gateway.calls == ["order_payments"]
    fake_gateway.down = False
    with after(minutes=30):
        assert reconcile_due() == 2


def test_one_payment_that_cannot_be_recorded_does_not_keep_the_others(
    payment, fake_gateway, fake_payable, consultant, monkeypatch
):
    other = ordered(fake_payable, consultant, 50_000, purpose="balance")
    fake_gateway.pay(payment.order_id)
    fake_gateway.pay(other.order_id)
    take = fake_payable.payment_captured

    def fail_for_the_first(told):
        if told.pk == payment.pk:
            raise ZeroDivisionError
        return take(told)

    monkeypatch.setattr(fake_payable, "payment_captured", fail_for_the_first)
    with after(minutes=16):
        assert reconcile_due() == 1
    other.refresh_from_db()
    payment.refresh_from_db()
    assert (other.status, payment.status) == ("captured", "created")
    assert payment.check_at is not None


def test_two_sweepers_ask_once(payment, fake_gateway, monkeypatch):
    with after(minutes=16):
        first = Payment.objects.get(pk=payment.pk)
        Payment.objects.filter(pk=payment.pk).update(check_at=timezone.now() + timedelta(minutes=10))
        assert first.check_at < timezone.now()
        assert reconcile_due() == 0


def test_an_order_that_the_gateway_does_not_know_is_for_a_person(payment, fake_gateway, monkeypatch):
    def refuse(_order_id):
        raise GatewayRefused("The id provided does not exist", "BAD_REQUEST_ERROR")

    monkeypatch.setattr(fake_gateway, "order_payments", refuse)
    with after(minutes=16):
        assert reconcile_due() == 1
        payment.refresh_from_db()
        assert "does not know" in payment.attention
        assert payment.check_at > timezone.now()
