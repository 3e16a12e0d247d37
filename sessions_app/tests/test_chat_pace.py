"""How fast one person may write: counted over all their chats, edits with the rest."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.utils import timezone

from naksha.testing import make_client, make_user
from sessions_app.errors import TooManyMessages
from sessions_app.models import MessageTrace, Session
from sessions_app.services import chatting
from sessions_app.testing import make_session
from sessions_app.tests.chatters import consultant_of, guest_browser, guest_of, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(settings: Any) -> Session:
    settings.CHAT_MESSAGES_A_MINUTE = 2
    return make_session()


def is_refused(visitor: Any) -> bool:
    try:
        say(visitor)
    except TooManyMessages:
        return True
    return False


def test_a_sender_has_so_many_messages_a_minute(session: Session) -> None:
    asha = consultant_of(session)
    say(asha), say(asha)
    assert is_refused(asha)
    assert say(guest_of(session)).sequence == 3


def test_so_many_are_so_many_in_any_minute(session: Session) -> None:
    asha = consultant_of(session)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        say(asha)
        clock.shift(50)
        say(asha)
        clock.shift(15)  # a minute has gone by since the first, not since the second
        say(asha)
        assert is_refused(asha)


def test_a_consultants_chats_are_counted_together(session: Session) -> None:
    say(consultant_of(session))
    other = make_session(session.consultant, starts_at=session.ends_at)
    say(consultant_of(other))
    assert is_refused(consultant_of(session))
    assert is_refused(consultant_of(other))


def test_a_guests_chats_are_counted_together_whoever_the_consultant_is(session: Session) -> None:
    other = make_session()
    type(other.client).objects.filter(pk=other.client_id).update(email=session.client.email.upper())
    say(guest_of(session))
    other.refresh_from_db()
    say(guest_of(other))
    assert is_refused(guest_of(session))
    assert not is_refused(guest_of(make_session()))


def test_one_who_is_a_client_here_and_a_consultant_there_is_one_person(session: Session) -> None:
    login = session.consultant.user
    other = make_session()
    mine = make_client(other.consultant, user=login, email=login.email)
    Session.objects.filter(pk=other.pk).update(client=mine)
    say(consultant_of(session))
    other.refresh_from_db()
    say(guest_of(other))
    assert is_refused(consultant_of(session))


def test_a_login_and_a_link_of_one_client_are_one_person(session: Session) -> None:
    login = make_user()
    type(session.client).objects.filter(pk=session.client_id).update(user=login)
    session.refresh_from_db()
    say(guest_of(session)), say(guest_of(session))
    by_login = chatting.Visitor(session, guest_of(session).side, session.client, login)
    assert is_refused(by_login)


def test_an_edit_counts_like_a_message(session: Session) -> None:
    asha = consultant_of(session)
    message = say(asha, "Frist")
    chatting.edit(visitor=asha, message_id=message.pk, body="First")
    with pytest.raises(TooManyMessages):
        chatting.edit(visitor=asha, message_id=message.pk, body="First.")
    assert MessageTrace.objects.count() == 1
    chatting.delete(visitor=asha, message_id=message.pk)  # once for each message, so never too often


def test_an_edit_too_many_says_when_to_go_on(session: Session) -> None:
    browser = guest_browser(session)
    page = f"/sessions/{session.pk}/messages/{say(guest_of(session)).pk}/"
    for body, status in (("One", 200), ("Two", 429)):
        words = {"body": body, "act": "edit"}
        answer = browser.post(page, words, headers={"X-Requested-With": "fetch"})
        assert answer.status_code == status
    assert int(answer["Retry-After"]) > 0
