"""What the room learns of the booking behind a session, and the way from it to the booking's own page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bookings.books import BookingBooks
from bookings.models import Booking
from bookings.owing import BookingDesk
from bookings.services import cancel_by_client
from bookings.services.webinars import call_off_date
from bookings.testing import details, hold_seat, make_held, make_paid, make_webinar, pay
from clients.services import claim_confirmed
from naksha.testing import make_client, make_service, make_user
from sessions_app.models import Session, SessionLink
from sessions_app.origin import RoomFacts, room_facts
from sessions_app.testing import make_session, open_by_link

pytestmark = pytest.mark.django_db
OWN_PAGES = ("manage", "cancel", "reschedule", "receipt", "calendar")


@pytest.fixture
def paid(fake_gateway, consultant):
    service = make_service(consultant, price_paise=200_000, deposit_paise=50_000)
    answers = [{"question": "What is it about?", "answer": "A notice."}]
    booking, _ = make_paid(fake_gateway, consultant, service=service, details=details(answers=answers))
    return booking


def test_the_client_reads_the_brief_the_money_and_the_ways_to_change_it(paid):
    facts = room_facts(paid.session, paid.client)
    page = reverse("bookings:of", args=[paid.pk])
    assert facts.answers == [{"question": "What is it about?", "answer": "A notice."}]
    assert (facts.total_paise, facts.paid_paise, facts.owed_paise) == (200_000, 50_000, 150_000)
    assert (facts.manage_url, facts.pay_url) == (page, f"{page}?to=pay")
    assert (facts.can_cancel, facts.can_move) == (True, True)
    assert facts.contact_email == facts.contact_phone == ""
    assert [paper.label.split()[0] for paper in facts.invoices] == ["Receipt", "Receipt"]


def test_the_consultant_reads_whom_to_call_and_pages_of_the_desk(paid, django_assert_num_queries):
    session = paid.session
    with django_assert_num_queries(4):
        facts = room_facts(session, None)
    assert (facts.contact_name, facts.contact_phone) == ("Farhan Qureshi", "+919800000001")
    assert facts.contact_email == "farhan@example.com"
    assert facts.manage_url == reverse("bookings:request", args=[paid.pk])
    assert facts.pay_url == ""


def test_nothing_can_be_changed_once_it_has_begun_and_nothing_is_owed_for_one_that_was_missed(paid):
    Session.objects.filter(pk=paid.session_id).update(status="in_progress")
    facts = room_facts(Session.objects.get(pk=paid.session_id), paid.client)
    assert (facts.can_cancel, facts.can_move, facts.cancel_url, facts.move_url) == (False, False, "", "")
    assert facts.owed_paise == 150_000
    Session.objects.filter(pk=paid.session_id).update(status="no_show")
    facts = room_facts(Session.objects.get(pk=paid.session_id), paid.client)
    assert (facts.owed_paise, facts.pay_url) == (0, "")


def test_a_webinar_that_is_called_off_asks_nobody_while_its_bookings_are_still_to_be_closed(fake_gateway, consultant):
    webinar = make_webinar(consultant, price_paise=40_000, deposit_paise=10_000)
    booking = pay(fake_gateway, hold_seat(session=webinar, details=details())[0])

    def asked() -> tuple[int, int, list[int]]:
        again = Booking.objects.get(pk=booking.pk)
        assert again.status == "accepted"
        session = Session.objects.get(pk=webinar.pk)
        told = BookingBooks().money_of([session], user=None)[session.pk]
        return again.owed_paise, told.owed_paise, [row.owed for row in BookingDesk().owing(consultant)]

    assert asked() == (30_000, 30_000, [30_000])
    call_off_date(session=webinar, actor=consultant.user, reason="I am ill")
    assert asked() == (0, 0, [])


def test_each_guest_of_a_webinar_reads_their_own_booking_alone(consultant):
    webinar = make_webinar(consultant)
    first, _ = hold_seat(session=webinar, details=details(name="One", email="one@example.com"))
    second, _ = hold_seat(session=webinar, details=details(name="Two", email="two@example.com"))
    assert room_facts(webinar, first.client).reference == first.reference
    assert room_facts(webinar, second.client).contact_name == "Two"
    assert room_facts(webinar, make_client(consultant)) == RoomFacts()
    whole = room_facts(webinar, None)
    assert (whole.contact_name, whole.manage_url) == ("", reverse("bookings:webinar", args=[webinar.pk]))


def test_a_seat_that_was_cancelled_and_booked_again_is_told_as_it_stands(consultant):
    webinar = make_webinar(consultant)
    first, _ = hold_seat(session=webinar, details=details())
    cancel_by_client(booking=first)
    second, _ = hold_seat(session=webinar, details=details())
    assert room_facts(webinar, second.client).reference == second.reference


def test_a_session_of_no_booking_answers_for_itself(consultant):
    session = make_session(consultant)
    facts = room_facts(session, session.client)
    assert (facts.contact_name, facts.total_paise, facts.manage_url) == (session.client.name, 0, "")


@pytest.fixture
def mine(client, paid):
    """The browser of the client's login."""
    user = make_user(email="farhan@example.com")
    claim_confirmed(user=user)
    client.force_login(user)
    return client


