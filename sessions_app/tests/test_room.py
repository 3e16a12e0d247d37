"""The session's room: who gets in, when the meeting opens, and what its page tells."""

import logging
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import jwt
import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.models import Client
from meetings.models import Room
from meetings.tests.test_providers import APP, KEY, PEM
from naksha.testing import make_client, make_consultant, make_user, next_slot_start
from sessions_app.access import mint_link
from sessions_app.models import JoinEvent, Seat, Session, SessionLink
from sessions_app.services import move_on_due
from sessions_app.testing import make_session
from sessions_app.tests import rooms
from sessions_app.tests.rooms import at, clocks_at, joins, let_in, logged_in, room

pytestmark = pytest.mark.django_db
K = JoinEvent.Kind
session, desk, guest = rooms.session, rooms.desk, rooms.guest


def seconds_before_opening(session, seconds):
    return at(session, minutes=-10, seconds=-seconds)


def webinar_session():
    session = make_session()
    Session.objects.filter(pk=session.pk).update(kind="webinar", client=None, capacity=5, seats_taken=1)
    session.refresh_from_db()
    holder = make_client(session.consultant)
    Seat.objects.create(session=session, client=holder, status="taken")
    return session, holder


# --- who gets in -----------------------------------------------------------------------------------


def test_the_link_is_exchanged_for_a_cookie_and_leads_to_an_address_that_opens_nothing(session):
    token = mint_link(session=session, client=session.client)
    browser = Browser()
    response = browser.get(f"/s/{token}/")
    assert response.status_code == 302
    assert response["Location"] == room(session)
    assert token not in response["Location"]
    assert response["Referrer-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]
    page = browser.get(room(session))
    assert page.status_code == 200
    assert token not in page.content.decode()
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]
    assert Browser().get(room(session)).status_code == 404


def test_a_mail_scanners_visit_spends_nothing(session):
    token = mint_link(session=session, client=session.client)
    for _ in range(3):
        Browser().get(f"/s/{token}/")
        Browser().head(f"/s/{token}/")
    assert Browser().get(f"/s/{token}/", follow=True).status_code == 200
    assert JoinEvent.objects.count() == 1  # nobody but the last has opened the page


def test_an_unknown_and_a_revoked_link_answer_alike(session):
    token = mint_link(session=session, client=session.client)
    SessionLink.objects.update(revoked_at=timezone.now())
    revoked, unknown = Browser().get(f"/s/{token}/"), Browser().get(f"/s/{'x' * 32}/")
    assert revoked.status_code == unknown.status_code == 404

    def words(response, own):
        text = response.content.decode().replace(own, "")
        return text[: text.index("NAKSHA") if "NAKSHA" in text else len(text)]

    assert words(revoked, token) == words(unknown, "x" * 32)
    assert "latest mail" in revoked.content.decode()


@pytest.fixture(
    params=["nobody", "stranger", "other consultant", "other client", "suspended consultant", "revoked link"]
)
def outsider(request, session):
    if request.param == "nobody":
        return Browser()
    if request.param == "stranger":
        return logged_in(make_user())
    if request.param == "other consultant":
        return logged_in(make_consultant().user)
    if request.param == "other client":
        user = make_user(role="client")
        Client.objects.filter(pk=make_client(session.consultant).pk).update(user=user)
        return logged_in(user)
    if request.param == "suspended consultant":
        browser = logged_in(session.consultant.user)
        type(session.consultant).objects.filter(pk=session.consultant_id).update(status="suspended")
        return browser
    browser = let_in(session)
    SessionLink.objects.update(revoked_at=timezone.now())
    return browser


def test_whoever_does_not_belong_finds_nothing_and_leaves_nothing(outsider, session):
    with at(session, minutes=1):
        assert outsider.get(room(session)).status_code == 404
        assert outsider.get(reverse("sessions:parts", args=[session.pk])).status_code == 404
        for name in ("join", "left", "notes"):
            response = outsider.post(
                reverse(f"sessions:{name}", args=[session.pk]), {"private": "x", "shared": "x", "version": 0}
            )
            assert response.status_code == 404, name
    assert not JoinEvent.objects.exists()
    session.refresh_from_db()
    assert not hasattr(session, "notes")


def test_a_session_that_there_is_not_answers_like_one_that_is_anothers(session):
    there, not_there = Browser().get(room(session)), Browser().get(f"/sessions/{uuid4()}/")
    assert there.status_code == not_there.status_code == 404


def test_the_consultant_a_client_by_login_and_a_guest_see_the_page(session, desk, guest):
    user = make_user(role="client")
    Client.objects.filter(pk=session.client_id).update(user=user)
    for browser, name in (
        (desk, session.client.name),
        (logged_in(user), session.consultant.display_name),
        (guest, session.consultant.display_name),
    ):
        page = browser.get(room(session))
        assert page.status_code == 200
        assert name in page.content.decode()


