"""Money in the admin: looked at, and changed only through the services."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from naksha.testing import make_user
from payments import services
from payments.models import GatewayEvent, LedgerAccount, LedgerTransaction, Payment, Refund
from payments.testing import FakePayable, open_for, paid, webhook, work_through

pytestmark = pytest.mark.django_db
MODELS = ["payment", "refund", "gatewayevent", "ledgertransaction", "ledgeraccount"]


@pytest.fixture
def payment(client, fake_gateway, fake_payable, consultant, admin_user):
    client.force_login(admin_user)
    payment = paid(fake_payable, consultant)
    webhook(client, "payment.captured", fake_gateway.payments[payment.attempts.get().gateway_payment_id])
    work_through()
    return payment


def lists(model):
    return reverse(f"admin:payments_{model}_changelist")


def page(row):
    return reverse(f"admin:payments_{row._meta.model_name}_change", args=[row.pk])


def move(client, row, name, **typed):
    address = reverse(f"admin:payments_{row._meta.model_name}_{name}", args=[row.pk])
    return client.post(address, {f"{name}-{field}": value for field, value in typed.items()})


def by_hand(client, payment, amount, seen=0):
    return move(client, payment, "refund", amount=amount, seen=seen, reason="A complaint.")


@pytest.mark.parametrize("model", MODELS)
def test_each_list_opens_and_searches(client, payment, model):
    services.refund_by_hand(
        payment=payment,
        amount_paise=100,
        seen_refunding_paise=0,
        reason="",
        actor=make_user(role="admin"),
    )
    assert client.get(lists(model)).status_code == 200
    assert client.get(lists(model), {"q": "order_"}).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_a_list_asks_the_same_number_of_questions_however_long_it_is(
    client, payment, consultant, fake_gateway, model, django_assert_max_num_queries
):
    for _ in range(12):
        more = paid(FakePayable(), consultant)
        webhook(client, "payment.captured", fake_gateway.payments[more.attempts.get().gateway_payment_id])
        services.refund_by_hand(
            payment=more, amount_paise=100, seen_refunding_paise=0, reason="", actor=make_user(role="admin")
        )
    with django_assert_max_num_queries(12):
        assert client.get(lists(model)).status_code == 200


def test_a_payments_page_shows_attempts_refunds_and_ledger(client, payment, django_assert_max_num_queries):
    by_hand(client, payment, "500")
    with django_assert_max_num_queries(20):
        shown = client.get(page(payment)).content.decode()
    attempt = payment.attempts.get()
    for words in (attempt.gateway_payment_id, "₹1,180.00", "₹500.00", "Owed to the consultant", "Ask the gateway"):
        assert words in shown
    assert "(&#x27;" not in shown  # a label of lists alone


def test_other_pages_open(client, payment):
    by_hand(client, payment, "500")
    for row in (
        Refund.objects.get(),
        GatewayEvent.objects.get(),
        LedgerTransaction.objects.first(),
        LedgerAccount.objects.first(),
    ):
        assert client.get(page(row)).status_code == 200


def test_a_call_is_shown_without_the_payer(client, payment, fake_gateway):
    answer = fake_gateway.payments[payment.attempts.get().gateway_payment_id]
    webhook(client, "order.paid", answer, email="asha@example.com", contact="+919800000001", method="upi")
    shown = client.get(page(GatewayEvent.objects.get(kind="order.paid"))).content.decode()
    assert "upi" in shown
    assert "asha@example.com" not in shown
    assert "+919800000001" not in shown


@pytest.mark.parametrize("model", MODELS)
def test_nothing_can_be_added_changed_or_deleted_by_hand(client, payment, model):
    assert client.get(reverse(f"admin:payments_{model}_add")).status_code == 403
    row = {
        "payment": Payment,
        "gatewayevent": GatewayEvent,
        "ledgertransaction": LedgerTransaction,
        "ledgeraccount": LedgerAccount,
        "refund": Refund,
    }[model].objects.first()
    if row is not None:
        before = row.updated_at
        client.post(page(row), {"status": "failed"})
        assert client.post(reverse(f"admin:payments_{model}_delete", args=[row.pk])).status_code == 403
        row.refresh_from_db()
        assert row.updated_at == before


@pytest.mark.parametrize("model", MODELS)
def test_nobody_else_gets_in(client, payment, consultant, model):
    client.force_login(consultant.user)
    assert client.get(lists(model)).status_code in (302, 403)
    assert by_hand(client, payment, "1").status_code in (302, 403, 404)
    assert not Refund.objects.exists()


# --- acts -------------------------------------------------------------------------------------


def test_asking_the_gateway_records_what_it_says(client, fake_gateway, fake_payable, consultant, admin_user):
    client.force_login(admin_user)
    payment = services.ensure_order(open_for(fake_payable, consultant).pk)
    fake_gateway.pay(payment.order_id)
    move(client, payment, "ask", reason="")
    payment.refresh_from_db()
    assert payment.status == "captured"


def test_a_gateway_that_is_away_is_said(client, payment, fake_gateway):
    fake_gateway.down = True
    answer = move(client, payment, "ask", reason="")
    assert "does not answer" in client.get(answer.url).content.decode()


def test_a_refund_by_hand_is_promised_with_its_reason(client, payment, admin_user, fake_payable):
    by_hand(client, payment, "500.50")
    refund = Refund.objects.get()
    assert (refund.amount_paise, refund.actor, refund.reason) == (50_050, admin_user, "A complaint.")
    assert AuditEntry.objects.filter(action="payment.refunded", actor=admin_user).count() == 1
    work_through()
    assert len(fake_payable.refunded) == 1
    assert services.verify_ledger() == []


def test_a_second_click_refunds_nothing_more(client, payment):
    by_hand(client, payment, "500")
    by_hand(client, payment, "500")
    assert Refund.objects.count() == 1


@pytest.mark.parametrize("amount", ["0", "-1", "1180.01", "a lot", "", "1e3"])
def test_what_is_no_possible_amount_is_refused(client, payment, amount):
    answer = by_hand(client, payment, amount)
    assert answer.status_code in (200, 302)
    assert not Refund.objects.exists()


def test_a_refund_needs_a_reason(client, payment):
    shown = move(client, payment, "refund", amount="500", seen=0, reason=" ").content.decode()
    assert 'value="500"' in shown
    assert not Refund.objects.exists()


def test_what_failed_is_sent_again(client, payment, fake_gateway, admin_user):
    by_hand(client, payment, "500")
    fake_gateway.refund_status = "pending"
    work_through()
    failed = Refund.objects.get()
    assert "Send again" not in client.get(page(failed)).content.decode()
    fake_gateway.change_refund(failed.gateway_refund_id, "failed")
    services.reconcile(payment.pk)
    assert "Send again" in client.get(page(failed)).content.decode()
    fake_gateway.refund_status = "processed"
    move(client, failed, "send-again", reason="")
    move(client, failed, "send-again", reason="")
    work_through()
    assert list(Refund.objects.values_list("status", flat=True).order_by("created_at")) == ["failed", "processed"]


def test_a_noted_payment_is_found_and_taken_off_the_list(client, payment):
    Payment.objects.update(attention="Look here.")
    assert "Look here." in client.get(lists("payment"), {"look": "yes"}).content.decode()
    move(client, payment, "looked-at", reason="")
    payment.refresh_from_db()
    assert payment.attention == ""
    assert AuditEntry.objects.get(action="payment.looked_at").reason == "Look here."


def test_calls_are_replayed_one_or_many(client, payment):
    event = GatewayEvent.objects.get()
    move(client, event, "replay", reason="")
    event.refresh_from_db()
    assert event.status == "stored"
    work_through()
    client.post(lists("gatewayevent"), {"action": "replay_chosen", "_selected_action": [event.pk]})
    event.refresh_from_db()
    assert event.status == "stored"
    assert AuditEntry.objects.filter(action="gateway_event.replayed").count() == 2