def test_a_clients_login_opens_the_bookings_page_without_a_mail(mine, paid):
    client = mine
    answer = client.get(reverse("bookings:of", args=[paid.pk]))
    assert answer["Location"] == f"/b/{paid.pk}/"
    assert answer["Cache-Control"] == "no-store, private"
    page = client.get(answer["Location"])
    assert page["Cache-Control"] == "no-store, private"
    assert paid.reference in page.content.decode()
    assert "its link alone" not in page.content.decode()
    assert client.get(reverse("bookings:of", args=[paid.pk]) + "?to=cancel")["Location"].endswith("/cancel/")
    assert not client.get(reverse("bookings:of", args=[paid.pk]) + "?to=//evil")["Location"].startswith("//")


def test_a_guest_who_was_let_into_the_room_opens_the_booking_and_no_other(client, consultant, paid):
    open_by_link(client, paid.session)
    assert client.get(reverse("bookings:of", args=[paid.pk])).status_code == 302
    other, _ = make_held(consultant, starts_at=paid.starts_at + timedelta(hours=2))
    assert client.get(reverse("bookings:of", args=[other.pk]))["Location"].startswith("/accounts/login/")
    SessionLink.objects.update(revoked_at=timezone.now())
    links = paid.links.count()
    assert client.get(reverse("bookings:of", args=[paid.pk]))["Location"].startswith("/accounts/login/")
    assert paid.links.count() == links
    for page in OWN_PAGES:
        assert client.get(reverse(f"bookings:{page}", args=[paid.pk]))["Location"].startswith("/accounts/login/")
    assert client.post(reverse("bookings:cancel", args=[paid.pk])).status_code == 404
    paid.refresh_from_db()
    assert paid.status == "accepted"


@pytest.mark.parametrize("page", OWN_PAGES)
def test_looking_at_a_booking_without_its_link_writes_nothing(page, mine, paid):
    with CaptureQueriesContext(connection) as asked:
        answer = mine.get(reverse("bookings:of", args=[paid.pk]), {"to": page})
        assert answer["Location"] == reverse(f"bookings:{page}", args=[paid.pk])
        assert mine.get(answer["Location"]).status_code == 200
        if page == "manage":
            assert mine.get(reverse("bookings:room", args=[paid.pk]))["Location"] == f"/sessions/{paid.session_id}/"
    written = [query["sql"] for query in asked if not query["sql"].lstrip().startswith("SELECT")]
    assert written == []


def test_a_booking_is_cancelled_without_its_link(mine, paid):
    assert mine.post(reverse("bookings:cancel", args=[paid.pk]))["Location"] == f"/b/{paid.pk}/"
    paid.refresh_from_db()
    assert (paid.status, paid.close_reason) == ("cancelled", "")


def test_anothers_booking_is_not_there(client, stranger, paid):
    client.force_login(stranger)
    links = paid.links.count()
    assert client.get(reverse("bookings:of", args=[paid.pk])).status_code == 404
    for page in OWN_PAGES:
        assert client.get(reverse(f"bookings:{page}", args=[paid.pk])).status_code == 404
    assert client.post(reverse("bookings:cancel", args=[paid.pk])).status_code == 404
    assert paid.links.count() == links
