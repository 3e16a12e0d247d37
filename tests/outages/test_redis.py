"""Redis refuses connections, or takes them and says nothing: pages, bookings and payments go on, and what waits is
worked through when it is back."""

from __future__ import annotations

import time

import pytest

from naksha.testing import make_consultant, make_service, next_slot_start
from tests.books import BOOKED, all_is_well, mails_by_template
from tests.visitors import Visitor

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.slow]
PATIENCE = 6.0  # seconds more than without trouble; the time-outs that are met on a page's way add up to less


@pytest.mark.parametrize("trouble", ["refuse", "silent"])
def test_everything_goes_on_without_redis(product, trouble):
    consultant = make_consultant()
    service = make_service(consultant)

    def takes_part(visitor, start):
        """From the start page to a booking that is paid and cancelled. The slowest page, in seconds."""
        slowest = 0.0

        def took(act, *args):
            nonlocal slowest
            begun = time.monotonic()
            page = act(*args)
            slowest = max(slowest, time.monotonic() - begun)
            return page

        for path in ("/", "/consultants/", f"/{consultant.slug}/", "/accounts/login/", "/health"):
            assert took(visitor.see, path).status_code == 200, path
        form = took(visitor.choose, service, start)
        took(visitor.press, form)
        brought = visitor.pay_at(product.gateway)
        assert took(visitor.come_home, brought).status_code == 200
        assert visitor.booking.status == "accepted"
        took(visitor.cancel)
        assert visitor.booking.status == "cancelled"
        return slowest

    with Visitor(product.address, email="before@example.com") as visitor:
        plain = takes_part(visitor, next_slot_start())  # connections are open, and break or fall silent
        product.worked_through()
    with Visitor(product.address) as visitor:
        getattr(product.redis_line, trouble)()
        try:
            troubled = takes_part(visitor, next_slot_start(days=3))
        finally:
            product.redis_line.mend()
    assert troubled < PATIENCE + 3 * plain  # a machine that is slow now was slow before
    product.all_comes_in()
    all_is_well(product)
    each = [*BOOKED, "booking_cancelled_client", "booking_cancelled_consultant", "refund_sent"]
    assert mails_by_template() == dict.fromkeys(each, 2)
