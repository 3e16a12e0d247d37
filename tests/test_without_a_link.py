"""Paying by a page that is opened by its row's id: it knows its payer by a cookie, which the gateway's post lacks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import User
from bookings.testing import make_held, payment_of
from clients.models import Client
from consultants.models import Consultant
from payments.services import ensure_order
from payments.testing import posted_answer
from sessions_app.models import Session, SessionLink
from sessions_app.services import open_price
from sessions_app.testing import open_by_link
from sessions_app.tests.practice import record

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_booking_is_paid_by_its_clients_login(
    client: Browser, client_user: User, consultant: Consultant, fake_gateway: Any
) -> None:
    booking, _token = make_held(consultant)
    Client.objects.filter(pk=booking.client_id).update(user=client_user)
    links, stranger = booking.links.count(), Browser()
    client.force_login(client_user)
    pay, done = (reverse(f"bookings:{page}", args=[booking.pk]) for page in ("pay", "pay_done"))
    page = client.get(reverse("bookings:of", args=[booking.pk]), {"to": "pay"}, follow=True)
    assert page.redirect_chain == [(pay, 302)]
    assert done in page.context["checkout"].fields["callback_url"]
    posted = posted_answer(fake_gateway, payment_of(booking).order_id)
    for wrong in ({**posted, "razorpay_signature": "0" * 64}, {**posted, "razorpay_order_id": "order_none"}):
        assert stranger.post(done, wrong).status_code == 404
    booking.refresh_from_db()
    assert booking.status == "held"
    for _again in range(2):
        answer = stranger.post(done, posted)
        assert (answer.status_code, answer["Location"]) == (302, pay)
    booking.refresh_from_db()
    assert booking.status == "accepted"
    assert stranger.get(pay)["Location"].startswith("/accounts/login/")
    assert client.get(pay)["Location"] == reverse("bookings:manage", args=[booking.pk])
    assert booking.links.count() == links + 1  # of the mail that confirms it


def test_a_gateway_that_says_no_leads_back_to_the_page_that_pays(client: Browser, consultant: Consultant) -> None:
    booking, _token = make_held(consultant)
    pay, done = (reverse(f"bookings:{page}", args=[booking.pk]) for page in ("pay", "pay_done"))
    answer = client.post(done, {"error[reason]": "payment_cancelled"})
    assert answer["Location"] == f"{pay}?failed=payment_cancelled"
    assert client.get(answer["Location"])["Location"].startswith("/accounts/login/")


def test_a_recorded_session_is_paid_from_its_room_for_as_long_as_the_guest_is_in_it(
    client: Browser, consultant: Consultant, fake_gateway: Any
) -> None:
    session = record(consultant, price_paise=200_000)
    open_by_link(client, session)
    links, stranger = session.links.count(), Browser()
    pay, done = (reverse(f"sessions:{page}", args=[session.pk]) for page in ("pay", "pay_done"))
    page = client.get(reverse("sessions:pay_by_room", args=[session.pk]), follow=True)
    assert page.redirect_chain == [(pay, 302)]
    assert done in page.context["checkout"].fields["callback_url"]
    assert "its link alone" not in page.content.decode()
    assert session.links.count() == links
    for answer in (stranger.get(pay), stranger.get(done), stranger.get(reverse("sessions:enter", args=[session.pk]))):
        assert answer.status_code == 404
    posted = posted_answer(fake_gateway, ensure_order(open_price(session=session).pk).order_id)
    assert stranger.post(done, {**posted, "razorpay_signature": "0" * 64}).status_code == 404
    answer = stranger.post(done, posted)
    assert (answer.status_code, answer["Location"]) == (302, pay)
    assert Session.objects.get(pk=session.pk).paid_paise == session.total_paise
    assert client.get(pay).status_code == 200
    SessionLink.objects.filter(session=session).update(revoked_at=session.created_at + timedelta(seconds=1))
    assert client.get(pay).status_code == 404


def test_a_booked_session_is_not_paid_by_its_own_id(
    client: Browser, client_user: User, consultant: Consultant, fake_gateway: Any
) -> None:
    booking, _token = make_held(consultant)
    ensure_order(payment_of(booking).pk)
    posted = posted_answer(fake_gateway, payment_of(booking).order_id)
    assert client.post(reverse("bookings:pay_done", args=[booking.pk]), posted).status_code == 302
    booking.refresh_from_db()
    session = booking.session
    assert session is not None
    Client.objects.filter(pk=booking.client_id).update(user=client_user)
    client.force_login(client_user)
    for page in ("sessions:pay", "sessions:pay_by_room"):
        assert client.get(reverse(page, args=[session.pk])).status_code == 404
