"""Paying, and what comes after, as a visitor does it without script."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from availability.models import Occupancy
from availability.picker import start_text
from bookings.models import Booking
from bookings.testing import make_held, make_paid, payment_of
from bookings.tests.pressing import details_url, press
from naksha.testing import make_service, next_slot_start
from notifications.models import OutgoingMail
from payments.models import Refund

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(consultant):
    return make_service(consultant)


def test_letting_it_go_frees_the_time(client, service, fake_gateway):
    pay_url = press(client, service).url
    client.post(pay_url + "release/")
    assert Booking.objects.get().status == "abandoned"
    assert not Occupancy.objects.exists()


def test_a_lapsed_hold_offers_the_same_time_again(client, service, fake_gateway):
    pay_url = press(client, service).url
    with time_machine.travel(Booking.objects.get().hold_expires_at + timedelta(seconds=1), tick=False):
        page = client.get(pay_url).content.decode()
        assert "Hold it again" in page
        response = client.post(pay_url + "again/", {"start": start_text(next_slot_start())})
    fresh = Booking.objects.latest("created_at")
    assert (fresh.status, fresh.contact_name) == ("held", "Meera Iyer")
    assert response.url.endswith("/pay/")


def test_the_gateway_being_down_keeps_the_hold_and_says_so(client, service, fake_gateway):
    fake_gateway.down = True
    page = client.get(press(client, service).url)
    assert page.status_code == 200
    assert "does not answer just now" in page.content.decode()
    assert "Try again" in page.content.decode()
    fake_gateway.down = False
    assert "Pay ₹1,500.00" in client.get(page.request["PATH_INFO"]).content.decode()


def test_back_from_the_gateway_without_our_cookies_the_booking_is_confirmed(client, service, fake_gateway):
    pay_url = press(client, service).url
    client.get(pay_url)
    payment = payment_of(Booking.objects.get())
    answer = fake_gateway.signed_answer(fake_gateway.pay(payment.order_id))
    from django.test import Client

    elsewhere = Client(enforce_csrf_checks=True)
    posted = {"razorpay_order_id": answer["order_id"], "razorpay_payment_id": answer["gateway_payment_id"]}
    response = elsewhere.post(pay_url + "done/", {**posted, "razorpay_signature": answer["signature"]})
    assert response.url == pay_url.removesuffix("pay/")
    page = elsewhere.get(response.url).content.decode()
    assert "Booked." in page
    assert Booking.objects.get().reference in page
    assert elsewhere.post(pay_url + "done/", {**posted, "razorpay_signature": answer["signature"]}).status_code == 302
    assert Booking.objects.get().paid_paise == 150_000


def test_a_forged_or_foreign_answer_moves_nothing(client, service, consultant, fake_gateway):
    pay_url = press(client, service).url
    client.get(pay_url)
    payment = payment_of(Booking.objects.get())
    paid = fake_gateway.pay(payment.order_id)
    forged = {"razorpay_order_id": payment.order_id, "razorpay_payment_id": paid.id, "razorpay_signature": "0" * 64}
    assert client.post(pay_url + "done/", forged).status_code == 400
    other, other_token = make_held(consultant, starts_at=next_slot_start(days=4))
    foreign = fake_gateway.signed_answer(paid)
    response = client.post(
        reverse("bookings:pay_done", args=[other_token]),
        {
            "razorpay_order_id": foreign["order_id"],
            "razorpay_payment_id": foreign["gateway_payment_id"],
            "razorpay_signature": foreign["signature"],
        },
    )
    assert response.status_code == 400
    assert set(Booking.objects.values_list("status", "paid_paise")) == {("held", 0)}
    other.refresh_from_db()
    assert other.status == "held"


def test_a_failed_payment_is_told_in_our_words_only(client, service, fake_gateway):
    pay_url = press(client, service).url
    response = client.post(pay_url + "done/", {"error[reason]": "card_declined", "error[description]": "<b>hello</b>"})
    page = client.get(response.url).content.decode()
    assert "Your bank declined the card" in page
    assert "hello" not in page
    response = client.post(pay_url + "done/", {"error[reason]": "<script>"})
    assert "did not go through" in client.get(response.url).content.decode()


def test_a_gateway_that_hangs_at_the_end_leaves_the_page_looking_again(client, service, fake_gateway):
    pay_url = press(client, service).url
    client.get(pay_url)
    answer = fake_gateway.signed_answer(fake_gateway.pay(payment_of(Booking.objects.get()).order_id))
    fake_gateway.down = True
    response = client.post(
        pay_url + "done/",
        {
            "razorpay_order_id": answer["order_id"],
            "razorpay_payment_id": answer["gateway_payment_id"],
            "razorpay_signature": answer["signature"],
        },
    )
    page = client.get(response.url).content.decode()
    assert "on its way" in page
    assert Booking.objects.get().status == "held"


def test_unknown_tokens_are_not_found(client, db):
    for path in ("", "pay/", "cancel/", "reschedule/", "calendar.ics", "receipt/"):
        answer = client.get(f"/b/{'x' * 32}/{path}")
        assert answer.status_code == 404
        assert f'href="{reverse("bookings:find")}"' in answer.content.decode()
    assert client.get(f"/w/{'x' * 32}/").status_code == 404


@pytest.mark.parametrize("broken", ["abc", "x" * 65, "x" * 40 + "%29", "a/b/c", "%00"])
def test_a_link_that_lost_a_part_says_how_to_get_a_new_one(client, db, broken):
    answer = client.get(f"/b/{broken}", follow=True)
    assert answer.status_code == 404
    assert "This link opens no booking" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store, private"


def test_cancelling_shows_the_refund_first(client, consultant, fake_gateway):
    booking, token = make_paid(fake_gateway, consultant, starts_at=next_slot_start(days=5))
    url = reverse("bookings:cancel", args=[token])
    page = client.get(url).content.decode()
    assert "You get all of it back: ₹1,500.00." in page
    assert Booking.objects.get().status == "accepted"
    with time_machine.travel(booking.starts_at - timedelta(hours=5), tick=False):
        shrunk = client.post(url, {"refund": "150000"})
        assert shrunk.status_code == 409
        assert "₹750.00" in shrunk.content.decode()
        client.post(url, {"refund": "75000", "reason": "Ill"})
        client.post(url, {"refund": "75000", "reason": "Ill"})
    assert Refund.objects.get().amount_paise == 75_000
    page = client.get(reverse("bookings:manage", args=[token])).content.decode()
    assert "This booking is cancelled" in page
    assert "₹750.00" in page


def test_moving_by_the_link(client, consultant, fake_gateway):
    _booking, token = make_paid(fake_gateway, consultant, starts_at=next_slot_start(days=5))
    url, there = reverse("bookings:reschedule", args=[token]), next_slot_start(days=6)
    assert client.get(url).status_code == 200
    assert "Move it to this time?" in client.get(url, {"start": start_text(there)}).content.decode()
    client.post(url, {"start": start_text(there)})
    assert Booking.objects.get().starts_at == there
    taken = make_held(consultant, starts_at=next_slot_start(days=7))[0]
    refused = client.post(url, {"start": start_text(taken.starts_at)})
    assert refused.status_code == 409
    assert "has just been taken" in refused.content.decode()


def test_the_calendar_file_opens_anywhere(client, consultant, fake_gateway):
    booking, token = make_paid(fake_gateway, consultant)
    response = client.get(reverse("bookings:calendar", args=[token]))
    text = response.content.decode()
    assert response["Content-Type"].startswith("text/calendar")
    assert "METHOD:PUBLISH\r\n" in text
    assert f"UID:booking-{booking.pk}@" in text.replace("\r\n ", "")
    assert "BEGIN:VEVENT" in text


def test_a_receipt_says_what_was_paid(client, consultant, fake_gateway):
    _booking, token = make_paid(fake_gateway, consultant)
    page = client.get(reverse("bookings:receipt", args=[token])).content.decode()
    assert "₹1,500.00" in page


def test_a_balance_is_paid_on_the_same_page(client, consultant, fake_gateway):
    _booking, token = make_paid(fake_gateway, consultant, deposit_paise=50_000)
    assert "Pay the balance, ₹1,000.00" in client.get(reverse("bookings:manage", args=[token])).content.decode()
    page = client.get(reverse("bookings:pay", args=[token])).content.decode()
    assert "Pay ₹1,000.00" in page
    assert "Balance, to pay now" in page
    assert "Deposit" not in page


def test_what_is_free_speaks_of_no_money_to_come_back(client, consultant):
    service = make_service(consultant, price_paise=0)
    page = client.get(f"{details_url(service)}?start={start_text(next_slot_start())}").content.decode()
    assert "It is free. Cancel any time before it begins." in page
    assert "% back" not in page


def test_a_lost_link_goes_to_the_address_of_the_booking_alone(client, consultant, fake_gateway):
    booking, _ = make_paid(fake_gateway, consultant)
    url = reverse("bookings:find")
    sent = client.post(url, {"reference": booking.reference.lower(), "email": "FARHAN@example.com"})
    other = client.post(url, {"reference": booking.reference, "email": "stranger@example.com"})
    assert "on the way" in sent.content.decode()
    assert "on the way" in other.content.decode()
    assert [m.to for m in OutgoingMail.objects.filter(template="booking_link")] == ["farhan@example.com"]


def test_the_gateway_is_admitted_by_the_policy_of_the_pay_page_alone(client, service, fake_gateway, settings):
    settings.RAZORPAY_BASE_URL = "https://api.razorpay.com"
    pay = client.get(press(client, service).url)
    policy = pay["Content-Security-Policy"]
    assert "form-action 'self' https://api.razorpay.com" in policy
    assert "unsafe" not in policy
    time = client.get(reverse("bookings:time", args=[service.consultant.slug, service.pk]))
    assert "razorpay" not in time["Content-Security-Policy"]


def test_an_order_that_cannot_be_one_is_asked_of_nobody(client, service, fake_gateway):
    """PostgreSQL takes no NUL in a text, and says so with an error of its own."""
    done_url = press(client, service).url + "done/"
    for order in ("order_\0", "a" * 5000, "'; --", "é"):
        answer = {"razorpay_order_id": order, "razorpay_payment_id": "pay_\0", "razorpay_signature": "\0é"}
        assert client.post(done_url, answer).status_code == 400
