"""The calendar at its secret address: what it tells, to whom, how often, and how the address ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from accounts.models import AuditEntry
from bookings.testing import make_held, make_webinar
from consultants.models import Consultant
from dashboard.calendar import feeds, sharing
from dashboard.calendar.models import CalendarFeed
from dashboard.calendar.moves import carry_out
from dashboard.tests.test_calendar import FRIDAY, NOON, at, block, record
from dashboard.tests.test_calendar_moves import Kind, make_booked, move_of
from naksha.crypto import token_hash
from naksha.testing import make_client, make_consultant, make_service
from notifications.models import OutgoingMail
from sessions_app.services import cancel

pytestmark = pytest.mark.django_db
PAGE = reverse("dashboard:subscribe")


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with at(NOON):
        yield


@pytest.fixture
def owner(client: Client, consultant: Consultant) -> Client:
    client.force_login(consultant.user)
    return client


@pytest.fixture
def feed(consultant: Consultant) -> CalendarFeed:
    return feeds.share(consultant=consultant, detail="names")


def url_of(feed: CalendarFeed) -> str:
    return reverse("calendar:feed", args=[feed.token])


def told(feed: CalendarFeed) -> dict[str, Any]:
    """The events by their summary, as another calendar reads them."""
    answer = Client().get(url_of(feed))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return {str(event["summary"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}


# --- what it tells


def test_it_tells_sessions_requests_webinars_and_blocks_but_no_holds(
    consultant: Consultant, feed: CalendarFeed
) -> None:
    session = record(consultant)
    make_webinar(consultant, days=1, title="GST for makers", capacity=40)
    make_held(consultant, starts_at=FRIDAY + timedelta(hours=3))  # being paid for
    manual = make_service(consultant, title="Review", price_paise=0, confirmation="manual")
    request, _token = make_held(consultant, service=manual, starts_at=FRIDAY + timedelta(hours=4))
    kept = block(consultant, FRIDAY + timedelta(hours=6))
    events = told(feed)
    assert set(events) == {"Nandini Rao: Review call", "GST for makers", "Farhan Qureshi: Review", "Dentist"}
    one = events["Nandini Rao: Review call"]
    assert (one["dtstart"].dt, one["dtend"].dt) == (FRIDAY, FRIDAY + timedelta(hours=1))
    assert (one["status"], one["transp"], str(one["uid"])) == ("CONFIRMED", "OPAQUE", f"session-{session.pk}@127.0.0.1")
    assert reverse("sessions:desk", args=[session.pk]) in str(one["url"])
    waits = events["Farhan Qureshi: Review"]
    assert (waits["status"], str(waits["uid"])) == ("TENTATIVE", f"booking-{request.pk}@127.0.0.1")
    assert str(events["Dentist"]["uid"]) == f"block-{kept.pk}@127.0.0.1"
    assert "0 of 40 seats taken" in str(events["GST for makers"]["description"])


def test_a_move_keeps_the_name_and_raises_the_sequence(consultant: Consultant, feed: CalendarFeed) -> None:
    booking, session = make_booked(consultant)
    before = told(feed)["Farhan Qureshi: First call"]
    with at(NOON + timedelta(minutes=5)):
        carry_out(consultant=consultant, move=move_of(session, Kind.SESSION))
        after = told(feed)["Farhan Qureshi: First call"]
    assert str(before["uid"]) == str(after["uid"]) == f"booking-{booking.pk}@127.0.0.1"
    assert after["sequence"] > before["sequence"]
    assert after["last-modified"].dt > before["last-modified"].dt
    # The same name as in the consultant's own mail.
    mail = OutgoingMail.objects.get(template="booking_moved_consultant")
    assert str(before["uid"]) in mail.calendar.replace("\r\n ", "")


def test_what_is_called_off_is_told_as_cancelled_and_takes_no_time(consultant: Consultant, feed: CalendarFeed) -> None:
    cancel(session=record(consultant), actor=consultant.user, reason="Ill")
    (event,) = told(feed).values()
    assert (event["status"], event["transp"]) == ("CANCELLED", "TRANSPARENT")


def test_busy_only_says_nothing_more(consultant: Consultant, feed: CalendarFeed) -> None:
    record(consultant)
    block(consultant, FRIDAY + timedelta(hours=4))
    feeds.share(consultant=consultant, detail="busy")
    body = Client().get(url_of(feed)).content.decode()
    assert body.count("SUMMARY:Busy") == 2
    for word in ("Nandini", "Review call", "Dentist", "DESCRIPTION", "/dashboard/"):
        assert word not in body


def test_no_phone_number_mail_address_or_place_is_told(consultant: Consultant, feed: CalendarFeed) -> None:
    record(consultant, client=make_client(consultant, email="n@example.com", phone="+919812345678"))
    make_held(consultant, service=make_service(consultant, price_paise=0), starts_at=FRIDAY + timedelta(hours=3))
    body = Client().get(url_of(feed)).content.decode()
    assert "@example.com" not in body
    assert "+91" not in body


def test_only_the_last_90_days_and_the_next_year_are_told(consultant: Consultant, feed: CalendarFeed) -> None:
    for days in (-91, -89, 365, 368):
        start = NOON + timedelta(days=days, hours=1)
        record(consultant, start, title=f"At {days}", client=make_client(consultant, name="N"))
    assert set(told(feed)) == {"N: At -89", "N: At 365"}


def test_another_consultants_is_never_told(other_consultant: Consultant, feed: CalendarFeed) -> None:
    record(other_consultant)
    block(other_consultant, FRIDAY + timedelta(hours=4))
    assert told(feed) == {}


def test_hostile_text_stays_text(consultant: Consultant, feed: CalendarFeed) -> None:
    nasty = "x\r\nBEGIN:VEVENT\r\nSUMMARY:evil;,\\"
    block(consultant, note=nasty)
    record(consultant, FRIDAY + timedelta(hours=3), client=make_client(consultant, name="नंदिनी \u202e" + "y" * 80))
    body = Client().get(url_of(feed)).content
    assert body.count(b"\r\nBEGIN:VEVENT\r\n") == 2
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))


def test_it_costs_the_same_however_much_there_is(consultant: Consultant, feed: CalendarFeed) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert Client().get(url_of(feed)).status_code == 200
        return len(seen)

    def fill(day: int) -> None:
        record(consultant, FRIDAY + timedelta(days=day), client=make_client(consultant))
        block(consultant, FRIDAY + timedelta(days=day, hours=3))
        make_booked(consultant, FRIDAY + timedelta(days=day, hours=-1))

    fill(0)
    Client().get(url_of(feed))
    few = cost()
    for day in (1, 2, 3):
        fill(day)
    assert cost() == few <= 6


# --- how it is fetched


def test_what_has_not_changed_is_not_sent_again(consultant: Consultant, feed: CalendarFeed) -> None:
    record(consultant)
    first = Client().get(url_of(feed))
    with at(NOON + timedelta(hours=3)):
        again = Client().get(url_of(feed), headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        block(consultant, FRIDAY + timedelta(hours=4))
        assert Client().get(url_of(feed), headers={"if-none-match": first["ETag"]}).status_code == 200
    assert first["X-Robots-Tag"] == "noindex, nofollow"
    assert Client().head(url_of(feed)).status_code == 200
    assert Client().post(url_of(feed)).status_code == 405


def test_asked_too_often_it_asks_for_patience(feed: CalendarFeed, monkeypatch: Any) -> None:
    monkeypatch.setattr(sharing, "FETCHES", 2)
    answers = [Client().get(url_of(feed)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) > 0


def test_who_guesses_addresses_is_stopped(feed: CalendarFeed, monkeypatch: Any) -> None:
    monkeypatch.setattr(sharing, "WRONG", 2)
    wrong = reverse("calendar:feed", args=["x" * 32])
    assert [Client().get(wrong).status_code for _ in range(3)] == [404, 404, 429]
    assert Client().get(url_of(feed)).status_code == 200


# --- the address


def test_the_address_is_made_shown_again_and_kept_sealed(owner: Client, consultant: Consultant) -> None:
    assert ".ics" not in owner.get(PAGE).content.decode()
    assert owner.post(PAGE, {"detail": "busy"}).status_code == 302
    feed = consultant.calendar_feed
    assert (feed.detail, len(feed.token)) == ("busy", 32)  # 192 bits
    assert feed.token_hash == token_hash(feed.token)
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM dashboard_calendarfeed")
        assert feed.token not in cursor.fetchone()[0]
    for _ in range(2):
        page = owner.get(PAGE)
        assert feeds.address_of(feed) in page.content.decode()
        assert "no-store" in page["Cache-Control"]
    owner.post(PAGE, {"detail": "names"})
    kept = CalendarFeed.objects.get()
    assert (kept.token, kept.detail) == (feed.token, "names")


def test_a_new_address_ends_the_old_one(owner: Client, consultant: Consultant, feed: CalendarFeed) -> None:
    old = url_of(feed)
    assert owner.post(reverse("dashboard:subscribe_renew")).status_code == 302
    assert Client().get(old).status_code == 404
    assert Client().get(url_of(CalendarFeed.objects.get())).status_code == 200
    assert AuditEntry.objects.filter(action="calendar.address_renewed", actor=consultant.user).count() == 1


def test_no_longer_shared_it_is_gone(owner: Client, feed: CalendarFeed) -> None:
    for _ in range(2):
        assert owner.post(reverse("dashboard:subscribe_close")).status_code == 302
    assert Client().get(url_of(feed)).status_code == 404
    assert AuditEntry.objects.filter(action="calendar.closed").count() == 1


@pytest.mark.parametrize("detail", ["", "all", "\x00", "x" * 5000])
def test_what_is_shown_is_one_of_two(owner: Client, detail: str) -> None:
    assert owner.post(PAGE, {"detail": detail}).status_code == 302
    assert not CalendarFeed.objects.exists()


def test_a_suspended_consultants_calendar_is_closed(consultant: Consultant, feed: CalendarFeed) -> None:
    Consultant.objects.filter(pk=consultant.pk).update(status="suspended")
    assert Client().get(url_of(feed)).status_code == 404


def test_a_login_that_was_closed_closes_the_calendar(consultant: Consultant, feed: CalendarFeed) -> None:
    consultant.user.is_active = False
    consultant.user.save()
    assert Client().get(url_of(feed)).status_code == 404


def test_only_its_consultant_sees_and_changes_the_address(client: Client, client_user: Any, feed: CalendarFeed) -> None:
    pages = [PAGE, reverse("dashboard:subscribe_renew"), reverse("dashboard:subscribe_close")]
    client.force_login(client_user)
    assert {client.post(page).status_code for page in pages} == {403}
    client.force_login(make_consultant().user)
    assert feed.token not in client.get(PAGE).content.decode()
    for page in pages[1:]:
        client.post(page)
    assert CalendarFeed.objects.get().token == feed.token
