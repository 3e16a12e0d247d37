"""The web process is killed at named places between a chosen time and its confirmation, and started anew.

What the person at the browser sees is a broken connection. Whether they try again, or nobody ever comes back and the
gateway tells nothing: in the end the booking is right, one payment was taken, and each mail has come.
"""

from __future__ import annotations

import httpx
import pytest
from django.utils import timezone

from bookings.models import Booking
from naksha.testing import next_slot_start
from payments.models import Payment
from tests.books import BOOKED, all_is_well, is_free, mails_by_template, ten_minutes_pass, times_agree
from tests.visitors import Visitor

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.slow]


@pytest.mark.parametrize("place", ["hold-not-committed", "hold-not-answered"])
def test_while_the_time_is_taken(product, visitor, service, place):
    start = next_slot_start()
    form = visitor.choose(service, start)
    product.arm(place)
    with pytest.raises(httpx.TransportError):
        visitor.press(form)
    product.has_fallen(place, "web")
    visitor.press(form)  # the same form once more: the same booking
    assert visitor.page.url.path.endswith("/pay/")
    assert Booking.objects.count() == Payment.objects.count() == 1
    with Visitor(product.address, email="rival@example.com") as rival:
        rival.see(f"/{service.consultant.slug}/book/{service.pk}/details/?start={start:%Y-%m-%dT%H:%MZ}")
        assert rival.page.status_code == 409
    times_agree()
    ten_minutes_pass()
    product.schedule_comes_round()
    assert visitor.booking.status == Booking.Status.ABANDONED
    assert is_free(service, start)
    all_is_well(product)


def test_after_the_order_was_made_and_before_it_is_saved(product, visitor, service):
    product.arm("order-not-saved")
    with pytest.raises(httpx.TransportError):
        visitor.book(service, next_slot_start())
    product.has_fallen("order-not-saved", "web")
    held = Booking.objects.get()
    # The dead process's claim, as fresh as if we hadn't waited for its successor.
    assert Payment.objects.filter(order_claimed_at__isnull=False).update(order_claimed_at=timezone.now()) == 1
    visitor.see(f"/b/{visitor.http.cookies['hold']}/pay/")
    assert visitor.page.status_code == 200
    assert "the time stays yours" in visitor.page.text  # within the dead process's claim, nobody asks
    product.hours_pass()
    visitor.see(f"/b/{visitor.token}/pay/")
    visitor.come_home(visitor.pay_at(product.gateway))
    assert visitor.booking == held
    assert visitor.booking.status == Booking.Status.ACCEPTED
    product.all_is_done()
    all_is_well(product)
    assert mails_by_template() == BOOKED


@pytest.mark.parametrize("place", ["answer-verified", "payment-fetched", "settled-not-committed", "queue-not-told"])
def test_after_the_money_was_taken_and_nobody_comes_back(product, visitor, service, place):
    visitor.book(service, next_slot_start())
    brought = visitor.pay_at(product.gateway)
    product.arm(place)
    with pytest.raises(httpx.TransportError):
        visitor.come_home(brought)
    product.has_fallen(place, "web")
    assert mails_by_template() == (BOOKED if place == "queue-not-told" else {})
    product.an_hour_later()
    assert visitor.booking.status == Booking.Status.ACCEPTED
    all_is_well(product)
    assert mails_by_template() == BOOKED
    # And now they all come after all: the gateway's calls, twice each, and the browser, twice.
    product.late_news()
    for _ in range(2):
        assert visitor.come_home(brought).status_code == 200
    product.an_hour_later()
    all_is_well(product)
    assert mails_by_template() == BOOKED


@pytest.mark.parametrize("place", ["payment-fetched", "settled-not-committed"])
def test_after_the_money_was_taken_and_the_browser_tries_again(product, visitor, service, place):
    visitor.book(service, next_slot_start())
    brought = visitor.pay_at(product.gateway)
    product.arm(place)
    with pytest.raises(httpx.TransportError):
        visitor.come_home(brought)
    product.has_fallen(place, "web")
    visitor.come_home(brought)
    assert visitor.booking.status == Booking.Status.ACCEPTED
    product.all_is_done()
    all_is_well(product)
    assert mails_by_template() == BOOKED


def test_after_the_banks_promise_was_captured_and_before_it_is_written(product, visitor, service):
    product.gateway.control("settings", auto_capture=False)
    visitor.book(service, next_slot_start())
    brought = visitor.pay_at(product.gateway, "authorized")
    product.arm("captured-not-recorded")
    with pytest.raises(httpx.TransportError):
        visitor.come_home(brought)
    product.has_fallen("captured-not-recorded", "web")
    product.an_hour_later()
    assert visitor.booking.status == Booking.Status.ACCEPTED
    all_is_well(product)
    assert mails_by_template() == BOOKED


def test_after_an_event_was_kept_and_before_the_queue_is_told(product, visitor, service):
    visitor.book(service, next_slot_start())
    visitor.pay_at(product.gateway)
    product.arm("queue-not-told")
    product.gateway.control("webhooks/flush")
    product.has_fallen("queue-not-told", "web")
    product.an_hour_later()
    assert visitor.booking.status == Booking.Status.ACCEPTED
    product.late_news()
    all_is_well(product)
    assert mails_by_template() == BOOKED
