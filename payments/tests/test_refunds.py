"""Money that goes back: promised with its cause, sent once, followed to the end."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import AuditEntry
from payments import services
from payments.errors import InvalidState, RefundNotPossible
from payments.models import LedgerAccount, LedgerEntry, LedgerTransaction, Refund
from payments.services import sending
from payments.testing import paid, promise_refund, work_through

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment(fake_gateway, fake_payable, consultant):
    return paid(fake_payable, consultant)


def test_a_refund_is_a_row_first_and_nobody_is_asked(payment, fake_payable, fake_gateway):
    asked = len(fake_gateway.calls)
    [promised] = promise_refund(fake_payable, 59_000)
    payment.refresh_from_db()
    assert (promised.status, promised.amount_paise, payment.refunding_paise) == ("pending", 59_000, 59_000)
    assert (payment.status, payment.refunded_paise, len(fake_gateway.calls)) == ("captured", 0, asked)


def test_a_worker_is_told_when_the_change_is_committed(
    payment, fake_payable, fake_gateway, django_capture_on_commit_callbacks, monkeypatch
):
    from payments import tasks

    told = []
    monkeypatch.setattr(tasks.send_refund, "apply_async", lambda args, *_a, **_k: told.append(args))
    with django_capture_on_commit_callbacks(execute=True):
        [promised] = promise_refund(fake_payable, 59_000)
        assert told == []
    assert told == [(str(promised.pk),)]


def test_part_of_it_goes_back_and_the_payable_is_told(payment, fake_payable, consultant):
    [promised] = promise_refund(fake_payable, 59_000)
    work_through()
    payment.refresh_from_db()
    promised.refresh_from_db()
    assert (payment.status, payment.refunded_paise, promised.status) == ("partially_refunded", 59_000, "processed")
    assert ([told.pk for told in fake_payable.refunded], fake_payable.excess) == ([promised.pk], [])
    # Half of the fee is given up with half of the money.
    assert LedgerEntry.objects.owed_to(consultant) == (118_000 - 5_900) - (59_000 - 2_950)
    assert services.verify_ledger() == []


def test_all_of_it_in_odd_parts_leaves_nothing_behind(payment, fake_payable, fake_gateway, consultant):
    for number, part in enumerate([1, 33_333, 7, 50_001, 34_658]):
        promise_refund(fake_payable, part, key=f"part-{number}")
        work_through()
    payment.refresh_from_db()
    assert payment.status == "refunded"
    assert LedgerEntry.objects.owed_to(consultant) == 0
    codes = LedgerAccount.Code
    assert [LedgerEntry.objects.balance(code) for code in (codes.PLATFORM_FEES, codes.GST_OUTPUT, codes.REFUNDS)] == [
        0,
        0,
        0,
    ]
    # The gateway keeps what it took for itself.
    assert LedgerEntry.objects.balance(codes.GATEWAY) == -sum(p.fee_paise for p in fake_gateway.payments.values())
    assert services.verify_ledger() == []


def test_more_than_is_left_is_refused(payment, fake_payable):
    promise_refund(fake_payable, 100_000)
    with pytest.raises(RefundNotPossible, match=r"₹180\.00 is left"):
        promise_refund(fake_payable, 18_001, key="again")
    assert Refund.objects.count() == 1


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_is_no_refund(payment, fake_payable, amount):
    with pytest.raises(RefundNotPossible):
        promise_refund(fake_payable, amount)


def test_the_same_request_again_finds_its_rows(payment, fake_payable, fake_gateway):
    assert promise_refund(fake_payable, 59_000) == promise_refund(fake_payable, 59_000)
    work_through()
    assert promise_refund(fake_payable, 59_000)[0].status == "processed"
    assert Refund.objects.count() == len(fake_gateway.refunds) == 1


def test_the_same_key_for_another_amount_is_refused(payment, fake_payable):
    promise_refund(fake_payable, 59_000)
    with pytest.raises(InvalidState):
        promise_refund(fake_payable, 60_000)


def test_a_deposit_and_a_balance_give_back_the_newest_first(fake_gateway, fake_payable, consultant):
    deposit = paid(fake_payable, consultant, 35_400, purpose="deposit")
    balance = paid(fake_payable, consultant, 82_600, purpose="balance")
    rows = promise_refund(fake_payable, 100_000)
    assert [(row.payment_id, row.amount_paise) for row in rows] == [(balance.pk, 82_600), (deposit.pk, 17_400)]
    work_through()
    deposit.refresh_from_db()
    balance.refresh_from_db()
    assert (deposit.status, balance.status) == ("partially_refunded", "refunded")
    assert services.verify_ledger() == []


@pytest.mark.django_db(transaction=True)
def test_a_refund_needs_the_transaction_of_its_cause(payment, fake_payable):
    with pytest.raises(RuntimeError):
        services.request_refund(
            payable_kind="fake", payable_id=fake_payable.payable_id, amount_paise=1, reason="", actor=None, key="k"
        )


# --- sending ----------------------------------------------------------------------------------


def test_a_time_out_after_it_was_made_does_not_make_it_twice(payment, fake_payable, fake_gateway):
    [promised] = promise_refund(fake_payable, 59_000)
    fake_gateway.hang_after = {"refund": 3}
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(4):
            sending.send(promised.pk)
            clock.shift(timedelta(hours=1))
    promised.refresh_from_db()
    assert (promised.status, promised.attempts, len(fake_gateway.refunds)) == ("processed", 4, 1)
    assert services.verify_ledger() == []


def test_a_worker_that_died_while_sending_is_followed_by_the_next(payment, fake_payable, fake_gateway):
    [promised] = promise_refund(fake_payable, 59_000)
    Refund.objects.filter(pk=promised.pk).update(claimed_at=timezone.now())
    assert sending.unsent() == []
    assert sending.send(promised.pk).status == "pending"
    Refund.objects.filter(pk=promised.pk).update(claimed_at=timezone.now() - timedelta(minutes=10))
    assert sending.unsent() == [promised.pk]
    assert sending.send(promised.pk).status == "processed"


def test_a_gateway_that_is_down_is_asked_later_and_less_and_less(payment, fake_payable, fake_gateway):
    [promised] = promise_refund(fake_payable, 59_000)
    fake_gateway.down = True
    waits = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(9):
            row = sending.send(promised.pk)
            row.refresh_from_db()
            waits.append((row.due_at - timezone.now()).total_seconds() / 60)
            assert sending.send(promised.pk).attempts == row.attempts  # not due yet
            clock.move_to(row.due_at)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert row.status == "pending"
    assert row.last_error


def test_a_refusal_for_days_is_for_a_person_and_the_money_stays_promised(
    payment, fake_payable, fake_gateway, admin_user
):
    [promised] = promise_refund(fake_payable, 118_000)
    fake_gateway.refuse_refunds = "Your account does not have enough balance"
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(sending.REFUSALS):
            sending.send(promised.pk)
            clock.shift(timedelta(hours=1))
        promised.refresh_from_db()
        payment.refresh_from_db()
        assert (promised.status, payment.refunding_paise) == ("failed", 118_000)
        assert "enough balance" in payment.attention
        with pytest.raises(RefundNotPossible):
            promise_refund(fake_payable, 1, key="other")
        assert services.verify_ledger() == []

        fake_gateway.refuse_refunds = ""
        again = services.send_again(refund=promised, actor=admin_user)
        sending.send(again.pk)
    payment.refresh_from_db()
    again.refresh_from_db()
    assert (payment.status, payment.attention, again.status) == ("refunded", "", "processed")
    assert AuditEntry.objects.filter(action="refund.sent_again", actor=admin_user).count() == 1
    assert services.verify_ledger() == []
    with pytest.raises(InvalidState):
        services.send_again(refund=promised, actor=admin_user)


def test_only_what_failed_is_sent_again(payment, fake_payable, admin_user):
    [promised] = promise_refund(fake_payable, 59_000)
    with pytest.raises(InvalidState):
        services.send_again(refund=promised, actor=admin_user)


# --- following --------------------------------------------------------------------------------


def test_a_refund_on_its_way_counts_when_it_has_gone(payment, fake_payable, fake_gateway):
    fake_gateway.refund_status = "pending"
    [promised] = promise_refund(fake_payable, 118_000)
    work_through()
    payment.refresh_from_db()
    promised.refresh_from_db()
    assert (promised.status, payment.status, fake_payable.refunded) == ("processing", "captured", [])
    fake_gateway.change_refund(promised.gateway_refund_id, "processed")
    services.reconcile(payment.pk)
    services.reconcile(payment.pk)
    payment.refresh_from_db()
    assert (payment.status, len(fake_payable.refunded)) == ("refunded", 1)
    assert services.verify_ledger() == []


def test_nobody_tells_of_a_refund_and_it_is_asked_after(payment, fake_payable, fake_gateway):
    fake_gateway.refund_status = "pending"
    [promised] = promise_refund(fake_payable, 118_000)
    work_through()
    promised.refresh_from_db()
    fake_gateway.change_refund(promised.gateway_refund_id, "processed")
    assert sending.ask_due() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=7)):
        assert sending.ask_due() == 1
    promised.refresh_from_db()
    assert promised.status == "processed"


def test_a_refund_that_fails_on_its_way_is_for_a_person(payment, fake_payable, fake_gateway):
    fake_gateway.refund_status = "pending"
    [promised] = promise_refund(fake_payable, 118_000)
    work_through()
    promised.refresh_from_db()
    fake_gateway.change_refund(promised.gateway_refund_id, "failed")
    services.reconcile(payment.pk)
    promised.refresh_from_db()
    payment.refresh_from_db()
    assert (promised.status, payment.refunding_paise, payment.refunded_paise) == ("failed", 118_000, 0)
    assert payment.attention
    assert services.verify_ledger() == []


def test_a_refund_made_at_the_gateway_is_taken_into_the_books(payment, fake_payable, fake_gateway, consultant):
    [attempt] = payment.attempts.all()
    fake_gateway.make_refund(attempt.gateway_payment_id, 18_000)
    services.reconcile(payment.pk)
    services.reconcile(payment.pk)
    payment.refresh_from_db()
    [made] = Refund.objects.all()
    assert (made.cause, made.status, payment.refunded_paise) == ("external", "processed", 18_000)
    assert (len(fake_payable.refunded), len(fake_gateway.refunds)) == (1, 1)
    assert LedgerEntry.objects.owed_to(consultant) == (118_000 - 5_900) - (18_000 - 900)
    assert services.verify_ledger() == []


def test_a_refund_made_there_in_place_of_ours_is_ours(payment, fake_payable, fake_gateway):
    [promised] = promise_refund(fake_payable, 118_000)
    [attempt] = payment.attempts.all()
    fake_gateway.make_refund(attempt.gateway_payment_id, 118_000)
    services.reconcile(payment.pk)
    work_through()
    promised.refresh_from_db()
    assert (promised.status, Refund.objects.count(), len(fake_gateway.refunds)) == ("processed", 1, 1)
    assert services.verify_ledger() == []


def test_a_refund_made_there_after_ours_failed_takes_its_place(payment, fake_payable, fake_gateway):
    fake_gateway.refund_status = "pending"
    [promised] = promise_refund(fake_payable, 118_000)
    work_through()
    promised.refresh_from_db()
    fake_gateway.change_refund(promised.gateway_refund_id, "failed")
    services.reconcile(payment.pk)
    [attempt] = payment.attempts.all()
    fake_gateway.make_refund(attempt.gateway_payment_id, 118_000)
    services.reconcile(payment.pk)
    payment.refresh_from_db()
    assert payment.status == "refunded"
    assert Refund.objects.get(replaces=promised).cause == "external"
    assert services.verify_ledger() == []


def test_a_refund_there_that_our_promises_leave_no_room_for_is_for_a_person(payment, fake_payable, fake_gateway):
    promise_refund(fake_payable, 100_000)
    [attempt] = payment.attempts.all()
    fake_gateway.make_refund(attempt.gateway_payment_id, 60_000)
    services.reconcile(payment.pk)
    payment.refresh_from_db()
    assert "no room" in payment.attention
    assert Refund.objects.count() == 1


def test_an_answer_about_another_refund_moves_nothing(payment, fake_payable, fake_gateway):
    [promised] = promise_refund(fake_payable, 59_000)
    [attempt] = payment.attempts.all()
    stranger = fake_gateway.make_refund(attempt.gateway_payment_id, 100)
    told = LedgerTransaction.objects.count()
    sending.record(promised.pk, stranger)
    promised.refresh_from_db()
    payment.refresh_from_db()
    assert (promised.status, LedgerTransaction.objects.count()) == ("pending", told)
    assert "does not match" in payment.attention


@pytest.mark.parametrize("now", list(Refund.Status))
@pytest.mark.parametrize("then", list(Refund.Status))
def test_every_move_of_a_refund_is_in_the_table_or_raises(now, then):
    row = Refund(status=now)
    if now == then or then in Refund.MOVES[now]:
        row.move_to(then)
    else:
        with pytest.raises(InvalidState):
            row.move_to(then)


def test_a_press_makes_one_refund_and_takes_no_other_sum(payment, admin_user):
    def pressed(paise):
        return services.refund_by_hand(
            payment=payment, amount_paise=paise, seen_refunding_paise=0, reason="", actor=admin_user, press="a-press"
        )

    made = pressed(40_000)
    assert (pressed(40_000), pressed(None)) == (made, made)
    with pytest.raises(InvalidState, match="another amount"):
        pressed(40_001)
    assert Refund.objects.get() == made


@pytest.mark.parametrize("press", ["", "a-press"])
def test_who_decided_by_another_sum_than_what_has_gone_back_by_now_looks_again(
    payment, fake_payable, admin_user, press
):
    promise_refund(fake_payable, 18_000)
    with pytest.raises(InvalidState, match="meanwhile"):
        services.refund_by_hand(
            payment=payment, amount_paise=40_000, seen_refunding_paise=0, reason="", actor=admin_user, press=press
        )
    assert [row.amount_paise for row in Refund.objects.all()] == [18_000]


def test_what_is_paid_for_hears_at_once_of_a_promise_not_its_own(payment, fake_payable, fake_gateway, admin_user):
    """By hand, and at the gateway; what it has asked for itself it knows."""
    promise_refund(fake_payable, 18_000)
    assert fake_payable.promised == []
    payment.refresh_from_db()
    by_hand = services.refund_by_hand(
        payment=payment, amount_paise=40_000, seen_refunding_paise=18_000, reason="Cut short", actor=admin_user
    )
    assert (fake_payable.promised, fake_payable.refunded) == ([by_hand], [])
    work_through()
    [attempt] = payment.attempts.all()
    fake_gateway.make_refund(attempt.gateway_payment_id, 10_000)
    services.reconcile(payment.pk)
    services.reconcile(payment.pk)
    assert [one.amount_paise for one in fake_payable.promised] == [40_000, 10_000]
    assert [one.amount_paise for one in fake_payable.refunded] == [18_000, 40_000, 10_000]
