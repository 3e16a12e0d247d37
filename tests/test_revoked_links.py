"""Links that were revoked: they open nothing, say where to get another, and still take money that is on its way."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from bookings.services import links
from bookings.testing import make_held, payment_of
from consultants.models import Consultant
from payments.services import ensure_order
from payments.testing import posted_answer
from quotations import services as quoting
from quotations.testing import make_sent
from sessions_app.access import mint_link, revoke_links
from sessions_app.models import Session
from sessions_app.services import open_price
from sessions_app.tests.practice import record

pytestmark = pytest.mark.django_db(transaction=True)
FIND = 'href="/b/find/"'


def test_money_on_its_way_by_a_bookings_revoked_link_is_taken_and_shown(
    client: Browser, consultant: Consultant, fake_gateway: Any
) -> None:
    booking, token = make_held(consultant)
    order = ensure_order(payment_of(booking).pk).order_id
    links.revoke(booking)
    done = reverse("bookings:pay_done", args=[token])
    stopped = {"error[reason]": "payment_cancelled"}
    for answer in (client.get(done), client.post(done, stopped), client.get(reverse("bookings:manage", args=[token]))):
        assert answer.status_code == 404
        assert FIND in answer.content.decode()
    posted = posted_answer(fake_gateway, order)
    assert client.post(done, {**posted, "razorpay_signature": "0" * 64}).status_code == 404
    booking.refresh_from_db()
    assert booking.status == "held"
    for _again in range(2):
        answer = client.post(done, posted)
        assert answer.status_code == 200
        assert '<span class="fig">₹1,500.00</span> paid' in answer.content.decode()
        assert FIND in answer.content.decode()
        assert answer["Cache-Control"] == "no-store, private"
    booking.refresh_from_db()
    assert booking.status == "accepted"


def test_money_on_its_way_by_a_sessions_revoked_link_is_taken_and_shown(
    client: Browser, consultant: Consultant, fake_gateway: Any
) -> None:
    session = record(consultant, price_paise=200_000)
    assert session.client is not None
    token = mint_link(session=session, client=session.client)
    order = ensure_order(open_price(session=session).pk).order_id
    revoke_links(session_id=session.pk, client_id=session.client.pk)
    done = reverse("sessions:pay_done", args=[token])
    posted = posted_answer(fake_gateway, order)
    assert client.post(done, {**posted, "razorpay_signature": "0" * 64}).status_code == 404
    answer = client.post(done, posted)
    assert answer.status_code == 200
    assert "</span> paid" in answer.content.decode()
    assert Session.objects.get(pk=session.pk).paid_paise == session.total_paise


@pytest.mark.parametrize("name", ["sessions:enter", "sessions:pay", "sessions:pay_done"])
def test_a_sessions_link_that_is_none_says_where_to_get_another(name: str, client: Browser, db: None) -> None:
    answer = client.get(reverse(name, args=["x" * 40]))
    words = answer.content.decode()
    assert answer.status_code == 404
    assert FIND in words
    assert "?next=/me/sessions/" in words  # and not back to the link, which a login doesn't mend


def test_a_quotations_link_that_was_stopped_says_where_it_stands(client: Browser, consultant: Consultant) -> None:
    quotation, token = make_sent(consultant)
    quoting.new_link(quotation=quotation, actor=consultant.user)
    for name in ("page", "pay", "pay_done"):
        answer = client.get(reverse(f"quotations:{name}", args=[token]))
        assert answer.status_code == 404
        assert "This link opens no quotation" in answer.content.decode()
        assert reverse("client_area:quotations") in answer.content.decode()
        assert answer["Cache-Control"] == "no-store, private"
