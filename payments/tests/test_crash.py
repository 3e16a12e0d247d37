"""A process is killed at each point between order and refund. Whoever comes after finds the work and does it, once."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from payments import services
from payments.models import GatewayEvent, Payment, Refund
from payments.razorpay import client as razorpay
from payments.services.checking import verify_with_gateway
from payments.services.reconciling import reconcile_due
from payments.testing import open_for, ordered, promise_refund, work_through
from payments.tests.crash_child import DIED

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def shop(emulator, live_server, fake_payable, monkeypatch):
    gateway = emulator.gateway(timeout=(1.0, 2.0))
    monkeypatch.setattr(razorpay, "get_gateway", lambda: gateway)
    emulator.control("settings", webhook_url=f"{live_server.url}/payments/webhook/razorpay/")
    emulator.control("disorder", paused=True)
    yield emulator
    emulator.control("settings", webhook_url="")


@pytest.fixture
def dies(shop, settings, tmp_path):
    """``dies(point, act, …)``: a process that does ``act`` on this database and is killed at ``point``."""
    here = connection.settings_dict
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgres://{here['USER']}:{here['PASSWORD']}@{here['HOST']}:{here['PORT']}/{here['NAME']}",
        "NAKSHA_DATA": str(tmp_path),
        "FIELD_KEYS": ",".join(settings.FIELD_KEYS),
        "RAZORPAY_BASE_URL": shop.url,
        "RAZORPAY_KEY_ID": shop.key_id,
        "RAZORPAY_KEY_SECRET": shop.key_secret,
        "RAZORPAY_WEBHOOK_SECRETS": shop.webhook_secret,
    }

    def run(point, act, *arguments):
        child = subprocess.run(
            [sys.executable, "-m", "payments.tests.crash_child", point, act, *map(str, arguments)],
            cwd=ROOT,
            env=environment,
            timeout=60,
            capture_output=True,
            text=True,
        )
        assert child.returncode == DIED, child.stderr

    return run


def later():
    """Some time on, the sweepers come by."""
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        work_through()
        reconcile_due()
        work_through()


def everything_is_right(payment, status, told):
    payment.refresh_from_db()
    assert (payment.status, payment.order_claimed_at) == (status, None)
    assert services.verify_ledger() == []
    assert verify_with_gateway(Payment.objects.all()) == []
    assert not GatewayEvent.objects.filter(status="stored").exists()
    assert not Refund.objects.exclude(status="processed").exists()
    assert told == 1
    return True


@pytest.mark.parametrize("point", ["after the order is made", "before the order is kept"])
def test_between_the_order_and_its_row(shop, dies, fake_payable, consultant, point):
    payment = open_for(fake_payable, consultant)
    dies(point, "order", payment.pk)
    payment.refresh_from_db()
    assert payment.order_id is None
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        payment = services.ensure_order(payment.pk)
    assert [order["id"] for order in shop.state()["orders"]] == [payment.order_id]


@pytest.mark.parametrize(
    "point",
    [
        "after the answer",
        "before the payable is told",
        "after the payable is told",
        "after the ledger is written",
        "before the commit",
        "after the commit",
    ],
)
def test_while_the_browser_brings_it_back(shop, dies, fake_payable, consultant, point):
    payment = ordered(fake_payable, consultant)
    brought = shop.pay(payment.order_id)["checkout"]
    dies(
        point,
        "complete",
        brought["razorpay_order_id"],
        brought["razorpay_payment_id"],
        brought["razorpay_signature"],
    )
    done = point == "after the commit"
    payment.refresh_from_db()
    assert payment.status == ("captured" if done else "created")
    later()  # no webhook came
    assert everything_is_right(payment, "captured", len(fake_payable.captured) + done)


@pytest.mark.parametrize("point", ["after the gateway captured", "before the commit"])
def test_while_what_the_bank_promised_is_taken(shop, dies, fake_payable, consultant, point):
    payment = ordered(fake_payable, consultant)
    shop.pay(payment.order_id, "authorized")
    dies(point, "reconcile", payment.pk)
    later()
    assert everything_is_right(payment, "captured", len(fake_payable.captured))


@pytest.mark.parametrize("point", ["after the event is taken", "before the commit", "after the event is worked"])
def test_while_an_event_is_worked(shop, dies, fake_payable, consultant, point):
    payment = ordered(fake_payable, consultant)
    shop.pay(payment.order_id)
    shop.control("webhooks/flush")
    dies(point, "event", GatewayEvent.objects.first().pk)
    done = point == "after the event is worked"
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        work_through()
    assert everything_is_right(payment, "captured", len(fake_payable.captured) + done)


def test_while_a_second_payment_is_promised_back(shop, dies, fake_payable, consultant):
    payment = ordered(fake_payable, consultant)
    first, second = shop.pay(payment.order_id, "created"), shop.pay(payment.order_id, "created")
    shop.control(f"payments/{first['payment']['id']}/authorize", capture="force")
    services.reconcile(payment.pk)
    shop.control(f"payments/{second['payment']['id']}/authorize", capture="force")
    dies("after a refund is promised", "reconcile", payment.pk)
    assert not Refund.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        reconcile_due()
        work_through()
    assert everything_is_right(payment, "captured", len(fake_payable.excess))


@pytest.mark.parametrize(
    "point", ["before the refund is sent", "after the refund is made", "while the refund is recorded"]
)
def test_while_a_refund_is_sent(shop, dies, fake_payable, consultant, point):
    payment = ordered(fake_payable, consultant)
    shop.pay(payment.order_id)
    services.reconcile(payment.pk)
    [refund] = promise_refund(fake_payable)
    dies(point, "refund", refund.pk)
    refund.refresh_from_db()
    assert refund.status == "pending"
    later()
    assert len(shop.state()["refunds"]) == 1
    assert everything_is_right(payment, "refunded", len(fake_payable.refunded))
