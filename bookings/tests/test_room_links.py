"""What is told of where a session is held: the reader's own way to its page, never the meeting's address."""

import re

import pytest
from django.test import Client as Browser
from django.urls import reverse

from bookings.models import Booking
from bookings.services import cancel_by_client, links
from bookings.testing import details as typed
from bookings.testing import hold_seat, make_held, make_webinar
from bookings.views import managing
from meetings.models import Room
from notifications.message import build_message
from notifications.models import OutgoingMail
from sessions_app.models import SessionLink

pytestmark = pytest.mark.django_db


def booked(consultant, **fields):
    return make_held(consultant, price_paise=0, **fields)


def mail(template):
    message = build_message(OutgoingMail.objects.get(template=template))
    whole = message.message().as_bytes().decode()
    return message.body, whole


def calendar_of(template):
    text = OutgoingMail.objects.get(template=template).calendar
    return text.replace("\r\n ", "")


def test_the_clients_mail_and_calendar_tell_a_link_of_their_own(consultant):
    booking, _ = booked(consultant)
    body, whole = mail("booking_confirmed_client")
    path = re.search(r"/s/[\w-]{32}/", body)[0]
    browser = Browser()
    assert browser.get(path)["Location"] == f"/sessions/{booking.session_id}/"
    assert browser.get(f"/sessions/{booking.session_id}/").status_code == 200
    assert path in calendar_of("booking_confirmed_client")
    assert Room.objects.get().name not in whole


def test_the_consultants_mail_and_calendar_tell_the_page_behind_the_login(consultant):
    booking, _ = booked(consultant)
    body, whole = mail("booking_confirmed_consultant")
    assert f"http://127.0.0.1:8000/sessions/{booking.session_id}/" in body
    assert f"/sessions/{booking.session_id}/" in calendar_of("booking_confirmed_consultant")
    assert "/s/" not in body
    assert Room.objects.get().name not in whole
    assert Browser().get(f"/sessions/{booking.session_id}/").status_code == 404


def test_a_link_of_the_consultants_own_is_told_as_it_is(consultant):
    booked(consultant, platform="link", place="https://teams.example/l/x")
    body, _whole = mail("booking_confirmed_client")
    assert "https://teams.example/l/x" in body
    assert "/s/" not in body
    assert not SessionLink.objects.exists()


def test_a_request_that_waits_has_no_room(consultant):
    booked(consultant, confirmation="manual")
    body, _whole = mail("booking_requested_client")
    assert "/s/" not in body
    assert not SessionLink.objects.exists()


def test_the_bookings_page_lets_in_by_its_button(client, consultant):
    booking, token = booked(consultant)
    page = client.get(reverse("bookings:manage", args=[token])).content.decode()
    assert Room.objects.get().name not in page
    door = reverse("bookings:room", args=[token])
    assert door in page
    kept = SessionLink.objects.count()
    for _ in range(3):
        assert client.get(door)["Location"] == f"/sessions/{booking.session_id}/"
    assert SessionLink.objects.count() == kept  # the link of the mail stands for it
    assert client.get(f"/sessions/{booking.session_id}/").status_code == 200


def test_calendars_elsewhere_are_told_no_key(client, consultant):
    booking, token = booked(consultant)
    page = client.get(reverse("bookings:manage", args=[token])).content.decode()
    elsewhere = " ".join(re.findall(r'href="(https://(?:calendar\.google|outlook)[^"]+)"', page))
    assert str(booking.session_id) in elsewhere
    assert token not in elsewhere
    assert "%2Fs%2F" not in elsewhere
    file = client.get(reverse("bookings:calendar", args=[token])).content.decode().replace("\r\n ", "")
    assert f"/b/{token}/room/" in file


def test_a_cancelled_booking_opens_no_room(client, consultant):
    booking, token = booked(consultant)
    cancel_by_client(booking=booking, reason="", by=None, shown_refund_paise=0)
    assert client.get(reverse("bookings:room", args=[token]))["Location"] == reverse("bookings:manage", args=[token])
    body, _whole = mail("booking_cancelled_client")
    assert "/s/" not in body


def test_revoking_a_bookings_links_ends_those_to_its_room(client, consultant):
    booking, token = booked(consultant)
    client.get(reverse("bookings:room", args=[token]))
    assert client.get(f"/sessions/{booking.session_id}/").status_code == 200
    links.revoke(booking)
    assert client.get(f"/sessions/{booking.session_id}/").status_code == 404


def test_each_seat_of_a_webinar_has_a_link_of_its_own(consultant):
    session = make_webinar(consultant)
    for email in ("one@example.com", "two@example.com"):
        hold_seat(session=session, details=typed(email=email))
    assert Booking.objects.filter(status="accepted").count() == 2
    clients = {link.client_id for link in SessionLink.objects.filter(session=session)}
    assert len(clients) == 2


def test_a_link_that_ends_while_it_leads_to_the_room_lets_nobody_in(client, consultant, monkeypatch):
    _, token = booked(consultant)
    SessionLink.objects.all().delete()  # nobody was let in before
    monkeypatch.setattr(managing, "has_room", lambda found: links.revoke(found) > 0)
    assert client.get(reverse("bookings:room", args=[token])).status_code == 404
    assert not SessionLink.objects.exists()


def test_a_booking_s_link_lets_in_by_one_link_to_the_room_however_often(client, consultant):
    _, token = booked(consultant)
    SessionLink.objects.all().delete()
    for browser in (client, Browser(), Browser()):
        assert browser.get(reverse("bookings:room", args=[token]), follow=True).status_code == 200
    assert SessionLink.objects.count() == 1
