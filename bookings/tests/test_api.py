"""Booking through the JSON API, as a guest or with a login: holding, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from availability.models import Occupancy
from bookings.models import Booking, BookingLink
from bookings.services import links
from bookings.testing import make_webinar, pay
from bookings.tests.asking import FARHAN, sent
from clients.models import Client
from naksha.api.models import KeptAnswer
from naksha.api.testing import NOWHERE, api_of
from naksha.testing import make_consultant, make_service, make_user, next_slot_start
from naksha.times import iso
from payments.models import Payment

pytestmark = pytest.mark.django_db


@pytest.fixture
def service() -> Any:
    return make_service(make_consultant(slug="asha-rao"))


# --- /book ------------------------------------------------------------------------------------------


def test_a_guest_holds_a_time_and_gets_the_order_to_pay(fake_gateway: Any, service: Any) -> None:
    answer = api_of().post("/book", sent(service))
    booking = Booking.objects.get()
    payment = Payment.objects.get()
    assert answer.status == 201
    assert answer.data["booking"] == {
        "id": str(booking.pk),
        "reference": booking.reference,
        "status": "HELD",
        "consultant": {
            "id": str(service.consultant_id), "slug": "asha-rao", "name": service.consultant.display_name
        },
        "client": {
            "id": str(booking.client_id), "name": "Farhan Qureshi", "email": "farhan@example.com",
            "phone": "+919820012345",
        },
        "serviceId": str(service.pk),
        "title": "First call",
        "start": iso(next_slot_start()),
        "end": iso(next_slot_start() + timedelta(minutes=30)),
        "minutes": 30,
        "timezone": "Europe/London",
        "platform": "JITSI",
        "place": "",
        "answers": [],
        "pricePaise": 150_000,
        "taxPaise": 0,
        "totalPaise": 150_000,
        "dueNowPaise": 150_000,
        "paidPaise": 0,
        "refundedPaise": 0,
        "owedPaise": 0,
        "currency": "INR",
        "sessionId": None,
        "holdExpiresAt": iso(booking.hold_expires_at or timezone.now()),
        "answerBy": None,
        "closedAt": None,
        "closeReason": "",
        "createdAt": iso(booking.created_at),
        "updatedAt": iso(booking.updated_at),
    }  # fmt: skip
    assert links.resolve(answer.data["manageToken"]) == booking
    assert answer.data["manageUrl"] == links.manage_url(answer.data["manageToken"])
    assert answer.data["payment"] == {
        "paymentId": str(payment.pk),
        "orderId": payment.order_id,
        "keyId": settings.RAZORPAY_KEY_ID,
        "amountPaise": 150_000,
        "currency": "INR",
        "description": payment.description,
        "prefill": {"name": "Farhan Qureshi", "email": "farhan@example.com", "contact": "+919820012345"},
        "expiresAt": iso(booking.hold_expires_at or timezone.now()),
    }
    assert pay(fake_gateway, booking).status == "accepted"


def test_what_is_free_is_booked_at_once(service: Any) -> None:
    free = make_service(service.consultant, price_paise=0)
    answer = api_of().post("/book", sent(free)).data
    assert (answer["booking"]["status"], answer["payment"]) == ("ACCEPTED", None)
    assert answer["booking"]["sessionId"] == str(Booking.objects.get().session_id)


def test_an_old_address_books_too(fake_gateway: Any, service: Any) -> None:
    service.consultant.old_slugs.create(slug="asha-before")
    assert api_of().post("/book", sent(service, consultantSlug="asha-before")).status == 201


def test_a_login_books_under_its_own_address(fake_gateway: Any, service: Any) -> None:
    user = make_user(first_name="Gita", last_name="Nair")
    api = api_of(user)
    refused = api.post("/book", sent(service))
    assert list(refused.details) == ["client.email"]
    booking = api.post("/book", sent(service, client=None)).data["booking"]
    assert (booking["client"]["email"], booking["client"]["name"]) == (user.email, "Gita Nair")
    assert Booking.objects.get().booked_by == user
    assert Client.objects.get().user == user


def test_a_login_whose_address_is_not_confirmed_books_as_a_guest(fake_gateway: Any, service: Any) -> None:
    assert api_of(make_user(verified=False)).post("/book", sent(service)).status == 201
    assert Booking.objects.get().booked_by is None


@pytest.mark.parametrize("form", [dict, list])
def test_answers_go_by_the_id_of_their_question(fake_gateway: Any, service: Any, form: Any) -> None:
    question = service.questions.create(label="About what?", required=True)
    missing = api_of().post("/book", sent(service))
    assert list(missing.details) == [f"answers.{question.pk}"]
    answers: Any = {str(question.pk): "A notice"}
    if form is list:
        answers = [{"questionId": str(question.pk), "answer": "A notice"}]
    booking = api_of().post("/book", sent(service, answers=answers)).data["booking"]
    assert booking["answers"] == [{"question": "About what?", "answer": "A notice"}]


def test_where_gst_is_charged_the_state_is_asked_for(fake_gateway: Any) -> None:
    taxed = make_service(make_consultant(registration="regular", gstin="27AAPPV1234K1ZB"))
    assert set(api_of().post("/book", sent(taxed)).details) == {"client.stateCode", "client.pinCode"}
    client = {**FARHAN, "stateCode": "27", "pinCode": "411 004"}
    assert api_of().post("/book", sent(taxed, client=client)).data["booking"]["totalPaise"] == 177_000


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"consultantSlug": None}, "consultantSlug"),
        ({"serviceId": "x"}, "serviceId"),
        ({"start": "tomorrow"}, "start"),
        ({"start": "2026-11-24T05:30:00"}, "start"),
        ({"start": "2026-11-24T05:30:07Z"}, "start"),
        ({"start": "9999-12-31T23:59:00Z"}, "start"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"client": {**FARHAN, "name": "F"}}, "client.name"),
        ({"client": {**FARHAN, "email": "farhan"}}, "client.email"),
        ({"client": {**FARHAN, "email": "a\0@example.com"}}, "client.email"),
        ({"client": {**FARHAN, "phone": "123"}}, "client.phone"),
        ({"client": {**FARHAN, "id": NOWHERE}}, "client.id"),
        ({"client": "Farhan"}, "client.nonFieldErrors"),
        ({"answers": {NOWHERE: "x"}}, f"answers.{NOWHERE}"),
        ({"answers": "x"}, "answers"),
        ({"answers": {NOWHERE: 5}}, "answers"),
        ({"answers": [{"question": "x"}]}, "answers"),
        ({"couponCode": "DIWALI"}, "couponCode"),
        ({"redeemPoints": 10}, "redeemPoints"),
        ({"amountPaise": 100}, "amountPaise"),
    ],
)
def test_what_is_wrong_with_a_booking_is_named(service: Any, wrong: Any, named: str) -> None:
    answer = api_of().post("/book", sent(service, **wrong))
    assert (answer.status, answer.code, list(answer.details)) == (400, "VALIDATION_ERROR", [named])
    assert not Booking.objects.exists()


def test_an_empty_coupon_and_no_points_are_taken(fake_gateway: Any, service: Any) -> None:
    assert api_of().post("/book", sent(service, couponCode="", redeemPoints=0)).status == 201


def test_who_or_what_cant_be_booked_is_not_there(service: Any) -> None:
    hidden = make_service(make_consultant(is_listed=False))
    closed = make_service(service.consultant, is_active=False)
    theirs = make_service(make_consultant())
    for body in (
        sent(hidden),
        sent(closed),
        sent(service, consultantSlug="nobody"),
        sent(service, serviceId=NOWHERE),
        sent(service, serviceId=str(theirs.pk)),
    ):
        answer = api_of().post("/book", body)
        assert (answer.status, answer.code) == (404, "NOT_FOUND")
    assert not Booking.objects.exists()


def test_a_time_that_is_gone_names_the_nearest(fake_gateway: Any, service: Any) -> None:
    api_of().post("/book", sent(service))
    other = {**FARHAN, "email": "gita@example.com"}
    answer = api_of().post("/book", sent(service, client=other))
    assert (answer.status, answer.code) == (409, "SLOT_TAKEN")
    start = next_slot_start()
    around = [iso(start + timedelta(minutes=minutes)) for minutes in (-60, -30, 30, 60)]
    assert answer.details == {"nearest": around}
    assert Booking.objects.count() == 1


def test_a_time_that_was_never_offered_is_refused(service: Any) -> None:
    odd = next_slot_start() + timedelta(minutes=7)
    assert api_of().post("/book", sent(service, start=iso(odd))).code == "SLOT_TAKEN"
    assert not Occupancy.objects.exists()


def test_the_same_key_is_one_booking_and_its_secret_is_kept_sealed(fake_gateway: Any, service: Any) -> None:
    first = api_of().post("/book", sent(service), Idempotency_Key="k-1")
    again = api_of().post("/book", sent(service), Idempotency_Key="k-1")
    assert (again.status, again.body) == (201, first.body)
    assert again["Idempotent-Replayed"] == "true"
    assert Booking.objects.count() == Payment.objects.count() == 1
    other = api_of().post("/book", sent(service, start=iso(next_slot_start(3))), Idempotency_Key="k-1")
    assert (other.status, other.code) == (422, "IDEMPOTENCY_CONFLICT")
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM api_keptanswer")
        assert first.data["manageToken"] not in cursor.fetchone()[0]
    assert BookingLink.objects.count() == 1


def test_a_crash_after_the_hold_is_found_again_by_the_key(fake_gateway: Any, service: Any) -> None:
    first = api_of().post("/book", sent(service), Idempotency_Key="k-1").data
    KeptAnswer.objects.all().delete()  # the process died before it could keep its answer
    again = api_of().post("/book", sent(service), Idempotency_Key="k-1").data
    assert again["booking"]["id"] == first["booking"]["id"]
    assert again["payment"]["orderId"] == first["payment"]["orderId"]


@pytest.mark.parametrize("key", ["4fd1b1a0-8c3e-4f43-9a2b-0f6c7b3e1d55", "019ab3c0cb4a7ec8989a" + "c858d52812a4"])
def test_a_guests_random_key_finds_the_booking_from_another_network_too(
    fake_gateway: Any, service: Any, key: str
) -> None:
    first = api_of().post("/book", sent(service), Idempotency_Key=key)
    far = api_of()
    far.client.defaults["REMOTE_ADDR"] = "203.0.113.9"
    again = far.post("/book", sent(service), Idempotency_Key=key)
    assert (again.status, again.body, again["Idempotent-Replayed"]) == (201, first.body, "true")
    KeptAnswer.objects.all().delete()  # the process died before it could keep its answer
    assert far.post("/book", sent(service), Idempotency_Key=key).data["booking"]["id"] == first.data["booking"]["id"]
    assert Booking.objects.count() == 1
    other = far.post("/book", sent(service, start=iso(next_slot_start(3))), Idempotency_Key=key)
    assert (other.status, other.code) == (422, "IDEMPOTENCY_CONFLICT")


def test_a_random_key_of_a_login_is_no_guests(fake_gateway: Any, service: Any, client_user: Any) -> None:
    key = "4fd1b1a0-8c3e-4f43-9a2b-0f6c7b3e1d55"
    assert api_of().post("/book", sent(service), Idempotency_Key=key).status == 201
    mine = api_of(client_user).post("/book", sent(service, client={}), Idempotency_Key=key)
    assert (mine.status, mine.code) == (409, "SLOT_TAKEN")


@pytest.mark.parametrize("key", ["k-1", "00000000-0000-0000-0000-000000000000", "4fd1b1a0-8c3e-1f43-9a2b-0f6c7b3e1d55"])
def test_anothers_key_finds_nothing(fake_gateway: Any, service: Any, key: str) -> None:
    body = sent(service)
    assert api_of().post("/book", body, Idempotency_Key=key).status == 201
    far = api_of()
    far.client.defaults["REMOTE_ADDR"] = "203.0.113.9"
    answer = far.post("/book", body, Idempotency_Key=key)
    assert (answer.status, answer.code) == (409, "SLOT_TAKEN")
    assert BookingLink.objects.count() == 1


def test_when_the_gateway_does_not_answer_nothing_is_held(fake_gateway: Any, service: Any) -> None:
    fake_gateway.down = True
    answer = api_of().post("/book", sent(service), Idempotency_Key="k-1")
    assert (answer.status, answer.code) == (502, "GATEWAY_UNAVAILABLE")
    assert Booking.objects.get().status == "abandoned"
    assert not Occupancy.objects.exclude(kind="lapsed").exists()
    fake_gateway.down = False
    assert api_of().post("/book", sent(service), Idempotency_Key="k-1").status == 201


def test_who_holds_too_much_is_asked_to_wait(fake_gateway: Any, service: Any, settings: Any) -> None:
    settings.HOLDS_KEPT_PER_ADDRESS = settings.HOLDS_KEPT_PER_MAIL = 1
    api_of().post("/book", sent(service))
    answer = api_of().post("/book", sent(service, start=iso(next_slot_start(3))))
    assert (answer.status, answer.code, answer["Retry-After"]) == (429, "RATE_LIMIT_EXCEEDED", "600")
    assert Booking.objects.count() == 1


def test_tries_are_counted(service: Any, settings: Any) -> None:
    settings.HOLDS_PER_ADDRESS = 1
    taken = iso(next_slot_start() + timedelta(minutes=7))
    assert api_of().post("/book", sent(service, start=taken)).status == 409
    assert api_of().post("/book", sent(service, start=taken)).code == "RATE_LIMIT_EXCEEDED"


def test_a_seat_of_a_webinar_and_the_other_dates_once_it_is_full() -> None:
    webinar = make_webinar(make_consultant(), capacity=2)
    booked: Any = webinar.service
    other = make_webinar(booked.consultant, service=booked, days=5)
    start = iso(webinar.starts_at)
    for n in range(2):
        client = {**FARHAN, "email": f"farhan{n}@example.com"}
        assert api_of().post("/book", sent(booked, start=start, client=client)).data["booking"]["status"] == "ACCEPTED"
    full = api_of().post("/book", sent(booked, start=start))
    assert (full.status, full.code, full.details) == (409, "SLOT_TAKEN", {"nearest": [iso(other.starts_at)]})
    again = {**FARHAN, "email": "farhan0@example.com"}
    assert api_of().post("/book", sent(booked, start=iso(other.starts_at), client=again)).status == 201
    assert api_of().post("/book", sent(booked, start=iso(other.starts_at), client=again)).code == "INVALID_STATE"
    assert list(api_of().post("/book", sent(booked)).details) == ["start"]
