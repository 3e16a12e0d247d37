"""The pages that stay true while they are open."""

from datetime import timedelta

import pytest
from django.utils import timezone

from client_area.testing import booked
from sessions_app.models import Member, Session
from sessions_app.services import chatting, start
from sessions_app.tests.chatters import consultant_of, say

pytestmark = pytest.mark.django_db
PARTS = {"/me/": "/me/parts/", "/me/sessions/": "/me/sessions/list/"}


def soon(user, consultant):
    return booked(user, consultant, starts_at=timezone.now() + timedelta(minutes=5)).session


@pytest.mark.parametrize("page", PARTS)
def test_an_open_page_is_told_of_a_start_and_of_nothing_else(page, me, client_user, consultant):
    session = soon(client_user, consultant)
    whole = me.get(page)
    assert 'data-live-on="sessions bookings' in whole.content.decode()
    known = {"If-None-Match": whole.context["version"]}
    assert me.get(PARTS[page], headers=known).status_code == 304
    start(session=session, actor=consultant.user)
    answer = me.get(PARTS[page], headers=known)
    words = answer.content.decode()
    assert answer.status_code == 200
    assert "Under way" in words
    assert "<html" not in words
    assert answer["Cache-Control"] == "private, no-cache"


def test_the_first_page_is_told_of_a_message_and_of_its_being_read(me, client_user, consultant):
    session = soon(client_user, consultant)
    first = me.get("/me/parts/")["ETag"]
    conversation = chatting.conversation_of(session)
    mine = Member.objects.create(conversation=conversation, side="client", client=session.client)
    say(consultant_of(session))
    second = me.get("/me/parts/")
    assert second["ETag"] != first
    assert "1 new message" in second.content.decode()
    Member.objects.filter(pk=mine.pk).update(last_read_sequence=1, last_read_at=timezone.now())
    assert me.get("/me/parts/", headers={"If-None-Match": second["ETag"]}).status_code == 200


@pytest.mark.parametrize("part", PARTS.values())
def test_the_parts_are_for_a_login_and_show_its_own(part, client, me, stranger, client_user, consultant):
    session = soon(client_user, consultant)
    assert session.title in me.get(part).content.decode()
    client.logout()
    assert client.get(part).status_code == 302
    client.force_login(stranger)
    assert session.title not in client.get(part).content.decode()


def test_asking_is_cheap(me, client_user, consultant, django_assert_max_num_queries):
    session = soon(client_user, consultant)
    assert Session.objects.get() == session
    known = {"If-None-Match": me.get("/me/sessions/list/")["ETag"]}
    with django_assert_max_num_queries(5):
        assert me.get("/me/sessions/list/", headers=known).status_code == 304
