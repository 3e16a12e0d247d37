"""The way into a room over the API: for those of the session, at its time, and no secret of anybody else's."""

from datetime import timedelta

import pytest
from django.utils import timezone

from meetings.models import Room
from naksha.api.testing import api_of
from naksha.testing import make_client, make_user
from naksha.times import iso
from sessions_app.models import JoinEvent, Session
from sessions_app.testing import make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(consultant, client_user):
    client = make_client(consultant, user=client_user, email=client_user.email, name="Farhan Qureshi")
    return make_session(consultant, client=client)


def begin(session, minutes=0, **more):
    start = (timezone.now() + timedelta(minutes=minutes)).replace(microsecond=0)
    Session.objects.filter(pk=session.pk).update(starts_at=start, ends_at=start + timedelta(minutes=30), **more)
    return start


def test_a_session_has_one_room_and_it_is_no_secret_told(session, consultant, client_user):
    room = Room.objects.get(subject_id=session.pk)
    for user in (consultant.user, client_user):
        answer = api_of(user).post("/jitsi/create-room", {"sessionId": str(session.pk)})
        assert answer.data == {
            "sessionId": str(session.pk),
            "status": "READY",
            "opensAt": iso(session.starts_at - timedelta(minutes=10)),
            "closesAt": iso(session.ends_at + timedelta(minutes=60)),
        }
        assert room.name not in answer.response.content.decode()
    assert Room.objects.count() == 1


def test_each_gets_their_own_way_in_and_is_written_down(session, consultant, client_user):
    begin(session)
    room = Room.objects.get()
    data = api_of(client_user).get(f"/jitsi/room/{session.pk}").data
    assert data["joinUrl"].startswith(room.url)
    assert "Farhan" in data["joinUrl"]
    assert data["isModerator"] is False
    assert [(event.side, event.kind) for event in JoinEvent.objects.all()] == [("client", "joined")]


@pytest.mark.parametrize("with_tokens", [True, False])
def test_the_consultant_is_called_moderator_where_the_way_in_makes_them_one(
    session, consultant, client_user, settings, with_tokens
):
    begin(session)
    Room.objects.update(url="https://meet.example/" + Room.objects.get().name)
    settings.JITSI_URL = "https://meet.example"
    if with_tokens:
        settings.JITSI_APP_ID, settings.JITSI_APP_SECRET = "naksha", "a secret of thirty-two bytes or more"
    data = api_of(consultant.user).get(f"/jitsi/room/{session.pk}").data
    assert data["isModerator"] is with_tokens
    assert ("?jwt=" in data["joinUrl"]) is with_tokens
    assert api_of(client_user).get(f"/jitsi/room/{session.pk}").data["isModerator"] is False


def test_a_link_of_the_consultants_own_makes_nobody_a_moderator(session, consultant, settings):
    settings.JITSI_APP_ID, settings.JITSI_APP_SECRET = "naksha", "a secret of thirty-two bytes or more"
    begin(session, place="https://meet.jit.si/asha-rao")
    assert api_of(consultant.user).get(f"/jitsi/room/{session.pk}").data["isModerator"] is False


@pytest.mark.parametrize(
    ("minutes", "more"),
    [(11, {}), (-91, {}), (0, {"status": "cancelled"}), (0, {"platform": "phone"}), (0, {"status": "completed"})],
)
def test_before_after_and_without_a_room_there_is_no_way_in(session, client_user, minutes, more):
    begin(session, minutes, **more)
    answer = api_of(client_user).get(f"/jitsi/room/{session.pk}")
    assert (answer.status, answer.code) == (409, "INVALID_STATE")
    assert Room.objects.get().name not in answer.response.content.decode()
    assert not JoinEvent.objects.exists()


def test_strangers_find_nothing(session, other_consultant):
    begin(session)
    for user in (make_user(), other_consultant.user):
        assert api_of(user).get(f"/jitsi/room/{session.pk}").status == 404
        assert api_of(user).post("/jitsi/create-room", {"sessionId": str(session.pk)}).status == 404
    assert api_of().get(f"/jitsi/room/{session.pk}").code == "NOT_AUTHENTICATED"


def test_no_room_is_made_for_what_is_not_held_there(session, consultant):
    begin(session, platform="phone")
    assert api_of(consultant.user).post("/jitsi/create-room", {"sessionId": str(session.pk)}).status == 409
    begin(session, platform="jitsi", status="cancelled")
    assert api_of(consultant.user).post("/jitsi/create-room", {"sessionId": str(session.pk)}).status == 409
    assert list(api_of(consultant.user).post("/jitsi/create-room", {"sessionId": "x"}).details) == ["sessionId"]
