"""One visitor can't keep a consultant's week, fill a stranger's mail box, or fill our sessions."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from availability.picker import start_text
from bookings.errors import TooManyFree, TooManyHeld
from bookings.models import Booking, WaitlistEntry
from bookings.services import abandon, hoard, hold, hold_seat
from bookings.testing import details, make_webinar, pay
from bookings.visitor import DRAFT
from naksha.crypto import decrypt
from naksha.testing import make_service, next_slot_start
from sessions_app.models import Seat

pytestmark = pytest.mark.django_db
HERE, THERE = hoard.origin_of("203.0.113.7"), hoard.origin_of("203.0.113.8")


@pytest.fixture
def service(consultant):
    return make_service(consultant)


def take(service, n, origin=HERE, email=None):
    typed = details(email=email or f"p{n}@example.com")
    return hold(service=service, starts_at=next_slot_start(days=2 + n), details=typed, origin=origin)[0]


def test_only_so_many_holds_are_kept_for_one_address(service, settings):
    kept = [take(service, n) for n in range(settings.HOLDS_KEPT_PER_ADDRESS)]
    with pytest.raises(TooManyHeld):
        take(service, 20)
    assert Booking.objects.count() == len(kept)
    assert service.consultant.occupancies.count() == len(kept)
    take(service, 21, origin=THERE)
    abandon(booking=kept[0])
    take(service, 22)


def test_only_so_many_holds_are_kept_for_one_mail_address(service, settings):
    for n in range(settings.HOLDS_KEPT_PER_MAIL):
        take(service, n, origin=hoard.origin_of(str(n)), email="farhan@example.com")
    with pytest.raises(TooManyHeld):
        take(service, 20, origin=THERE, email="farhan@example.com")


def test_what_is_paid_or_lapsed_or_with_somebody_else_is_not_counted(service, settings, fake_gateway, other_consultant):
    settings.HOLDS_KEPT_PER_ADDRESS = 1
    pay(fake_gateway, take(service, 0))
    take(make_service(other_consultant), 0)
    take(service, 1)
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        take(service, 2)


def test_free_sessions_end_somewhere_too(consultant, settings):
    free = make_service(consultant, price_paise=0)
    settings.FREE_PER_ADDRESS_A_DAY = 3
    for n in range(3):
        take(free, n)
    with pytest.raises(TooManyFree):
        take(free, 3)
    settings.FREE_KEPT_PER_MAIL = 2
    for n in range(4, 6):
        take(free, n, origin=hoard.origin_of(str(n)), email="one@example.com")
    with pytest.raises(TooManyFree):
        take(free, 7, origin=THERE, email="one@example.com")


def test_a_class_behind_one_address_may_take_seats(consultant, settings):
    settings.FREE_PER_ADDRESS_A_DAY = 1
    session = make_webinar(consultant, capacity=40)
    for n in range(hoard.SEATS):
        hold_seat(session=session, details=details(email=f"p{n}@example.com"), origin=HERE)
    with pytest.raises(TooManyFree):
        hold_seat(session=session, details=details(email="more@example.com"), origin=HERE)
    session.refresh_from_db()
    assert session.seats_taken == Seat.objects.count() == hoard.SEATS


def press(client, service, n, **typed):
    url = reverse("bookings:details", args=[service.consultant.slug, service.pk])
    data = {"start": start_text(next_slot_start(days=2 + n)), "name": "Asha", "email": f"p{n}@example.com", "nonce": n}
    return client.post(url, {**data, **typed})


def test_the_page_says_so_and_an_address_is_never_kept_in_clear(client, service, settings, client_user):
    settings.HOLDS_KEPT_PER_ADDRESS = 2
    for n in range(2):
        assert "/pay/" in press(client, service, n).url
        client.cookies.pop("hold")  # a robot keeps none
    page = client.get(press(client, service, 3).url).content.decode()
    assert "Several times are kept for you already." in page
    assert 'value="p3@example.com"' in page
    assert Booking.objects.count() == 2
    assert {len(booking.origin) for booking in Booking.objects.all()} == {32}


def test_a_stepping_back_visitor_never_meets_the_limit(client, service, settings):
    settings.HOLDS_KEPT_PER_ADDRESS = settings.HOLDS_KEPT_PER_MAIL = 1
    for n in range(4):
        assert "/pay/" in press(client, service, n, email="asha@example.com").url
    assert Booking.objects.filter(status="held").count() == 1


def full_webinar(consultant):
    session = make_webinar(consultant, capacity=2)
    for n in range(2):
        hold_seat(session=session, details=details(email=f"seat{n}@example.com"))
    return session


def test_nobody_waits_for_what_is_free(client, service, consultant):
    """Else invented addresses would have every free time of a calendar kept for them."""
    url = reverse("bookings:waitlist_join", args=[consultant.slug, service.pk])
    day = next_slot_start().date()
    asked = [
        client.post(url, {"day": str(day), "name": "Asha", "email": f"p{n}@example.com"}).status_code for n in range(3)
    ]
    assert asked == [409, 409, 409]
    webinar = make_webinar(consultant, capacity=2)
    url = reverse("bookings:waitlist_join", args=[consultant.slug, webinar.service_id])
    assert client.post(url, {"session": webinar.pk, "name": "Asha", "email": "p@example.com"}).status_code == 409
    assert not WaitlistEntry.objects.exists()


def test_nobody_is_the_whole_line(client, consultant, settings):
    settings.WAITS_PER_ADDRESS_A_DAY = 2
    session = full_webinar(consultant)
    url = reverse("bookings:waitlist_join", args=[consultant.slug, session.service_id])
    codes = [
        client.post(url, {"session": session.pk, "name": "Asha", "email": f"p{n}@example.com"}).status_code
        for n in range(3)
    ]
    assert codes == [302, 302, 429]


def test_no_box_is_filled_through_us(client, consultant, settings):
    settings.TYPED_PER_MAIL_A_DAY = 3
    session = full_webinar(consultant)
    url = reverse("bookings:waitlist_join", args=[consultant.slug, session.service_id])
    typed = {"session": session.pk, "name": "Asha", "email": "victim@example.com"}
    assert [client.post(url, typed).status_code for _ in range(2)] == [302, 200]
    find = {"reference": "NK-7F3K2Q9B", "email": "Victim@example.com"}
    assert [client.post("/b/find/", find).status_code for _ in range(2)] == [200, 429]


def test_what_is_kept_for_a_visitor_is_not_as_much_as_a_stranger_likes(client, service):
    flood = {f"q_{uuid4().hex}": "x" * 6000 for _ in range(300)} | {f"q_{n}": "y" for n in range(300)}
    press(client, service, 0, email="wrong", **flood)
    kept = json.loads(decrypt(client.session[DRAFT]))
    assert len(kept) <= 15
    assert sum(map(len, kept.values())) <= 45_000
