"""Our services over the official SDK against the emulator's HTTP, its webhooks knocking at our own door."""

import contextlib
import random
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from payments import payable, services
from payments.errors import GatewayUnavailable, PaymentError, PaymentMismatch, SignatureInvalid
from payments.models import GatewayEvent, LedgerAccount, LedgerEntry, LedgerTransaction, Payment, Refund
from payments.payable import RefundInFull, Settled
from payments.razorpay import client
from payments.services import events, sending
from payments.services.checking import verify_with_gateway
from payments.services.reconciling import reconcile_due
from payments.testing import FakePayable, open_for, ordered, promise_refund, work_through

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(emulator, live_server, fake_payable, monkeypatch):
    """The emulator knows our webhook's address and waits to be told to knock; nobody of us waits long for it."""
    gateway = emulator.gateway(timeout=(1.0, 1.0))
    monkeypatch.setattr(client, "get_gateway", lambda: gateway)
    emulator.control("settings", webhook_url=f"{live_server.url}/payments/webhook/razorpay/")
    emulator.control("disorder", paused=True)
    yield emulator
    emulator.control("settings", webhook_url="")


@pytest.fixture
def payment(shop, fake_payable, consultant):
    return ordered(fake_payable, consultant)


def bring_back(paid):
    """What the payer's browser brings home."""
    answer = paid["checkout"]
    return services.complete(
        order_id=answer["razorpay_order_id"],
        gateway_payment_id=answer["razorpay_payment_id"],
        signature=answer["razorpay_signature"],
    )


def books_agree():
    assert services.verify_ledger() == []
    assert verify_with_gateway(Payment.objects.all()) == []
    return True


def test_paid_in_the_browser_and_told_by_webhook(shop, payment, fake_payable):
    assert bring_back(shop.pay(payment.order_id)).status == "captured"
    assert shop.control("webhooks/flush") == {"done": 3}
    work_through()
    assert set(GatewayEvent.objects.values_list("status", flat=True)) == {"done"}
    assert len(fake_payable.captured) == 1
    assert books_agree()


def test_told_by_webhook_alone(shop, payment, fake_payable):
    shop.pay(payment.order_id)
    shop.control("webhooks/flush")
    work_through()
    payment.refresh_from_db()
    assert (payment.status, len(fake_payable.captured)) == ("captured", 1)
    assert books_agree()


def test_what_the_account_does_not_capture_we_do(shop, payment):
    assert bring_back(shop.pay(payment.order_id, "authorized")).status == "captured"
    assert books_agree()


def test_a_bank_that_says_yes_after_no(shop, payment):
    failed = shop.pay(payment.order_id, "failed")
    assert services.reconcile(payment.pk).status == "failed"
    shop.control(f"payments/{failed['payment']['id']}/authorize")
    assert services.reconcile(payment.pk).status == "captured"
    assert books_agree()


def test_an_order_that_is_made_while_nobody_hears_of_it_is_found_again(shop, fake_payable, consultant):
    owed = open_for(fake_payable, consultant)
    shop.control("faults", path="POST /v1/orders", kind="commit_then_drop", times=2)
    for _ in range(2):
        with pytest.raises(GatewayUnavailable):
            services.ensure_order(owed.pk)
    payment = services.ensure_order(owed.pk)
    assert [order["id"] for order in shop.state()["orders"]] == [payment.order_id]


def test_an_order_that_hangs_is_found_again(shop, fake_payable, consultant):
    owed = open_for(fake_payable, consultant)
    shop.control("faults", path="POST /v1/orders", kind="commit_then_hang", seconds=1.5)
    with pytest.raises(GatewayUnavailable):
        services.ensure_order(owed.pk)
    payment = services.ensure_order(owed.pk)
    assert [order["id"] for order in shop.state()["orders"]] == [payment.order_id]


@pytest.mark.parametrize("kind", ["429", "500", "gateway_error", "html_502", "commit_then_drop"])
def test_a_gateway_that_fails_in_any_way_loses_nothing(shop, payment, kind):
    paid = shop.pay(payment.order_id)
    shop.control("faults", path="GET *", kind=kind)
    with pytest.raises(GatewayUnavailable):
        bring_back(paid)
    payment.refresh_from_db()
    assert payment.status == "created"
    assert services.reconcile(payment.pk).status == "captured"


def test_a_capture_that_is_made_while_nobody_hears_of_it(shop, payment):
    paid = shop.pay(payment.order_id, "authorized")
    shop.control("faults", path="POST *capture", kind="commit_then_drop")
    with pytest.raises(GatewayUnavailable):
        bring_back(paid)
    assert services.reconcile(payment.pk).status == "captured"
    assert books_agree()


