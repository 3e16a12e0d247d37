"""From a chosen time to a held, paid, confirmed one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from availability.errors import NotBookable, SlotTaken
from availability.models import Occupancy
from bookings.errors import NotOpen
from bookings.models import Booking
from bookings.services import hold
from bookings.testing import details, make_held, make_paid, pay, payment_of
from clients.models import Client
from meetings.models import Room
from naksha.testing import make_service, next_slot_start
from notifications.models import Notification, OutgoingMail
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


def mails() -> list[str]:
    return sorted(OutgoingMail.objects.values_list("template", flat=True))


def test_a_paid_service_is_held_for_ten_minutes_with_its_terms_frozen(consultant):
    booking, token = make_held(consultant)
    assert booking.status == Booking.Status.HELD
    assert timedelta(minutes=9) < booking.hold_expires_at - timezone.now() <= timedelta(minutes=10)
    assert (booking.price_paise, booking.tax_paise, booking.due_now_paise) == (150_000, 0, 150_000)
    assert booking.fee_basis_points == 1_000
    assert booking.free_cancel_hours == 24
    assert Occupancy.objects.get(pk=booking.occupancy_id).kind == Occupancy.Kind.HOLD
    assert payment_of(booking).amount_paise == 150_000
    assert booking.links.count() == 1
    assert token not in str(booking.links.values())
    assert mails() == []


def test_gst_is_added_when_the_consultant_charges_it_and_a_deposit_carries_its_own(other_consultant):
    other_consultant.registration, other_consultant.gstin = "regular", "27AABCN1234F1ZW"
    other_consultant.save()
    booking, _ = make_held(other_consultant, deposit_paise=50_000)
    assert (booking.tax_paise, booking.total_paise, booking.due_now_paise) == (27_000, 177_000, 59_000)
    assert payment_of(booking).purpose == "deposit"


def test_a_free_service_is_confirmed_at_once_and_both_are_told(consultant):
    booking, _ = make_held(consultant, price_paise=0)
    assert booking.status == Booking.Status.ACCEPTED
    assert booking.session.status == Session.Status.CONFIRMED
    assert booking.session.occupancy_id == booking.occupancy_id
    assert Room.objects.get(subject_id=booking.session_id).is_ready
    assert mails() == ["booking_confirmed_client", "booking_confirmed_consultant"]
    assert Notification.objects.filter(user=consultant.user).count() == 1


def test_a_free_service_by_hand_waits_for_an_answer(consultant):
    booking, _ = make_held(consultant, price_paise=0, confirmation="manual")
    assert booking.status == Booking.Status.PENDING
    assert booking.session is None
    assert booking.answer_by <= booking.starts_at
    assert mails() == ["booking_requested_client", "booking_requested_consultant"]


def test_the_money_confirms_the_booking(consultant, fake_gateway):
    booking, _ = make_paid(fake_gateway, consultant)
    assert booking.status == Booking.Status.ACCEPTED
    assert booking.paid_paise == 150_000
    assert booking.balance_paise == 0
    assert Occupancy.objects.get(pk=booking.occupancy_id).kind == Occupancy.Kind.SESSION
    assert mails() == ["booking_confirmed_client", "booking_confirmed_consultant"]


def test_the_money_for_a_service_by_hand_puts_the_request_before_the_consultant(consultant, fake_gateway):
    booking, _ = make_paid(fake_gateway, consultant, confirmation="manual")
    assert booking.status == Booking.Status.PENDING
    assert Occupancy.objects.get(pk=booking.occupancy_id).expires_at == booking.answer_by
    assert Session.objects.count() == 0


def test_a_taken_time_is_refused_and_nothing_is_left_behind(consultant):
    first, _ = make_held(consultant)
    with pytest.raises(SlotTaken):
        hold(service=first.service, starts_at=first.starts_at, details=details(email="other@example.com"))
    assert Booking.objects.count() == 1
    assert Client.objects.count() == 1


def test_a_time_that_is_not_listed_is_refused(consultant):
    with pytest.raises(NotBookable):
        make_held(consultant, starts_at=next_slot_start(minute=37))
    assert Booking.objects.count() == 0


@pytest.mark.parametrize("fields", [{"is_active": False}, {"archived_at": timezone.now()}])
def test_a_closed_service_is_refused(consultant, fields):
    with pytest.raises(NotOpen):
        make_held(consultant, **fields)


@pytest.mark.parametrize("fields", [{"status": "suspended"}, {"is_listed": False}, {"profile_completed_at": None}])
def test_a_consultant_who_is_not_public_cannot_be_booked(consultant, fields):
    type(consultant).objects.filter(pk=consultant.pk).update(**fields)
    with pytest.raises(NotOpen):
        make_held(consultant)


def test_pressing_twice_makes_one_booking_that_both_answers_open(consultant):
    service, start = make_service(consultant), next_slot_start()
    first, token = hold(service=service, starts_at=start, details=details(), request_key="form-1")
    second, other_token = hold(service=service, starts_at=start, details=details(), request_key="form-1")
    assert first == second
    assert token != other_token
    assert Booking.objects.count() == 1


def test_the_same_form_with_other_details_is_another_request(consultant):
    service, start = make_service(consultant), next_slot_start()
    hold(service=service, starts_at=start, details=details(), request_key="form-1")
    with pytest.raises(SlotTaken):
        hold(service=service, starts_at=start, details=details(name="Meera"), request_key="form-1")


def test_choosing_another_time_lets_the_first_go(consultant):
    first, _ = make_held(consultant)
    second, _ = hold(service=first.service, starts_at=next_slot_start(days=3), details=details(), replaces=first)
    first.refresh_from_db()
    assert first.status == Booking.Status.ABANDONED
    assert [o.pk for o in Occupancy.objects.all()] == [second.occupancy_id]


def test_a_refused_change_of_time_keeps_the_first(consultant):
    first, _ = make_held(consultant)
    with pytest.raises(NotBookable):
        hold(service=first.service, starts_at=next_slot_start(minute=37), details=details(), replaces=first)
    first.refresh_from_db()
    assert first.status == Booking.Status.HELD


def test_a_guest_becomes_a_client_at_once_and_never_rewrites_one(consultant):
    make_held(consultant)
    make_held(
        consultant,
        starts_at=next_slot_start(days=3),
        details=details(email="FARHAN@example.com", name="Somebody Else", phone="+919800000009"),
    )
    client = Client.objects.get()
    assert (client.name, client.phone, client.user) == ("Farhan Qureshi", "+919800000001", None)
    assert Booking.objects.latest("created_at").contact_name == "Somebody Else"


def test_a_login_books_as_itself(consultant, client_user):
    service = make_service(consultant)
    booking, _ = hold(
        service=service, starts_at=next_slot_start(), details=details(email="x@example.com"), user=client_user
    )
    assert booking.client.user == client_user
    assert booking.client.email == client_user.email


def test_paying_twice_for_one_order_gives_the_second_back(consultant, fake_gateway):
    booking, _ = make_paid(fake_gateway, consultant)
    payment = payment_of(booking)
    second = fake_gateway.pay(payment.order_id)
    from payments.services import complete

    complete(**fake_gateway.signed_answer(second))
    booking.refresh_from_db()
    assert booking.paid_paise == 150_000
    assert payment.refunds.get().amount_paise == 150_000


def test_a_balance_is_paid_later(consultant, fake_gateway):
    from bookings.services.balance import open_balance

    booking, _ = make_paid(fake_gateway, consultant, deposit_paise=50_000)
    assert booking.balance_paise == 100_000
    assert open_balance(booking=booking).amount_paise == 100_000
    pay(fake_gateway, booking)
    assert booking.balance_paise == 0
    assert booking.status == Booking.Status.ACCEPTED
    assert "payment_received" in mails()
