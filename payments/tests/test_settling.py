"""Money that comes: through the browser or by what the gateway says, recorded once, and only if it is ours."""

import pytest

from payments import services
from payments.errors import GatewayUnavailable, InvalidState, PaymentMismatch, SignatureInvalid
from payments.models import LedgerAccount, LedgerEntry, LedgerTransaction, Payment, PaymentAttempt, Refund
from payments.payable import RefundInFull
from payments.testing import open_for, ordered, paid, sign, work_through

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment(fake_gateway, fake_payable, consultant):
    return ordered(fake_payable, consultant)


def nothing_moved(payment):
    payment.refresh_from_db()
    assert (payment.status, payment.captured_paise) == ("created", 0)
    assert not PaymentAttempt.objects.exists()
    assert not LedgerTransaction.objects.exists()
    assert not Refund.objects.exists()
    return True


# --- it comes ---------------------------------------------------------------------------------


def test_a_payment_that_the_browser_brings_back_is_settled(payment, fake_gateway, fake_payable, consultant):
    answer = fake_gateway.pay(payment.order_id)
    payment = services.complete(**fake_gateway.signed_answer(answer))
    assert (payment.status, payment.captured_paise) == ("captured", 118_000)
    assert [told.pk for told in fake_payable.captured] == [payment.pk]
    # 5 % of the price before GST (1,000.00), and 18 % GST on that.
    assert (payment.fee_paise, payment.fee_tax_paise) == (5_000, 900)
    assert LedgerEntry.objects.owed_to(consultant) == 118_000 - 5_900
    assert LedgerEntry.objects.balance(LedgerAccount.Code.GATEWAY) == 118_000 - answer.fee_paise
    assert services.verify_ledger() == []


def test_brought_back_twice_it_settles_once_and_asks_nobody_again(payment, fake_gateway, fake_payable):
    answer = fake_gateway.signed_answer(fake_gateway.pay(payment.order_id))
    services.complete(**answer)
    asked = len(fake_gateway.calls)
    assert services.complete(**answer).status == "captured"
    assert (len(fake_payable.captured), len(fake_gateway.calls)) == (1, asked)
    assert LedgerTransaction.objects.filter(kind="capture").count() == 1


def test_what_the_reconciler_finds_first_the_browser_finds_done(payment, fake_gateway, fake_payable):
    answer = fake_gateway.pay(payment.order_id)
    services.reconcile(payment.pk)
    services.complete(**fake_gateway.signed_answer(answer))
    services.reconcile(payment.pk)
    assert len(fake_payable.captured) == 1
    assert services.verify_ledger() == []


def test_what_the_bank_only_promised_is_taken(payment, fake_gateway):
    answer = fake_gateway.pay(payment.order_id, "authorized")
    payment = services.complete(**fake_gateway.signed_answer(answer))
    assert payment.status == "captured"
    assert fake_gateway.calls[-1] == "capture"
    assert payment.authorized_at is not None


def test_a_time_out_after_it_was_taken_is_found_by_the_next_question(payment, fake_gateway):
    answer = fake_gateway.pay(payment.order_id, "authorized")
    fake_gateway.hang_after = {"capture": 1}
    with pytest.raises(GatewayUnavailable):
        services.complete(**fake_gateway.signed_answer(answer))
    payment.refresh_from_db()
    assert payment.status == "authorized"
    assert services.reconcile(payment.pk).status == "captured"


def test_taken_by_somebody_else_meanwhile_it_is_settled_all_the_same(payment, fake_gateway, monkeypatch):
    answer = fake_gateway.pay(payment.order_id, "authorized")
    capture = fake_gateway.capture

    def already(**asked):
        fake_gateway.change(answer.id, "captured")
        return capture(**asked)

    monkeypatch.setattr(fake_gateway, "capture", already)
    assert services.complete(**fake_gateway.signed_answer(answer)).status == "captured"


def test_a_gateway_that_hangs_loses_nothing(payment, fake_gateway):
    answer = fake_gateway.signed_answer(fake_gateway.pay(payment.order_id))
    fake_gateway.down = True
    before = payment.check_at
    with pytest.raises(GatewayUnavailable):
        services.complete(**answer)
    payment.refresh_from_db()
    assert payment.status == "created"
    assert payment.check_at < before  # asked about within a minute or so
    fake_gateway.down = False
    assert services.reconcile(payment.pk).status == "captured"