def test_two_payments_for_one_order(shop, payment, fake_payable):
    first, second = shop.pay(payment.order_id, "created"), shop.pay(payment.order_id, "created")
    for one in (first, second):
        shop.control(f"payments/{one['payment']['id']}/authorize", capture="force")
    shop.control("webhooks/flush")
    work_through()
    assert sorted(payment.attempts.values_list("outcome", flat=True)) == ["duplicate", "settled"]
    assert (len(fake_payable.captured), len(fake_payable.excess)) == (1, 1)
    assert books_agree()


def test_money_that_comes_too_late_goes_back(shop, payment, fake_payable):
    fake_payable.verdict = RefundInFull("Too late.")
    bring_back(shop.pay(payment.order_id))
    work_through()
    payment.refresh_from_db()
    assert payment.status == "refunded"
    assert books_agree()


@pytest.mark.parametrize("kind", ["commit_then_drop", "500", "gateway_error", "html_502", "429"])
def test_a_refund_goes_once_whatever_the_gateway_answers(shop, payment, fake_payable, kind):
    bring_back(shop.pay(payment.order_id))
    shop.control("faults", path="POST *refund", kind=kind, times=2)
    [promised] = promise_refund(fake_payable, 59_000)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(3):
            work_through()
            clock.shift(timedelta(minutes=5))
    promised.refresh_from_db()
    assert (promised.status, len(shop.state()["refunds"])) == ("processed", 1)
    assert books_agree()


def test_a_refund_that_takes_days(shop, payment, fake_payable):
    bring_back(shop.pay(payment.order_id))
    shop.control("settings", refund_mode="pending", refund_seconds=3600)
    [promised] = promise_refund(fake_payable, 118_000)
    work_through()
    promised.refresh_from_db()
    assert (promised.status, fake_payable.refunded) == ("processing", [])
    shop.control(f"refunds/{promised.gateway_refund_id}/end", status="processed")
    shop.control("webhooks/flush")
    work_through()
    payment.refresh_from_db()
    assert (payment.status, len(fake_payable.refunded)) == ("refunded", 1)
    assert books_agree()


def test_a_refund_that_fails_there_is_for_a_person_and_can_be_sent_again(shop, payment, fake_payable, admin_user):
    bring_back(shop.pay(payment.order_id))
    shop.control("settings", refund_mode="pending", refund_seconds=3600)
    [promised] = promise_refund(fake_payable, 118_000)
    work_through()
    promised.refresh_from_db()
    shop.control(f"refunds/{promised.gateway_refund_id}/end", status="failed")
    shop.control("webhooks/flush")
    work_through()
    promised.refresh_from_db()
    assert promised.status == "failed"
    shop.control("settings", refund_mode="processed")
    services.send_again(refund=promised, actor=admin_user)
    work_through()
    payment.refresh_from_db()
    assert payment.status == "refunded"
    assert books_agree()


def test_a_refund_made_at_the_gateway_is_taken_into_the_books(shop, payment, fake_payable):
    paid = shop.pay(payment.order_id)
    bring_back(paid)
    shop.gateway().refund(
        payment_id=paid["payment"]["id"], amount_paise=18_000, idempotency_key="dashboard-0001", notes={}
    )
    shop.control("webhooks/flush")
    work_through()
    assert Refund.objects.get().cause == "external"
    assert books_agree()


# --- not ours ---------------------------------------------------------------------------------


def nothing_moved(payment):
    payment.refresh_from_db()
    assert (payment.status, payment.captured_paise) == ("created", 0)
    assert not LedgerTransaction.objects.exists()
    assert not Refund.objects.exists()
    return True


def test_a_forged_answer(shop, payment):
    paid = shop.pay(payment.order_id)
    paid["checkout"]["razorpay_signature"] = "f" * 64
    with pytest.raises(SignatureInvalid):
        bring_back(paid)
    assert nothing_moved(payment)


def test_an_answer_replayed_for_another_order(shop, payment, fake_payable, consultant):
    other = ordered(fake_payable, consultant, 50_000, purpose="balance")
    paid = shop.pay(payment.order_id)
    paid["checkout"]["razorpay_order_id"] = other.order_id
    with pytest.raises(SignatureInvalid):
        bring_back(paid)
    assert nothing_moved(other)


@pytest.mark.parametrize("spoiled", [{"amount": 100}, {"currency": "USD"}])
def test_a_payment_of_another_amount_or_currency(shop, payment, spoiled):
    paid = shop.pay(payment.order_id)
    shop.control(f"payments/{paid['payment']['id']}/spoil", **spoiled)
    with pytest.raises(PaymentMismatch):
        bring_back(paid)
    assert nothing_moved(payment)


