"""Money: given back in part, asked for, and read as papers and statements."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from bookings.testing import make_paid, payment_of
from consultants.models import Consultant
from notifications.models import OutgoingMail
from payments.models import Refund
from tests.acts.walk import SCREENS, Screen, rows_of, walking
from tests.window import meanwhile

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.parametrize("screen", SCREENS)]


def test_a_part_goes_back_with_its_reason_and_a_balance_is_asked_for(
    live_server: Any, consultant: Consultant, fake_gateway: Any, screen: Screen
) -> None:
    booking, _token = make_paid(fake_gateway, consultant, deposit_paise=50_000)
    payment = payment_of(booking)
    with walking(live_server, consultant.user, screen, "money") as walk:
        page = walk.page
        walk.open("/dashboard/payments/")
        walk.fits("transactions")
        walk.press(page.locator(f"main a[href$='/payments/{payment.pk}/']").first)
        expect(page).to_have_url(re.compile(f"{payment.pk}/$"))
        walk.fits("one")
        receipt = walk.fetched(page.get_by_role("link", name="Receipt", exact=True))
        walk.press(walk.link("Give money back…"))
        walk.type(page.get_by_label("Amount"), "500.01")
        walk.press(walk.button("See what it does"))
        walk.error_beside("Reason", "Say why, in a sentence.")
        walk.type(page.get_by_label("Reason"), "We ended early.")
        walk.press(walk.button("See what it does"))
        walk.error_beside("Amount", "₹500.00 is left to give back.")
        walk.fits("too much")
        walk.type(page.get_by_label("Amount"), "123.45")
        walk.press(walk.button("See what it does"))
        walk.heading("Give ₹123.45 back?")
        walk.sees("₹376.55 of this payment can still be given back afterwards.")
        walk.fits("what it does")
        assert meanwhile(Refund.objects.count) == 0
        walk.press(walk.button("Give ₹123.45 back"))
        walk.sees("₹123.45 is on its way back.")
        walk.sees("We ended early.")
        walk.fits("on its way")

        walk.press(walk.link("Payments"))
        walk.press(walk.link("Balances due"))
        walk.sees("₹1,000.00 is owed, one balance.")
        walk.press(walk.button(re.compile("^Ask")))
        walk.sees("Asked. Your client has the link to pay by mail.")
        expect(walk.button(re.compile("^Ask"))).to_have_count(0)
        walk.sees("Again from")
        walk.fits("asked")
        walk.press(walk.link("Invoices"))
        expect(page).to_have_url(re.compile("/invoices/$"))
        walk.fits("papers")
        walk.press(walk.link("Payouts"))
        expect(page).to_have_url(re.compile("/payouts/$"))
        walk.fits("payouts")
        walk.press(walk.link("Statement"))
        page.get_by_label("Month or financial year").select_option(index=0)
        expect(page).to_have_url(re.compile("period="))
        year = rows_of(walk.fetched(walk.link(re.compile("^CSV"))))
    assert receipt[1].startswith(b"%PDF")
    assert year[1]["Client paid"] == "500.00"
    refund = Refund.objects.get()
    assert (refund.payment_id, refund.amount_paise, refund.reason) == (payment.pk, 12_345, "We ended early.")
    assert OutgoingMail.objects.filter(template__contains="balance").count() == 1