def test_a_payable_that_fails_leaves_everything_as_it_was(payment, fake_gateway, fake_payable, monkeypatch):
    answer = fake_gateway.signed_answer(fake_gateway.pay(payment.order_id))

    def fail(_payment):
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(fake_payable, "payment_captured", fail)
        with pytest.raises(ZeroDivisionError):
            services.complete(**answer)
    assert nothing_moved(payment)
    assert services.complete(**answer).status == "captured"


# --- it fails ---------------------------------------------------------------------------------


def test_an_attempt_that_failed_fails_the_payment_and_brings_nothing(payment, fake_gateway, fake_payable):
    fake_gateway.pay(payment.order_id, "failed")
    payment = services.reconcile(payment.pk)
    assert (payment.status, payment.failure_code) == ("failed", "payment_failed")
    assert fake_payable.captured == []
    assert not LedgerTransaction.objects.exists()


def test_the_second_card_may_succeed(payment, fake_gateway):
    fake_gateway.pay(payment.order_id, "failed")
    services.reconcile(payment.pk)
    answer = fake_gateway.pay(payment.order_id)
    payment = services.complete(**fake_gateway.signed_answer(answer))
    assert (payment.status, payment.failure_code) == ("captured", "")


def test_a_failure_that_is_heard_of_late_changes_nothing(payment, fake_gateway):
    failed = fake_gateway.pay(payment.order_id, "failed")
    services.complete(**fake_gateway.signed_answer(fake_gateway.pay(payment.order_id)))
    services.reconcile(payment.pk)
    payment.refresh_from_db()
    assert payment.status == "captured"
    assert PaymentAttempt.objects.get(gateway_payment_id=failed.id).status == "failed"


def test_a_bank_that_says_yes_days_after_no_is_believed(payment, fake_gateway):
    answer = fake_gateway.pay(payment.order_id, "failed")
    services.reconcile(payment.pk)
    fake_gateway.change(answer.id, "authorized")
    assert services.reconcile(payment.pk).status == "captured"


def test_a_promise_that_the_gateway_let_go_fails(payment, fake_gateway):
    answer = fake_gateway.pay(payment.order_id, "authorized")
    fake_gateway.down = True
    with pytest.raises(GatewayUnavailable):
        services.reconcile(payment.pk)
    fake_gateway.down = False
    fake_gateway.change(answer.id, "refunded")  # never captured: auto-refunded after some days
    assert services.reconcile(payment.pk).status == "failed"
    assert not LedgerTransaction.objects.exists()


# --- it is too much, or too late --------------------------------------------------------------


def test_a_second_payment_for_one_order_goes_back_by_itself(payment, fake_gateway, fake_payable, consultant):
    first, second = fake_gateway.pay(payment.order_id), fake_gateway.pay(payment.order_id)
    services.reconcile(payment.pk)
    refund = Refund.objects.get()
    assert (refund.cause, refund.amount_paise, refund.attempt.gateway_payment_id) == ("duplicate", 118_000, second.id)
    work_through()
    payment.refresh_from_db()
    assert (payment.status, payment.refunded_paise) == ("captured", 0)
    assert fake_gateway.payments[second.id].amount_refunded_paise == 118_000
    assert fake_gateway.payments[first.id].amount_refunded_paise == 0
    assert (len(fake_payable.captured), fake_payable.refunded, len(fake_payable.excess)) == (1, [], 1)
    assert LedgerEntry.objects.owed_to(consultant) == 118_000 - 5_900
    assert services.verify_ledger() == []


def test_money_that_the_payable_cannot_use_goes_back_whole(payment, fake_gateway, fake_payable, consultant):
    fake_payable.verdict = RefundInFull("The time was taken meanwhile.")
    payment = services.complete(**fake_gateway.signed_answer(fake_gateway.pay(payment.order_id)))
    assert (payment.status, payment.refunding_paise, payment.fee_paise) == ("captured", 118_000, 0)
    work_through()
    payment.refresh_from_db()
    assert payment.status == "refunded"
    assert Refund.objects.get().reason == "The time was taken meanwhile."
    assert (fake_payable.refunded, len(fake_payable.excess)) == ([], 1)
    assert LedgerEntry.objects.owed_to(consultant) == 0
    assert services.verify_ledger() == []


def test_money_for_a_payable_that_is_gone_goes_back_whole(payment, fake_gateway, fake_payable, monkeypatch):
    from payments import payable

    def gone(_payable_id):
        raise Payment.DoesNotExist

    payable.register("fake", gone)
    services.complete(**fake_gateway.signed_answer(fake_gateway.pay(payment.order_id)))
    work_through()
    payment.refresh_from_db()
    assert payment.status == "refunded"
    assert services.verify_ledger() == []