def test_a_webinars_seat_holder_comes_in_and_one_whose_seat_is_given_back_does_not():
    session, holder = webinar_session()
    browser = let_in(session, holder)
    with at(session, minutes=1):
        assert joins(browser, session).status_code == 303
        Seat.objects.update(status="released")
        assert joins(browser, session).status_code == 404
    assert JoinEvent.objects.filter(client=holder, kind=K.JOINED).count() == 1


# --- when the meeting opens ------------------------------------------------------------------------


def test_the_door_opens_ten_minutes_before_and_closes_an_hour_after(session, guest):
    edges = [
        (timedelta(minutes=-10, seconds=-1), 409),
        (timedelta(minutes=-10), 303),
        (timedelta(minutes=session.minutes + 60), 303),
        (timedelta(minutes=session.minutes + 60, seconds=1), 409),
    ]
    for after_start, status in edges:
        with clocks_at(session.starts_at + after_start):
            assert joins(guest, session).status_code == status, after_start


def test_too_early_the_page_says_when_and_nothing_is_logged_as_joined(session, guest):
    with seconds_before_opening(session, 90):
        response = joins(guest, session)
        page = response.content.decode()
        assert "not open yet" in page
        assert "data-until" in page
        assert "2 min" in page
        shown = guest.get(room(session)).content.decode()
        assert 'aria-disabled="true"' in shown
        assert reverse("sessions:join", args=[session.pk]) not in shown
    assert not JoinEvent.objects.filter(kind=K.JOINED).exists()


@pytest.mark.parametrize("status", ["cancelled", "completed", "no_show", "pending"])
def test_a_session_that_is_not_on_is_not_joined(session, guest, status):
    Session.objects.update(status=status)
    with at(session, minutes=1):
        assert joins(guest, session).status_code == 409
        assert guest.get(room(session)).status_code == 200  # its page stays readable
    assert not JoinEvent.objects.filter(kind=K.JOINED).exists()


@pytest.mark.parametrize("platform", ["phone", "in_person"])
def test_who_does_not_meet_online_has_nothing_to_join(platform):
    session = make_session(platform=platform, place="+912000000000")
    guest = let_in(session)
    with at(session, minutes=1):
        assert joins(guest, session).status_code == 409
        page = guest.get(room(session)).content.decode()
    assert "/join/" not in page
    assert "+912000000000" in page
    assert not Room.objects.exists()


def test_an_own_link_is_joined_through_the_room_and_stands_on_no_page():
    session = make_session(platform="link", place="https://teams.example/l/secret-of-mine")
    guest = let_in(session)
    with at(session, minutes=-11):
        assert joins(guest, session).status_code == 409
    with at(session, minutes=-9):
        response = guest.get(room(session))
        assert "secret-of-mine" not in response.content.decode()
        assert "form-action 'self' https://teams.example" in response["Content-Security-Policy"]
        assert joins(guest, session)["Location"] == "https://teams.example/l/secret-of-mine"


def test_while_the_room_is_made_the_page_says_so_and_nobody_waits(session, guest):
    Room.objects.update(status="pending", url="")
    with at(session, minutes=-5):
        assert "being made" in guest.get(room(session)).content.decode()
        response = joins(guest, session)
        assert response.status_code == 409
        assert "being made" in response.content.decode()
    Room.objects.update(status="failed")
    with at(session, minutes=-5):
        assert "could not be made" in guest.get(room(session)).content.decode()
    assert not JoinEvent.objects.filter(kind=K.JOINED).exists()


def test_who_comes_while_our_meeting_does_not_open_has_come(session, guest, desk):
    Room.objects.update(status="pending", url="")
    with at(session, minutes=-11):
        guest.get(room(session))
    assert not JoinEvent.objects.came().exists()
    with at(session, minutes=-5):
        for _time in range(2):
            guest.get(room(session))
            guest.get(reverse("sessions:parts", args=[session.pk]))
        joins(desk, session)
        log = desk.get(reverse("sessions:parts", args=[session.pk])).content.decode()
        assert "but the meeting did not open" in log
    assert sorted(JoinEvent.objects.came().values_list("side", "kind")) == [
        ("client", "tried"),
        ("consultant", "tried"),
    ]
    assert not JoinEvent.objects.joined().exists()
    with at(session, minutes=1):
        assert move_on_due() == 0  # nobody is in a meeting


def test_an_app_that_presses_join_while_our_meeting_does_not_open_has_come(session, guest):
    """It looks at no page first."""
    Room.objects.update(status="pending", url="")
    with at(session, minutes=-5):
        assert joins(guest, session).status_code == 409
    assert JoinEvent.objects.came().get().kind == K.TRIED


# --- what joining tells ----------------------------------------------------------------------------


