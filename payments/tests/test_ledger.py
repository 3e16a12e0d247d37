"""The books: they balance, they stay as written, and what is wrong in them is found."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from payments import services
from payments.models import LedgerAccount, LedgerEntry, LedgerTransaction, Payment, PaymentAttempt, Refund
from payments.services import ledger
from payments.services.checking import verify_with_gateway
from payments.testing import FakePayable, ordered, paid, work_through

pytestmark = pytest.mark.django_db
Code = LedgerAccount.Code
Kind = LedgerTransaction.Kind


@pytest.fixture
def payment(fake_gateway, fake_payable, consultant):
    return paid(fake_payable, consultant)


def lines(*amounts):
    codes = [Code.GATEWAY, Code.REFUNDS, Code.PLATFORM_FEES]
    return [(ledger.account(code), amount) for code, amount in zip(codes, amounts, strict=False)]


def unbalanced(payment, *amounts, entry_count=None):
    """Past the service: straight into the tables."""
    told = LedgerTransaction.objects.create(
        kind=Kind.EXCESS,
        payment=payment,
        attempt=payment.attempts.get(),
        currency="INR",
        entry_count=entry_count or len(amounts),
    )
    LedgerEntry.objects.bulk_create(
        LedgerEntry(transaction=told, account=account, amount_paise=amount) for account, amount in lines(*amounts)
    )
    return told


@pytest.mark.parametrize("amounts", [(100, -99), (100,), (), (0, 0), (100, 100)])
def test_the_service_writes_nothing_that_does_not_balance(payment, amounts):
    before = LedgerTransaction.objects.count()
    with pytest.raises(ValueError, match="must balance"), transaction.atomic():
        ledger.post(kind=Kind.EXCESS, payment=payment, attempt=payment.attempts.get(), lines=lines(*amounts))
    assert LedgerTransaction.objects.count() == before


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("amounts", "count"), [((100, -99), 2), ((100, -100), 3), ((), 2)])
def test_postgresql_commits_nothing_that_does_not_balance(payment, amounts, count):
    before = LedgerTransaction.objects.count()
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        unbalanced(payment, *amounts, entry_count=count)
    assert LedgerTransaction.objects.count() == before


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_postgresql_lets_nobody_add_to_a_transaction_that_is_written(payment):
    told = LedgerTransaction.objects.get(kind=Kind.CAPTURE)
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        LedgerEntry.objects.bulk_create(
            LedgerEntry(transaction=told, account=ledger.account(code), amount_paise=amount)
            for code, amount in [(Code.REFUNDS, 5), (Code.GST_INPUT, -5)]
        )


@pytest.mark.postgres
@pytest.mark.parametrize("model", [LedgerEntry, LedgerTransaction])
def test_postgresql_deletes_nothing(payment, model):
    with pytest.raises(IntegrityError, match="only added to"), transaction.atomic():
        model.objects.all()._raw_delete("default")


@pytest.mark.parametrize("table", ["payments_ledgerentry", "payments_ledgertransaction"])
def test_no_row_can_be_changed(payment, table):
    with (
        pytest.raises(DatabaseError, match="only added to"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE {table} SET created_at = created_at")  # noqa: S608


def test_no_row_can_be_saved_again_or_deleted(payment):
    entry = LedgerEntry.objects.first()
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()


def test_a_movement_is_told_once(payment):
    with pytest.raises(IntegrityError), transaction.atomic():
        ledger.post_capture(payment, payment.attempts.get())


def test_each_consultant_has_what_is_theirs(payment, consultant, other_consultant):
    paid(FakePayable(), other_consultant, 50_000)
    assert LedgerEntry.objects.owed_to(consultant) == 112_100
    assert LedgerEntry.objects.owed_to(other_consultant) < 50_000


def test_totals_by_day_count_days_as_india_does(payment, consultant):
    today = timezone.localdate()
    rows = list(LedgerEntry.objects.for_consultant(consultant).by_day(code=Code.CONSULTANT, first=today, last=today))
    assert rows == [{"day": today, "total": -112_100}]
    before = today - timedelta(days=1)
    assert not LedgerEntry.objects.by_day(code=Code.CONSULTANT, first=before, last=before).exists()


# --- what the tables refuse -------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"refunding_paise": 118_001},
        {"refunding_paise": 100, "refunded_paise": 200},
        {"captured_paise": 117_999},
        {"captured_paise": 0},
        {"status": "created"},
        {"status": "failed"},
        {"status": "refunded"},
        {"status": "partially_refunded"},
        {"refunding_paise": 118_000, "refunded_paise": 118_000},
        {"refunding_paise": 100, "refunded_paise": 100, "status": "refunded"},
        {"fee_paise": 118_000},
        {"amount_paise": 99},
        {"order_id": None},
        {"captured_at": None},
    ],
)
def test_a_payment_that_contradicts_itself_cannot_be_kept(payment, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"captured_paise": 1},
        {"outcome": ""},
        {"refunding_paise": 118_001},
        {"refunded_paise": 1},
        {"captured_at": None},
    ],
)
def test_an_attempt_that_contradicts_itself_cannot_be_kept(payment, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentAttempt.objects.update(**wrong)


def test_two_attempts_cannot_both_be_the_payment(payment):
    [attempt] = PaymentAttempt.objects.all()
    attempt.pk = None
    attempt._state.adding = True
    attempt.gateway_payment_id = "pay_another"
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentAttempt.objects.create(
            **{
                field.name: getattr(attempt, field.name)
                for field in PaymentAttempt._meta.concrete_fields
                if field.name not in ("id", "created_at", "updated_at")
            }
        )


# --- what the check finds ---------------------------------------------------------------------


def whats_wrong():
    return sorted({fault.what for fault in services.verify_ledger()})


def test_good_books_have_no_fault(payment):
    assert whats_wrong() == []
    out = StringIO()
    call_command("verify_ledger", "--gateway", "1", stdout=out)
    assert "agree to the paisa" in out.getvalue()


def test_an_unbalanced_transaction_is_found(payment):
    with transaction.atomic():
        unbalanced(payment, 100, -99)
        assert "unbalanced" in whats_wrong()
        transaction.set_rollback(True)


def test_a_payment_that_its_attempts_do_not_bear_out_is_found(payment):
    Payment.objects.update(refunding_paise=5)
    assert whats_wrong() == ["payment"]
    with pytest.raises(CommandError):
        call_command("verify_ledger", stdout=StringIO())


def test_an_attempt_that_the_ledger_does_not_bear_out_is_found(payment):
    PaymentAttempt.objects.update(refunding_paise=5, refunded_paise=5)
    assert "attempt" in whats_wrong()


def test_a_refund_that_was_never_posted_is_found(payment):
    Refund.objects.create(
        payment=payment, attempt=payment.attempts.get(), cause="requested", amount_paise=1, currency="INR", key="k"
    )
    assert whats_wrong() == ["attempt", "refund"]


def test_money_that_only_the_gateway_knows_of_is_found(payment, fake_gateway, fake_payable, consultant):
    other = ordered(fake_payable, consultant, 50_000, purpose="balance")
    answer = fake_gateway.pay(other.order_id)
    [fault] = verify_with_gateway(Payment.objects.all())
    assert fault.row == answer.id


def test_money_that_the_gateway_does_not_know_of_is_found(payment, fake_gateway):
    fake_gateway.payments.clear()
    assert len(verify_with_gateway(Payment.objects.all())) == 1


def test_the_check_asks_the_same_number_of_questions_however_long_the_books_are(
    fake_gateway, fake_payable, consultant, django_assert_num_queries
):
    paid(FakePayable(), consultant)
    for _ in range(5):
        paid(FakePayable(), consultant)
    work_through()
    with django_assert_num_queries(4):
        assert services.verify_ledger() == []