def test_a_payment_of_a_foreign_order(shop, payment):
    paid = shop.pay(payment.order_id)
    foreign = shop.gateway().create_order(amount_paise=118_000, currency="INR", receipt="somebody-elses", notes={})
    shop.control(f"payments/{paid['payment']['id']}/spoil", order_id=foreign.id)
    with pytest.raises(PaymentMismatch):
        bring_back(paid)
    assert nothing_moved(payment)


def test_a_tampered_webhook_is_refused_and_kept_nowhere(shop, payment):
    shop.control("disorder", paused=True, least=0, most=0, tampered=1.0)
    shop.pay(payment.order_id)
    assert shop.control("webhooks/flush") == {"refused": 3}
    assert not GatewayEvent.objects.exists()
    assert nothing_moved(payment)


def test_the_secret_of_yesterday_still_opens(shop, payment):
    shop.control("disorder", paused=True, old_secret=1.0)
    shop.pay(payment.order_id)
    assert shop.control("webhooks/flush") == {"done": 3}
    work_through()
    payment.refresh_from_db()
    assert payment.status == "captured"


# --- disorder ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_disorder_ends_in_books_that_agree(shop, consultant, seed):
    """1 to 5 deliveries, shuffled, late or never, old secrets, lost answers, a gateway that fails: to the paisa."""
    dice = random.Random(seed)
    shop.control(
        "disorder", paused=True, least=1, most=5, delay=60, never=0.3, lost_answer=0.2, tampered=0.2, seed=seed
    )
    payables = {owed.payable_id: owed for owed in (FakePayable() for _ in range(8))}
    payable.register("fake", payables.__getitem__)
    with time_machine.travel(timezone.now(), tick=True) as clock:
        for owed in payables.values():
            owed.verdict = dice.choice([Settled(), Settled(), Settled(), RefundInFull("Too late.")])
            if dice.random() < 0.6:
                kind = dice.choice(["commit_then_drop", "500", "html_502", "gateway_error"])
                shop.control("faults", path=dice.choice(["POST *", "GET *"]), kind=kind, times=dice.randint(1, 3))
            payment = open_for(owed, consultant, dice.choice([100, 11_801, 118_000, 9_999_999]))
            for _ in range(4):
                try:
                    payment = services.ensure_order(payment.pk)
                except PaymentError:
                    continue
                break
            outcomes = [dice.choice(["captured", "authorized", "failed", "created"]) for _ in range(dice.randint(1, 3))]
            begun = [shop.pay(payment.order_id, "created") for _ in outcomes]
            for one, outcome in zip(begun, outcomes, strict=True):
                if outcome in ("captured", "authorized"):
                    capture = "force" if outcome == "captured" else "never"
                    one.update(shop.control(f"payments/{one['payment']['id']}/authorize", capture=capture))
                if dice.random() < 0.5:
                    with contextlib.suppress(PaymentError):
                        bring_back(one)
            if dice.random() < 0.5:
                shop.control("settings", refund_mode=dice.choice(["processed", "pending"]), refund_seconds=0)
                with contextlib.suppress(PaymentError):
                    promise_refund(owed, dice.choice([1, 50, 100, 11_801]))
            if dice.random() < 0.4:
                shop.control("webhooks/flush")
                work_through()
        shop.control("webhooks/flush", rounds=3)
        shop.http.delete("/_control/faults")
        for _ in range(30):
            for event_id in events.unworked():
                events.process(event_id)
            for refund_id in sending.unsent():
                sending.send(refund_id)
            reconcile_due()
            sending.ask_due()
            shop.control("advance", seconds=3 * 3600)
            clock.shift(timedelta(hours=3))

    assert books_agree()
    state = shop.state()
    there = sum(payment["amount"] for payment in state["payments"] if payment["captured"])
    back = sum(refund["amount"] for refund in state["refunds"] if refund["status"] == "processed")
    fees = sum(payment["fee"] or 0 for payment in state["payments"] if payment["captured"])
    released = {payment["id"] for payment in state["payments"] if not payment["captured"]}
    back -= sum(refund["amount"] for refund in state["refunds"] if refund["payment_id"] in released)
    assert LedgerEntry.objects.balance(LedgerAccount.Code.GATEWAY) == there - back - fees
    assert not GatewayEvent.objects.filter(status="stored").exists()
    assert not Refund.objects.exclude(status="processed").exists()
    for owed in payables.values():
        assert len(owed.captured) <= 1
