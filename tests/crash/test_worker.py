"""The worker is killed in the middle of its work and started anew; the broker gives nobody what it had taken.

The sweepers find the rows it leaves. Then the broker does hand its messages to the new worker after all, and nothing
is done twice.
"""

from __future__ import annotations

import pytest

from bookings.models import Booking
from naksha.testing import make_consultant, make_service, next_slot_start
from notifications.models import OutgoingMail
from payments.models import Payment, Refund
from tests.books import BOOKED, all_is_well, came, mails_by_template, ten_minutes_pass
from tests.visitors import Visitor

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.slow]


def recovers(product):
    """An hour later the sweepers have come round, and then everything that was late has come twice."""
    product.an_hour_later()
    all_is_well(product)
    seen = mails_by_template()
    product.come_again()
    product.late_news()
    product.an_hour_later()
    all_is_well(product)
    assert mails_by_template() == seen


@pytest.mark.parametrize(
    "place", ["event-claimed", "order-asked-about", "settled-not-committed", "queue-not-told", "event-not-marked"]
)
def test_while_it_works_the_gateways_call(product, visitor, service, place):
    visitor.book(service, next_slot_start())
    visitor.pay_at(product.gateway)
    product.kill("worker")
    product.gateway.control("webhooks/flush")  # the web process keeps it and tells the queue
    product.arm(place)
    product.start("worker")
    product.has_fallen(place, "worker")
    recovers(product)
    assert visitor.booking.status == Booking.Status.ACCEPTED
    assert mails_by_template() == BOOKED


def test_while_it_asks_about_what_nobody_told(product, visitor, service):
    visitor.book(service, next_slot_start())
    visitor.pay_at(product.gateway)
    product.hours_pass()
    product.arm("settled-not-committed")
    product.queue.send_task("payments.tasks.reconcile_due")
    product.has_fallen("settled-not-committed", "worker")
    recovers(product)
    assert visitor.booking.status == Booking.Status.ACCEPTED
    assert mails_by_template() == BOOKED


@pytest.mark.parametrize("place", ["mail-claimed", "mail-not-marked"])
def test_while_it_sends_a_mail(product, visitor, service, place):
    visitor.book(service, next_slot_start())
    product.arm(place)
    visitor.come_home(visitor.pay_at(product.gateway))
    product.has_fallen(place, "worker")
    product.worked_through()
    claimed = {mail.pk.hex for mail in OutgoingMail.objects.filter(status="sending")}
    assert claimed
    # One that was sent and not marked comes twice; by its Message-ID it is seen to be one (all_is_well).
    twice = claimed & set(came(product))
    assert twice or place == "mail-claimed"
    recovers(product)
    assert mails_by_template() == BOOKED
    assert came(product) == {mail.pk.hex: 1 + (mail.pk.hex in twice) for mail in OutgoingMail.objects.all()}


@pytest.mark.parametrize("place", ["refund-claimed", "refund-not-recorded", "refund-not-committed"])
def test_while_it_sends_a_refund(product, visitor, service, place):
    visitor.book(service, next_slot_start())
    visitor.come_home(visitor.pay_at(product.gateway))
    product.all_is_done()
    product.arm(place)
    visitor.cancel()
    product.has_fallen(place, "worker")
    assert Refund.objects.get().status == Refund.Status.PENDING
    recovers(product)
    assert visitor.booking.status == Booking.Status.CANCELLED
    paid = Payment.objects.get()
    assert (
        paid.refunded_paise
        == paid.captured_paise
        == sum(refund["amount"] for refund in product.gateway.state()["refunds"])
    )
    assert mails_by_template() == {
        **BOOKED,
        "booking_cancelled_client": 1,
        "booking_cancelled_consultant": 1,
        "refund_sent": 1,
    }


def test_while_it_ends_a_hold(product, visitor, service):
    visitor.book(service, next_slot_start())
    ten_minutes_pass()
    product.arm("lapse-not-committed")
    product.queue.send_task("bookings.tasks.expire_due")
    product.has_fallen("lapse-not-committed", "worker")
    recovers(product)
    assert visitor.booking.status == Booking.Status.ABANDONED
    visitor.book(service, next_slot_start())
    assert visitor.page.url.path.endswith("/pay/")


def test_everything_dies_at_once_and_the_queue_is_lost(product):
    consultant = make_consultant()
    services = [make_service(consultant, confirmation=how) for how in ("instant", "manual")]
    visitors = [Visitor(product.address, email=f"client{n}@example.com") for n in range(5)]
    brought = []
    for n, each in enumerate(visitors):
        each.book(services[n % 2], next_slot_start(days=2 + n))
        brought.append(each.pay_at(product.gateway))
    product.kill("worker")
    visitors[0].come_home(brought[0])  # its mails wait in the queue
    visitors[1].come_home(brought[1])
    visitors[0].cancel()  # and a refund
    product.gateway.control("webhooks/flush")  # and calls of the gateway
    product.kill("web")
    product.broker.flushdb()
    product.start("worker", "web")
    recovers(product)
    for n, each in enumerate(visitors):
        wanted = ["accepted", "pending"][n % 2] if n else "cancelled"
        assert each.booking.status == wanted
        assert each.see(f"/b/{each.token}/").status_code == 200
        each.http.close()
    assert Refund.objects.get().status == Refund.Status.PROCESSED