def test_the_meetings_address_is_on_no_page_and_in_no_log(session, guest, desk, caplog):
    name = Room.objects.get().name
    token = mint_link(session=session, client=session.client)
    with at(session, minutes=1), caplog.at_level(logging.DEBUG):
        for browser in (guest, desk):
            assert name not in browser.get(room(session)).content.decode()
            response = joins(browser, session)
            assert name in response["Location"]
            assert response["Referrer-Policy"] == "same-origin"
            assert "no-store" in response["Cache-Control"]
        guest.get(f"/s/{token}/")
    assert name not in caplog.text
    assert token not in caplog.text


def test_the_page_lets_its_form_lead_to_the_meeting_and_nowhere_else(session, guest):
    with at(session, minutes=-30):
        assert "form-action 'self' https://meet.jit.si" in guest.get(room(session))["Content-Security-Policy"]


def test_with_an_account_each_person_has_a_token_of_their_own(settings):
    settings.JAAS_APP_ID, settings.JAAS_KEY_ID, settings.JAAS_PRIVATE_KEY = APP, "5f2b1c", PEM
    session = make_session()
    desk, guest = logged_in(session.consultant.user), let_in(session)

    def claims(browser):
        url = joins(browser, session)["Location"]
        assert url.startswith(f"https://8x8.vc/{APP}/{Room.objects.get().name}?jwt=")
        token = parse_qs(urlsplit(url).query)["jwt"][0]
        return jwt.decode(token, KEY.public_key(), algorithms=["RS256"], audience="jitsi", issuer="chat")

    with at(session, minutes=1):
        host, client = claims(desk), claims(guest)
        page = guest.get(room(session))
        assert "jwt" not in page.content.decode()
        assert "https://8x8.vc" in page["Content-Security-Policy"]
    assert host["context"]["user"]["moderator"] == "true"
    assert host["context"]["user"]["name"] == session.consultant.display_name
    assert client["context"]["user"] == {
        "id": session.client_id.hex,
        "name": session.client.name,
        "email": session.client.email,
        "moderator": "false",
    }
    assert host["exp"] == client["exp"] == int((session.ends_at + timedelta(minutes=60)).timestamp())


def test_an_audience_does_not_learn_each_others_mail_addresses(settings):
    settings.JAAS_APP_ID, settings.JAAS_KEY_ID, settings.JAAS_PRIVATE_KEY = APP, "5f2b1c", PEM
    session, holder = webinar_session()
    with at(session, minutes=1):
        url = joins(let_in(session, holder), session)["Location"]
        token = parse_qs(urlsplit(url).query)["jwt"][0]
        user = jwt.decode(token, KEY.public_key(), algorithms=["RS256"], audience="jitsi")["context"]["user"]
    assert "email" not in user


# --- what the page costs ---------------------------------------------------------------------------


def test_a_client_with_a_login_has_the_account_at_hand_and_a_guest_the_colours_alone(session, guest):
    user = make_user()
    Client.objects.filter(pk=session.client_id).update(user=user)
    page = logged_in(user).get(room(session)).content.decode()
    assert reverse("account_logout") in page
    page = guest.get(room(session)).content.decode()
    assert reverse("account_logout") not in page
    assert "data-theme-switch" in page


def test_a_cancelled_session_strikes_both_clocks_and_expects_no_message(session, guest):
    Client.objects.filter(pk=session.client_id).update(timezone="Europe/London")
    Session.objects.filter(pk=session.pk).update(
        status="cancelled", cancelled_at=timezone.now(), cancel_reason="My flight was moved."
    )
    page = guest.get(room(session)).content.decode()
    assert page.count("<s>") == 2
    assert "Why it was cancelled" in page
    assert "Nothing was written here." in page


def test_the_page_asks_the_same_number_of_questions_however_much_has_happened(
    session, guest, desk, django_assert_num_queries
):
    with at(session, minutes=1):
        for browser in (guest, desk):
            browser.get(room(session))
        for _number in range(30):
            JoinEvent.objects.create(
                session=session, side="client", client=session.client, kind=K.JOINED, at=timezone.now()
            )
        with django_assert_num_queries(GUEST_QUERIES):
            guest.get(room(session))
        with django_assert_num_queries(DESK_QUERIES):
            desk.get(room(session))


GUEST_QUERIES = 12
DESK_QUERIES = 14


def test_both_clocks_are_told_each_with_its_name(session, guest, desk):
    Client.objects.filter(pk=session.client_id).update(timezone="Europe/London")
    page = guest.get(room(session)).content.decode()
    assert " IST" in page
    assert " GMT" in page or " BST" in page
    assert "For you" in page
    assert "For you" in desk.get(room(session)).content.decode()


def test_the_time_of_a_session_is_where_it_is(session, guest):
    assert session.starts_at == next_slot_start()
    assert session.place == ""
    assert Room.objects.get().subject_id == session.pk
