"""The gateway's calls: stored once, answered at once, worked by asking. Five bad ones are refused."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from naksha.api.testing import ERROR_KEYS
from payments import tasks, views
from payments.models import GatewayEvent, LedgerTransaction
from payments.services import events, verify_ledger
from payments.testing import ordered, webhook, work_through

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parent / "data"


@pytest.fixture
def payment(fake_gateway, fake_payable, consultant):
    return ordered(fake_payable, consultant)


def post(client, body, signature, event_id="evt_1"):
    headers = {"X-Razorpay-Event-Id": event_id}
    if signature is not None:
        headers["X-Razorpay-Signature"] = signature
    return client.post(
        reverse("payments:razorpay_webhook"), data=body, content_type="application/json", headers=headers
    )


def test_an_event_is_stored_and_answered_before_anybody_is_asked(client, payment, fake_gateway):
    answer = fake_gateway.pay(payment.order_id)
    fake_gateway.calls.clear()
    assert webhook(client, "payment.captured", answer).status_code == 204
    event = GatewayEvent.objects.get()
    assert (event.status, event.order_id, event.gateway_payment_id) == ("stored", payment.order_id, answer.id)
    assert fake_gateway.calls == []


def test_a_stored_event_settles_its_payment(client, payment, fake_gateway, fake_payable):
    webhook(client, "payment.captured", fake_gateway.pay(payment.order_id))
    work_through()
    payment.refresh_from_db()
    assert (payment.status, GatewayEvent.objects.get().status) == ("captured", "done")
    assert len(fake_payable.captured) == 1


def test_a_worker_is_told_once(client, payment, fake_gateway, monkeypatch, django_capture_on_commit_callbacks):
    told = []
    monkeypatch.setattr(tasks.process_event, "apply_async", lambda args, *_a, **_k: told.append(args))
    answer = fake_gateway.pay(payment.order_id)
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(3):
            webhook(client, "payment.captured", answer, event_id="evt_same")
    assert len(told) == 1


def test_five_deliveries_of_one_event_are_one_row(client, payment, fake_gateway, fake_payable):
    answer = fake_gateway.pay(payment.order_id)
    for _ in range(5):
        assert webhook(client, "payment.captured", answer, event_id="evt_same").status_code == 204
        work_through()
    event = GatewayEvent.objects.get()
    assert (event.deliveries, event.attempts, len(fake_payable.captured)) == (5, 1, 1)


def test_the_usual_events_in_the_wrong_order_settle_once(client, payment, fake_gateway, fake_payable):
    answer = fake_gateway.pay(payment.order_id)
    for kind in ("order.paid", "payment.captured", "payment.authorized"):
        webhook(client, kind, answer)
    work_through()
    assert len(fake_payable.captured) == 1
    assert LedgerTransaction.objects.filter(kind="capture").count() == 1
    assert verify_ledger() == []


def test_an_event_that_claims_what_the_gateway_does_not_say_moves_nothing(client, payment, fake_gateway, fake_payable):
    """It is a trigger, not proof: even a signed one."""
    answer = fake_gateway.pay(payment.order_id, "created")
    webhook(client, "payment.captured", answer, status="captured", amount=118_000)
    work_through()
    payment.refresh_from_db()
    assert (payment.status, fake_payable.captured) == ("created", [])


def test_an_event_without_an_id_is_told_by_its_body(client, payment, fake_gateway):
    body = (DATA / "payment_captured.json").read_bytes()
    for _ in range(2):
        assert post(client, body, fake_gateway.sign_webhook(body), event_id="").status_code == 204
    assert GatewayEvent.objects.get().deliveries == 2


def test_the_payers_details_are_sealed(client, payment, fake_gateway):
    body = (DATA / "payment_captured.json").read_bytes()
    post(client, body, fake_gateway.sign_webhook(body))
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM payments_gatewayevent")
        [[sealed]] = cursor.fetchall()
    assert "asha@example.com" not in sealed
    assert GatewayEvent.objects.get().body == body.decode()


# --- the five bad ones, and more --------------------------------------------------------------


def refused(client, body, signature, code="PAYMENT_SIGNATURE_INVALID"):
    """Told in the API's envelope, though the address is none of the API's."""
    answer = post(client, body, signature)
    told = answer.json()
    assert set(told) == ERROR_KEYS
    assert (answer.status_code, told["statusCode"], told["code"]) == (400, 400, code)
    assert told["path"] == reverse("payments:razorpay_webhook")
    assert not GatewayEvent.objects.exists()
    return True


def test_no_signature(client, payment):
    assert refused(client, (DATA / "payment_captured.json").read_bytes(), None)


@pytest.mark.parametrize("signature", ["0" * 64, "", "é" * 64, "not hex"])
def test_a_wrong_signature(client, payment, signature):
    assert refused(client, (DATA / "payment_captured.json").read_bytes(), signature)


def test_a_body_that_was_changed_by_one_byte(client, payment, fake_gateway):
    body = (DATA / "payment_captured.json").read_bytes()
    assert refused(client, body.replace(b"118000", b"118001"), fake_gateway.sign_webhook(body))


@pytest.mark.parametrize("name", ["not_json.txt", "empty.txt", "no_event.json", "a_list.json", "latin1.txt"])
def test_a_signed_body_that_is_no_event(client, payment, fake_gateway, name):
    body = (DATA / name).read_bytes()
    assert refused(client, body, fake_gateway.sign_webhook(body), "VALIDATION_ERROR")


def test_an_unknown_event_is_kept_and_ignored(client, payment, fake_gateway):
    body = (DATA / "unknown_event.json").read_bytes()
    assert post(client, body, fake_gateway.sign_webhook(body)).status_code == 204
    work_through()
    assert GatewayEvent.objects.get().status == "ignored"


@pytest.mark.parametrize("payload", [None, [], "x", {"payment": None}, {"payment": {"entity": []}}, {"refund": {}}])
def test_an_event_of_a_strange_shape_is_kept_and_ignored(client, payment, fake_gateway, payload):
    body = json.dumps({"event": "payment.captured", "payload": payload}).encode()
    assert post(client, body, fake_gateway.sign_webhook(body)).status_code == 204
    work_through()
    assert GatewayEvent.objects.get().status == "ignored"


def test_an_event_about_somebody_elses_order_is_ignored(client, payment, fake_gateway):
    body = (DATA / "payment_captured.json").read_bytes()
    post(client, body, fake_gateway.sign_webhook(body))
    work_through()
    assert GatewayEvent.objects.get().status == "ignored"


def test_a_body_of_any_size_is_not_read_to_its_end(client, payment, fake_gateway):
    body = b"[" + b" " * views.MAX_BODY
    assert refused(client, body, fake_gateway.sign_webhook(body), "VALIDATION_ERROR")


def test_only_post_is_answered(client, payment):
    assert client.get(reverse("payments:razorpay_webhook")).status_code == 405


# --- bad luck ---------------------------------------------------------------------------------


def test_a_gateway_that_is_away_puts_the_event_off(client, payment, fake_gateway):
    webhook(client, "payment.captured", fake_gateway.pay(payment.order_id))
    fake_gateway.down = True
    work_through()
    event = GatewayEvent.objects.get()
    assert (event.status, event.attempts, event.claimed_at) == ("stored", 1, None)
    assert event.last_error
    fake_gateway.down = False
    assert events.unworked() == []
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        work_through()
    event.refresh_from_db()
    payment.refresh_from_db()
    assert (event.status, payment.status) == ("done", "captured")


def test_an_event_that_always_fails_is_given_up_and_can_be_replayed(
    client, payment, fake_gateway, fake_payable, admin_user, monkeypatch
):
    webhook(client, "payment.captured", fake_gateway.pay(payment.order_id))
    event = GatewayEvent.objects.get()
    with monkeypatch.context() as patch, time_machine.travel(timezone.now(), tick=False) as clock:
        patch.setattr(type(fake_payable), "payment_captured", lambda *_: 1 / 0)
        for _ in range(events.GIVE_UP_AFTER):
            with pytest.raises(ZeroDivisionError):
                events.process(event.pk)
            clock.shift(timedelta(hours=1))
    event.refresh_from_db()
    assert (event.status, event.last_error) == ("failed", "ZeroDivisionError('division by zero')")
    events.replay(event=event, actor=admin_user)
    work_through()
    event.refresh_from_db()
    payment.refresh_from_db()
    assert (event.status, payment.status) == ("done", "captured")
    assert AuditEntry.objects.filter(action="gateway_event.replayed").count() == 1


def test_an_event_whose_worker_died_is_taken_by_the_next(client, payment, fake_gateway):
    webhook(client, "payment.captured", fake_gateway.pay(payment.order_id))
    event = GatewayEvent.objects.get()
    GatewayEvent.objects.update(claimed_at=timezone.now())
    assert events.process(event.pk).status == "stored"
    GatewayEvent.objects.update(claimed_at=timezone.now() - timedelta(minutes=5))
    assert events.process(event.pk).status == "done"


def test_replaying_what_was_done_changes_nothing(client, payment, fake_gateway, fake_payable, admin_user):
    webhook(client, "payment.captured", fake_gateway.pay(payment.order_id))
    work_through()
    told = LedgerTransaction.objects.count()
    events.replay(event=GatewayEvent.objects.get(), actor=admin_user)
    work_through()
    assert (len(fake_payable.captured), LedgerTransaction.objects.count()) == (1, told)
    assert GatewayEvent.objects.get().status == "done"
