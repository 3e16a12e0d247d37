"""Who joined and then had the session moved has not come to the new time: the log keeps the line, nothing counts it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions_app.attendance import attendance_of
from sessions_app.models import JoinEvent, Session
from sessions_app.services import bulk, mark_no_show, move_on_due, reschedule, start
from sessions_app.services.machine import can_be_called_off
from sessions_app.testing import make_recorded
from sessions_app.tests.rooms import at, joins, let_in, logged_in

pytestmark = pytest.mark.django_db
S = Session.Status
DAY = timedelta(days=1)


@pytest.fixture
def session(consultant):
    return make_recorded(consultant, minutes=30, price_paise=100_000)


def both_join(session):
    for browser in (let_in(session), logged_in(session.consultant.user)):
        assert joins(browser, session).status_code == 303


@pytest.fixture
def moved(session):
    """Both pressed Join at eight minutes to; at five minutes to it was moved to the next day."""
    with at(session, minutes=-8):
        both_join(session)
    with at(session, minutes=-5):
        reschedule(session=session, actor=session.consultant.user, starts_at=session.starts_at + DAY)
    session.refresh_from_db()
    assert JoinEvent.objects.filter(kind="joined").count() == 2
    return session


def test_it_does_not_begin_by_itself_and_its_consultant_is_asked_how_it_went(moved):
    with at(moved, minutes=5):
        assert move_on_due() == 0
    with at(moved, minutes=46):
        assert move_on_due() == 1
    moved.refresh_from_db()
    assert (moved.status, moved.asked_at is not None) == (S.CONFIRMED, True)


def test_its_client_can_be_marked_as_missing(moved):
    with at(moved, minutes=11):
        assert "does not show you" in bulk.forecast([moved], "no-show")[moved.pk]
        joins(logged_in(moved.consultant.user), moved)
        assert bulk.forecast([moved], "no-show") == {}
        assert mark_no_show(session=moved, actor=moved.consultant.user).status == S.NO_SHOW


def test_the_room_does_not_say_that_they_are_in_the_meeting(moved):
    assert [person.joined_at for person in attendance_of(moved)] == [None, None]


def test_one_who_comes_to_the_new_time_counts(moved):
    with at(moved, minutes=-9):
        joins(let_in(moved), moved)
    with at(moved, minutes=2):
        start(session=moved, actor=moved.consultant.user)
        moved.refresh_from_db()
        assert can_be_called_off(moved)  # the client waits alone
        assert move_on_due() == 0
    with at(moved, minutes=11):
        assert list(bulk.forecast([moved], "no-show").values()) == ["The join log shows that your client came."]


def test_a_second_press_after_a_short_move_is_a_coming_of_its_own(session):
    guest = let_in(session)
    with at(session, minutes=-10, seconds=20):
        joins(guest, session)
        reschedule(session=session, actor=session.consultant.user, starts_at=session.starts_at + timedelta(minutes=1))
    session.refresh_from_db()
    with at(session, minutes=-10, seconds=5):
        joins(guest, session)
    assert JoinEvent.objects.joined().filter(session=session).count() == 1
    assert session.starts_at > timezone.now()
