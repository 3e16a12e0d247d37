"""Who came to a session's room and who left it: written down once, and read by the consultant alone."""

import pytest
from django.urls import reverse

from sessions_app.models import JoinEvent
from sessions_app.tests import rooms
from sessions_app.tests.rooms import at, joins, room

pytestmark = pytest.mark.django_db
session, desk, guest = rooms.session, rooms.desk, rooms.guest


def logged(session):
    return list(JoinEvent.objects.filter(session=session).order_by("at", "pk").values_list("side", "kind"))


def test_opening_the_page_is_logged_once_in_five_minutes_for_each_person(session, guest, desk):
    for minutes in (0, 1, 4):
        with at(session, minutes=minutes):
            guest.get(room(session))
            desk.get(room(session))
    assert sorted(logged(session)) == [("client", "entered"), ("consultant", "entered")]
    with at(session, minutes=6):
        guest.get(room(session))
    assert logged(session).count(("client", "entered")) == 2


def test_parts_that_the_page_takes_anew_are_no_coming(session, guest):
    guest.get(reverse("sessions:parts", args=[session.pk]))
    assert logged(session) == []


def test_a_second_click_is_no_second_coming(session, guest):
    with at(session, minutes=1):
        joins(guest, session)
        joins(guest, session)
    assert logged(session) == [("client", "joined")]


def leaves(browser, session):
    return browser.post(reverse("sessions:left", args=[session.pk]))


def test_leaving_is_logged_and_loading_the_page_again_is_no_leaving(session, guest):
    with at(session, minutes=1):
        guest.get(room(session))
    with at(session, minutes=2):
        assert leaves(guest, session).status_code == 204
        leaves(guest, session)
    assert logged(session) == [("client", "entered"), ("client", "left")]
    with at(session, minutes=2, seconds=2):
        guest.get(room(session))
    assert logged(session) == [("client", "entered")]


def test_who_never_came_does_not_leave(session, guest):
    leaves(guest, session)
    assert logged(session) == []


def test_the_consultant_reads_who_came_and_the_client_does_not(session, guest, desk):
    with at(session, minutes=1):
        guest.get(room(session))
        joins(guest, session)
        assert "joined the meeting at" in desk.get(room(session)).content.decode()
        assert "Who came" not in guest.get(room(session)).content.decode()
