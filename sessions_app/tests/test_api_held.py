"""Whether a session took place, asked and answered over the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.testing import make_paid
from clients.models import Client
from naksha.api.testing import api_of
from naksha.testing import make_client, make_user, next_slot_start
from naksha.times import iso
from payments.models import Refund
from sessions_app.models import JoinEvent, Seat, Session
from sessions_app.services import move_on_due
from sessions_app.testing import make_session
from sessions_app.tests.test_schedule import came, ended

pytestmark = pytest.mark.django_db
S = Session.Status


@pytest.fixture
def theirs(consultant):
    return api_of(consultant.user)


@pytest.fixture
def mine(client_user):
    return api_of(client_user)


@pytest.fixture
def session(consultant, client_user, fake_gateway):
    """Paid, over, and both were asked: the client was there alone."""
    booking, _token = make_paid(fake_gateway, consultant, starts_at=next_slot_start(days=3))
    Client.objects.filter(pk=booking.client_id).update(user=client_user)
    session = came(ended(booking.session, 20), "client")
    assert move_on_due() == 1
    session.refresh_from_db()
    return session


def say(api, session, took_place):
    return api.post(f"/sessions/{session.pk}/held", {"tookPlace": took_place})


def told(api, session):
    data = api.get(f"/sessions/{session.pk}").data
    return data["question"], data["clientSays"]


def test_each_side_is_told_that_it_is_asked_until_when_and_what_silence_means(session, mine, theirs):
    asked = {"answerBy": iso(session.client_asked_at + timedelta(hours=48)), "silence": "NOT_HELD"}
    assert told(mine, session) == told(theirs, session) == (asked, None)
    other = make_session(session.consultant, platform="phone", starts_at=next_slot_start(days=5))
    assert told(theirs, other) == (None, None)
    ended(other, 20)
    assert move_on_due() == 1
    other.refresh_from_db()
    asked = {"answerBy": iso(other.asked_at + timedelta(hours=48)), "silence": "HELD"}
    assert told(theirs, other) == (asked, None)


def test_the_client_says_no_and_gets_everything_back(session, mine, theirs):
    for _time in range(2):
        answer = say(mine, session, False)
        assert (answer.status, answer.data["status"], answer.data["clientSays"]) == (200, "CANCELLED", "NOT_HELD")
    assert Refund.objects.get().amount_paise == 150_000
    assert (say(mine, session, True).status, say(mine, session, True).code) == (409, "INVALID_STATE")
    assert told(theirs, session) == (None, "NOT_HELD")


def test_the_client_says_yes(session, mine):
    assert say(mine, session, True).data["status"] == "COMPLETED"
    assert told(mine, session) == (None, "HELD")
    assert not Refund.objects.exists()


def test_a_no_that_the_log_does_not_back_moves_nothing_yet(session, mine, theirs):
    JoinEvent.objects.all().delete()
    answer = say(mine, session, False)
    assert (answer.status, answer.data["status"], answer.data["question"]) == (200, "CONFIRMED", None)
    assert told(theirs, session)[0]["silence"] == "NOT_HELD"
    assert not Refund.objects.exists()


def test_against_the_consultants_word_silence_counts_as_held(session, mine, theirs):
    assert say(theirs, session, True).data["status"] == "COMPLETED"
    assert told(mine, session)[0]["silence"] == "HELD"
    assert say(mine, session, False).data["status"] == "COMPLETED"
    assert not Refund.objects.exists()


def test_the_consultant_says_no_and_gives_everything_back(session, theirs):
    for _time in range(2):
        assert say(theirs, session, False).data["status"] == "CANCELLED"
    assert Refund.objects.get().amount_paise == 150_000


def test_nobody_else_answers_and_nobody_who_is_not_asked(session, mine, theirs, consultant, client_user):
    assert say(api_of(make_user()), session, False).status == 404
    assert mine.post(f"/sessions/{session.pk}/held", {}).status == 400
    ahead = make_session(
        consultant, client=make_client(consultant, user=client_user), starts_at=next_slot_start(days=5)
    )
    for api in (mine, theirs):
        for word in (True, False):
            assert (say(api, ahead, word).status, say(api, ahead, word).code) == (409, "INVALID_STATE")
    Session.objects.filter(pk=ahead.pk).update(kind="webinar", client=None, capacity=5, asked_at=timezone.now())
    Seat.objects.create(session=ahead, client=ahead.client, status="taken")
    assert say(mine, ahead, False).status == 403
    assert (Session.objects.get(pk=session.pk).status, Refund.objects.count()) == (S.CONFIRMED, 0)
