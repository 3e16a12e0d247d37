"""What the consultant does in the room: begins a session by hand, ends it, marks a no-show."""

import pytest
from django.urls import reverse

from sessions_app.models import Session
from sessions_app.testing import make_session
from sessions_app.tests import rooms
from sessions_app.tests.rooms import at, joins, logged_in, room

pytestmark = pytest.mark.django_db
session, desk, guest = rooms.session, rooms.desk, rooms.guest


def presses(browser, session, name, **data):
    return browser.post(reverse(f"sessions:{name}", args=[session.pk]), {"next": room(session), **data})


def test_the_consultant_ends_it_here_with_what_came_of_it_and_the_client_reads_that(session, desk, guest):
    with at(session, minutes=20):
        assert reverse("sessions:complete", args=[session.pk]) in desk.get(room(session)).content.decode()
        assert reverse("sessions:complete", args=[session.pk]) not in guest.get(room(session)).content.decode()
        response = presses(desk, session, "complete", summary="File INC-22 this week.")
        assert response["Location"] == room(session)
        page = guest.get(room(session)).content.decode()
    assert "File INC-22 this week." in page
    assert "Rate your session" in page
    assert "/join/" not in page
    session.refresh_from_db()
    assert session.status == Session.Status.COMPLETED


def test_before_its_time_there_is_nothing_to_end(session, desk):
    with at(session, minutes=-20):
        page = desk.get(room(session)).content.decode()
    assert reverse("sessions:complete", args=[session.pk]) not in page
    assert reverse("sessions:no_show", args=[session.pk]) not in page


def test_a_no_show_is_marked_with_the_evidence_in_view(session, desk):
    with at(session, minutes=9):
        assert "did not come" not in desk.get(room(session)).content.decode()
    with at(session, minutes=11):
        page = desk.get(room(session)).content.decode()
        assert "does not show you in the meeting" in page
        assert reverse("sessions:no_show", args=[session.pk]) not in page
        joins(desk, session)
        page = desk.get(room(session)).content.decode()
        assert "neither opened this page nor joined" in page
        presses(desk, session, "no_show")
    session.refresh_from_db()
    assert session.status == Session.Status.NO_SHOW


def test_who_joined_is_no_no_show(session, desk, guest):
    with at(session, minutes=1):
        guest.get(room(session))
        joins(guest, session)
    with at(session, minutes=11):
        page = desk.get(room(session)).content.decode()
        assert "can’t be called a no-show" in page
        assert reverse("sessions:no_show", args=[session.pk]) not in page


def test_by_phone_the_consultant_begins_it_by_hand():
    session = make_session(platform="phone", place="+912000000000")
    desk = logged_in(session.consultant.user)
    with at(session, minutes=-5):
        assert reverse("sessions:start", args=[session.pk]) in desk.get(room(session)).content.decode()
        presses(desk, session, "start")
    session.refresh_from_db()
    assert session.status == Session.Status.IN_PROGRESS
