"""From what is owed to an order at the gateway, and never two."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from payments import services
from payments.errors import GatewayUnavailable, InvalidState, PaymentMismatch
from payments.gateway import Order
from payments.models import Payment
from payments.services import orders
from payments.testing import open_for, ordered, paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def owed(fake_gateway: Any, fake_payable: Any, consultant: Any) -> Any:
    return open_for(fake_payable, consultant)


def test_opening_a_payment_asks_nobody(owed: Any, fake_gateway: Any) -> None:
    assert (owed.status, owed.order_id, fake_gateway.calls) == ("created", None, [])


def test_opening_it_again_finds_the_row(owed: Any, fake_payable: Any, consultant: Any) -> None:
    assert open_for(fake_payable, consultant) == owed
    assert Payment.objects.count() == 1


def test_a_balance_is_a_payment_of_its_own(owed: Any, fake_payable: Any, consultant: Any) -> None:
    assert open_for(fake_payable, consultant, 50_000, purpose="balance") != owed


def test_a_failed_attempt_leaves_the_payment_open_for_the_next(
    fake_gateway: Any, fake_payable: Any, consultant: Any
) -> None:
    payment = ordered(fake_payable, consultant)
    fake_gateway.pay(payment.order_id, "failed")
    services.reconcile(payment.pk)
    payment = open_for(fake_payable, consultant)
    assert (payment.status, Payment.objects.count(), payment.can_be_paid) == ("failed", 1, True)


def test_the_order_is_made_once_however_often_it_is_asked_for(owed: Any, fake_gateway: Any) -> None:
    first, second = services.ensure_order(owed.pk), services.ensure_order(owed.pk)
    assert first.order_id == second.order_id
    assert fake_gateway.calls == ["create_order"]


def test_a_time_out_after_the_order_was_made_leaves_one_order(owed: Any, fake_gateway: Any) -> None:
    fake_gateway.hang_after = {"create_order": 2}
    for _ in range(2):
        with pytest.raises(GatewayUnavailable):
            services.ensure_order(owed.pk)
    payment = services.ensure_order(owed.pk)
    assert list(fake_gateway.orders) == [payment.order_id]


def test_a_gateway_that_is_down_leaves_the_payment_as_it_was(owed: Any, fake_gateway: Any) -> None:
    fake_gateway.down = True
    with pytest.raises(GatewayUnavailable):
        services.ensure_order(owed.pk)
    owed.refresh_from_db()
    assert (owed.order_id, owed.order_claimed_at, owed.status) == (None, None, "created")


def test_a_claim_that_died_with_its_process_lapses(owed: Any, fake_gateway: Any) -> None:
    Payment.objects.filter(pk=owed.pk).update(order_claimed_at=timezone.now() - timedelta(minutes=2))
    assert services.ensure_order(owed.pk).order_id


def test_while_another_asks_one_waits_and_then_says_so(owed: Any, fake_gateway: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(orders, "WAIT_FOR_RIVAL", 0.2)
    Payment.objects.filter(pk=owed.pk).update(order_claimed_at=timezone.now())
    with pytest.raises(GatewayUnavailable):
        services.ensure_order(owed.pk)
    assert fake_gateway.calls == []


def test_an_order_of_another_amount_is_refused(owed: Any, fake_gateway: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(fake_gateway, "create_order", lambda **_: Order("order_1", 1, "INR", owed.receipt, "created"))
    with pytest.raises(PaymentMismatch):
        services.ensure_order(owed.pk)
    owed.refresh_from_db()
    assert owed.order_id is None


@pytest.mark.django_db(transaction=True)
def test_the_gateway_is_never_asked_inside_a_transaction(owed: Any, fake_gateway: Any) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="inside a transaction"):
        services.ensure_order(owed.pk)
    assert fake_gateway.calls == []


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_order(fake_gateway: Any, fake_payable: Any, consultant: Any) -> None:
    payment = open_for(fake_payable, consultant)
    found: list[str | None] = []

    def click() -> None:
        try:
            found.append(services.ensure_order(payment.pk).order_id)
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(4)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    assert fake_gateway.calls == ["create_order"]


def test_the_form_carries_the_order_and_where_to_go_back_to(
    fake_gateway: Any, fake_payable: Any, consultant: Any, settings: Any
) -> None:
    payment = ordered(fake_payable, consultant)
    form = services.checkout_form(payment, callback_url="https://a.test/back", cancel_url="https://a.test/no")
    assert form.action.startswith(settings.RAZORPAY_BASE_URL)
    assert form.fields["order_id"] == payment.order_id
    assert form.fields["amount"] == "118000"
    assert (form.fields["callback_url"], form.fields["cancel_url"]) == ("https://a.test/back", "https://a.test/no")


def test_what_is_paid_has_no_form(fake_gateway: Any, fake_payable: Any, consultant: Any) -> None:
    with pytest.raises(InvalidState):
        services.checkout_form(paid(fake_payable, consultant), callback_url="", cancel_url="")


def test_what_has_no_order_has_no_form(owed: Any) -> None:
    with pytest.raises(InvalidState):
        services.checkout_form(owed, callback_url="", cancel_url="")
