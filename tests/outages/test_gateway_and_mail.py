"""The gateway or the mail server is down or hanging while somebody books: the hold stays, the page says what happens
next, other people notice nothing, and what waits goes out later."""

from __future__ import annotations

import time

import pytest

from naksha.testing import make_consultant, make_service, next_slot_start
from notifications.models import OutgoingMail
from payments.models import GatewayEvent, Refund
from payments.razorpay.client import TIMEOUT
from tests.books import BOOKED, all_is_well, mails_by_template, times_agree
from tests.installation import until
from tests.storm.crowd import at_once, visitors
from tests.visitors import Visitor

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.slow]
DOWN = "The payment service does not answer just now"
STAYS = "the time stays yours"
ON_ITS_WAY = "Your payment is on its way"
MORE_THAN_CONNECTIONS = 25  # two web processes have twelve to the database each


@pytest.fixture
def visitor(product):
    with Visitor(product.address) as visitor:
        yield visitor


@pytest.fixture
def service(product):
    return make_service(make_consultant())


def fails(product, path, kind, times=1, seconds=30.0):
    product.gateway.control("faults", path=path, kind=kind, times=times, seconds=seconds)


def is_booked(product, visitor):
    product.all_comes_in()
    assert visitor.booking.status == "accepted"
    all_is_well(product)
    assert mails_by_template() == BOOKED


@pytest.mark.parametrize("trouble", ["refused", "html_502", "gateway_error", "commit_then_drop"])
def test_the_gateway_is_down_when_the_client_goes_to_pay(product, visitor, service, trouble):
    if trouble == "refused":
        product.gateway_line.refuse()
    else:
        fails(product, "POST /v1/orders", trouble, times=2)
    for _ in range(2):
        if visitor.token:
            visitor.see(f"/b/{visitor.token}/pay/")
        else:
            visitor.book(service, next_slot_start())
        assert visitor.page.status_code == 200
        assert DOWN in visitor.page.text
        assert STAYS in visitor.page.text
        assert not visitor.checkout()
        times_agree()
    product.gateway_line.mend()
    visitor.see(f"/b/{visitor.token}/pay/")
    visitor.come_home(visitor.pay_at(product.gateway))
    is_booked(product, visitor)


@pytest.mark.parametrize("told_by", ["webhook", "reconciler"])
def test_the_gateway_is_down_when_the_client_comes_back(product, visitor, service, told_by):
    product.gateway.control("disorder", paused=True)
    visitor.book(service, next_slot_start())
    brought = visitor.pay_at(product.gateway)
    product.gateway_line.refuse()
    visitor.come_home(brought)
    assert visitor.page.status_code == 200
    assert ON_ITS_WAY in visitor.page.text
    times_agree()
    if told_by == "webhook":  # it can call us, and we can't ask it what to believe
        product.gateway.control("webhooks/flush")
        product.worked_through()
        assert set(GatewayEvent.objects.values_list("status", flat=True)) == {"stored"}
    product.gateway_line.mend()
    product.hours_pass(0.1 if told_by == "webhook" else 1)
    product.schedule_comes_round()
    visitor.see(f"/b/{visitor.token}/pay/")
    assert visitor.page.url.path == f"/b/{visitor.token}/"  # the page that looks again is the booking's own by now
    is_booked(product, visitor)


def test_the_gateway_is_down_when_a_refund_is_due(product, visitor, service):
    visitor.book(service, next_slot_start())
    visitor.come_home(visitor.pay_at(product.gateway))
    product.all_is_done()
    product.gateway_line.refuse()
    visitor.cancel()
    assert visitor.page.status_code == 200
    product.in_time(lambda: Refund.objects.get().attempts, "the refund was tried")
    product.worked_through()
    assert Refund.objects.get().status == "pending"
    product.gateway_line.mend()
    product.all_comes_in()
    assert visitor.booking.refunded_paise == visitor.booking.paid_paise
    all_is_well(product)


def test_the_gateway_hangs_for_forty_people_and_nobody_else_waits(product, service):
    """Each waits for the time-out of the one who asks the gateway, and holds nothing that another needs."""
    other = make_service(make_consultant())
    with visitors(product, 40) as payers, visitors(product, 12) as readers:
        consultants = [make_service(make_consultant()) for _ in payers]
        forms = [payer.choose(consultants[n], next_slot_start()) for n, payer in enumerate(payers)]
        fails(product, "POST /v1/orders", "hang", times=len(payers), seconds=40)
        answered, waits = [], []

        def asked():
            return product.gateway.calls("POST /v1/orders")

        def press(payer, form):
            payer.press(form)
            answered.append(time.monotonic())
            return payer.page

        def read(reader):
            until(lambda: answered or asked() > MORE_THAN_CONNECTIONS, "the gateway has them in its hands")
            begun = time.monotonic()
            reader.see(f"/{other.consultant.slug}/book/{other.pk}/")
            waits.append((begun, time.monotonic()))
            return reader.page

        presses = [lambda p=payer, f=form: press(p, f) for payer, form in zip(payers, forms, strict=True)]
        ends = at_once([*presses, *(lambda r=reader: read(r) for reader in readers)])
        assert {end.statuses for end in ends[len(payers) :]} == {(200,)}
        assert min(waits)[0] < min(answered)
        # Nobody's page waited until the gateway let go of somebody: it came before, or took a part of that time.
        assert all(came_at < min(answered) or came_at - begun < TIMEOUT[1] / 2 for begun, came_at in waits)
        assert {end.statuses for end in ends[: len(payers)]} == {(302, 200)}
        assert all(DOWN in end.text and STAYS in end.text for end in ends[: len(payers)])
        times_agree()
        payers[0].see(f"/b/{payers[0].token}/pay/")
        payers[0].come_home(payers[0].pay_at(product.gateway))
        product.all_comes_in()
        assert payers[0].booking.status == "accepted"
        all_is_well(product)


@pytest.mark.parametrize("trouble", ["refuse", "hang"])
def test_the_mail_server_is_down_or_hangs(product, visitor, service, trouble):
    product.mail_server(trouble)
    visitor.book(service, next_slot_start())
    visitor.come_home(visitor.pay_at(product.gateway))
    assert visitor.page.status_code == 200
    assert visitor.booking.status == "accepted"
    tried = OutgoingMail.objects.filter(attempts__gte=1, status="queued")
    product.in_time(lambda: tried.count() == 2, "both mails were tried and put off", pause=60)
    assert not product.mails()
    product.mail_server("")
    is_booked(product, visitor)
