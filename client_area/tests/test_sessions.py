"""Sessions as their client sees them: whose they are, where each stands, how often the database is asked."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking
from client_area import agenda, ways
from client_area.testing import booked, client_of, recorded
from clients.models import ClientProfile
from naksha.testing import make_consultant
from sessions_app import rooms
from sessions_app.models import Conversation, Member, Message, Seat, Session

pytestmark = pytest.mark.django_db
LIST = "/me/sessions/"


def titles(answer) -> list[str]:
    return [entry.title for entry in answer.context["entries"]]


def without_token(answer) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


def test_a_visitor_without_a_login_is_asked_for_one_and_comes_back(client: Client) -> None:
    for page in ("home", "sessions", "quotations", "payments", "reviews", "saved", "profile"):
        url = reverse(f"client_area:{page}")
        assert client.get(url).url == f"/accounts/login/?next={url}"


def test_each_session_stands_in_one_tab_alone(me, client_user, consultant, other_consultant) -> None:
    now = timezone.now()
    ahead, before = now + timedelta(days=2), now - timedelta(days=2)
    booked(client_user, consultant, title="confirmed", starts_at=ahead)
    booked(client_user, other_consultant, title="asked for", starts_at=ahead, status="pending")
    booked(client_user, consultant, title="held", starts_at=ahead, status="held")
    booked(client_user, consultant, title="given up", starts_at=ahead, status="abandoned")
    booked(client_user, consultant, title="declined", starts_at=ahead, status="rejected")
    booked(
        client_user, consultant, title="cancelled", starts_at=ahead, status="cancelled", session={"status": "cancelled"}
    )
    booked(client_user, consultant, title="done", starts_at=before, session={"status": "completed"})
    booked(client_user, consultant, title="missed", starts_at=before, session={"status": "no_show"})
    booked(client_user, consultant, title="over, not marked", starts_at=before)
    booked(
        client_user,
        consultant,
        title="runs over",
        starts_at=now - timedelta(hours=1),
        session={"status": "in_progress"},
    )
    recorded(client_user, other_consultant, title="written down", starts_at=ahead)
    recorded(client_user, other_consultant, title="written down, done", starts_at=before, status="completed")
    recorded(client_user, other_consultant, title="written down, off", starts_at=before, status="cancelled")

    upcoming, past, off = (me.get(LIST, {"show": tab}) for tab in ("upcoming", "past", "cancelled"))
    assert sorted(titles(upcoming)) == ["asked for", "confirmed", "held", "runs over", "written down"]
    assert sorted(titles(past)) == ["done", "missed", "over, not marked", "written down, done"]
    assert sorted(titles(off)) == ["cancelled", "declined", "written down, off"]
    assert me.get(LIST, {"show": "all"}).status_code == 404


def test_what_comes_first_stands_first_and_what_was_last_too(me, client_user, consultant) -> None:
    for days in (3, 1, 2):
        booked(client_user, consultant, title=f"in {days}", starts_at=timezone.now() + timedelta(days=days))
        booked(client_user, consultant, title=f"{days} ago", starts_at=timezone.now() - timedelta(days=days))
    assert titles(me.get(LIST)) == ["in 1", "in 2", "in 3"]
    assert titles(me.get(LIST, {"show": "past"})) == ["1 ago", "2 ago", "3 ago"]


def test_a_webinar_is_listed_for_whoever_has_a_seat(me, client_user, stranger, consultant) -> None:
    at = timezone.now() + timedelta(days=1)
    webinar = Session.objects.create(
        consultant=consultant,
        kind="webinar",
        title="GST for makers",
        starts_at=at,
        ends_at=at + timedelta(hours=1),
        platform="jitsi",
        capacity=5,
        seats_taken=1,
    )
    assert titles(me.get(LIST)) == []
    seat = Seat.objects.create(session=webinar, client=client_of(client_user, consultant), status="taken")
    assert titles(me.get(LIST)) == ["GST for makers"]
    Seat.objects.filter(pk=seat.pk).update(status="released")
    assert titles(me.get(LIST)) == []


def test_a_booked_seat_is_one_line_not_two(me, client_user, consultant) -> None:
    booking = booked(
        client_user, consultant, session={"kind": "webinar", "capacity": 3, "seats_taken": 1, "client": None}
    )
    seat = Seat.objects.create(session=booking.session, client=booking.client, status="taken")
    Booking.objects.filter(pk=booking.pk).update(seat=seat)
    assert len(titles(me.get(LIST))) == 1


def test_another_login_sees_nothing_of_it(client, client_user, stranger, consultant) -> None:
    client.force_login(stranger)
    empty = [without_token(client.get(page)) for page in ("/me/", LIST, "/me/payments/", "/me/reviews/")]
    booked(client_user, consultant)
    booked(client_user, consultant, status="held")
    booked(client_user, consultant, starts_at=timezone.now() - timedelta(days=1), session={"status": "completed"})
    recorded(client_user, consultant, starts_at=timezone.now() + timedelta(days=1))
    again = [without_token(client.get(page)) for page in ("/me/", LIST, "/me/payments/", "/me/reviews/")]
    assert again == empty


def test_a_consultant_is_somebodys_client_too(client, consultant, other_consultant) -> None:
    booked(consultant.user, other_consultant, title="For my own taxes")
    client.force_login(consultant.user)
    assert titles(client.get(LIST)) == ["For my own taxes"]


def test_the_time_is_told_in_the_profiles_zone_and_the_zone_is_named(me, client_user, consultant) -> None:
    at = (timezone.now() + timedelta(days=3)).replace(hour=6, minute=30)
    booked(client_user, consultant, starts_at=at)
    assert "12:00 to 12:30 pm IST" in me.get(LIST).content.decode()
    ClientProfile.objects.create(user=client_user, timezone="Asia/Dubai")
    page = me.get(LIST).content.decode()
    assert "10:30 to 11:00 am" in page
    assert "Times in Dubai (GMT+4)." in page


def test_a_held_time_leads_on_to_its_payment(me, client_user, consultant) -> None:
    booking = booked(client_user, consultant, status="held")
    page = me.get(LIST).content.decode()
    assert "Waiting for payment" in page
    assert me.get("/me/").context["home"].held[0].booking == booking
    if ways.booking_url(booking.pk):
        assert f'href="/b/of/{booking.pk}/?to=pay"' in page


@pytest.mark.parametrize(("minutes", "offered"), [(-11, False), (-9, True), (20, True), (89, True), (91, False)])
def test_join_is_offered_while_the_door_is_open_and_not_else(me, client_user, consultant, minutes, offered) -> None:
    """The door is that of the room: ten minutes before the start until an hour after the end."""
    session = booked(client_user, consultant, starts_at=timezone.now() + timedelta(hours=3)).session
    now = timezone.now()
    start = now - timedelta(minutes=minutes)
    for rows in (Session.objects, Booking.objects):
        rows.update(starts_at=start, ends_at=start + timedelta(minutes=30))
    session.refresh_from_db()
    entry = agenda.Entry(Booking.objects.get(), session, now)
    assert (entry.can_join, rooms.is_join_time(session, now)) == (offered, offered)
    door = rooms.door_of(session, now).state
    assert (door in (rooms.DoorState.EARLY, rooms.DoorState.OVER)) is not offered
    if minutes < 0:
        page = me.get("/me/").content.decode()
        assert ("Open the room" in page) is not offered


def test_home_says_what_waits(me, client_user, consultant, other_consultant) -> None:
    now = timezone.now()
    booked(client_user, consultant, title="later", starts_at=now + timedelta(days=3))
    booked(client_user, consultant, title="next", starts_at=now + timedelta(days=1), paid_paise=50_000)
    booked(client_user, consultant, title="asked", status="pending")
    booked(
        client_user, other_consultant, title="was", starts_at=now - timedelta(days=1), session={"status": "completed"}
    )
    home = me.get("/me/").context["home"]
    assert home.next.title == "next"
    assert [entry.title for entry in home.upcoming] == ["later"]
    assert [entry.title for entry in home.requests] == ["asked"]
    assert [(entry.title, entry.balance_paise) for entry in home.owing] == [("next", 100_000)]
    assert [one.session.title for one in home.reviews] == ["was"]


def test_home_counts_the_messages_that_others_wrote_since(me, client_user, consultant) -> None:
    booking = booked(client_user, consultant, title="First call")
    talk = Conversation.objects.create(session=booking.session, last_sequence=3, last_version=3)
    mine = Member.objects.create(conversation=talk, side="client", client=booking.client, last_read_sequence=1)
    theirs = Member.objects.create(conversation=talk, side="consultant")
    for n, member in ((1, theirs), (2, mine), (3, theirs)):
        Message.objects.create(
            conversation=talk, sequence=n, version=n, member=member, body="x", client_message_id=f"{n:032x}"
        )
    unread = me.get("/me/").context["home"].unread
    assert [(one.title, one.consultant, one.count) for one in unread] == [("First call", consultant.display_name, 1)]
    Member.objects.filter(pk=mine.pk).update(last_read_sequence=3)
    assert me.get("/me/").context["home"].unread == []


def fill(user, number: int) -> None:
    now = timezone.now()
    for n in range(number):
        who = make_consultant()
        booked(user, who, starts_at=now + timedelta(days=1, hours=n), paid_paise=0)
        booked(user, who, starts_at=now + timedelta(days=1, hours=n), status="held")
        booked(user, who, starts_at=now + timedelta(days=1, hours=n), status="pending")
        booked(user, who, starts_at=now - timedelta(days=1, hours=n), session={"status": "completed"})
        recorded(user, who, starts_at=now + timedelta(days=2, hours=n))


@pytest.mark.parametrize("page", ["/me/", LIST, f"{LIST}?show=past", f"{LIST}?show=cancelled", "/me/reviews/"])
def test_a_page_asks_the_database_as_often_for_thirty_as_for_one(
    page, me, client_user, django_assert_max_num_queries
) -> None:
    fill(client_user, 1)
    me.get(page)
    with django_assert_max_num_queries(16) as first:
        me.get(page)
    fill(client_user, 29)
    with django_assert_max_num_queries(len(first)):
        me.get(page)


def test_the_list_is_paged(me, client_user, consultant) -> None:
    for n in range(23):
        booked(client_user, consultant, starts_at=timezone.now() + timedelta(hours=n + 1))
    assert len(titles(me.get(LIST))) == 20
    assert len(titles(me.get(LIST, {"page": 2}))) == 3