# --- it is not ours ---------------------------------------------------------------------------


def test_a_forged_answer_is_refused_and_nothing_moves(payment, fake_gateway):
    answer = fake_gateway.signed_answer(fake_gateway.pay(payment.order_id))
    with pytest.raises(SignatureInvalid):
        services.complete(**{**answer, "signature": "0" * 64})
    assert nothing_moved(payment)


@pytest.mark.parametrize("signature", ["", "नमस्ते", "x" * 5000])
def test_a_signature_of_any_kind_of_rubbish_is_refused(payment, fake_gateway, signature):
    answer = fake_gateway.signed_answer(fake_gateway.pay(payment.order_id))
    with pytest.raises(SignatureInvalid):
        services.complete(**{**answer, "signature": signature})
    assert nothing_moved(payment)


@pytest.mark.parametrize("order_id", ["", "order_of_somebody_else"])
def test_an_order_that_we_did_not_make_is_refused(payment, fake_gateway, order_id):
    with pytest.raises(SignatureInvalid):
        services.complete(order_id=order_id, gateway_payment_id="pay_1", signature=sign(order_id, "pay_1"))
    assert nothing_moved(payment)


def test_an_answer_replayed_for_another_order_is_refused(payment, fake_gateway, fake_payable, consultant):
    answer = fake_gateway.signed_answer(fake_gateway.pay(payment.order_id))
    other = ordered(fake_payable, consultant, 50_000, purpose="balance")
    with pytest.raises(SignatureInvalid):
        services.complete(**{**answer, "order_id": other.order_id})
    assert nothing_moved(other)


@pytest.mark.parametrize(
    "spoiled",
    [
        {"order_id": "order_of_somebody_else"},
        {"order_id": ""},
        {"amount_paise": 100},
        {"amount_paise": 118_001},
        {"currency": "USD"},
    ],
)
def test_a_payment_of_another_order_amount_or_currency_moves_nothing(payment, fake_gateway, spoiled):
    answer = fake_gateway.pay(payment.order_id, **spoiled)
    with pytest.raises(PaymentMismatch):
        services.complete(
            order_id=payment.order_id, gateway_payment_id=answer.id, signature=sign(payment.order_id, answer.id)
        )
    assert nothing_moved(payment)


def test_a_payment_that_the_gateway_does_not_know_moves_nothing(payment, fake_gateway):
    with pytest.raises(PaymentMismatch):
        services.complete(
            order_id=payment.order_id, gateway_payment_id="pay_1", signature=sign(payment.order_id, "pay_1")
        )
    assert nothing_moved(payment)


def test_a_strange_payment_beside_a_good_one_does_not_keep_it_out(payment, fake_gateway):
    fake_gateway.pay(payment.order_id, amount_paise=100)
    fake_gateway.pay(payment.order_id)
    payment = services.reconcile(payment.pk)
    assert (payment.status, bool(payment.attention)) == ("captured", True)


# --- the machine ------------------------------------------------------------------------------


@pytest.mark.parametrize("now", list(Payment.Status))
@pytest.mark.parametrize("then", list(Payment.Status))
def test_every_move_of_a_payment_is_in_the_table_or_raises(now, then):
    payment = Payment(status=now)
    if now == then or then in Payment.MOVES[now]:
        payment.move_to(then)
        assert payment.status == then
    else:
        with pytest.raises(InvalidState):
            payment.move_to(then)
        assert payment.status == now


def test_the_answer_is_kept_without_the_payer(payment, fake_gateway):
    raw = {"id": "pay_1", "status": "captured", "email": "farhan@example.com", "contact": "+91", "vpa": "f@upi"}
    fake_gateway.pay(payment.order_id, raw=raw)
    services.reconcile(payment.pk)
    assert PaymentAttempt.objects.get().answer == {"id": "pay_1", "status": "captured"}


def test_a_deposit_and_its_balance_are_both_for_the_consultant(fake_gateway, fake_payable, consultant):
    paid(fake_payable, consultant, 35_400, purpose="deposit")
    paid(fake_payable, consultant, 82_600, purpose="balance")
    assert LedgerEntry.objects.owed_to(consultant) == 118_000 - 5_900
    assert (
        open_for(fake_payable, consultant, 35_400, purpose="deposit").status == "created"
    )  # a new one, the old is paid
