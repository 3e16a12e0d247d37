"""What the pages behind a visitor's links say once the consultant is suspended, and that they take no money."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from availability.models import Occupancy
from bookings.errors import InvalidState
from bookings.models import Booking
from bookings.services import hold_seat, join_waitlist
from bookings.services.balance import open_balance
from bookings.testing import details, make_held, make_paid, make_webinar, payment_of
from bookings.tests.suspending import REASON, again, refunds, suspend, suspended
from consultants.models import Consultant
from payments.services import complete, ensure_order
from payments.testing import FakeGateway
from sessions_app.models import Session

pytestmark = pytest.mark.django_db
S = Booking.Status


def test_the_link_to_a_balance_is_refused_and_what_comes_goes_back(
    client: Client, fake_gateway: FakeGateway, consultant: Consultant, admin_user: User
) -> None:
    booking, token = make_paid(fake_gateway, consultant, price_paise=200_000, deposit_paise=50_000)
    payment = ensure_order(open_balance(booking=booking).pk)
    Session.objects.update(status="completed")  # held already: the booking stands, and its balance is owed
    suspend(consultant, admin_user)
    with pytest.raises(InvalidState):
        open_balance(booking=booking)
    manage = reverse("bookings:manage", args=[token])
    assert client.get(reverse("bookings:pay", args=[token]))["Location"] == manage
    page = client.get(manage).content.decode()
    assert "Pay the balance" not in page
    assert "The balance of ₹1,500.00 can’t be paid at the moment" in page
    complete(**fake_gateway.signed_answer(fake_gateway.pay(payment.order_id or "")))
    assert refunds() == {booking.pk: 150_000}
    booking = again(booking)
    assert (booking.status, booking.paid_paise) == (S.ACCEPTED, 50_000)


def test_money_for_a_hold_that_comes_after_the_suspension_goes_back(
    client: Client, fake_gateway: FakeGateway, consultant: Consultant, admin_user: User
) -> None:
    held, token = make_held(consultant)
    payment = ensure_order(payment_of(held).pk)
    suspended(consultant, admin_user)  # the job has not come to it yet
    page = client.get(reverse("bookings:pay", args=[token])).content.decode()
    assert "This service can&#x27;t be booked at the moment." in page
    assert "you get all of it back" in page
    assert "Hold it again" not in page
    complete(**fake_gateway.signed_answer(fake_gateway.pay(payment.order_id or "")))
    assert again(held).status == S.ABANDONED
    assert refunds() == {held.pk: 150_000}
    assert not Session.objects.exists()
    assert not Occupancy.objects.exists()


def test_the_bookings_page_says_what_happened_and_how_much_comes_back(
    client: Client, fake_gateway: FakeGateway, consultant: Consultant, admin_user: User
) -> None:
    _booking, token = make_paid(fake_gateway, consultant)
    suspend(consultant, admin_user)
    page = client.get(reverse("bookings:manage", args=[token])).content.decode()
    assert "Naksha has cancelled this booking" in page
    assert f"We have suspended {consultant.display_name} on Naksha" in page
    assert "₹1,500.00 goes back the way it came, in 5 to 7 working days" in page
    assert "Find another consultant" in page
    assert REASON not in page


def test_the_waitlists_page_says_that_it_is_closed(client: Client, consultant: Consultant, admin_user: User) -> None:
    webinar = make_webinar(consultant, capacity=2)
    for n in range(2):
        hold_seat(session=webinar, details=details(email=f"p{n}@example.com"))
    _entry, token = join_waitlist(
        service=webinar.service,  # type: ignore[arg-type]
        session=webinar,
        name="Waits",
        email="waits@example.com",
        timezone="Asia/Kolkata",
    )
    suspend(consultant, admin_user)
    page = client.get(reverse("bookings:waitlist", args=[token])).content.decode()
    assert "so nothing is kept for you any more" in page
    assert "See free times" not in page
